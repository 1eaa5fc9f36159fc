/** Messages by name, for what tests say of them. */
import * as messages from "../../src/messages.js";

/** The RFC's name of a message number, or "message N"; of names for one number the first. */
export function messageName(number: number): string {
	const names = Object.entries(messages).filter(
		([name, value]) => name.startsWith("SSH_MSG_") && value === number,
	);
	// SSH_MSG_USERAUTH_PK_OK and SSH_MSG_USERAUTH_INFO_REQUEST share 60; exports are sorted by name.
	return names.length > 0 ? names[0][0] : `message ${number}`;
}
