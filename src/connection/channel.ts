/** One session channel: its two windows, what it owes the peer, and the stream that the application sees. */

import { cutOf, encodeUtf8 } from "../base/utf8.js";
import {
	COST_CHANNEL,
	COST_COMMAND,
	COST_ENVIRONMENT,
	COST_TERMINAL,
	MAX_DESCRIPTION_LENGTH,
	MAX_NAME_LENGTH,
} from "../limits.js";
import { ERR_PAYLOAD_TOO_LARGE, ERR_SSH_CIRCULAR_BUFFER_OVERFLOW, OK } from "../merrors.js";
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_EOF,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
} from "../messages.js";
import type { Charges, ConnectionHost } from "./host.js";
import {
	BARE_LENGTH,
	DATA_HEADER_LENGTH,
	type Outcome,
	outcomeLength,
	sendBare,
	sendData,
	sendOutcome,
	sendWindowAdjust,
	WINDOW_ADJUST_LENGTH,
} from "./outgoing.js";
import { Ring } from "./ring.js";
import type { ConnectionInfo, Session, Terminal } from "./session.js";
import { variablesOf } from "./variables.js";

// The state of a channel, as bits of one property: on XS each property takes 16 bytes.
/** A shell, a command or a subsystem runs on it. */
const STARTED = 1 << 0;
const EOF_RECEIVED = 1 << 1;
const CLOSE_RECEIVED = 1 << 2;
const EOF_OWED = 1 << 3;
const EOF_SENT = 1 << 4;
/** We are closing it; CLOSE goes out as soon as there is room. */
const CLOSE_OWED = 1 << 5;
const CLOSE_SENT = 1 << 6;
/** write() took fewer bytes than it was given. */
const WANTED = 1 << 7;

const CLOSED = CLOSE_RECEIVED | CLOSE_OWED | CLOSE_SENT;
const GONE = CLOSE_RECEIVED | CLOSE_SENT;

const MAX_WINDOW = 0xffff_ffff;

export class SessionChannel implements Session {
	private readonly host: ConnectionHost;
	readonly channel: number;
	private readonly peerChannel: number;
	private readonly peerMaximum: number;
	/** Bytes that the peer lets us send. */
	private peerWindow: number;
	/** Bytes that we let the peer send. With what the ring holds and what is to be returned it makes up the whole. */
	private window: number;
	/** Bytes read or dropped, by which WINDOW_ADJUST will open the window again. */
	private consumed = 0;
	private ring: Ring | undefined = undefined;
	private flags = 0;
	/** exit-status or exit-signal, until it was sent. */
	private outcome: Outcome | undefined = undefined;
	/** Environment variables set so far. */
	variables: Uint8Array | undefined = undefined;
	/** OK, or what the sender said when it failed: the connection's end. */
	status: number = OK;

	type: Session["type"] = "shell";
	command = "";
	originalCommand: string | undefined = undefined;
	terminal: Terminal | undefined = undefined;

	target: unknown = undefined;
	onReadable: Session["onReadable"] = undefined;
	onWritable: Session["onWritable"] = undefined;
	onEnd: Session["onEnd"] = undefined;
	onWindowChange: Session["onWindowChange"] = undefined;
	onSignal: Session["onSignal"] = undefined;
	onBreak: Session["onBreak"] = undefined;
	onClose: Session["onClose"] = undefined;

	/** @param peerWindow initial window size  @param peerMaximum maximum packet size, above 0; both the peer's */
	constructor(
		host: ConnectionHost,
		channel: number,
		peerChannel: number,
		peerWindow: number,
		peerMaximum: number,
	) {
		this.host = host;
		this.channel = channel;
		this.peerChannel = peerChannel;
		this.peerWindow = peerWindow;
		this.peerMaximum = peerMaximum;
		this.window = host.limits.initialWindowSize;
	}

	/** Adds what it was granted. */
	charge(budget: Charges): void {
		const { terminal, variables } = this;
		// The window may be filled at any time, whether or not it ever is.
		budget.add(COST_CHANNEL, this.host.limits.initialWindowSize);
		if (terminal !== undefined) budget.add(COST_TERMINAL, terminal.modes.length);
		if (variables !== undefined) budget.add(COST_ENVIRONMENT, variables.length);
		if (this.started) budget.add(COST_COMMAND);
	}

