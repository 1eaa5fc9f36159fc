/**
 * Who may log in, kept in the HAL's storage: passwords as salted hashes in `passwd`, keys in `authorized_keys.USER`.
 * Both files are read when they are asked for, so that a change counts at once and nothing is held in memory.
 *
 * For a user that there is not, the same files are read and the same iterations run as for one that there is.
 */
import type { Storage } from "../../hal/hal.js";
import { isRole, type Role } from "../base/roles.js";
import { decodeUtf8, encodeUtf8 } from "../base/utf8.js";
import type { Crypto, Job, RandomSource } from "../crypto/port.js";
import { Done } from "../crypto/port.js";
import { fingerprint } from "../keys/host-key.js";
import { MAX_PASSWORD_JOBS, MAX_PASSWORD_LENGTH } from "../limits.js";
import { DISPLAY_ERROR, ERR_NOT_FOUND } from "../merrors.js";
import { __ENABLE_MOCANA_SSH_PASSWORD__ } from "../moptions.js";
import type { Accounts, Asker } from "../shell/device.js";
import {
	type AuthContext,
	type Authenticator,
	FULL_PERMIT,
	PASSWORD_PROMPT,
	type Permit,
	type Prompts,
	type Rights,
} from "../userauth/authenticator.js";
import { type Chains, checkChains } from "../userauth/chains.js";
import { parseAuthorizedKey } from "./authorized-keys.js";
import { JobQueue, QueuedJob } from "./job-queue.js";
import { KeyFile } from "./key-file.js";
import { KeyQuery } from "./key-query.js";
import { type PasswordEntries, readPasswords, writePassword } from "./password-file.js";
import {
	canBePassword,
	hashPassword,
	MAX_ITERATIONS,
	MIN_CALIBRATED_ITERATIONS,
	PasswordVerification,
} from "./password-hash.js";

export interface Account {
	readonly name: string;
	readonly role: Role;
}

export interface CredentialsOptions {
	readonly storage: Storage;
	readonly crypto: Crypto;
	readonly random: RandomSource;
	/**
	 * Who may log in; each name of the form [a-z_][a-z0-9_-]{0,31}. The first is an admin and the others are operators, unless
	 * they are given with another role.
	 */
	readonly users: readonly (string | Account)[];
	/** What completes a login; default: any one method that this build has. */
	readonly chains?: Chains;
	/** PBKDF2 iterations of a new password's hash: calibrate() tells how many take a quarter of a second. */
	readonly iterations: number;
	/**
	 * Iterations in one slice of work. Default a sixteenth of `iterations`; 2 of the least that calibrate() gives, where a
	 * second would not do for all: in JavaScript one takes a device 11 ms.
	 */
	readonly sliceIterations?: number;
	/** Calls back soon, never from within this call: Hal.setTimer with 0. */
	readonly defer: (callback: () => void) => void;
	/** An authorized_keys line that grants nothing, with its number (from 1) and why. */
	readonly onRefusedLine?: (user: string, line: number, why: string) => void;
}

const BUSY = "too many passwords are being looked at; try again later";

/**
 * @throws TypeError for a user name of another form or a role that is none, RangeError for chains that cannot be passed or
 *   iterations that are no whole number of 1 to MAX_ITERATIONS
 */
export class Credentials implements Authenticator, Accounts {
	readonly chains: Chains;
	private readonly options: CredentialsOptions;
	private readonly names: readonly string[];
	/** Of the user with the same index, what a login without a key gets. */
	private readonly permits: readonly Rights[];
	private readonly sliceIterations: number;
	private readonly queue = new JobQueue();
	/** Jobs of commands that have not ended. */
	private asked = 0;

