/** The Authenticator behind SSHServer's onAuthenticate: one callback is asked about everything that a client shows. */

import { decodeUtf8, isUtf8 } from "../base/utf8.js";
import { Done } from "../crypto/port.js";
import {
	type Answer,
	type AuthContext,
	type Authenticator,
	FULL_PERMIT,
	isPermit,
	type MethodName,
	PASSWORD_PROMPT,
	type Permit,
	type Prompts,
} from "./authenticator.js";

/** What a client shows. The callback must answer unknown users as it answers known ones. */
export interface AuthenticationRequest {
	readonly user: string;
	readonly method: MethodName;
	/** publickey: the key in SSH wire format (RFC 4253 section 6.6). Its signature is verified after the callback. */
	readonly key?: Uint8Array;
	/** password, and the answer to "Password: " of keyboard-interactive. */
	readonly password?: string;
	readonly remoteAddress: string;
}

export type AuthenticationCallback = (
	request: AuthenticationRequest,
) => boolean | Permit | Promise<boolean | Permit>;

export class CallbackAuthenticator implements Authenticator {
	readonly chains: readonly (readonly MethodName[])[];
	private readonly callback: AuthenticationCallback;

	constructor(methods: readonly MethodName[], callback: AuthenticationCallback) {
		this.chains = methods.map(method => [method]);
		this.callback = callback;
	}

	authorizedKey(user: string, blob: Uint8Array, context: AuthContext): Answer<Permit | undefined> {
		const request = {
			user,
			method: "publickey" as const,
			key: blob.slice(),
			remoteAddress: context.remoteAddress,
		};
		return this.ask(request).then(permit => {
			if (permit === true) return FULL_PERMIT;
			return permit === false ? undefined : permit;
		});
	}

	password(user: string, password: Uint8Array, context: AuthContext): Answer<boolean | Permit> {
		return this.askPassword(user, "password", password, context);
	}

	interactive(
		user: string,
		round: number,
		responses: readonly Uint8Array[],
		context: AuthContext,
	): Answer<Prompts | boolean | Permit> {
		if (round === 0) return new Done<Prompts | boolean | Permit>(PASSWORD_PROMPT);
		return this.askPassword(user, "keyboard-interactive", responses[0], context);
	}

	private askPassword(
		user: string,
		method: MethodName,
		password: Uint8Array,
		{ remoteAddress }: AuthContext,
	): Answer<boolean | Permit> {
		// Malformed UTF-8 would be shown as what other bytes are, and what ends at a NUL as something shorter.
		if (!isUtf8(password) || password.includes(0)) return new Done(false);
		return this.ask({ user, method, password: decodeUtf8(password), remoteAddress });
	}

	/** A callback that throws lets nobody in. What it answers with need be no promise, and such must not be awaited on XS. */
	private async ask(request: AuthenticationRequest): Promise<boolean | Permit> {
		const permit = await Promise.resolve(this.callback(request));
		return permit === true || isPermit(permit) ? permit : false;
	}
}
