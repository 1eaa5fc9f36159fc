/** Who may log in: what userauth asks, and the application answers (src/accounts/credentials.ts, or its own). */

import { isRole, type Role } from "../base/roles.js";
import type { Job } from "../crypto/port.js";

/** An answer that takes time: cut into slices, or waited for. */
export type Answer<T> = Job<T> | Promise<T>;

/** What an Authenticator grants: for a key the options of its authorized_keys line. */
export interface Permit {
	readonly pty: boolean;
	/** Runs in place of whatever is asked for (command=). */
	readonly command: string | undefined;
	/** Of the key that was verified, "SHA256:..."; "" for other methods. */
	readonly fingerprint: string;
	/** Default: "operator" for what is limited, else "admin". */
	readonly role?: Role | undefined;
	/** Less than its account: such a login changes no account. Default: without a pty, or with a command. */
	readonly limited?: boolean | undefined;
}

/** What a login may do: a Permit with nothing left open. */
export interface Rights extends Permit {
	readonly role: Role;
	readonly limited: boolean;
}

/** Of a login that is granted by `true`, without a Permit. */
export const FULL_PERMIT: Rights = Object.freeze({
	pty: true,
	command: undefined,
	fingerprint: "",
	role: "admin",
	limited: false,
});

/** Of who has not logged in. */
export const NO_PERMIT: Rights = Object.freeze({
	pty: false,
	command: undefined,
	fingerprint: "",
	role: "viewer",
	limited: true,
});

/** A permit with its defaults. A role that is none, as JavaScript may give one, is the least. */
export function rightsOf(permit: Permit): Rights {
	const { pty, command, fingerprint } = permit;
	const limited = permit.limited ?? (!pty || command !== undefined);
	const role = permit.role ?? (limited ? "operator" : "admin");
	return { pty, command, fingerprint, role: isRole(role) ? role : "viewer", limited };
}

/** Whether an answer grants a login with restrictions: any other object, as a record of a user, grants nothing. */
export function isPermit(answer: unknown): answer is Permit {
	return typeof answer === "object" && answer !== null && typeof (answer as Permit).pty === "boolean";
}

/** Circumstances of a request. */
export interface AuthContext {
	readonly remoteAddress: string;
	/** Seconds since 1970, 0 when unknown: a key with expiry-time is then refused. */
	readonly date: number;
}

/** One round of keyboard-interactive (RFC 4256 section 3.2). */
export interface Prompts {
	readonly name: string;
	readonly instruction: string;
	readonly prompts: readonly { readonly text: string; readonly echo: boolean }[];
}

/** "publickey", "password" or "keyboard-interactive". */
export type MethodName = "publickey" | "password" | "keyboard-interactive";

export interface Authenticator {
	/**
	 * What completes a login, as OpenSSH's AuthenticationMethods: any one of the chains, each passed in its order:
	 * [["publickey"], ["password"]] for one factor of two, [["publickey", "password"]] for both. It must not depend on
	 * whether the user exists.
	 */
	readonly chains: readonly (readonly MethodName[])[];

	/**
	 * Whether a public key may log this user in, before any signature is verified. An unknown user is answered like
	 * a key that is not on file: undefined, after as much work.
	 * @param blob the key in SSH wire format (RFC 4253 section 6.6); a view, copy what is kept
	 */
	authorizedKey(user: string, blob: Uint8Array, context: AuthContext): Answer<Permit | undefined>;

	/**
	 * True, or a Permit, lets it in. Takes as long for an unknown user as for a known one.
	 * @param password a view, wiped when answered
	 */
	password(user: string, password: Uint8Array, context: AuthContext): Answer<boolean | Permit>;

	/**
	 * keyboard-interactive: round 0 has no responses and yields the first prompts; each later one gets the responses
	 * to the last and yields further prompts, or the verdict.
	 */
	interactive(
		user: string,
		round: number,
		responses: readonly Uint8Array[],
		context: AuthContext,
	): Answer<Prompts | boolean | Permit>;
}

/** The one prompt of a keyboard-interactive that asks for the password. */
export const PASSWORD_PROMPT: Prompts = Object.freeze({
	name: "",
	instruction: "",
	prompts: Object.freeze([Object.freeze({ text: "Password: ", echo: false })]),
});
