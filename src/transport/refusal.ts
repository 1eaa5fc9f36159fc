/** What a caller gets that cannot be served: identification and DISCONNECT, without a connection behind them. */

import { asciiBytes, putUint32, Writer } from "../base/wire.js";
import { SSH_MSG_DISCONNECT } from "../messages.js";
import { SERVER_IDENTIFICATION } from "./identification.js";

/**
 * Bytes that every client shows as `description`. DISCONNECT may come before any key exchange (RFC 4253 section 11.1).
 *
 * @param reason SSH_DISCONNECT_*  @param description US-ASCII
 */
export function refusal(reason: number, description: string): Uint8Array {
	const line = asciiBytes(`${SERVER_IDENTIFICATION}\r\n`);
	const payloadLength = 1 + 4 + 4 + description.length + 4;
	const padding = 16 - ((5 + payloadLength) % 8);
	const bytes = new Uint8Array(line.length + 5 + payloadLength + padding);
	const writer = new Writer(bytes);
	writer.raw(line).uint32(0).byte(padding);
	writer.byte(SSH_MSG_DISCONNECT).uint32(reason).ascii(description).ascii("");
	putUint32(bytes, line.length, 1 + payloadLength + padding);
	return bytes;
}
