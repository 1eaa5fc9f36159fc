/**
 * What SSH_recvMessage gives, for one connection: the events of its session in their order, with the data where it
 * lies. Data is not queued here: it stays in the session's window until it is asked for, or the session ends.
 */

import { encodeUtf8 } from "../base/utf8.js";
import { putUint32 } from "../base/wire.js";
import type { Session, Terminal } from "../connection/session.js";
import { ERR_BUFFER_TOO_SMALL, ERR_SESSION_NOT_OPEN, ERR_SSH_BAD_ID, OK } from "../merrors.js";

// Event types of SSH_recvMessage, numbered as in the original.
export const SSH_SESSION_NOTHING = 0;
export const SSH_SESSION_OPEN = 1;
/** Payload: columns and rows, each a big-endian 32-bit number, then the terminal's name. */
export const SSH_SESSION_OPEN_PTY = 3;
export const SSH_SESSION_OPEN_SHELL = 4;
/** Payload: the subsystem's name ("sftp"); SSHSettings.subsystems says which may come. */
export const SSH_SESSION_OPEN_SFTP = 5;
/** Payload: the command line. */
export const SSH_SESSION_EXEC = 6;
/** Payload: columns and rows, each a big-endian 32-bit number. */
export const SSH_SESSION_WINDOW_CHANGE = 7;
/** Payload: as much of the data as the buffer takes. */
export const SSH_SESSION_DATA = 8;
export const SSH_SESSION_STDERR = 9;
export const SSH_SESSION_EOF = 10;
/** The connection is gone: the last event of its handle. */
export const SSH_SESSION_CLOSED = 11;
export const SSH_SESSION_CHANNEL_CLOSED = 12;
/** Payload: its length in milliseconds, a big-endian 32-bit number (RFC 4335). */
export const SSH_SESSION_BREAK = 15;
export const SSH_SESSION_PING_REPLY = 16;

/** An out-parameter. */
export interface Out {
	value: number;
}

/** Events that nobody fetched. With so many, the oldest that a client can repeat without end makes room for one more. */
const MAX_EVENTS = 16;

/** What one session adds at most, besides those: a pty, its command, what was left unread, EOF and CLOSE. */
const EVENTS_OF_A_SESSION = 5;

interface Waiter {
	readonly messageType: Out;
	readonly buffer: Uint8Array;
	readonly length: Out;
	resolve(status: number): void;
}

export class Mailbox {
	session: Session | undefined;
	private readonly types: number[] = [];
	private readonly payloads: Uint8Array[] = [];
	private waiter: Waiter | undefined;
	/** Those who wait for the session to take bytes again. */
	private readonly writers: ((status: number) => void)[] = [];
	private eof = false;
	/** The connection is gone; events may be left. */
	closed = false;
	/** SSH_SESSION_CLOSED was given: the handle is void. */
	over = false;

	/** There is no session, and room for the events of one. */
	get free(): boolean {
		return !this.session && this.types.length <= MAX_EVENTS - EVENTS_OF_A_SESSION;
	}

	/** Takes on a session; its events come here from now on. */
	attach(session: Session): void {
		this.session = session;
		session.onReadable = () => this.deliver();
		session.onWritable = () => this.releaseWriters(OK);
		session.onEnd = () => {
			this.eof = true;
			this.deliver();
		};
		session.onWindowChange = terminal => this.post(SSH_SESSION_WINDOW_CHANGE, terminalSize(terminal));
		session.onBreak = milliseconds => {
			const payload = new Uint8Array(4);
			putUint32(payload, 0, milliseconds);
			this.post(SSH_SESSION_BREAK, payload);
		};
		session.onClose = () => this.detach(session);
		if (session.terminal) {
			const name = encodeUtf8(session.terminal.type);
			const payload = new Uint8Array(8 + name.length);
			payload.set(terminalSize(session.terminal));
			payload.set(name, 8);
			this.post(SSH_SESSION_OPEN_PTY, payload);
		}
		const type =
			session.type === "exec"
				? SSH_SESSION_EXEC
				: session.type === "subsystem"
					? SSH_SESSION_OPEN_SFTP
					: SSH_SESSION_OPEN_SHELL;
		this.post(type, encodeUtf8(session.command));
	}