	// ---- the application's side

	get connection(): ConnectionInfo {
		return this.host.info();
	}

	get environment(): Map<string, string> {
		return variablesOf(this.variables);
	}

	get readable(): number {
		return this.ring === undefined ? 0 : this.ring.length;
	}

	get writable(): number {
		return this.flags & (CLOSED | EOF_OWED) ? 0 : Math.max(0, this.capacity());
	}

	get ended(): boolean {
		return (this.flags & (EOF_RECEIVED | CLOSE_RECEIVED)) !== 0 && this.readable === 0;
	}

	get closed(): boolean {
		return (this.flags & CLOSED) !== 0;
	}

	read(target: Uint8Array, offset = 0, length = target.length - offset): number {
		if (this.ring === undefined) return 0;
		const count = this.ring.read(target, offset, length);
		this.consumed += count;
		this.settle();
		return count;
	}

	write(source: Uint8Array, offset = 0, length = source.length - offset): number {
		return this.send(SSH_MSG_CHANNEL_DATA, source, offset, length);
	}

	writeError(source: Uint8Array, offset = 0, length = source.length - offset): number {
		return this.send(SSH_MSG_CHANNEL_EXTENDED_DATA, source, offset, length);
	}

	end(): void {
		this.flags |= EOF_OWED;
		this.settle();
	}

	exit(status: number): void {
		this.conclude(status >>> 0);
	}

	exitSignal(name: string, message = "", coreDumped = false): void {
		// In bytes: what is longer than the smallest room there may be would never be sent, and the channel never closed.
		const text = encodeUtf8(message.slice(0, MAX_DESCRIPTION_LENGTH));
		this.conclude({
			name: name.slice(0, MAX_NAME_LENGTH),
			message: text.subarray(0, cutOf(text, MAX_DESCRIPTION_LENGTH)),
			coreDumped,
		});
	}

	close(): void {
		if (this.closed) return;
		this.flags |= CLOSE_OWED;
		this.release();
		this.settle();
	}

	private conclude(outcome: Outcome): void {
		if (this.closed) return;
		this.outcome = outcome;
		this.flags |= EOF_OWED;
		this.close();
	}

	// ---- what the peer sends

	/** RFC 4254 section 5.2: the window says how much may come, whether or not anyone wants it. */
	receive(source: Uint8Array, start: number, length: number, extended: boolean): number {
		if (length > this.host.limits.maximumPacketSize) return ERR_PAYLOAD_TOO_LARGE;
		if (length > this.window) return ERR_SSH_CIRCULAR_BUFFER_OVERFLOW;
		this.window -= length;
		// Nobody reads what comes before a command runs, behind EOF, in flight while we close, or as a client's stderr.
		if (extended || length === 0 || (this.flags & (STARTED | EOF_RECEIVED | CLOSED)) !== STARTED) {
			this.consumed += length;
			return OK;
		}
		this.ring ??= new Ring(this.host.limits.initialWindowSize);
		this.ring.write(source, start, start + length);
		this.onReadable?.(this.ring.length);
		return OK;
	}

	/** WINDOW_ADJUST. False where the window would pass 2^32 - 1 (RFC 4254 section 5.2). */
	widen(count: number): boolean {
		this.peerWindow += count;
		return this.peerWindow <= MAX_WINDOW;
	}

	/** EOF, which means nothing when it comes again. */
	receiveEof(): void {
		const first = !(this.flags & EOF_RECEIVED);
		this.flags |= EOF_RECEIVED;
		if (first && !this.closed) this.onEnd?.();
	}

	/** CLOSE: all that is left to do is to answer it. */
	receiveClose(): void {
		this.flags |= CLOSE_RECEIVED | CLOSE_OWED | EOF_SENT;
		this.outcome = undefined;
		this.settle();
	}

	/** The connection is gone, and with it whatever was owed. */
	abandon(): void {
		this.flags |= GONE;
		this.outcome = undefined;
	}

	/** Tells the application that this was all, and lets go of everything; onClose may still read what had arrived. */
	finish(): void {
		const callback = this.onClose;
		this.onReadable = undefined;
		this.onWritable = undefined;
		this.onEnd = undefined;
		this.onWindowChange = undefined;
		this.onSignal = undefined;
		this.onBreak = undefined;
		this.onClose = undefined;
		callback?.call(this);
		this.release();
	}

