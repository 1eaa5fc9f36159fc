/** What the requests of a session channel share: what a row of their tables is, and how one is answered. */
import { isUtf8 } from "../base/utf8.js";
import type { Reader } from "../base/wire.js";
import { OK } from "../merrors.js";
import { SSH_MSG_CHANNEL_FAILURE, SSH_MSG_CHANNEL_SUCCESS } from "../messages.js";
import type { SessionChannel } from "./session-channel.js";

export interface SessionRequest {
	/** Request type. */
	readonly name: string;
	/**
	 * Does what is asked for, and answers where a reply is wanted.
	 *
	 * @param reader stands at the type-specific data  @param name the row's own
	 * @returns OK, or a status below zero that ends the connection
	 */
	serve(channel: SessionChannel, reader: Reader, wantReply: boolean, name: string): number;
}

export function answer(channel: SessionChannel, wantReply: boolean, granted: boolean): number {
	if (!wantReply) return OK;
	return channel.reply(granted ? SSH_MSG_CHANNEL_SUCCESS : SSH_MSG_CHANNEL_FAILURE);
}

/** @param what it was, for the log */
export function refuse(channel: SessionChannel, what: string, wantReply: boolean): number {
	channel.host.onNotice?.(`channel ${channel.channel}: ${what} refused`);
	return answer(channel, wantReply, false);
}

/** Text that a command line or a variable can hold: well-formed UTF-8 within `limit` bytes, no NUL. */
export function isText(bytes: Uint8Array, limit: number): boolean {
	return bytes.length <= limit && !bytes.includes(0) && isUtf8(bytes);
}
