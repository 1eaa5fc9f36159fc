/**
 * What a fuzzer's bytes mean to a server: steps, one behind the other. The framing is made up; it knows no wrong input,
 * so that whatever a mutation makes of it does something.
 *
 *     byte      what to do, its upper five bits unused
 *     uint16    length of what follows, as much of it as there is; or a number, where nothing follows
 *     byte[n]
 */
import { concat } from "../crypto/helpers.js";

/** A payload, framed as the protection in force asks. */
export const PACKET = 0;
/** A payload that waits for the next step of another kind before it goes out, with others at once. */
export const QUEUED = 1;
/** Bytes as they are. */
export const RAW = 2;
/** Time passes: the number, in hundreds of milliseconds. */
export const TIME = 3;
/** The application does something with a session. */
export const SESSION = 4;
/** The client stops to take what comes, or begins again. */
export const HOLD = 5;
/** Bytes as they are, one by one. */
export const TRICKLE = 6;
/** The server does something by itself: a ping. */
export const SERVER = 7;

export interface Step {
	readonly kind: number;
	/** What follows the length; empty where a number stands in its place. */
	readonly bytes: Uint8Array;
	readonly number: number;
}

const hasBytes = (kind: number): boolean =>
	kind === PACKET || kind === QUEUED || kind === RAW || kind === TRICKLE;

/** Steps of one input: more would only take time. */
const MAX_STEPS = 300;

export function* steps(input: Uint8Array): Generator<Step> {
	let at = 0;
	for (let count = 0; count < MAX_STEPS && at + 3 <= input.length; count++) {
		const kind = input[at] & 7;
		const number = (input[at + 1] << 8) | input[at + 2];
		at += 3;
		const end = hasBytes(kind) ? Math.min(input.length, at + number) : at;
		yield { kind, bytes: input.subarray(at, end), number };
		at = end;
	}
}

/** The reverse, for the corpus. */
export function encodeSteps(
	list: readonly (readonly [kind: number, what: Uint8Array | number])[],
): Uint8Array {
	return concat(
		...list.map(([kind, what]) => {
			const number = typeof what === "number" ? what : what.length;
			const head = Uint8Array.of(kind, number >>> 8, number);
			return typeof what === "number" ? head : concat(head, what);
		}),
	);
}
