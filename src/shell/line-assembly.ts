/** Lines of a stream: what is read ahead in search of their ends, and the one whose end has not come yet. */

import { decodeUtf8 } from "../base/utf8.js";
import type { Session } from "../connection/session.js";
import { type Keeper, keep } from "./kept.js";

const LF = 0x0a;
const CR = 0x0d;
const READ_AHEAD = 256;
const MAX_LINE = 8192;
/** The bytes that a line grows from, those it grows to, its text, and that of the line before it. */
const COPIES = 4;

export class LineAssembly {
	private readonly session: Session;
	/** Keeps as much as the longest line has taken: whoever has read it may still hold it. */
	private readonly keeper: Keeper;
	/** Read ahead in search of a line's end. */
	private readonly ahead = new Uint8Array(READ_AHEAD);
	private start = 0;
	private end = 0;
	/** A line without its end yet. */
	private partial = new Uint8Array(0);
	private length = 0;

	constructor(session: Session, keeper: Keeper) {
		this.session = session;
		this.keeper = keeper;
	}

	/** Nothing is held: it can be let go of. */
	get empty(): boolean {
		return this.start === this.end && this.length === 0;
	}

	/** A line without its end, undefined at the end of all, an Error for one that is too long, null while none is whole. */
	take(): string | undefined | Error | null {
		for (;;) {
			while (this.start < this.end) {
				const byte = this.ahead[this.start++];
				if (byte === LF) return this.finish();
				this.append(byte);
			}
			this.ahead.fill(0, 0, this.end);
			this.start = this.end = 0;
			if (!this.session.closed) this.end = this.session.read(this.ahead, 0, READ_AHEAD);
			if (this.end > 0) continue;
			this.end = 0;
			if (!this.session.closed && !this.session.ended) return null;
			return this.length > 0 ? this.finish() : undefined;
		}
	}

	/** What was read ahead, for a read of bytes. */
	rest(): Uint8Array {
		const rest = this.ahead.slice(this.start, this.end);
		this.start = this.end;
		return rest;
	}

	/** Bytes beyond the longest line are counted, not kept. */
	private append(byte: number): void {
		if (this.length === this.partial.length && this.length < MAX_LINE && !this.grow()) this.length = MAX_LINE;
		if (this.length < MAX_LINE) this.partial[this.length] = byte;
		this.length++;
	}

	private grow(): boolean {
		const { keeper, partial, session } = this;
		const size = Math.max(64, 2 * this.length);
		if (!keep(keeper, session, Math.max(keeper.kept, COPIES * size))) return false;
		const larger = new Uint8Array(size);
		larger.set(partial);
		partial.fill(0);
		this.partial = larger;
		return true;
	}

	private finish(): string | Error {
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
