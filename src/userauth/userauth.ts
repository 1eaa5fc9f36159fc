/**
 * The server's side of user authentication (RFC 4252, RFC 4256) as a state machine: messages in, messages out through
 * a MessageSender, work in slices. The owner asks the phase table what may arrive; here is decided what it means.
 *
 * Nothing in an answer, or in the work before it, depends on whether the user exists: requests are parsed whole
 * before the Authenticator is asked, and it answers an unknown user like a wrong key or password.
 */

import { lesserRole } from "../base/roles.js";
import { cutOf, decodeUtf8, encodeUtf8, isUtf8 } from "../base/utf8.js";
import { equalBytes, type Reader } from "../base/wire.js";
import { fingerprint } from "../keys/host-key.js";
import { type Limits, MAX_NAME_LENGTH } from "../limits.js";
import {
	ERR_AUTH_MESG_FRAGMENTED,
	ERR_AUTH_UNEXPECTED_MESG,
	ERR_SSH_DISCONNECT_ILLEGAL_USER_NAME,
	ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
	ERR_SSH_DISCONNECT_SERVICE_NOT_AVAILABLE,
	OK,
} from "../merrors.js";
import {
	SSH_MSG_USERAUTH_BANNER,
	SSH_MSG_USERAUTH_FAILURE,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../messages.js";
import { __ENABLE_MOCANA_SSH_PASSWORD__ } from "../moptions.js";
import { type Attempt, type AttemptHost, PASSED, PROMPTED, QUERY_ANSWERED, RUNNING } from "./attempt.js";
import { FULL_PERMIT, type MethodName, type Permit, type Rights, rightsOf } from "./authenticator.js";
import { checkChains, isComplete, methodsThatCanContinue } from "./chains.js";
import { KeyboardInteractiveAttempt } from "./keyboard-interactive.js";
import { PasswordAttempt } from "./password.js";
import { PublicKeyAttempt } from "./publickey.js";

/** How a request has ended. User and method are as the peer has sent them. */
export interface AuthOutcome {
	readonly event: "accepted" | "partial" | "failed" | "abandoned" | "limit" | "error";
	readonly user: string;
	readonly method: string;
	/** Fingerprint of the key that was passed, or why a request failed; may be "". */
	readonly detail: string;
}

/** What counts the passwords, and answers to prompts, of who has shown a key: by user and key. */
export interface KeyedGuesses {
	/** Whether this connection's may be looked at now; to be asked again where not. One that may counts as wrong until right(). */
	mayLook(connection: number, user: string, key: Uint8Array): boolean;
	right(user: string, key: Uint8Array): void;
	/** This connection does not ask again: the attempt is over. */
	leave(connection: number): void;
}

/** The connection, as far as authentication needs it. */
export interface UserAuthHost extends AttemptHost {
	readonly limits: Limits;
	/** Shown by the client before the login (RFC 4252 section 5.4); lines end in CR LF. */
	readonly banner?: string | undefined;
	/** Whether passwords and answers to prompts may be tried now; they may where it is not told. */
	mayGuess?(): boolean;
	/** One of them was wrong. */
	onWrongGuess?(): void;
	/** Names the connection to `guesses`. */
	readonly id: number;
	/** Those of clients who have shown a key first; all are looked at where it is not told. */
	readonly guesses?: KeyedGuesses | undefined;
	onAuthentication?(outcome: AuthOutcome): void;
}

/** Bytes that a character may take in UTF-8. */
const LONGEST_CHARACTER = 4;

/** The service that follows authentication, the only one there is. */
const SSH_CONNECTION = "ssh-connection";

/** @throws RangeError where the Authenticator's chains cannot be passed */
export class UserAuth {
	/** Authentication is complete: `user` and `permit` hold. */
	done = false;
	/** Who logged in; "" until `done`. */
	user = "";
	permit: Rights = FULL_PERMIT;
	/** A request is being worked on: call work(), hand over no message. */
	busy = false;
	/** Prompts were sent: SSH_MSG_USERAUTH_INFO_RESPONSE may arrive (PHASE_AUTH_INFO). */
	expectsInfo = false;

	private readonly host: UserAuthHost;
	private attempt: Attempt | undefined = undefined;
	/** Whom the last request named. What was passed so far was passed by this user. */
	private claimedUser = "";
	private passed: MethodName[] = [];
	/** Keys that a passed method stands on: none counts twice. */
	private passedKeys: Uint8Array[] = [];
	private earnedPermit: Rights = FULL_PERMIT;
	private failures = 0;
	private queries = 0;
	private listedMethods = false;
	/** What of it has yet to be sent. */
	private banner: Uint8Array;

	constructor(host: UserAuthHost) {
		checkChains(host.authenticator.chains);
		this.host = host;
		this.banner = encodeUtf8(host.banner ?? "");
	}

	/**
	 * Takes USERAUTH_REQUEST or USERAUTH_INFO_RESPONSE, with the reader after the message number. What is needed
	 * longer is copied and the message overwritten where it lies: it may hold a password.
	 * @returns OK, or a status that ends the connection
	 */
	onMessage(number: number, reader: Reader): number {
		const start = reader.position;
		let status = OK;
		// RFC 4252 section 5.1: requests after success are silently ignored.
		if (!this.done) {
			status = number === SSH_MSG_USERAUTH_REQUEST ? this.onRequest(reader) : this.onInfoResponse(reader);
		}
		reader.bytes.fill(0, start, reader.end);
		return status;
	}

	/**
	 * byte      SSH_MSG_USERAUTH_REQUEST
	 * string    user name in ISO-10646 UTF-8 encoding [RFC3629]
	 * string    service name in US-ASCII
	 * string    method name in US-ASCII
	 * ....      method-specific fields
	 */
	private onRequest(reader: Reader): number {
		const start = reader.position;
		const name = reader.string();
		const service = reader.ascii(MAX_NAME_LENGTH);
		const method = reader.ascii(MAX_NAME_LENGTH);
		if (reader.failed) return ERR_AUTH_MESG_FRAGMENTED;
		if (name.length > this.host.limits.userNameLength || !isUtf8(name))
			return ERR_SSH_DISCONNECT_ILLEGAL_USER_NAME;
		if (service !== SSH_CONNECTION) return ERR_SSH_DISCONNECT_SERVICE_NOT_AVAILABLE;

		const abandoned = this.abandonAttempt();
		if (abandoned < 0) return abandoned;
		const user = decodeUtf8(name);
		if (user !== this.claimedUser) this.forgetProgress();
		this.claimedUser = user;

		if (method === "none" && !this.listedMethods) {
			this.listedMethods = true;
			if (this.banner.length === 0) return this.sendFailure(false);
			this.busy = true;
			return OK;
		}
		const attempt = this.newAttempt(method, reader, start);
		if (!attempt) return this.fail(method, "method not available");
		this.attempt = attempt;
		if (!reader.complete) return ERR_AUTH_MESG_FRAGMENTED;
		if (attempt.key && this.passedKeys.some(key => equalBytes(key, attempt.key!))) {
			return this.fail(method, "key used before");
		}
		this.busy = true;
		return OK;
	}

	/** An attempt for a method that is next in some chain; undefined for every other. */
	private newAttempt(method: string, reader: Reader, start: number): Attempt | undefined {
		if (!this.methods().includes(method as MethodName)) return undefined;
		if (__ENABLE_MOCANA_SSH_PASSWORD__) {
			if (method === "password") return new PasswordAttempt(this.host, this.claimedUser, reader);
			if (method === "keyboard-interactive") {
				return new KeyboardInteractiveAttempt(this.host, this.claimedUser, reader);
			}
		}
		return new PublicKeyAttempt(this.host, this.claimedUser, reader, start);
	}

	/**
	 * The methods that are on offer. While nothing may be guessed from where the client is, keys alone are. Who has shown one is
	 * not refused: his guesses are counted by that key (KeyedGuesses).
	 */
	private methods(): MethodName[] {
		const names = methodsThatCanContinue(this.host.authenticator.chains, this.passed);
		if (this.passedKeys.length > 0 || (this.host.mayGuess?.() ?? true)) return names;
		return names.filter(name => name === "publickey");
	}

	private onInfoResponse(reader: Reader): number {
		if (!this.expectsInfo || !this.attempt?.respond) return ERR_AUTH_UNEXPECTED_MESG;
		this.expectsInfo = false;
		this.busy = true;
		return this.attempt.respond(reader);
	}

	/**
	 * One slice of what a request asks for.
	 * @returns 1 when there may be more to do, 0 when not (now), or a status below zero that ends the connection
	 */
	work(): number {
		if (!this.busy) return 0;
		if (this.banner.length > 0) return this.sendBanner();
		if (!this.attempt) {
			this.busy = false;
			return advanced(this.sendFailure(false));
		}
		const method = this.attempt.method;
		const key = method === "publickey" ? undefined : this.passedKeys[0];
		if (key && this.attempt.guesses && this.mustWait(key)) return 0;
		let outcome: number;
		try {
			outcome = this.attempt.step();
		} catch (error) {
			// The Authenticator's own failure. It lets nobody in, and takes no other connection with it.
			this.report("error", method, String(error));
			return advanced(this.fail(method, "not answered"));
		}
		if (outcome <= RUNNING) return outcome;
		// The Authenticator may have closed the connection: its answer is nobody's then.
		if (!this.attempt) return 0;
		this.busy = false;
		if (outcome === PASSED) {
			if (key) this.host.guesses?.right(this.claimedUser, key);
			return advanced(this.pass(this.attempt));
		}
		if (outcome === QUERY_ANSWERED) {
			this.dropAttempt();
			this.queries++;
			return advanced(this.queries > this.host.limits.authenticationAttempts ? this.noMore(method) : OK);
		}
		if (outcome === PROMPTED) {
			this.expectsInfo = true;
			return 1;
		}
		if (method !== "publickey") this.host.onWrongGuess?.();
		return advanced(this.fail(method, ""));
	}

	/** What a client gave who has shown this key may not be looked at yet. */
	private mustWait(key: Uint8Array): boolean {
		const { guesses, id } = this.host;
		return guesses?.mayLook(id, this.claimedUser, key) === false;
	}

	/** The next slice of work() takes memory of its own while it lasts. */
	get demanding(): boolean {
		return this.attempt?.demanding === true;
	}

	/** The connection is gone: gives up what is under way and overwrites its secrets. */
	close(): void {
		this.dropAttempt();
		this.forgetProgress();
	}

	/** A method was passed, which may complete a chain or be one step of it. */
	private pass(attempt: Attempt): number {
		const method = attempt.method;
		const permit = bothPermits(this.earnedPermit, rightsOf(attempt.permit));
		if (!permit) return this.fail(method, "the keys force different commands");
		this.earnedPermit = permit;
		this.passed.push(method);
		if (attempt.key) this.passedKeys.push(attempt.key.slice());
		this.dropAttempt();
		if (!isComplete(this.host.authenticator.chains, this.passed)) {
			this.report("partial", method, this.fingerprint(permit));
			return this.sendFailure(true);
		}
		this.done = true;
		this.user = this.claimedUser;
		this.permit = permit;
		this.report("accepted", method, this.fingerprint(permit));
		this.passedKeys = [];
		this.host.sender.begin(SSH_MSG_USERAUTH_SUCCESS);
		return this.host.sender.end();
	}

	/** Of the key that the login stands on, whether or not the Authenticator tells it; "" without one. */
	private fingerprint(permit: Permit): string {
		const count = this.passedKeys.length;
		if (permit.fingerprint !== "" || count === 0) return permit.fingerprint;
		return fingerprint(this.host.crypto, this.passedKeys[count - 1]);
	}

	/** A request has failed: the client may try on, until it has tried often enough. */
	private fail(method: string, detail: string): number {
		this.dropAttempt();
		this.report("failed", method, detail);
		this.failures++;
		if (this.failures >= this.host.limits.authenticationAttempts) return this.noMore(method);
		return this.sendFailure(false);
	}

	private noMore(method: string): number {
		this.report("limit", method, "too many attempts");
		return ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE;
	}

	/**
	 * A new request ends a conversation that waits for responses. No FAILURE is sent for it (RFC 4252 section 5.1), but
	 * it counts as one: prompts must not come for free.
	 */
	private abandonAttempt(): number {
		if (!this.attempt) return OK;
		const method = this.attempt.method;
		this.dropAttempt();
		this.report("abandoned", method, "");
		this.failures++;
		return this.failures >= this.host.limits.authenticationAttempts ? this.noMore(method) : OK;
	}

	private dropAttempt(): void {
		if (this.attempt && this.passedKeys.length > 0) this.host.guesses?.leave(this.host.id);
		this.attempt?.wipe();
		this.attempt = undefined;
		this.busy = false;
		this.expectsInfo = false;
	}

	/** RFC 4252 section 5: what was accumulated is flushed when the user name changes. */
	private forgetProgress(): void {
		this.passed = [];
		this.passedKeys = [];
		this.earnedPermit = FULL_PERMIT;
	}

	/**
	 * byte         SSH_MSG_USERAUTH_FAILURE
	 * name-list    authentications that can continue
	 * boolean      partial success
	 */
	private sendFailure(partial: boolean): number {
		const names = this.methods().join(",");
		if (names === "") return ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE;
		this.host.sender.begin(SSH_MSG_USERAUTH_FAILURE).ascii(names).boolean(partial);
		return this.host.sender.end();
	}

	/**
	 * byte      SSH_MSG_USERAUTH_BANNER
	 * string    message in ISO-10646 UTF-8 encoding [RFC3629]
	 * string    language tag [RFC3066]
	 *
	 * Before the first answer, in as many messages as it takes: there may be room for one of 400 bytes, and no more.
	 */
	private sendBanner(): number {
		const { banner } = this;
		const { sender } = this.host;
		const room = sender.room() - (1 + 4 + 4);
		if (room < LONGEST_CHARACTER) return 0;
		const end = cutOf(banner, room);
		sender.begin(SSH_MSG_USERAUTH_BANNER).string(banner.subarray(0, end)).ascii("");
		this.banner = banner.subarray(end);
		return advanced(sender.end());
	}

	private report(event: AuthOutcome["event"], method: string, detail: string): void {
		this.host.onAuthentication?.({ event, user: this.claimedUser, method, detail });
	}
}

/** What work() returns after an answer was sent. */
function advanced(status: number): number {
	return status < 0 ? status : 1;
}

/** What is allowed by two permits at once, with the later one's fingerprint; undefined where they contradict. */
function bothPermits(first: Rights, second: Rights): Rights | undefined {
	if (first === FULL_PERMIT) return second;
	if (first.command !== undefined && second.command !== undefined && first.command !== second.command) {
		return undefined;
	}
	return {
		pty: first.pty && second.pty,
		command: first.command ?? second.command,
		fingerprint: second.fingerprint || first.fingerprint,
		role: lesserRole(first.role, second.role),
		limited: first.limited || second.limited,
	};
}