	constructor(options: CredentialsOptions) {
		this.names = options.users.map(user => (typeof user === "string" ? user : user.name));
		this.names.forEach(name => {
			if (!isUserName(name)) throw new TypeError(`not a user name: ${name}`);
		});
		this.permits = options.users.map((user, at) => {
			const role = typeof user === "string" ? (at === 0 ? "admin" : "operator") : user.role;
			if (!isRole(role)) throw new TypeError(`not a role: ${role}`);
			return Object.freeze({ ...FULL_PERMIT, role });
		});
		const { iterations } = options;
		if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
			throw new RangeError(`iterations: ${iterations}`);
		}
		this.chains = options.chains ?? anyMethod();
		checkChains(this.chains);
		this.options = options;
		this.sliceIterations = options.sliceIterations ?? defaultSlice(iterations);
	}

	/**
	 * Reads all files once, and reports the lines of authorized_keys that are refused.
	 *
	 * @returns undefined, or what is unreadable or damaged: such a file lets nobody in, and is never overwritten
	 */
	load(): string | undefined {
		const passwords = this.passwords();
		if (typeof passwords === "string") return passwords;
		const { names } = this;
		const { onRefusedLine } = this.options;
		for (let i = 0; i < names.length; i++) {
			const user = names[i];
			const wrong = this.keyFile(user).check((line, why) => onRefusedLine?.(user, line, why));
			if (wrong) return wrong;
		}
		return undefined;
	}

	/** Whether somebody could log in: a key that is not refused, or a password. */
	hasAny(): boolean {
		const passwords = this.passwords();
		return this.names.some(user => {
			if (typeof passwords === "object" && passwords.hashOf(user)) return true;
			const lines = this.keyFile(user).list();
			return typeof lines === "object" && lines.some(line => this.fingerprint(line) !== undefined);
		});
	}

	// Authenticator

	authorizedKey(user: string, blob: Uint8Array, context: AuthContext): Job<Permit | undefined> {
		const { crypto, storage } = this.options;
		const role = this.permits[this.names.indexOf(user)]?.role ?? "viewer";
		return new KeyQuery(crypto, storage, this.names, user, role, blob, context);
	}

	/** The iterations of the dearest hash on file are run for everyone, one check at a time. */
	password(user: string, password: Uint8Array): Job<boolean | Permit> {
		const permit = this.permits[this.names.indexOf(user)] ?? FULL_PERMIT;
		return new PermitJob(this.verification(user, password), permit);
	}

	interactive(
		user: string,
		round: number,
		responses: readonly Uint8Array[],
	): Job<Prompts | boolean | Permit> {
		return round === 0
			? new Done<Prompts | boolean | Permit>(PASSWORD_PROMPT)
			: this.password(user, responses[0]);
	}

	private verification(user: string, password: Uint8Array): Job<boolean> {
		if (!__ENABLE_MOCANA_SSH_PASSWORD__) return new Done(false);
		const { crypto, iterations } = this.options;
		const passwords = this.passwords();
		const known = typeof passwords === "object" ? passwords : undefined;
		const expected = this.names.includes(user) ? known?.hashOf(user) : undefined;
		const cost = Math.max(iterations, known?.cost ?? 0);
		const job = new PasswordVerification(crypto, password, expected, cost, this.sliceIterations);
		return new QueuedJob(this.queue, job);
	}

	// Accounts

	keys(user: string): string[] | number {
		return this.names.includes(user) ? this.keyFile(user).list() : ERR_NOT_FOUND;
	}

	addKey(user: string, line: string): string | undefined {
		return this.names.includes(user) ? this.keyFile(user).add(line) : "no such user";
	}

	removeKey(user: string, which: string): string | undefined {
		if (!this.names.includes(user)) return "no such user";
		if (which === "") return "no such key";
		return this.keyFile(user).remove(
			key => key.comment === which || fingerprint(this.options.crypto, key.blob) === which,
		);
	}

	async setPassword(user: string, password: string, asker?: Asker): Promise<string | undefined> {
		if (!__ENABLE_MOCANA_SSH_PASSWORD__) return "this firmware has no passwords";
		const { storage, crypto, random, iterations } = this.options;
		if (!this.names.includes(user)) return "no such user";
		const bytes = passwordBytes(password);
		if (bytes.length === 0) return "an empty password";
		if (bytes.length > MAX_PASSWORD_LENGTH) return `a password of more than ${MAX_PASSWORD_LENGTH} bytes`;
		if (!canBePassword(bytes)) return "a password with a NUL, or with a character that is none";
		if (this.busy(asker)) return BUSY;
		const job = hashPassword(crypto, random, bytes, iterations, this.sliceIterations);
		if (typeof job === "number") return `no salt: ${DISPLAY_ERROR(job)}`;
		const hash = await this.run(new QueuedJob(this.queue, job), bytes, asker);
		return hash === undefined ? "given up" : writePassword(storage, user, hash);
	}

	async checkPassword(user: string, password: string, asker?: Asker): Promise<boolean | string> {
		if (this.busy(asker)) return BUSY;
		const bytes = passwordBytes(password);
		return (await this.run(this.verification(user, bytes), bytes, asker)) ?? "given up";
	}

	private busy(asker: Asker | undefined): boolean {
		return asker !== undefined && this.asked >= MAX_PASSWORD_JOBS;
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

	/** Runs a job, with other work between its slices, and overwrites the password. Undefined when nobody asks any more. */
	private run<T>(job: Job<T>, password: Uint8Array, asker: Asker | undefined): Promise<T | undefined> {
		const { defer } = this.options;
		return new Promise<T | undefined>((resolve, reject) => {
			const slice = (): void => {
				try {
					if (asker?.cancelled) resolve(undefined);
					else if (job.step()) resolve(job.result);
					else {
						defer(slice);
						return;
					}
				} catch (error) {
					reject(error);
				}
				this.asked--;
				password.fill(0);
				job.wipe?.();
			};
			defer(slice);
			this.asked++;
		});
	}
}

/** Grants a permit where a password was right. */
class PermitJob implements Job<boolean | Permit> {
	private readonly job: Job<boolean>;
	private readonly permit: Permit;

	constructor(job: Job<boolean>, permit: Permit) {
		this.job = job;
		this.permit = permit;
	}

	get result(): boolean | Permit {
		return this.job.result && this.permit;
	}

	step(): boolean {
		return this.job.step();
	}

	wipe(): void {
		this.job.wipe?.();
	}
}

/**
 * A text's bytes; of one with U+FFFD, bytes that can be no password: that character stands for whatever was malformed where
 * the text was read, and for a lone surrogate.
 */
function passwordBytes(password: string): Uint8Array {
	const bytes = encodeUtf8(password);
	return decodeUtf8(bytes).includes("\ufffd") ? new Uint8Array(1) : bytes;
}

function defaultSlice(iterations: number): number {
	return iterations > MIN_CALIBRATED_ITERATIONS ? Math.ceil(iterations / 16) : 2;
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
