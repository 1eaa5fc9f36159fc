/** Reading by promise: one read waits, and is answered when there is something. */
import type { Session } from "../connection/session.js";
import { decodeUtf8 } from "../utf8.js";
import { Cancelled, type Input, unwatched } from "./registry.js";

/** Nothing yet: the read waits. */
export const NOTHING = null;

/** Bytes for read(), a text for readLine(), undefined for the end, an Error for a line that is too long. */
export type Taken = Uint8Array | string | undefined | Error | typeof NOTHING;

export abstract class WaitingInput implements Input {
	/** Called after each read: it waits, or has made room. */
	onAsked: (() => void) | undefined = undefined;
	/** Whether the terminal shows what is typed, where there is one. */
	echo = true;
	private resolve: ((value: never) => void) | undefined;
	private reject: ((reason: Error) => void) | undefined;
	private wantsLine = false;

	read(): Promise<Uint8Array | undefined> {
		return this.ask(false);
	}

	readLine(): Promise<string | undefined> {
		return this.ask(true);
	}

	/** Answers the read that waits, if there is something for it. */
	wake(): void {
		if (this.resolve === undefined) return;
		const taken = this.take(this.wantsLine);
		if (taken === NOTHING) return;
		const resolve = this.resolve;
		const reject = this.reject!;
		this.resolve = this.reject = undefined;
		if (taken instanceof Error) reject(taken);
		else resolve(taken as never);
	}

	/** Gives up the read that waits. */
	abort(): void {
		const reject = this.reject;
		this.resolve = this.reject = undefined;
		reject?.(new Cancelled());
	}

	protected abstract take(line: boolean): Taken;

	private ask<T>(line: boolean): Promise<T> {
		return unwatched(
			new Promise<T>((resolve, reject) => {
				if (this.resolve !== undefined) throw new Error("another read waits");
				this.resolve = resolve;
				this.reject = reject;
				this.wantsLine = line;
				this.wake();
				this.onAsked?.();
			}),
		);
	}
}

const LF = 0x0a;
const CR = 0x0d;
const READ_AHEAD = 256;
const MAX_READ = 16 * 1024;
const MAX_LINE = 8192;

/** Stdin without a pty: the bytes of the session as they are. What no one reads stays behind the client's window. */
export class StreamInput extends WaitingInput {
	private readonly session: Session;
	/** Read ahead in search of a line's end. */
	private readonly ahead = new Uint8Array(READ_AHEAD);
	private start = 0;
	private end = 0;
	/** A line without its end yet. */
	private partial = new Uint8Array(0);
	private length = 0;

	constructor(session: Session) {
		super();
		this.session = session;
	}

	protected take(line: boolean): Taken {
		return line ? this.takeLine() : this.takeBytes();
	}

	private takeBytes(): Taken {
		if (this.start < this.end) {
			const bytes = this.ahead.slice(this.start, this.end);
			this.start = this.end;
			return bytes;
		}
		if (this.session.closed) return undefined;
		const readable = Math.min(this.session.readable, MAX_READ);
		if (readable === 0) return this.session.ended ? undefined : NOTHING;
		const bytes = new Uint8Array(readable);
		const count = this.session.read(bytes, 0, readable);
		return count === readable ? bytes : bytes.slice(0, count);
	}

	private takeLine(): Taken {
		for (;;) {
			while (this.start < this.end) {
				const byte = this.ahead[this.start++];
				if (byte === LF) return this.finishLine();
				this.append(byte);
			}
			this.ahead.fill(0, 0, this.end);
			this.start = this.end = 0;
			if (!this.session.closed) this.end = this.session.read(this.ahead, 0, READ_AHEAD);
			if (this.end > 0) continue;
			this.end = 0;
			if (!this.session.closed && !this.session.ended) return NOTHING;
			return this.length > 0 ? this.finishLine() : undefined;
		}
	}

	/** Bytes beyond the longest line are counted, not kept. */
	private append(byte: number): void {
		if (this.length < MAX_LINE) {
			if (this.length === this.partial.length) {
				const larger = new Uint8Array(Math.max(64, 2 * this.length));
				larger.set(this.partial);
				this.partial.fill(0);
				this.partial = larger;
			}
			this.partial[this.length] = byte;
		}
		this.length++;
	}

	private finishLine(): string | Error {
		const tooLong = this.length > MAX_LINE;
		const end = this.length > 0 && this.partial[this.length - 1] === CR ? this.length - 1 : this.length;
		const line = tooLong ? new Error("the line is too long") : decodeUtf8(this.partial, 0, end);
		// It may have been a password.
		this.partial.fill(0);
		this.ahead.fill(0, 0, this.start);
		this.partial = new Uint8Array(0);
		this.length = 0;
		return line;
	}
}
