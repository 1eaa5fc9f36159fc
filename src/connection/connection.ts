/**
 * The connection protocol (RFC 4254), the server's side: channels and global requests. A state machine without I/O:
 * messages come in through onMessage(), go out through the sender, and what could not go out yet is state that flush()
 * looks at again, never a queue. Which types of channel there are, and which requests, is in tables: channel-types.ts,
 * global-requests.ts, session-requests.ts.
 */

import type { Reader } from "../base/wire.js";
import { MAX_NAME_LENGTH } from "../limits.js";
import { ERR_SESSION_BAD_PAYLOAD, ERR_SESSION_NOT_OPEN, ERR_SSH_BAD_RECEIVE_STATE, OK } from "../merrors.js";
import {
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
	SSH_MSG_CHANNEL_OPEN_FAILURE,
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_REQUEST_FAILURE,
	SSH_MSG_REQUEST_SUCCESS,
	SSH_OPEN_UNKNOWN_CHANNEL_TYPE,
} from "../messages.js";
import { __ENABLE_MOCANA_SSH_HOSTKEYS__ } from "../moptions.js";
import type { Channel } from "./channel.js";
import { channelMessage } from "./channel-messages.js";
import { CHANNEL_TYPES } from "./channel-types.js";
import {
	DENIED,
	GLOBAL_REQUESTS,
	GRANTED,
	KEEPALIVE,
	type LateReply,
	type RequestedConnection,
} from "./global-requests.js";
import type { Charges, ConnectionHost } from "./host.js";
import { announceHostKeys } from "./hostkeys.js";
import { Opening } from "./opening.js";
import { sendOpenConfirmation, sendOpenFailure } from "./outgoing.js";
import { rowOf } from "./table.js";

const KEEPALIVE_LENGTH = 1 + 4 + KEEPALIVE.length + 1;

// What the client has asked for, as bits of one property: on XS each property takes 16 bytes.
const NO_MORE_SESSIONS = 1 << 0;
/** The bits above count the late replies. */
const LATE_REPLIES_SHIFT = 1;

export class ConnectionProtocol implements RequestedConnection {
	readonly host: ConnectionHost;
	/** By our channel number. A place is free again when both sides have sent CLOSE. */
	private readonly channels: (Channel | undefined)[];
	/** Open channels. */
	open = 0;
	/** Where flush() begins, so that one busy writer does not take all the room. */
	private turn = 0;
	/** Keepalives since the client last answered one; those that found no room count as well. */
	unanswered = 0;
	/** Global requests of ours whose replies are to come; replies come in the order of the requests. */
	private awaited = 0;
	private flags = 0;
	private late: LateReply | undefined = undefined;

	constructor(host: ConnectionHost) {
		this.host = host;
		this.channels = [];
		for (let channel = 0; channel < host.limits.channels; channel++) this.channels.push(undefined);
	}

	/**
	 * Takes a message of 80 to 100 that its phase allows; the reader stands after the message number. Not to be called
	 * while `busy`. The application's callbacks run within it, as its last step.
	 * @returns OK, or a status below zero that ends the connection: ERR_SESSION_BAD_PAYLOAD (malformed),
	 *   ERR_SESSION_NOT_OPEN (no such channel), ERR_SSH_CIRCULAR_BUFFER_OVERFLOW (data beyond the window),
	 *   ERR_PAYLOAD_TOO_LARGE (data beyond the maximum packet size), ERR_SSH_DISCONNECT_PROTOCOL_ERROR (a window above
	 *   2^32 - 1), ERR_SSH_BAD_RECEIVE_STATE (an answer to a CHANNEL_OPEN that we
	 *   have not sent), or the sender's. All are
	 *   SSH_DISCONNECT_PROTOCOL_ERROR on the wire.
	 */
	onMessage(number: number, reader: Reader): number {
		switch (number) {
			case SSH_MSG_GLOBAL_REQUEST:
				return this.onGlobalRequest(reader);
			case SSH_MSG_REQUEST_SUCCESS:
			case SSH_MSG_REQUEST_FAILURE:
				return this.onRequestReply();
			case SSH_MSG_CHANNEL_OPEN:
				return this.onChannelOpen(reader);
			case SSH_MSG_CHANNEL_OPEN_CONFIRMATION:
			case SSH_MSG_CHANNEL_OPEN_FAILURE:
				return this.onOpenReply(number, reader);
		}
		const channel = this.channels[reader.uint32()];
		if (reader.failed) return ERR_SESSION_BAD_PAYLOAD;
		if (!channel?.usable) return ERR_SESSION_NOT_OPEN;
		return channelMessage(channel, number, reader);
	}

