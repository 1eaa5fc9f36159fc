/**
 * Identification exchange (RFC 4253 section 4.2):
 *
 *     SSH-protoversion-softwareversion SP comments CR LF
 */

import { asciiString } from "../base/wire.js";
import {
	ERR_SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED,
	ERR_SSH_STRING_TOO_LONG,
	ERR_SSH_TRANSPORT,
} from "../merrors.js";

/** What we call ourselves in version listings. */
export const VERSION = "0.1.0";

/** Our line, without CR LF: V_S of the exchange hash. */
export const SERVER_IDENTIFICATION = `SSH-2.0-FieldSSH_${VERSION}`;

const LF = 10;
const CR = 13;

/**
 * Looks for a client's line in bytes[start, end).
 *
 * A server may send other lines before its own, a client may not (section 4.2): so the first bytes decide, and
 * nothing is kept for a peer that does not speak SSH (CVE-2026-48108).
 *
 * @param longest line, in bytes, that is taken
 * @returns the length of the line, LF included; 0 while it is incomplete; a status below zero for what can no longer
 *   become an SSH-2 identification
 */
export function findIdentification(bytes: Uint8Array, start: number, end: number, longest: number): number {
	const limit = Math.min(end, start + longest);
	for (let at = start; at < limit; at++) {
		const byte = bytes[at];
		const index = at - start;
		if (index < 4 && byte !== "SSH-".charCodeAt(index)) return ERR_SSH_TRANSPORT;
		if (byte === LF)
			return isVersion2(bytes, start, at) ? index + 1 : ERR_SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED;
		if (byte !== CR && (byte < 0x20 || byte > 0x7e)) return ERR_SSH_TRANSPORT;
	}
	return end - start >= longest ? ERR_SSH_STRING_TOO_LONG : 0;
}

/** Protocol version 2.0, or 1.99 of a peer that speaks both (section 5.1). */
function isVersion2(bytes: Uint8Array, start: number, end: number): boolean {
	const line = asciiString(bytes, start, Math.min(end, start + 10));
	return (
		(line.startsWith("SSH-2.0-") && line.length > 8) || (line.startsWith("SSH-1.99-") && line.length > 9)
	);
}

/** End of the line without its LF and the CR before it: the bytes that the exchange hash takes. */
export function trimLineEnd(bytes: Uint8Array, start: number, length: number): number {
	const end = start + length - 1;
	return end > start && bytes[end - 1] === CR ? end - 1 : end;
}
