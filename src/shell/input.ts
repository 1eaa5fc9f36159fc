/** Reading by promise: one read waits, and is answered when there is something. */
import type { Session } from "../connection/session.js";
import { Deferred, failed } from "./deferred.js";
import { LineAssembly } from "./line-assembly.js";
import { Cancelled, type Input } from "./registry.js";

/** Nothing yet: the read waits. */
export const NOTHING = null;

/** Bytes for read(), a text for readLine(), undefined for the end, an Error for a line that is too long. */
export type Taken = Uint8Array | string | undefined | Error | typeof NOTHING;

/** Who is told after each read: it waits, or has made room. */
export interface Asked {
	asked(): void;
}

export abstract class WaitingInput implements Input {
	/** The read that waits, and whether it is for a line. */
	private waiting: Deferred<never> | undefined = undefined;
	private wantsLine = false;

	read(): Promise<Uint8Array | undefined> {
		return this.ask(false);
	}

	readLine(): Promise<string | undefined> {
		return this.ask(true);
	}

	/** Whether the terminal shows what is typed, where there is one. */
	setEcho(_on: boolean): void {}

	/** Answers the read that waits, if there is something for it. */
	wake(): void {
		const { waiting } = this;
		if (waiting === undefined) return;
		const taken = this.take(this.wantsLine);
		if (taken === NOTHING) return;
		this.waiting = undefined;
		if (taken instanceof Error) waiting.fail(taken);
		else waiting.resolve(taken as never);
	}

	/** Gives up the read that waits. */
	abort(): void {
		const { waiting } = this;
		this.waiting = undefined;
		waiting?.fail(new Cancelled());
	}

	/** Lets go of the read that waits, which is not answered any more. */
	forget(): void {
		this.waiting = undefined;
	}

	protected abstract take(line: boolean): Taken;

	/** Called after each read. */
	protected asked(): void {}

	private ask<T>(line: boolean): Promise<T> {
		if (this.waiting !== undefined) return failed(new Error("another read waits"));
		const taken = this.take(line);
		if (taken === NOTHING) {
			const waiting = new Deferred<never>();
			this.waiting = waiting;
			this.wantsLine = line;
			this.asked();
			return waiting.promise;
		}
		const answer = taken instanceof Error ? failed<T>(taken) : Promise.resolve(taken as T);
		this.asked();
		return answer;
	}
}

const LEAST_READ = 512;
const MOST_READ = 16 * 1024;

/** Stdin without a pty: the bytes of the session as they are. What no one reads stays in the client's window. */
export class StreamInput extends WaitingInput {
	/** Bytes that are held for lines. */
	kept = 0;
	private readonly session: Session;
	/** There while lines are read. */
	private lines: LineAssembly | undefined = undefined;

	constructor(session: Session) {
		super();
		this.session = session;
	}

	/** A line for the shell itself: NOTHING while it is not whole. */
	takeLine(): Exclude<Taken, Uint8Array> {
		this.lines ??= new LineAssembly(this.session, this);
		const line = this.lines.take();
		if (this.lines.empty) this.lines = undefined;
		return line;
	}

	protected take(line: boolean): Taken {
		return line ? this.takeLine() : this.takeBytes();
	}

	private takeBytes(): Taken {
		if (this.lines !== undefined) {
			const rest = this.lines.rest();
			if (this.lines.empty) this.lines = undefined;
			if (rest.length > 0) return rest;
		}
		const { session } = this;
		if (session.closed) return undefined;
		const { readable } = session;
		if (readable === 0) return session.ended ? undefined : NOTHING;
		// A quarter of much: who holds it and cannot write it holds little besides what the window lets in.
		const length = Math.min(readable, Math.max(LEAST_READ, readable >> 2), MOST_READ);
		const bytes = new Uint8Array(length);
		const count = session.read(bytes, 0, length);
		return count === length ? bytes : bytes.slice(0, count);
	}
}
