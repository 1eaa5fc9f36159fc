/** The password method (RFC 4252 section 8). */
import type { Reader } from "../base/wire.js";
import { MAX_PASSWORD_LENGTH } from "../limits.js";
import { type Attempt, type AttemptHost, FAILED, PASSED, Pending } from "./attempt.js";
import { FULL_PERMIT, isPermit, type Permit } from "./authenticator.js";

/**
 * string    user name
 * string    service name
 * string    "password"
 * boolean   FALSE
 * string    plaintext password in ISO-10646 UTF-8 encoding [RFC3629]
 *
 * or, to change it, TRUE with the old and the new password. That form is refused: it would let a client try the old
 * one at half the price, and passwords are changed in the shell.
 */
export class PasswordAttempt implements Attempt {
	readonly method = "password";
	readonly key = undefined;
	permit: Permit = FULL_PERMIT;
	private readonly host: AttemptHost;
	private readonly user: string;
	/** Undefined for a request to change it, and for what is longer than any. */
	private readonly password: Uint8Array | undefined;
	private answer: Pending<boolean | Permit> | undefined = undefined;

	/** Reads what follows the method's name; reader.failed or unread bytes tell that it is malformed. */
	constructor(host: AttemptHost, user: string, reader: Reader) {
		this.host = host;
		this.user = user;
		const change = reader.boolean();
		const password = reader.string();
		if (change) reader.string();
		// What is longer than any is wrong, and not kept: many may wait for their turn.
		this.password = change || password.length > MAX_PASSWORD_LENGTH ? undefined : password.slice();
	}

	get guesses(): boolean {
		return this.password !== undefined && this.answer === undefined;
	}

	step(): number {
		if (!this.password) return FAILED;
		this.answer ??= new Pending(
			this.host.authenticator.password(this.user, this.password, this.host.context()),
			this.host,
		);
		const state = this.answer.poll();
		if (state !== PASSED) return state;
		const { result } = this.answer;
		if (isPermit(result)) this.permit = result;
		return result === true || isPermit(result) ? PASSED : FAILED;
	}

	wipe(): void {
		this.password?.fill(0);
		this.answer?.wipe();
	}
}
