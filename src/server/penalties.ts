/**
 * What a connection without a login costs its address, by the way it has ended, as OpenSSH's PerSourcePenalties do. The
 * work that was done for it comes on top (admission.ts). Amounts and their reasons stand in limits.ts.
 */
import { PENALTY_ABORTED, PENALTY_KEY_EXCHANGE, PENALTY_REFUSED, PENALTY_TOO_SLOW } from "../limits.js";
import {
	ERR_MEM_,
	ERR_RAND,
	ERR_SSH_DISCONNECT,
	ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
	ERR_SSH_UNKNOWN_CIPHER,
	ERR_SSH_UNKNOWN_HMAC,
	ERR_TCP,
	ERR_TCP_READ_TIMEOUT,
	OK,
} from "../merrors.js";
import { inFamily } from "../transport/disconnect.js";

/** Why an address is refused, as small numbers: each is an index of DEBTS. */
export const NONE = -1;
/** The processor's time, which is charged as it goes. */
export const WORK = 0;
/** The peer has gone, or had nothing in common with us: scanners and probes, and who changes his mind. */
export const ABORTED = 1;
/** What it sent was wrong: a key exchange that failed, a packet that does not verify, a message out of order. */
export const KEY_EXCHANGE = 2;
/** A key or a password of it was refused. */
export const REFUSED = 3;
export const TOO_SLOW = 4;

export type Debt = "work" | "aborted" | "key-exchange" | "refused" | "too-slow";

/** A word for the log, for each kind. */
export const DEBTS: readonly Debt[] = Object.freeze([
	"work",
	"aborted",
	"key-exchange",
	"refused",
	"too-slow",
]);

/** Milliseconds of debt. */
export function penaltyOf(kind: number): number {
	if (kind === ABORTED) return PENALTY_ABORTED;
	if (kind === KEY_EXCHANGE) return PENALTY_KEY_EXCHANGE;
	if (kind === REFUSED) return PENALTY_REFUSED;
	return kind === TOO_SLOW ? PENALTY_TOO_SLOW : 0;
}

/**
 * How a connection without a login has ended.
 *
 * @param status that ended it  @param refused a key or a password of it was refused
 */
export function kindOf(status: number, refused: boolean): number {
	// The application's own wish, or a fault of the device.
	if (status === OK || inFamily(status, ERR_RAND) || inFamily(status, ERR_MEM_)) return NONE;
	if (status === ERR_TCP_READ_TIMEOUT) return TOO_SLOW;
	if (refused || status === ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE) return REFUSED;
	// With ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED among them: ssh-keyscan meets it for each type of key that we have not.
	if (inFamily(status, ERR_TCP) || inFamily(status, ERR_SSH_DISCONNECT)) return ABORTED;
	return status === ERR_SSH_UNKNOWN_CIPHER || status === ERR_SSH_UNKNOWN_HMAC ? ABORTED : KEY_EXCHANGE;
}
