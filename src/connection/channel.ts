/**
 * A channel (RFC 4254 section 5): its two windows, EOF and CLOSE, and what it owes the peer. What it is for is a class on
 * top of this one, as SessionChannel, which overrides request(), sendLast(), finish() and charge(). Inheritance is the
 * cheapest on XS: a method takes nothing of a channel, another object or a closure takes slots of each.
 */

import type { Reader } from "../base/wire.js";
import { COST_CHANNEL } from "../limits.js";
import { ERR_PAYLOAD_TOO_LARGE, ERR_SSH_CIRCULAR_BUFFER_OVERFLOW, OK } from "../merrors.js";
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_EOF,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
} from "../messages.js";
import type { Charges, ConnectionHost } from "./host.js";
import type { Opening } from "./opening.js";
import {
	BARE_LENGTH,
	DATA_HEADER_LENGTH,
	sendBare,
	sendData,
	sendWindowAdjust,
	WINDOW_ADJUST_LENGTH,
} from "./outgoing.js";
import { Ring } from "./ring.js";

// The state of a channel, as bits of one property: on XS each property takes 16 bytes.
/** Somebody is there for what arrives: on a session, a shell, a command or a subsystem. */
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

export abstract class Channel {
	readonly host: ConnectionHost;
	readonly channel: number;
	protected peerChannel: number;
	/** 0 until the peer has confirmed a channel that we open. */
	private peerMaximum: number;
	/** Bytes that the peer lets us send. */
	private peerWindow: number;
	/** Bytes that we let the peer send. With what the ring holds and what is to be returned it makes up the whole. */
	private window: number;
	/** Bytes read or dropped, by which WINDOW_ADJUST will open the window again. */
	private consumed = 0;
	private ring: Ring | undefined = undefined;
	private flags = 0;
	/** OK, or what the sender said when it failed: the connection's end. */
	status: number = OK;

	onReadable: ((count: number) => void) | undefined = undefined;
	onWritable: ((count: number) => void) | undefined = undefined;
	onEnd: (() => void) | undefined = undefined;
	onClose: (() => void) | undefined = undefined;

	/** @param opening with a channel number of ours that is free */
	constructor(opening: Opening) {
		this.host = opening.host;
		this.channel = opening.channel;
		this.peerChannel = opening.peerChannel;
		this.peerWindow = opening.peerWindow;
		this.peerMaximum = opening.peerMaximum;
		this.window = this.host.limits.initialWindowSize;
	}

	/** Adds what it was granted. */
	charge(budget: Charges): void {
		// The window may be filled at any time, whether or not it ever is.
		budget.add(COST_CHANNEL, this.host.limits.initialWindowSize);
	}

	/** CHANNEL_REQUEST; the reader stands at the request type. OK, or a status below zero that ends the connection. */
	abstract request(reader: Reader): number;

	/** Sends what goes before EOF. False when it has to wait for room, or when the sender has failed. */
	protected sendLast(): boolean {
		return true;
	}

	/** Tells the application that this was all, and lets go of everything; onClose may still read what had arrived. */
	finish(): void {
		const callback = this.onClose;
		this.onReadable = undefined;
		this.onWritable = undefined;
		this.onEnd = undefined;
		this.onClose = undefined;
		callback?.call(this);
		this.release();
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

	close(): void {
		if (this.closed) return;
		this.flags |= CLOSE_OWED;
		this.release();
		this.settle();
	}

	/** EOF, then CLOSE, after what sendLast() has to say. */
	protected conclude(): void {
		this.flags |= EOF_OWED;
		this.close();
	}

	/** CHANNEL_OPEN_CONFIRMATION. Who wrote before, and was told to wait, hears onWritable. */
	confirm(peerChannel: number, peerWindow: number, peerMaximum: number): void {
		this.peerChannel = peerChannel;
		this.peerWindow = peerWindow;
		// Packets of nothing never end: the peer gets none, and the channel closed.
		this.peerMaximum = peerMaximum || 1;
		this.start();
		if (peerMaximum === 0) this.close();
	}

	/** RFC 4254 section 5.2: the window says how much may come, whether or not anyone wants it. */
	receive(source: Uint8Array, start: number, length: number, extended: boolean): number {
		if (length > this.host.limits.maximumPacketSize) return ERR_PAYLOAD_TOO_LARGE;
		if (length > this.window) return ERR_SSH_CIRCULAR_BUFFER_OVERFLOW;
		this.window -= length;
		// Nobody reads what comes before somebody is there, after EOF, in flight while we close, or as a client's stderr.
		if (extended || length === 0 || (this.flags & (STARTED | EOF_RECEIVED | CLOSED)) !== STARTED) {
			this.consumed += length;
			return OK;
		}
		this.ring ??= new Ring(this.host.limits.initialWindowSize);
		this.ring.write(source, start, start + length);
		this.onReadable?.(this.ring.length);
		return OK;
	}

	/** WINDOW_ADJUST. False when the window would pass 2^32 - 1 (RFC 4254 section 5.2). */
	widen(count: number): boolean {
		this.peerWindow += count;
		return this.peerWindow <= 0xffff_ffff;
	}

	/** EOF, which means nothing when it comes again. */
	receiveEof(): void {
		const heard = this.flags & EOF_RECEIVED || this.closed;
		this.flags |= EOF_RECEIVED;
		if (!heard) this.onEnd?.();
	}

	/** CLOSE: all that is left to do is to answer it. */
	receiveClose(): void {
		this.flags |= CLOSE_RECEIVED | CLOSE_OWED | EOF_SENT;
		this.settle();
	}

	/** The connection is gone, and with it whatever was owed. */
	abandon(): void {
		this.flags |= GONE;
	}

	/** From here on somebody is there for what arrives. */
	start(): void {
		this.flags |= STARTED;
	}

	get started(): boolean {
		return (this.flags & STARTED) !== 0;
	}

	/** The peer may send messages to it: its opening is confirmed, and the peer has not closed it. */
	get usable(): boolean {
		return !(this.opening || this.flags & CLOSE_RECEIVED);
	}

	/** The peer has not said yet whether we get it. */
	get opening(): boolean {
		return this.peerMaximum === 0;
	}

	/** Both sides have sent CLOSE: the number is free. */
	get gone(): boolean {
		return (this.flags & GONE) === GONE;
	}

	get eofReceived(): boolean {
		return (this.flags & EOF_RECEIVED) !== 0;
	}

	/** CHANNEL_SUCCESS or CHANNEL_FAILURE; not after our CLOSE, where the peer has nobody left to tell. */
	reply(message: number): number {
		return this.flags & CLOSE_SENT ? OK : sendBare(this.host.sender, message, this.peerChannel);
	}

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
		if (this.flags & CLOSE_SENT || this.opening || this.status < 0) return this.status;
		if (this.consumed > 0) this.returnWindow();
		if (!(this.flags & CLOSE_RECEIVED) && !this.sendLast()) return this.status;
		const eof = (this.flags & (EOF_OWED | EOF_SENT)) === EOF_OWED;
		if (eof && !this.sendFlag(SSH_MSG_CHANNEL_EOF, EOF_SENT)) return this.status;
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
