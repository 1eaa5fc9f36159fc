/** A password for a device's first start: on its serial port, once, for whoever sets it up. */
import type { RandomSource } from "../crypto/port.js";
import { DISPLAY_ERROR, OK } from "../merrors.js";

/** Base32 without the letters that look like digits (5 bits each). */
const PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz023456789";
/** 80 bits. */
const PASSWORD_LENGTH = 16;

/**
 * 16 letters and digits in groups of four, for those who type them: "k3rm-w20a-hh5z-q8tp".
 *
 * @throws Error where there is no randomness
 */
export function newPassword(random: RandomSource): string {
	const bytes = new Uint8Array(PASSWORD_LENGTH);
	const status = random(bytes);
	if (status < OK) throw new Error(`no cryptographic randomness: ${DISPLAY_ERROR(status)}`);
	let password = "";
	for (let at = 0; at < PASSWORD_LENGTH; at++) {
		if (at > 0 && at % 4 === 0) password += "-";
		password += PASSWORD_LETTERS[bytes[at] & 31];
	}
	bytes.fill(0);
	return password;
}
