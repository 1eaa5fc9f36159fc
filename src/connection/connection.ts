/**
 * The connection protocol (RFC 4254), the server's side: channels of type session and global requests. A state
 * machine without I/O: messages come in through onMessage(), go out through the sender, and what could not go out
 * yet is state that flush() looks at again, never a queue.
 */

import type { Reader } from "../base/wire.js";
import { COST_CHANNEL, MAX_HOST_KEY_PROOFS, MAX_NAME_LENGTH } from "../limits.js";
import {
	ERR_SESSION_BAD_PAYLOAD,
	ERR_SESSION_NOT_OPEN,
	ERR_SSH_BAD_RECEIVE_STATE,
	ERR_SSH_DISCONNECT_PROTOCOL_ERROR,
	OK,
} from "../merrors.js";
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_EOF,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
	SSH_MSG_CHANNEL_FAILURE,
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_CHANNEL_SUCCESS,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_REQUEST_FAILURE,
	SSH_MSG_REQUEST_SUCCESS,
	SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
	SSH_OPEN_CONNECT_FAILED,
	SSH_OPEN_RESOURCE_SHORTAGE,
	SSH_OPEN_UNKNOWN_CHANNEL_TYPE,
} from "../messages.js";
import { __ENABLE_MOCANA_SSH_HOSTKEYS__ } from "../moptions.js";
import { SessionChannel } from "./channel.js";
import type { Charges, ConnectionHost } from "./host.js";
import { announceHostKeys, HOSTKEYS_PROVE, HostKeyProof } from "./hostkeys.js";
import { sendOpenConfirmation, sendOpenFailure } from "./outgoing.js";
import { channelRequest } from "./requests.js";

const KEEPALIVE = "keepalive@openssh.com";
const KEEPALIVE_LENGTH = 1 + 4 + KEEPALIVE.length + 1;

/** Channel types that we know and do not have (RFC 4254 sections 6.3.2 and 7.2, OpenSSH PROTOCOL 2.3 and 2.4). */
const FORWARDING: readonly string[] = Object.freeze([
	"direct-tcpip",
	"forwarded-tcpip",
	"x11",
	"tun@openssh.com",
	"direct-streamlocal@openssh.com",
	"forwarded-streamlocal@openssh.com",
]);

// What the client has asked for, as bits of one property: on XS each property takes 16 bytes.
/** OpenSSH PROTOCOL 2.2: what steals the connection later shall get no session out of it. */
const NO_MORE_SESSIONS = 1 << 0;
/** What each proof of the host keys adds. */
const PROOF = 1 << 1;

export class ConnectionProtocol {
	private readonly host: ConnectionHost;
	/** By our channel number. A place is free again when both sides have sent CLOSE. */
	private readonly channels: (SessionChannel | undefined)[];
	/** Open channels. */
	open = 0;
	/** Where flush() begins, so that one busy writer does not take all the room. */
	private turn = 0;
	/** Keepalives since the client last answered one; those that found no room count as well. */
	unanswered = 0;
	/** Global requests of ours whose replies are to come; replies come in the order of the requests. */
	private awaited = 0;
	private flags = 0;
	private proof: HostKeyProof | undefined = undefined;

	constructor(host: ConnectionHost) {
		this.host = host;
		this.channels = [];
		for (let channel = 0; channel < host.limits.channels; channel++) this.channels.push(undefined);
	}

	/**
	 * Takes a message of 80 to 100 that its phase allows; the reader stands behind the message number. Not to be called
	 * while `busy`. The application's callbacks run within it, as its last step.
	 * @returns OK, or a status below zero that ends the connection: ERR_SESSION_BAD_PAYLOAD (malformed),
	 *   ERR_SESSION_NOT_OPEN (no such channel), ERR_SSH_CIRCULAR_BUFFER_OVERFLOW (data beyond the window),
	 *   ERR_PAYLOAD_TOO_LARGE (data beyond the maximum packet size), ERR_SSH_DISCONNECT_PROTOCOL_ERROR (a window above
	 *   2^32 - 1), ERR_SSH_BAD_RECEIVE_STATE (a message that a server does not take), or the sender's. All are
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
		}
		const channel = this.channels[reader.uint32()];
		if (reader.failed) return ERR_SESSION_BAD_PAYLOAD;
		if (channel === undefined || channel.closeReceived) return ERR_SESSION_NOT_OPEN;
		switch (number) {
			case SSH_MSG_CHANNEL_WINDOW_ADJUST:
				return onWindowAdjust(channel, reader);
			case SSH_MSG_CHANNEL_DATA:
				return onData(channel, reader, false);
			case SSH_MSG_CHANNEL_EXTENDED_DATA:
				reader.uint32();
				return onData(channel, reader, true);
			case SSH_MSG_CHANNEL_REQUEST:
				return channelRequest(this.host, channel, reader);
			case SSH_MSG_CHANNEL_EOF:
				return onEof(channel, reader);
			case SSH_MSG_CHANNEL_CLOSE:
				return this.onClose(channel, reader);
			case SSH_MSG_CHANNEL_SUCCESS:
			case SSH_MSG_CHANNEL_FAILURE:
				// None of our requests asks for a reply; as OpenSSH does, one that comes all the same is let pass.
				return reader.complete ? OK : ERR_SESSION_BAD_PAYLOAD;
			default:
				return ERR_SSH_BAD_RECEIVE_STATE;
		}
	}

	/**
	 * Sends what is owed and wakes writers that wait. To be called whenever room may have come: behind each message
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

	/** hostkeys-00@openssh.com, to be sent once, behind USERAUTH_SUCCESS. OK or the sender's status. */
	announceHostKeys(): number {
		return __ENABLE_MOCANA_SSH_HOSTKEYS__ ? announceHostKeys(this.host) : OK;
	}

