/**
 * Who may log in, kept in the HAL's storage: passwords as salted hashes in `passwd`, keys in `authorized_keys.USER`.
 * Both files are read when they are asked for, so that a change counts at once and nothing is held in memory.
 *
 * For a user that there is not, the same files are read and the same iterations run as for one that there is.
 */
import type { Storage } from "../../hal/hal.js";
import { type Crypto, Done, type Job, type RandomSource } from "../crypto/port.js";
import { MAX_PASSWORD_LENGTH } from "../limits.js";
import { DISPLAY_ERROR, ERR_NOT_FOUND } from "../merrors.js";
import { __ENABLE_MOCANA_SSH_PASSWORD__ } from "../moptions.js";
import type { Accounts } from "../shell/device.js";
import { fingerprint } from "../transport/host-key.js";
import { encodeUtf8 } from "../utf8.js";
import {
	type AuthContext,
	type Authenticator,
	PASSWORD_PROMPT,
	type Permit,
	type Prompts,
} from "./authenticator.js";
import { type AuthorizedKey, admitsLogin, parseAuthorizedKey } from "./authorized-keys.js";
import { type Chains, checkChains } from "./chains.js";
import { KeyFile } from "./key-file.js";
import { type PasswordEntries, readPasswords, writePassword } from "./password-file.js";
import { hashPassword, MAX_ITERATIONS, PasswordVerification } from "./password-hash.js";

export interface CredentialsOptions {
	readonly storage: Storage;
	readonly crypto: Crypto;
	readonly random: RandomSource;
	/** Who may log in; each name of the form [a-z_][a-z0-9_-]{0,31}. */
	readonly users: readonly string[];
	/** What completes a login; default: any one method that this build has. */
	readonly chains?: Chains;
	/** PBKDF2 iterations of a new password's hash: calibrate() tells how many take a quarter of a second. */
	readonly iterations: number;
	/** Iterations in one slice of work; default a sixteenth of `iterations`. */
	readonly sliceIterations?: number;
	/** Calls back soon, never from within this call: Hal.setTimer with 0. */
	readonly defer: (callback: () => void) => void;
	/** An authorized_keys line that grants nothing, with its number (from 1) and why. */
	readonly onRefusedLine?: (user: string, line: number, why: string) => void;
}

/**
 * @throws TypeError for a user name of another form, RangeError for chains that cannot be passed or iterations that
 *   are no whole number of 1 to MAX_ITERATIONS
 */
export class Credentials implements Authenticator, Accounts {
	readonly chains: Chains;
	private readonly options: CredentialsOptions;
	private readonly sliceIterations: number;