	/** A shell, command or subsystem begins. */
	start(): void {
		this.flags |= STARTED;
	}

	get started(): boolean {
		return (this.flags & STARTED) !== 0;
	}

	/** The peer has closed it; its number is nothing to the peer any more. */
	get closeReceived(): boolean {
		return (this.flags & CLOSE_RECEIVED) !== 0;
	}

	/** Both sides have sent CLOSE: the number is free. */
	get gone(): boolean {
		return (this.flags & GONE) === GONE;
	}

	get eofReceived(): boolean {
		return (this.flags & EOF_RECEIVED) !== 0;
	}

	/** CHANNEL_SUCCESS or CHANNEL_FAILURE; not behind our CLOSE, where the peer has nobody left to tell. */
	reply(message: number): number {
		return this.flags & CLOSE_SENT ? OK : sendBare(this.host.sender, message, this.peerChannel);
	}

	// ---- what is sent to the peer

	/** Calls a writer that waits, when there is something for it. True when it was called. */
	wake(): boolean {
		if (!(this.flags & WANTED)) return false;
		const count = this.writable;
		if (count === 0) return false;
		this.flags &= ~WANTED;
		this.onWritable?.(count);
		return true;
	}

	/** Sends what is owed, in order, as far as there is room; the rest is tried again. OK or the sender's status. */
	settle(): number {
		if (this.flags & CLOSE_SENT || this.status < 0) return this.status;
		if (this.consumed > 0) this.returnWindow();
		if (this.outcome !== undefined && !this.sendOutcome(this.outcome)) return this.status;
		if ((this.flags & (EOF_OWED | EOF_SENT)) === EOF_OWED) {
			if (!this.sendFlag(SSH_MSG_CHANNEL_EOF, EOF_SENT)) return this.status;
		}
		if (this.flags & CLOSE_OWED) this.sendFlag(SSH_MSG_CHANNEL_CLOSE, CLOSE_SENT);
		return this.status;
	}

	/** Half a window at a time: the peer never runs dry while somebody reads, and few messages pay for it. */
	private returnWindow(): void {
		const { sender, limits } = this.host;
		if (this.consumed * 2 < limits.initialWindowSize || this.flags & (EOF_RECEIVED | CLOSED)) return;
		if (sender.room() < WINDOW_ADJUST_LENGTH) return;
		this.status = sendWindowAdjust(sender, this.peerChannel, this.consumed);
		this.window += this.consumed;
		this.consumed = 0;
	}

	private sendOutcome(outcome: Outcome): boolean {
		const { sender } = this.host;
		if (sender.room() < outcomeLength(outcome)) return false;
		this.outcome = undefined;
		this.status = sendOutcome(sender, this.peerChannel, outcome);
		return this.status >= 0;
	}

	private sendFlag(message: number, sent: number): boolean {
		const { sender } = this.host;
		if (sender.room() < BARE_LENGTH) return false;
		this.flags |= sent;
		this.status = sendBare(sender, message, this.peerChannel);
		return this.status >= 0;
	}

	/** Bytes that one message of data may carry now; zero or below for none. */
	private capacity(): number {
		return Math.min(this.peerMaximum, this.peerWindow, this.host.sender.room() - DATA_HEADER_LENGTH);
	}

	/** Straight into the transport, a message at a time, as long as both windows and the room allow. */
	private send(message: number, source: Uint8Array, offset: number, length: number): number {
		if (this.flags & (CLOSED | EOF_OWED)) return 0;
		const end = Math.min(offset + length, source.length);
		let at = offset;
		// A write of nothing is a question.
		if (at >= end && this.capacity() <= 0) this.flags |= WANTED;
		while (at < end && this.status >= 0) {
			const count = Math.min(end - at, this.capacity());
			if (count <= 0) {
				this.flags |= WANTED;
				break;
			}
			this.status = sendData(this.host.sender, message, this.peerChannel, source, at, at + count);
			this.peerWindow -= count;
			at += count;
		}
		return at - offset;
	}

	private release(): void {
		this.ring?.wipe();
		this.ring = undefined;
	}
}
