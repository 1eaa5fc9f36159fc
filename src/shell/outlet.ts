/** The way out of a session: writes in their order, each at the pace of the client's window. */
import type { Session } from "../connection/session.js";
import { encodeUtf8 } from "../utf8.js";
import { Cancelled, rejected, unwatched } from "./registry.js";

const CR = 0x0d;
const LF = 0x0a;

interface Entry {
	readonly bytes: Uint8Array;
	at: number;
	readonly error: boolean;
	/** Both undefined for what the shell itself shows. */
	readonly resolve: (() => void) | undefined;
	readonly reject: ((reason: Cancelled) => void) | undefined;
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
	private whenDrained: (() => void) | undefined;

	constructor(session: Session, terminal: boolean) {
		this.session = session;
		this.terminal = terminal;
	}

	/** Of a command. Resolves when the session has taken all; rejects with Cancelled when that will not be. */
	write(data: string | Uint8Array, error: boolean): Promise<void> {
		let bytes = typeof data === "string" ? encodeUtf8(data) : data;
		if (this.terminal) bytes = withReturns(bytes);
		if (this.closed) return rejected();
		return unwatched(
			new Promise<void>((resolve, reject) => {
				this.push({ bytes, at: 0, error: error && !this.terminal, resolve, reject });
			}),
		);
	}

	/** Of the shell itself: prompts, echo. Not converted, not dropped. */
	show(bytes: Uint8Array): void {
		if (bytes.length > 0 && !this.closed)
			this.push({ bytes, at: 0, error: false, resolve: undefined, reject: undefined });
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
		this.entries.forEach(entry => {
			this.queued += entry.bytes.length - entry.at;
		});
		dropped.forEach(entry => {
			entry.reject?.(new Cancelled());
		});
		this.checkDrained();
	}

	/** The session is gone. */
	close(): void {
		this.closed = true;
		this.drop();
		this.entries = [];
		this.queued = 0;
		this.checkDrained();
	}

	/** Resolves when nothing waits any more. */
	drained(): Promise<void> {
		return new Promise(resolve => {
			this.whenDrained = resolve;
			this.checkDrained();
		});
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
			entry.resolve?.();
		}
		this.checkDrained();
	}

	private push(entry: Entry): void {
		this.entries.push(entry);
		this.queued += entry.bytes.length;
		if (this.entries.length === 1) this.pump();
	}

	private checkDrained(): void {
		if (this.entries.length > 0 || this.whenDrained === undefined) return;
		const resolve = this.whenDrained;
		this.whenDrained = undefined;
		resolve();
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
	return entry.reject === undefined;
}