	constructor(options: CredentialsOptions) {
		options.users.forEach(user => {
			if (!isUserName(user)) throw new TypeError(`not a user name: ${user}`);
		});
		const { iterations } = options;
		if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
			throw new RangeError(`iterations: ${iterations}`);
		}
		this.chains = options.chains ?? anyMethod();
		checkChains(this.chains);
		this.options = options;
		this.sliceIterations = options.sliceIterations ?? Math.ceil(iterations / 16);
	}

	/**
	 * Reads all files once, and reports the lines of authorized_keys that are refused.
	 *
	 * @returns undefined, or what is unreadable or damaged: such a file lets nobody in, and is never overwritten
	 */
	load(): string | undefined {
		const passwords = this.passwords();
		if (typeof passwords === "string") return passwords;
		const { users, onRefusedLine } = this.options;
		for (let i = 0; i < users.length; i++) {
			const user = users[i];
			const wrong = this.keyFile(user).check((line, why) => onRefusedLine?.(user, line, why));
			if (wrong) return wrong;
		}
		return undefined;
	}

	/** Whether somebody could log in: a key that is not refused, or a password. */
	hasAny(): boolean {
		const passwords = this.passwords();
		return this.options.users.some(user => {
			if (typeof passwords === "object" && passwords.hashOf(user)) return true;
			const lines = this.keyFile(user).list();
			return typeof lines === "object" && lines.some(line => this.fingerprint(line) !== undefined);
		});
	}

	// Authenticator

	authorizedKey(user: string, blob: Uint8Array, context: AuthContext): Job<Permit | undefined> {
		const { crypto, storage, users } = this.options;
		return new KeySearch(crypto, storage, users, user, blob, context);
	}

	/** The iterations of the dearest hash on file are run for everyone. An empty password is never right. */
	password(user: string, password: Uint8Array): Job<boolean> {
		if (!__ENABLE_MOCANA_SSH_PASSWORD__) return new Done(false);
		const { crypto, iterations, users } = this.options;
		const passwords = this.passwords();
		const known = typeof passwords === "object" ? passwords : undefined;
		const fits = password.length > 0 && password.length <= MAX_PASSWORD_LENGTH;
		const expected = fits && users.includes(user) ? known?.hashOf(user) : undefined;
		const cost = Math.max(iterations, known?.cost ?? 0);
		const tried = fits ? password : new Uint8Array(1);
		return new PasswordVerification(crypto, tried, expected, cost, this.sliceIterations);
	}

	interactive(user: string, round: number, responses: readonly Uint8Array[]): Job<Prompts | boolean> {
		return round === 0 ? new Done<Prompts | boolean>(PASSWORD_PROMPT) : this.password(user, responses[0]);
	}

	// Accounts

	keys(user: string): string[] | number {
		return this.options.users.includes(user) ? this.keyFile(user).list() : ERR_NOT_FOUND;
	}

	addKey(user: string, line: string): string | undefined {
		return this.options.users.includes(user) ? this.keyFile(user).add(line) : "no such user";
	}

	removeKey(user: string, which: string): string | undefined {
		if (!this.options.users.includes(user)) return "no such user";
		if (which === "") return "no such key";
		return this.keyFile(user).remove(
			key => key.comment === which || fingerprint(this.options.crypto, key.blob) === which,
		);
	}

	async setPassword(user: string, password: string): Promise<string | undefined> {
		if (!__ENABLE_MOCANA_SSH_PASSWORD__) return "this firmware has no passwords";
		const { storage, crypto, random, iterations, users } = this.options;
		if (!users.includes(user)) return "no such user";
		const bytes = encodeUtf8(password);
		if (bytes.length === 0) return "an empty password";
		if (bytes.length > MAX_PASSWORD_LENGTH) return `a password of more than ${MAX_PASSWORD_LENGTH} bytes`;
		const job = hashPassword(crypto, random, bytes, iterations, this.sliceIterations);
		bytes.fill(0);
		if (typeof job === "number") return `no salt: ${DISPLAY_ERROR(job)}`;
		return writePassword(storage, user, await this.run(job));
	}

	checkPassword(user: string, password: string): Promise<boolean> {
		const bytes = encodeUtf8(password);
		const job = this.password(user, bytes);
		bytes.fill(0);
		return this.run(job);
	}

	fingerprint(line: string): string | undefined {
		const key = parseAuthorizedKey(line);
		return typeof key === "object" ? fingerprint(this.options.crypto, key.blob) : undefined;
	}

	/** What is in the password file, undefined in a build without passwords, or a text that says what is wrong. */
	private passwords(): PasswordEntries | string | undefined {
		return __ENABLE_MOCANA_SSH_PASSWORD__ ? readPasswords(this.options.storage) : undefined;
	}

	private keyFile(user: string): KeyFile {
		return new KeyFile(this.options.storage, user);
	}

	/** Runs a job, with other work between its slices. */
	private run<T>(job: Job<T>): Promise<T> {
		return new Promise((resolve, reject) => {
			const slice = (): void => {
				try {
					if (job.step()) resolve(job.result);
					else this.options.defer(slice);
				} catch (error) {
					reject(error);
				}
			};
			this.options.defer(slice);
		});
	}
}

function anyMethod(): Chains {
	return __ENABLE_MOCANA_SSH_PASSWORD__
		? [["publickey"], ["password"], ["keyboard-interactive"]]
		: [["publickey"]];
}

/** [a-z_][a-z0-9_-]{0,31}: safe in a file's name, and in the file. */
function isUserName(name: string): boolean {
	if (name.length < 1 || name.length > 32) return false;
	for (let i = 0; i < name.length; i++) {
		const character = name[i];
		const first = (character >= "a" && character <= "z") || character === "_";
		if (!first && (i === 0 || !((character >= "0" && character <= "9") || character === "-"))) return false;
	}
	return true;
}

/** Every user's file is searched, a file a step, whoever asks: there is nothing to tell users apart by. */
class KeySearch implements Job<Permit | undefined> {
	result: Permit | undefined = undefined;
	private readonly crypto: Crypto;
	private readonly storage: Storage;
	private readonly users: readonly string[];
	private readonly user: string;
	private readonly blob: Uint8Array;
	private readonly context: AuthContext;
	/** Files that were searched. */
	private searched = 0;
	private found: AuthorizedKey | undefined = undefined;

	constructor(
		crypto: Crypto,
		storage: Storage,
		users: readonly string[],
		user: string,
		blob: Uint8Array,
		context: AuthContext,
	) {
		this.crypto = crypto;
		this.storage = storage;
		this.users = users;
		this.user = user;
		this.blob = blob;
		this.context = context;
	}

	step(): boolean {
		const { blob, found, searched, users } = this;
		if (searched < users.length) {
			const file = new KeyFile(this.storage, users[searched]);
			const key = file.find(blob, line => admitsLogin(line, this.context));
			if (users[searched] === this.user) this.found = key;
			this.searched++;
			return false;
		}
		if (found) {
			const { pty, command } = found;
			this.result = { pty, command, fingerprint: fingerprint(this.crypto, blob) };
		}
		return true;
	}
}
