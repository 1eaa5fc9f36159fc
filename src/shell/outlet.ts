/** The way out of a session: writes in their order, each at the pace of the client's window. */

import { encodeUtf8 } from "../base/utf8.js";
import type { Session } from "../connection/session.js";
import { Deferred, rejected } from "./deferred.js";
import { Cancelled } from "./registry.js";

const CR = 0x0d;
const LF = 0x0a;

/** Who waits until nothing waits any more. */
export interface Drained {
	drained(): void;
}

/** Bytes that the session has not taken yet. */
class Entry {
	readonly bytes: Uint8Array;
	at = 0;
	readonly error: boolean;
	/** Of the shell itself: not dropped. */
	readonly own: boolean;
	/** Of the command that waits for it. */
	writer: Deferred<void> | undefined = undefined;

	constructor(bytes: Uint8Array, error: boolean, own: boolean) {
		this.bytes = bytes;
		this.error = error;
		this.own = own;
	}
}

export class Outlet {
	/** Bytes that wait. */
	queued = 0;
	private readonly session: Session;
	/** A terminal wants CR LF for LF, and has one stream only. */
	private readonly terminal: boolean;
	private entries: Entry[] = [];
	private lastByte = LF;
	private closed = false;
	private waiter: Drained | undefined = undefined;

	constructor(session: Session, terminal: boolean) {
		this.session = session;
		this.terminal = terminal;
	}

	/** Of a command. Resolves when the session has taken all; rejects with Cancelled when that will not be. */
	write(data: string | Uint8Array, error: boolean): Promise<void> {
		const entry = this.print(data, error);
		if (entry === undefined) return rejected();
		if (!this.entries.includes(entry)) return Promise.resolve();
		entry.writer = new Deferred();
		return entry.writer.promise;
	}

	/** The same for whom nobody waits. Undefined where the session is gone. */
	print(data: string | Uint8Array, error: boolean): Entry | undefined {
		let bytes = typeof data === "string" ? encodeUtf8(data) : data;
		if (this.terminal) bytes = withReturns(bytes);
		return this.push(bytes, error && !this.terminal, false);
	}

	/** Of the shell itself: prompts, echo. Not converted, not dropped. */
	show(bytes: Uint8Array): void {
		if (bytes.length > 0) this.push(bytes, false, true);
	}

	/** Whether what was written ends with a line feed. */
	get atLineStart(): boolean {
		const last = this.entries[this.entries.length - 1];
		return (last === undefined ? this.lastByte : last.bytes[last.bytes.length - 1]) === LF;
	}

	/** Forgets what commands have waiting. */
	drop(): void {
		const dropped = this.entries;
		this.entries = dropped.filter(isOwn);
		this.queued = 0;
		for (const entry of this.entries) this.queued += entry.bytes.length - entry.at;
		for (const entry of dropped) if (!entry.own) entry.writer?.fail(new Cancelled());
		this.checkDrained();
	}

	/** Lets go of who waits for writes: they are not told of their end. */
	forget(): void {
		for (const entry of this.entries) entry.writer = undefined;
	}

	/** The session is gone, and with it whoever waited. */
	close(): void {
		this.closed = true;
		this.waiter = undefined;
		this.drop();
		this.entries = [];
		this.queued = 0;
	}

	/** True when nothing waits; else the waiter, of which there is one, is told once when that is so. */
	isDrained(waiter: Drained): boolean {
		if (this.entries.length === 0) return true;
		this.waiter = waiter;
		return false;
	}

	/** Sends what the session takes now. */
	pump(): void {
		while (this.entries.length > 0) {
			const entry = this.entries[0];
			const left = entry.bytes.length - entry.at;
			if (left > 0) {
				const count = entry.error
					? this.session.writeError(entry.bytes, entry.at, left)
					: this.session.write(entry.bytes, entry.at, left);
				if (count <= 0) return;
				entry.at += count;
				this.queued -= count;
				this.lastByte = entry.bytes[entry.at - 1];
				if (count < left) return;
			}
			this.entries.shift();
			entry.writer?.resolve();
		}
		this.checkDrained();
	}

	private push(bytes: Uint8Array, error: boolean, own: boolean): Entry | undefined {
		if (this.closed) return undefined;
		const entry = new Entry(bytes, error, own);
		this.entries.push(entry);
		this.queued += bytes.length;
		if (this.entries.length === 1) this.pump();
		return entry;
	}

	private checkDrained(): void {
		if (this.entries.length > 0 || this.waiter === undefined) return;
		const { waiter } = this;
		this.waiter = undefined;
		waiter.drained();
	}
}

/** CR before each LF that has none, as a terminal driver's ONLCR. */
function withReturns(bytes: Uint8Array): Uint8Array {
	let missing = 0;
	for (let i = 0; i < bytes.length; i++) if (bytes[i] === LF && bytes[i - 1] !== CR) missing++;
	if (missing === 0) return bytes;
	const converted = new Uint8Array(bytes.length + missing);
	for (let i = 0, at = 0; i < bytes.length; i++) {
		if (bytes[i] === LF && bytes[i - 1] !== CR) converted[at++] = CR;
		converted[at++] = bytes[i];
	}
	return converted;
}

function isOwn(entry: Entry): boolean {
	return entry.own;
}
