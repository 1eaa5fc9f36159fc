/** The keyboard-interactive method (RFC 4256): rounds of prompts and responses. */

import { encodeUtf8 } from "../base/utf8.js";
import type { Reader } from "../base/wire.js";
import { MAX_PASSWORD_LENGTH } from "../limits.js";
import { ERR_AUTH_MESG_FRAGMENTED, OK } from "../merrors.js";
import { SSH_MSG_USERAUTH_INFO_REQUEST } from "../messages.js";
import { type Attempt, type AttemptHost, FAILED, PASSED, Pending, PROMPTED } from "./attempt.js";
import { FULL_PERMIT, isPermit, type Permit, type Prompts } from "./authenticator.js";

/**
 * string    user name (ISO-10646 UTF-8, as defined in [RFC-3629])
 * string    service name (US-ASCII)
 * string    "keyboard-interactive" (US-ASCII)
 * string    language tag (as defined in [RFC-3066])
 * string    submethods (ISO-10646 UTF-8)
 *
 * The language tag is deprecated and the submethods are a hint (section 3.1): neither is used.
 */
export class KeyboardInteractiveAttempt implements Attempt {
	readonly method = "keyboard-interactive";
	readonly key = undefined;
	permit: Permit = FULL_PERMIT;
	private readonly host: AttemptHost;
	private readonly user: string;
	private round = 0;
	/** How many responses the last prompts ask for. */
	private promptCount = 0;
	/** Undefined for a response with another count than asked for. */
	private responses: Uint8Array[] | undefined = [];
	private answer: Pending<Prompts | boolean | Permit> | undefined = undefined;

	/** Reads what follows the method's name; reader.failed or unread bytes tell that it is malformed. */
	constructor(host: AttemptHost, user: string, reader: Reader) {
		this.host = host;
		this.user = user;
		reader.string();
		reader.string();
	}

	get guesses(): boolean {
		return this.round > 0 && this.responses !== undefined && this.answer === undefined;
	}

	step(): number {
		if (!this.responses) return FAILED;
		this.answer ??= new Pending(
			this.host.authenticator.interactive(this.user, this.round, this.responses, this.host.context()),
			this.host,
		);
		const state = this.answer.poll();
		if (state !== PASSED) return state;
		const result = this.answer.result;
		this.wipe();
		this.answer = undefined;
		if (isPermit(result)) {
			this.permit = result;
			return PASSED;
		}
		if (typeof result !== "object") return result === true ? PASSED : FAILED;
		this.round++;
		this.promptCount = result.prompts.length;
		return this.sendPrompts(result);
	}

	/**
	 * byte      SSH_MSG_USERAUTH_INFO_REQUEST
	 * string    name (ISO-10646 UTF-8)
	 * string    instruction (ISO-10646 UTF-8)
	 * string    language tag (as defined in [RFC-3066])
	 * int       num-prompts
	 * string    prompt[1] (ISO-10646 UTF-8)
	 * boolean   echo[1]
	 * ...
	 */
	private sendPrompts(prompts: Prompts): number {
		const writer = this.host.sender.begin(SSH_MSG_USERAUTH_INFO_REQUEST);
		writer.string(encodeUtf8(prompts.name)).string(encodeUtf8(prompts.instruction)).ascii("");
		writer.uint32(prompts.prompts.length);
		prompts.prompts.forEach(({ text, echo }) => {
			writer.string(encodeUtf8(text)).boolean(echo);
		});
		const status = this.host.sender.end();
		return status < 0 ? status : PROMPTED;
	}

	/**
	 * byte      SSH_MSG_USERAUTH_INFO_RESPONSE
	 * int       num-responses
	 * string    response[1] (ISO-10646 UTF-8)
	 * ...
	 *
	 * Another number of responses than of prompts is a failure of the method (section 3.4), not of the protocol; it is
	 * compared before anything is read, so that the peer's number decides nothing.
	 */
	respond(reader: Reader): number {
		const count = reader.uint32();
		if (reader.failed) return ERR_AUTH_MESG_FRAGMENTED;
		this.responses = undefined;
		if (count !== this.promptCount) return OK;
		const responses: Uint8Array[] = [];
		let length = 0;
		for (let i = 0; i < count && !reader.failed; i++) {
			const response = reader.string();
			length = Math.max(length, response.length);
			// What is longer than any password is wrong, and not kept.
			responses.push(response.slice(0, MAX_PASSWORD_LENGTH));
		}
		if (length <= MAX_PASSWORD_LENGTH) this.responses = responses;
		return reader.complete ? OK : ERR_AUTH_MESG_FRAGMENTED;
	}

	wipe(): void {
		this.responses?.forEach(response => {
			response.fill(0);
		});
		this.answer?.wipe();
	}
}
