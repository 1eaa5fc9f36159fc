/** A device's host key: made at its first start, kept in the HAL's storage. */
import type { Hal } from "../../hal/hal.js";
import { equalBytes, getUint32 } from "../base/wire.js";
import type { Crypto, Job } from "../crypto/port.js";
import { DISPLAY_ERROR, ERR_UNSUPPORTED_OPERATION, OK } from "../merrors.js";
import { __ENABLE_MOCANA_SSH_OPENSSH_KEY__ } from "../moptions.js";
import {
	createHostKey,
	derivePublicKey,
	generateKey,
	type HostKey,
	type HostKeyAlgorithm,
	KEY_SEED_LENGTH,
	type PrivateKey,
	SSH_ED25519,
} from "./host-key.js";
import { formatPrivateKey, readPrivateKey } from "./openssh-key.js";

/** Of both types of key. */
const SECRET_LENGTH = 32;

/**
 * Where it is kept: the names that sshd uses, so that a key made by ssh-keygen can be put there before. Of a build without
 * that format it is another name, so that neither finds a file of the other.
 */
export function hostKeyName(algorithm: HostKeyAlgorithm): string {
	const name = algorithm === SSH_ED25519 ? "ssh_host_ed25519_key" : "ssh_host_ecdsa_key";
	return __ENABLE_MOCANA_SSH_OPENSSH_KEY__ ? name : `${name}.raw`;
}

/**
 * The host key that is kept, or a new one that is kept from now on.
 *
 * @throws Error that names the file, where it is damaged, protected or out of reach: it is left as it is, since a
 *   device that silently takes another key looks to its users like an attack; and where there is no randomness
 */
export async function loadHostKey(
	hal: Hal,
	crypto: Crypto,
	algorithm: HostKeyAlgorithm = SSH_ED25519,
): Promise<HostKey> {
	const name = hostKeyName(algorithm);
	const file = hal.storage.get(name);
	if (typeof file === "number") throw new Error(`${name}: cannot be read`);
	if (file === undefined) return newHostKey(hal, crypto, algorithm, name);
	if (!__ENABLE_MOCANA_SSH_OPENSSH_KEY__) return rawHostKey(hal, crypto, algorithm, name, file);
	const key = await run(hal, readPrivateKey(crypto, file));
	file.fill(0);
	if (key === ERR_UNSUPPORTED_OPERATION)
		throw new Error(`${name}: has a passphrase, or a type of key that is not served`);
	if (typeof key === "number") throw new Error(`${name}: damaged, no OpenSSH private key`);
	if (key.algorithm !== algorithm) throw new Error(`${name}: holds a key of type ${key.algorithm}`);
	return createHostKey(crypto, key);
}

async function newHostKey(
	hal: Hal,
	crypto: Crypto,
	algorithm: HostKeyAlgorithm,
	name: string,
): Promise<HostKey> {
	const seed = random(hal, KEY_SEED_LENGTH);
	const key = await run(hal, generateKey(crypto, algorithm, seed));
	const file = __ENABLE_MOCANA_SSH_OPENSSH_KEY__
		? formatPrivateKey(key, getUint32(random(hal, 4), 0), "fieldssh")
		: rawKey(key);
	const status = hal.storage.put(name, file);
	file.fill(0);
	seed.fill(0);
	if (status < OK) throw new Error(`${name}: cannot be written`);
	return createHostKey(crypto, key);
}

/** The secret key and, to tell damage by, the public one. */
function rawKey({ secretKey, publicKey }: PrivateKey): Uint8Array {
	const file = new Uint8Array(SECRET_LENGTH + publicKey.length);
	file.set(secretKey);
	file.set(publicKey, SECRET_LENGTH);
	return file;
}

async function rawHostKey(
	hal: Hal,
	crypto: Crypto,
	algorithm: HostKeyAlgorithm,
	name: string,
	file: Uint8Array,
): Promise<HostKey> {
	const damaged = `${name}: damaged, no key and its public key`;
	if (file.length <= SECRET_LENGTH) throw new Error(damaged);
	const secretKey = file.slice(0, SECRET_LENGTH);
	const publicKey = await run(hal, derivePublicKey(crypto, algorithm, secretKey));
	if (!equalBytes(publicKey, file.subarray(SECRET_LENGTH))) throw new Error(damaged);
	file.fill(0);
	return createHostKey(crypto, { algorithm, secretKey, publicKey });
}

function random(hal: Hal, length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	const status = hal.random(bytes);
	if (status < OK) throw new Error(`no cryptographic randomness: ${DISPLAY_ERROR(status)}`);
	return bytes;
}

/** Runs a job to its end, a slice at a time, so that a watchdog is fed in between. */
function run<T>(hal: Hal, job: Job<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		const slice = () => {
			try {
				if (job.step()) resolve(job.result);
				else hal.setTimer(0, slice);
			} catch (error) {
				reject(error);
			}
		};
		slice();
	});
}
