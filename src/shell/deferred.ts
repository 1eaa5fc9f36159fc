/** Promises that the shell settles for commands, and jobs. On XS both cost memory, and there may be none: nothing here rejects unseen. */
import type { Session } from "../connection/session.js";
import { Cancelled } from "./registry.js";

/**
 * A promise that its owner settles. Who waits for it holds it anyway; the handler that lets nobody wait for it is
 * attached where it is to fail, not before: on XS it takes 24 slots, as much as the promise itself.
 */
export class Deferred<T> {
	readonly promise: Promise<T>;
	resolve: (value: T) => void = ignore;
	private reject: (reason: Error) => void = ignore;

	constructor() {
		this.promise = new Promise((resolve, reject) => {
			this.resolve = resolve;
			this.reject = reject;
		});
	}

	/**
	 * Rejects. A command that does not wait must not bring the program down by that, so there is a handler first. Where
	 * there is no memory for one the promise stays as it is: whoever waits for it is over, or is told by other ways.
	 */
	fail(reason: Error): void {
		try {
			this.promise.catch(ignore);
		} catch {
			return;
		}
		this.reject(reason);
	}
}

function ignore(): void {}

/** A promise that was rejected, and need not be looked at. */
export function failed<T>(reason: Error): Promise<T> {
	const deferred = new Deferred<T>();
	deferred.fail(reason);
	return deferred.promise;
}

/** What a command gets that is over. */
export function rejected<T>(): Promise<T> {
	return failed(new Cancelled());
}

/**
 * Calls in a job of its own, so with the whole of a device's small stack. Where the call throws, the session closes: what
 * finds no memory, not even to complain, must not leave the client waiting.
 */
export function soon(session: Session, call: () => void): void {
	Promise.resolve().then(() => {
		try {
			call();
		} catch {
			closeQuietly(session);
		}
	});
}

/** Throws nothing. */
export function closeQuietly(session: Session): void {
	try {
		session.close();
	} catch {
		// It is owed from here on, and goes out with the next packet.
	}
}
