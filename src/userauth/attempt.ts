/** What the methods have in common: one request of a method, from its parse to its verdict. */

import type { Reader } from "../base/wire.js";
import type { Crypto } from "../crypto/port.js";
import type { MessageSender } from "../transport/sender.js";
import type { Answer, AuthContext, Authenticator, MethodName, Permit } from "./authenticator.js";

/** What a method needs of the connection. */
export interface AttemptHost {
	readonly sender: MessageSender;
	readonly authenticator: Authenticator;
	readonly crypto: Crypto;
	/** H of the first key exchange (RFC 4253 section 7.2). */
	sessionId(): Uint8Array;
	context(): AuthContext;
	/** An answer that was waited for is there: work() has something to do again. */
	wake(): void;
}

// Outcomes of Attempt.step(); a status below zero ends the connection. The first two are what work() returns.

/** A Promise has not answered yet; wake() will tell. */
export const WAITING = 0;
/** Call step() again. */
export const RUNNING = 1;
export const FAILED = 2;
export const PASSED = 3;
/** A publickey query was answered with PK_OK: no verdict, and no login. */
export const QUERY_ANSWERED = 4;
/** Prompts were sent: the next message may be their answer. */
export const PROMPTED = 5;

export interface Attempt {
	readonly method: MethodName;
	/** The key that a publickey request is about, a copy. */
	readonly key: Uint8Array | undefined;
	/** What the login may do, once step() has returned PASSED. */
	readonly permit: Permit;
	/** The next step takes memory of its own while it lasts: a signature is being verified. */
	readonly demanding?: boolean;
	/** Its next step looks at a password, or at an answer to a prompt. */
	readonly guesses: boolean;
	/** One slice of the work. */
	step(): number;
	/** Takes an answer to the prompts, after PROMPTED. OK, or a status for a message that is none. */
	respond?(reader: Reader): number;
	/** Overwrites what was copied from the request; the attempt is not used again. */
	wipe(): void;
}

/** An Answer to be polled: the slices of a Job are run here, a Promise is waited for. */
export class Pending<T> {
	/** Set once poll() has returned PASSED. */
	result: T | undefined = undefined;
	private answer: Answer<T>;
	/** Whom to wake; undefined once nobody waits. */
	private host: AttemptHost | undefined;
	private outcome = WAITING;
	private failure: unknown = undefined;

	constructor(answer: Answer<T>, host: AttemptHost) {
		this.answer = answer;
		this.host = host;
		if ("step" in answer) return;
		answer.then(
			value => {
				this.result = value;
				this.settle(PASSED);
			},
			(reason: unknown) => {
				this.failure = reason;
				this.settle(FAILED);
			},
		);
	}

	private settle(outcome: number): void {
		this.outcome = outcome;
		this.host?.wake();
	}

	/**
	 * @returns WAITING, RUNNING, or PASSED when `result` is there
	 * @throws what the Job threw or the Promise was rejected with
	 */
	poll(): number {
		if ("step" in this.answer) {
			if (!this.answer.step()) return RUNNING;
			this.result = this.answer.result;
			return PASSED;
		}
		if (this.outcome === FAILED) throw this.failure;
		return this.outcome;
	}

	/** Gives the answer up, with the secrets that it holds. */
	wipe(): void {
		this.host = undefined;
		if ("step" in this.answer) this.answer.wipe?.();
	}
}
