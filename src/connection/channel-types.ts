/** The types of channel that a client may open, a row each. */
import type { Reader } from "../base/wire.js";
import { ERR_SESSION_BAD_PAYLOAD } from "../merrors.js";
import { SSH_OPEN_ADMINISTRATIVELY_PROHIBITED } from "../messages.js";
import type { Channel } from "./channel.js";
import type { Opening } from "./opening.js";
import { SessionChannel } from "./session-channel.js";
import { row } from "./table.js";

export interface ChannelType {
	readonly name: string;
	/**
	 * Opens one, or says why not.
	 *
	 * @param opening knows whether there is room for one more; its description is what a refusal says
	 * @param reader stands at the channel type specific data
	 * @returns the channel; or why it is refused, as SSH_OPEN_*; or a status below zero that ends the connection
	 */
	serve(opening: Opening, reader: Reader): Channel | number;
}

/** Types that are not listed are unknown (SSH_OPEN_UNKNOWN_CHANNEL_TYPE). */
export const CHANNEL_TYPES: readonly ChannelType[] = Object.freeze([
	row("session", openSession),
	// What we know and do not have: RFC 4254 sections 6.3.2 and 7.2, OpenSSH PROTOCOL 2.3 and 2.4.
	row("direct-tcpip", prohibit),
	row("forwarded-tcpip", prohibit),
	row("x11", prohibit),
	row("tun@openssh.com", prohibit),
	row("direct-streamlocal@openssh.com", prohibit),
	row("forwarded-streamlocal@openssh.com", prohibit),
]);

// Nothing follows (RFC 4254 section 6.1).
function openSession(opening: Opening, reader: Reader): Channel | number {
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	if (opening.noMoreSessions) return opening.refuse(SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, "no more sessions");
	return opening.refusal || new SessionChannel(opening);
}

function prohibit(): number {
	return SSH_OPEN_ADMINISTRATIVELY_PROHIBITED;
}