	/**
	 * Sends what is owed and wakes writers that wait. To be called whenever room may have come: after each message
	 * processed, each key exchange, each time the socket took bytes; not from within the sender.
	 * @returns OK, or the sender's status below zero
	 */
	flush(): number {
		if (this.open === 0) return OK;
		const { channels } = this;
		const count = channels.length;
		// What is owed goes before more data: a busy writer must not keep the other channels from being closed.
		for (let at = 0; at < count; at++) {
			const channel = channels[at];
			if (channel === undefined) continue;
			if (channel.settle() < 0) return channel.status;
			if (channel.gone) this.free(channel);
		}
		const first = this.turn;
		for (let step = 0; step < count; step++) {
			const at = (first + step) % count;
			const channel = channels[at];
			if (channel === undefined || !channel.wake()) continue;
			this.turn = (at + 1) % count;
			if (channel.status < 0) return channel.status;
		}
		return OK;
	}

	// byte      SSH_MSG_GLOBAL_REQUEST
	// string    "keepalive@openssh.com"
	// boolean   TRUE
	/** Asks the client for a sign of life. Where there is no room for it, it counts as unanswered, and is not sent. */
	keepalive(): number {
		const { sender } = this.host;
		this.unanswered++;
		if (sender.room() < KEEPALIVE_LENGTH) return OK;
		this.awaited++;
		sender.begin(SSH_MSG_GLOBAL_REQUEST).ascii(KEEPALIVE).boolean(true);
		return sender.end();
	}

	/** hostkeys-00@openssh.com, to be sent once, after USERAUTH_SUCCESS. OK or the sender's status. */
	announceHostKeys(): number {
		return __ENABLE_MOCANA_SSH_HOSTKEYS__ ? announceHostKeys(this.host) : OK;
	}

	/** A reply is being computed by work(); replies keep their order, so no message is taken until it is sent. */
	get busy(): boolean {
		return this.late !== undefined;
	}

	/** Does one slice. 1, or 0 where there was nothing to do, or the sender's status below zero. */
	work(): number {
		const { late } = this;
		if (late === undefined) return 0;
		if (!late.step()) return 1;
		this.late = undefined;
		const status = late.reply();
		return status < 0 ? status : 1;
	}

	/** Closes every channel, those included on which nothing runs yet, as far as there is room to say so. */
	closeChannels(): void {
		this.channels.forEach(channel => {
			channel?.close();
		});
	}

	/** Adds what its channels were granted. */
	charge(budget: Charges): void {
		if (this.open === 0) return;
		const { channels } = this;
		for (let at = 0; at < channels.length; at++) channels[at]?.charge(budget);
	}

	/** The connection is gone: calls each session's onClose and lets go of all. Where one throws, call it again. */
	closeAll(): void {
		this.late?.wipe();
		this.late = undefined;
		// Without closures: they take memory, and it may be over because there is none.
		const { channels } = this;
		for (let at = 0; at < channels.length; at++) channels[at]?.abandon();
		for (let at = 0; at < channels.length; at++) {
			const channel = channels[at];
			if (channel !== undefined) this.drop(channel);
		}
	}

	private drop(channel: Channel): void {
		this.free(channel);
		channel.finish();
	}

	/** The channel has the number that was free for it. */
	take(channel: Channel): void {
		this.channels[channel.channel] = channel;
		this.open++;
	}

