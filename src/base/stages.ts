/**
 * Where a connection of the server stands, in order. It moves from one stage to the next; from each it may be ended, which
 * is CLOSING, or GONE at once where there is no memory for a good-bye. What else asks where a connection is asks for this.
 */

/** It has a place in the table; nothing was sent. */
export const ACCEPTED = 1;
/** Our identification is sent, or about to be (SSH_negotiateConnection). */
export const NEGOTIATING = 2;
/** The client's identification has come; keys are exchanged. */
export const IDENTIFIED = 3;
/** The client uses the first keys. */
export const KEYED = 4;
/** The client was granted ssh-userauth. */
export const AUTHENTICATING = 5;
export const LOGGED_IN = 6;
/** A session channel was opened. */
export const OPEN = 7;
/** Its instance id is void; what was queued still goes out. */
export const CLOSING = 8;
/** Its place is free, or another's. */
export const GONE = 9;

/** Whether a connection may move so: to the next stage, or to its end. */
export function follows(from: number, to: number): boolean {
	return to === from + 1 ? to <= GONE : to > from && (to === CLOSING || to === GONE);
}
