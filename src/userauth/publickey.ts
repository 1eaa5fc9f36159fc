/** The publickey method (RFC 4252 section 7). */

import type { Reader } from "../base/wire.js";
import { copyBytes, putUint32 } from "../base/wire.js";
import type { Job } from "../crypto/port.js";
import { isAcceptable, verify } from "../keys/public-key.js";
import { MAX_NAME_LENGTH } from "../limits.js";
import { SSH_MSG_USERAUTH_PK_OK, SSH_MSG_USERAUTH_REQUEST } from "../messages.js";
import {
	type Attempt,
	type AttemptHost,
	FAILED,
	PASSED,
	Pending,
	QUERY_ANSWERED,
	RUNNING,
} from "./attempt.js";
import { FULL_PERMIT, type Permit } from "./authenticator.js";

/**
 * string    user name in ISO-10646 UTF-8 encoding [RFC3629]
 * string    service name in US-ASCII
 * string    "publickey"
 * boolean   FALSE for a query, TRUE
 * string    public key algorithm name
 * string    public key blob
 * string    signature (not in a query)
 *
 * A query is answered for the key alone and proves nothing. The verdict, and the permit with it, come from the key in
 * the very request whose signature is verified: nothing is remembered from a query (CVE-2024-45337).
 */
export class PublicKeyAttempt implements Attempt {
	readonly method = "publickey";
	readonly guesses = false;
	readonly key: Uint8Array;
	permit: Permit = FULL_PERMIT;
	private readonly host: AttemptHost;
	private readonly user: string;
	private readonly algorithm: string;
	/** What the signature is made over; its end is the key. */
	private readonly signed: Uint8Array;
	/** Undefined in a query. */
	private readonly signature: Uint8Array | undefined;
	private answer: Pending<Permit | undefined> | undefined = undefined;
	private verification: Job<boolean> | undefined = undefined;

	/**
	 * Reads what follows the method's name; reader.failed or unread bytes tell that it is malformed.
	 * @param start where the request lies, after its message number
	 */
	constructor(host: AttemptHost, user: string, reader: Reader, start: number) {
		this.host = host;
		this.user = user;
		const signing = reader.boolean();
		this.algorithm = reader.ascii(MAX_NAME_LENGTH);
		const keyLength = reader.string().length;
		this.signed = signedData(host.sessionId(), reader.bytes, start, reader.position);
		this.key = this.signed.subarray(this.signed.length - keyLength);
		this.signature = signing ? reader.string().slice() : undefined;
	}

	get demanding(): boolean {
		return this.verification !== undefined;
	}

	step(): number {
		if (this.verification) {
			if (!this.verification.step()) return RUNNING;
			return this.verification.result === true ? PASSED : FAILED;
		}
		if (!this.answer) {
			if (!isAcceptable(this.key, this.algorithm)) return FAILED;
			this.answer = new Pending(
				this.host.authenticator.authorizedKey(this.user, this.key, this.host.context()),
				this.host,
			);
		}
		const state = this.answer.poll();
		if (state !== PASSED) return state;
		if (!this.answer.result) return FAILED;
		if (!this.signature) return this.sendPkOk();
		this.permit = this.answer.result;
		this.verification = verify(this.host.crypto, this.key, this.algorithm, this.signed, this.signature);
		return RUNNING;
	}

	/**
	 * byte      SSH_MSG_USERAUTH_PK_OK
	 * string    public key algorithm name from the request
	 * string    public key blob from the request
	 */
	private sendPkOk(): number {
		this.host.sender.begin(SSH_MSG_USERAUTH_PK_OK).ascii(this.algorithm).string(this.key);
		const status = this.host.sender.end();
		return status < 0 ? status : QUERY_ANSWERED;
	}

	wipe(): void {
		this.signed.fill(0);
		this.signature?.fill(0);
		this.answer?.wipe();
		this.verification?.wipe?.();
	}
}

/**
 * string    session identifier
 * byte      SSH_MSG_USERAUTH_REQUEST
 * and the request as it was received, up to and with the public key blob
 */
function signedData(sessionId: Uint8Array, bytes: Uint8Array, start: number, end: number): Uint8Array {
	const data = new Uint8Array(4 + sessionId.length + 1 + (end - start));
	putUint32(data, 0, sessionId.length);
	copyBytes(data, 4, sessionId, 0, sessionId.length);
	data[4 + sessionId.length] = SSH_MSG_USERAUTH_REQUEST;
	copyBytes(data, 4 + sessionId.length + 1, bytes, start, end);
	return data;
}