	private free(channel: Channel): void {
		this.channels[channel.channel] = undefined;
		this.open--;
	}

	// byte      SSH_MSG_GLOBAL_REQUEST
	// string    request name in US-ASCII only
	// boolean   want reply
	// ....      request-specific data follows           (RFC 4254 section 4)
	private onGlobalRequest(reader: Reader): number {
		const name = reader.ascii(MAX_NAME_LENGTH);
		const wantReply = reader.boolean();
		if (reader.failed) return ERR_SESSION_BAD_PAYLOAD;
		const outcome = rowOf(GLOBAL_REQUESTS, name)?.serve(this, reader, wantReply) ?? DENIED;
		if (outcome <= OK || !wantReply) return Math.min(OK, outcome);
		this.host.sender.begin(outcome === GRANTED ? SSH_MSG_REQUEST_SUCCESS : SSH_MSG_REQUEST_FAILURE);
		return this.host.sender.end();
	}

	get lateReplies(): number {
		return this.flags >> LATE_REPLIES_SHIFT;
	}

	refuseSessions(): void {
		this.flags |= NO_MORE_SESSIONS;
	}

	replyLate(reply: LateReply): void {
		this.flags += 1 << LATE_REPLIES_SHIFT;
		this.late = reply;
	}

	/** Success or failure, either shows that the client lives. */
	private onRequestReply(): number {
		if (this.awaited === 0) return OK;
		this.awaited--;
		this.unanswered = 0;
		this.host.onPingReply?.();
		return OK;
	}

	// byte      SSH_MSG_CHANNEL_OPEN
	// string    channel type in US-ASCII only
	// uint32    sender channel
	// uint32    initial window size
	// uint32    maximum packet size
	// ....      channel type specific data follows      (RFC 4254 section 5.1)
	private onChannelOpen(reader: Reader): number {
		const type = reader.ascii(MAX_NAME_LENGTH);
		const opening = this.opening();
		opening.peerChannel = reader.uint32();
		opening.peerWindow = reader.uint32();
		opening.peerMaximum = reader.uint32();
		if (reader.failed) return ERR_SESSION_BAD_PAYLOAD;
		opening.description = `channel type ${type} refused`;
		const { host } = this;
		const opened = rowOf(CHANNEL_TYPES, type)?.serve(opening, reader) ?? SSH_OPEN_UNKNOWN_CHANNEL_TYPE;
		if (typeof opened === "number") {
			if (opened < OK) return opened;
			host.onNotice?.(opening.description);
			return sendOpenFailure(host.sender, opening.peerChannel, opened, opening.description);
		}
		this.take(opened);
		return sendOpenConfirmation(host.sender, opening.peerChannel, opening.channel, host.limits);
	}

	// byte      SSH_MSG_CHANNEL_OPEN_CONFIRMATION       byte      SSH_MSG_CHANNEL_OPEN_FAILURE
	// uint32    recipient channel                       uint32    recipient channel
	// uint32    sender channel                          uint32    reason code
	// uint32    initial window size                     string    description in ISO-10646 UTF-8 encoding
	// uint32    maximum packet size                     string    language tag      (RFC 4254 section 5.1)
	private onOpenReply(number: number, reader: Reader): number {
		const channel = this.channels[reader.uint32()];
		if (!channel?.opening) return ERR_SSH_BAD_RECEIVE_STATE;
		const numbered = number === SSH_MSG_CHANNEL_OPEN_CONFIRMATION;
		const first = reader.uint32();
		const second = numbered ? reader.uint32() : reader.skip(reader.stringLength());
		const third = numbered ? reader.uint32() : reader.skip(reader.stringLength());
		if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
		if (numbered) channel.confirm(first, second, third);
		else {
			channel.abandon();
			this.drop(channel);
		}
		return OK;
	}

	/** For one channel more, by whichever side. */
	opening(): Opening {
		return new Opening(this.host, this.channels.indexOf(undefined), (this.flags & NO_MORE_SESSIONS) !== 0);
	}
}