	/** The session is gone: what it still holds becomes events, so that the next one can begin. */
	private detach(session: Session): void {
		if (session.readable > 0) {
			const rest = new Uint8Array(session.readable);
			session.read(rest);
			this.post(SSH_SESSION_DATA, rest);
		}
		if (this.eof) this.post(SSH_SESSION_EOF);
		this.eof = false;
		this.session = undefined;
		this.releaseWriters(ERR_SESSION_NOT_OPEN);
		this.post(SSH_SESSION_CHANNEL_CLOSED);
	}

	post(type: number, payload: Uint8Array = new Uint8Array(0)): void {
		if (this.types.length >= MAX_EVENTS && isRepeatable(type)) {
			const oldest = this.types.findIndex(isRepeatable);
			if (oldest < 0) return;
			this.types.splice(oldest, 1);
			this.payloads.splice(oldest, 1);
		}
		this.types.push(type);
		this.payloads.push(payload);
		this.deliver();
	}

	/** The connection is gone. */
	close(): void {
		this.closed = true;
		this.releaseWriters(ERR_SSH_BAD_ID);
		this.deliver();
	}

	/** One event; waits for it. A second call while one waits is answered at once with SSH_SESSION_NOTHING. */
	receive(messageType: Out, buffer: Uint8Array, length: Out): Promise<number> {
		messageType.value = SSH_SESSION_NOTHING;
		length.value = 0;
		if (this.waiter) return Promise.resolve(OK);
		return new Promise(resolve => {
			this.waiter = { messageType, buffer, length, resolve };
			this.deliver();
		});
	}

	/** Waits until the session takes bytes: OK, or ERR_SESSION_NOT_OPEN, ERR_SSH_BAD_ID. */
	sendReady(): Promise<number> {
		if (this.closed) return Promise.resolve(ERR_SSH_BAD_ID);
		if (!this.session || this.session.closed) return Promise.resolve(ERR_SESSION_NOT_OPEN);
		if (this.session.writable > 0) return Promise.resolve(OK);
		// The last write need not have fallen short, or may have been told already that more is taken.
		this.session.write(new Uint8Array(0));
		return new Promise(resolve => this.writers.push(resolve));
	}

	private releaseWriters(status: number): void {
		for (const resolve of this.writers.splice(0)) resolve(status);
	}

	/** Gives the next event to who waits for it. */
	private deliver(): void {
		const { waiter } = this;
		if (!waiter) return;
		const status = this.next(waiter);
		if (status === SSH_SESSION_NOTHING) return;
		this.waiter = undefined;
		waiter.resolve(Math.min(OK, status));
	}

	/** Fills in one event: its type, SSH_SESSION_NOTHING or a status below zero. */
	private next({ messageType, buffer, length }: Waiter): number {
		const give = (type: number, count = 0): number => {
			messageType.value = type;
			length.value = count;
			return type;
		};
		if (this.over) return ERR_SSH_BAD_ID;
		if (this.types.length > 0) {
			const payload = this.payloads[0];
			if (payload.length > buffer.length) {
				if (this.types[0] !== SSH_SESSION_DATA || buffer.length === 0) return ERR_BUFFER_TOO_SMALL;
				buffer.set(payload.subarray(0, buffer.length));
				this.payloads[0] = payload.subarray(buffer.length);
				return give(SSH_SESSION_DATA, buffer.length);
			}
			buffer.set(payload);
			this.payloads.shift();
			return give(this.types.shift()!, payload.length);
		}
		if (this.session && this.session.readable > 0) {
			if (buffer.length === 0) return ERR_BUFFER_TOO_SMALL;
			return give(SSH_SESSION_DATA, this.session.read(buffer));
		}
		if (this.eof) {
			this.eof = false;
			return give(SSH_SESSION_EOF);
		}
		if (this.closed) {
			this.over = true;
			return give(SSH_SESSION_CLOSED);
		}
		return SSH_SESSION_NOTHING;
	}
}

function isRepeatable(type: number): boolean {
	return type === SSH_SESSION_WINDOW_CHANGE || type === SSH_SESSION_BREAK || type === SSH_SESSION_PING_REPLY;
}

function terminalSize({ columns, rows }: Terminal): Uint8Array {
	const size = new Uint8Array(8);
	putUint32(size, 0, columns);
	putUint32(size, 4, rows);
	return size;
}
