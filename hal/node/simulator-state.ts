/** What the simulator keeps between its starts: a host key, passwords and authorized keys, in the state folder. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nobleCrypto } from "../../src/crypto/noble.js";
import type { Job } from "../../src/crypto/port.js";
import { DISPLAY_ERROR, ERR_UNSUPPORTED_OPERATION, OK } from "../../src/merrors.js";
import { createHostKey, generateKey, type HostKey, KEY_SEED_LENGTH } from "../../src/transport/host-key.js";
import { formatPrivateKey, readPrivateKey } from "../../src/transport/openssh-key.js";
import { Credentials } from "../../src/userauth/credentials.js";
import { calibrate } from "../../src/userauth/password-hash.js";
import type { Hal } from "../hal.js";
import { type SimulatorOptions, StartError } from "./simulator-options.js";

const HOST_KEY_FILE = "ssh_host_ed25519_key";

/** What a made password is written in: base32 without the letters that look like digits (5 bits each). */
const PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz023456789";
/** Letters of a made password: 80 bits. */
const PASSWORD_LENGTH = 16;

/**
 * The host key that is kept, or a new one that is kept from now on.
 *
 * @throws StartError where it is damaged or out of reach; it is then left as it is
 */
export function hostKeyOf(hal: Hal, folder: string): HostKey {
	const path = join(folder, HOST_KEY_FILE);
	const file = hal.storage.get(HOST_KEY_FILE);
	if (file === undefined) return newHostKey(hal, path);
	if (typeof file === "number") throw new StartError(`${path}: cannot be read`);
	const key = finish(readPrivateKey(nobleCrypto, file));
	file.fill(0);
	if (key === ERR_UNSUPPORTED_OPERATION)
		throw new StartError(`${path}: has a passphrase, or a type of key that is not served`);
	if (typeof key === "number") throw new StartError(`${path}: damaged, no OpenSSH private key`);
	return createHostKey(nobleCrypto, key);
}

function newHostKey(hal: Hal, path: string): HostKey {
	const key = finish(generateKey(nobleCrypto, "ssh-ed25519", random(hal, KEY_SEED_LENGTH)));
	const checkInt = new DataView(random(hal, 4).buffer).getUint32(0);
	const file = formatPrivateKey(key, checkInt, "fieldssh");
	const status = hal.storage.put(HOST_KEY_FILE, file);
	file.fill(0);
	if (status < OK) throw new StartError(`${path}: cannot be written`);
	return createHostKey(nobleCrypto, key);
}

/** Who may log in: what is kept, and what the command line puts in its place. */
export class SimulatorAccounts {
	readonly credentials: Credentials;
	readonly #hal: Hal;
	readonly #options: SimulatorOptions;
	/** What --authorized-keys names, read before anything is changed. */
	readonly #keys: Uint8Array | undefined;
	#refused: string[] = [];

	/** @throws StartError where something that is kept is damaged, or a file that is named cannot be read */
	constructor(hal: Hal, options: SimulatorOptions) {
		this.#hal = hal;
		this.#options = options;
		this.#keys = readKeys(options.authorizedKeys);
		const path = options.authorizedKeys ?? join(options.state, `authorized_keys.${options.user}`);
		this.credentials = new Credentials({
			storage: hal.storage,
			crypto: nobleCrypto,
			random: bytes => hal.random(bytes),
			users: [options.user],
			iterations: calibrate(nobleCrypto, () => hal.now()),
			defer: callback => hal.setTimer(0, callback),
			onRefusedLine: (_user, line, why) => this.#refused.push(`${path}:${line}: ${why}`),
		});
		this.#load();
	}

	/** Lines of authorized keys that grant nothing, and why. */
	get refused(): readonly string[] {
		return this.#refused;
	}

	/**
	 * Stores what the command line gives. Where nobody could log in then, makes a password.
	 *
	 * @returns the password that was made
	 * @throws StartError where it cannot be stored
	 */
	async store(): Promise<string | undefined> {
		const { user, password } = this.#options;
		if (this.#keys !== undefined) {
			const status = this.#hal.storage.put(`authorized_keys.${user}`, this.#keys);
			if (status < OK) throw new StartError(`${this.#options.state}: cannot be written`);
			this.#load();
		}
		if (password !== undefined) await this.#setPassword(password);
		if (this.credentials.hasAny()) return undefined;
		const made = newPassword(this.#hal);
		await this.#setPassword(made);
		return made;
	}

	#load(): void {
		this.#refused = [];
		const damage = this.credentials.load();
		if (damage !== undefined) throw new StartError(join(this.#options.state, damage));
	}

	async #setPassword(password: string): Promise<void> {
		const wrong = await this.credentials.setPassword(this.#options.user, password);
		if (wrong !== undefined) throw new StartError(`password: ${wrong}`);
	}
}

function readKeys(path: string | undefined): Uint8Array | undefined {
	if (path === undefined) return undefined;
	try {
		return new Uint8Array(readFileSync(path));
	} catch (error) {
		throw new StartError(`--authorized-keys: ${path}: ${(error as NodeJS.ErrnoException).code}`);
	}
}

/** In groups of four, for those who type it. */
function newPassword(hal: Hal): string {
	let password = "";
	for (const [at, byte] of random(hal, PASSWORD_LENGTH).entries()) {
		if (at > 0 && at % 4 === 0) password += "-";
		password += PASSWORD_LETTERS[byte & 31];
	}
	return password;
}

function random(hal: Hal, length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	const status = hal.random(bytes);
	if (status < OK) throw new StartError(`no cryptographic randomness: ${DISPLAY_ERROR(status)}`);
	return bytes;
}

/** Nothing else goes on before the start: a job may take the time it needs. */
function finish<T>(job: Job<T>): T {
	while (!job.step());
	return job.result;
}