	/** A reply is being computed by work(); replies keep their order, so no message is taken until it is sent. */
	get busy(): boolean {
		return this.proof !== undefined;
	}

	/** Does one slice. 1, or 0 where there was nothing to do, or the sender's status below zero. */
	work(): number {
		const { proof } = this;
		if (proof === undefined) return 0;
		if (!proof.step()) return 1;
		this.proof = undefined;
		const status = proof.reply();
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
		this.proof?.wipe();
		this.proof = undefined;
		// Without closures: they take memory, and it may be over because there is none.
		const { channels } = this;
		for (let at = 0; at < channels.length; at++) channels[at]?.abandon();
		for (let at = 0; at < channels.length; at++) {
			const channel = channels[at];
			if (channel === undefined) continue;
			this.free(channel);
			channel.finish();
		}
	}

	private free(channel: SessionChannel): void {
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
		if (
			__ENABLE_MOCANA_SSH_HOSTKEYS__ &&
			name === HOSTKEYS_PROVE &&
			wantReply &&
			this.flags < MAX_HOST_KEY_PROOFS * PROOF
		) {
			this.flags += PROOF;
			const proof = new HostKeyProof(this.host, reader);
			if (reader.failed) return ERR_SESSION_BAD_PAYLOAD;
			this.proof = proof;
			return OK;
		}
		if (name === "no-more-sessions@openssh.com") this.flags |= NO_MORE_SESSIONS;
		if (!wantReply) return OK;
		const granted = name === KEEPALIVE || name === "no-more-sessions@openssh.com";
		this.host.sender.begin(granted ? SSH_MSG_REQUEST_SUCCESS : SSH_MSG_REQUEST_FAILURE);
		return this.host.sender.end();
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
		const peerChannel = reader.uint32();
		const peerWindow = reader.uint32();
		const peerMaximum = reader.uint32();
		if (reader.failed) return ERR_SESSION_BAD_PAYLOAD;
		if (type !== "session") {
			const known = FORWARDING.includes(type);
			const reason = known ? SSH_OPEN_ADMINISTRATIVELY_PROHIBITED : SSH_OPEN_UNKNOWN_CHANNEL_TYPE;
			return this.refuseOpen(peerChannel, reason, `channel type ${type} refused`);
		}
		if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
		if (this.flags & NO_MORE_SESSIONS) {
			const reason = SSH_OPEN_ADMINISTRATIVELY_PROHIBITED;
			return this.refuseOpen(peerChannel, reason, "no more sessions");
		}
		// CVE-2026-59843: whoever splits data into packets of nothing never ends.
		if (peerMaximum === 0) {
			return this.refuseOpen(peerChannel, SSH_OPEN_CONNECT_FAILED, "maximum packet size of zero");
		}
		const free = this.channels.indexOf(undefined);
		if (free < 0) return this.refuseOpen(peerChannel, SSH_OPEN_RESOURCE_SHORTAGE, "too many channels");
		if (!this.host.grants(COST_CHANNEL, this.host.limits.initialWindowSize))
			return this.refuseOpen(peerChannel, SSH_OPEN_RESOURCE_SHORTAGE, "not enough memory for a channel");
		this.channels[free] = new SessionChannel(this.host, free, peerChannel, peerWindow, peerMaximum);
		this.open++;
		return sendOpenConfirmation(this.host.sender, peerChannel, free, this.host.limits);
	}

	private refuseOpen(peerChannel: number, reason: number, description: string): number {
		this.host.onNotice?.(description);
		return sendOpenFailure(this.host.sender, peerChannel, reason, description);
	}

	// byte      SSH_MSG_CHANNEL_CLOSE
	// uint32    recipient channel                       (RFC 4254 section 5.3)
	private onClose(channel: SessionChannel, reader: Reader): number {
		if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
		channel.receiveClose();
		if (channel.status < 0) return channel.status;
		channel.finish();
		return OK;
	}
}

// byte      SSH_MSG_CHANNEL_WINDOW_ADJUST
// uint32    recipient channel
// uint32    bytes to add                                (RFC 4254 section 5.2)
function onWindowAdjust(channel: SessionChannel, reader: Reader): number {
	const count = reader.uint32();
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	// A writer that waits for this is woken by the flush() that follows each message.
	return channel.widen(count) ? OK : ERR_SSH_DISCONNECT_PROTOCOL_ERROR;
}

// byte      SSH_MSG_CHANNEL_DATA                        byte      SSH_MSG_CHANNEL_EXTENDED_DATA
// uint32    recipient channel                           uint32    recipient channel
//                                                       uint32    data_type_code
// string    data                                        string    data          (RFC 4254 section 5.2)
function onData(channel: SessionChannel, reader: Reader, extended: boolean): number {
	const length = reader.stringLength();
	const start = reader.skip(length);
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	return channel.receive(reader.bytes, start, length, extended);
}

// byte      SSH_MSG_CHANNEL_EOF
// uint32    recipient channel                           (RFC 4254 section 5.3)
function onEof(channel: SessionChannel, reader: Reader): number {
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	channel.receiveEof();
	return OK;
}
