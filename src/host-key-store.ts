/** A device's host key: made at its first start, kept in the HAL's storage in OpenSSH's own file format. */
import type { Hal } from "../hal/hal.js";
import type { Crypto, Job } from "./crypto/port.js";
import { DISPLAY_ERROR, ERR_UNSUPPORTED_OPERATION, OK } from "./merrors.js";
import {
	createHostKey,
	generateKey,
	type HostKey,
	type HostKeyAlgorithm,
	KEY_SEED_LENGTH,
	SSH_ED25519,
} from "./transport/host-key.js";
import { formatPrivateKey, readPrivateKey } from "./transport/openssh-key.js";
import { getUint32 } from "./wire.js";

/** Where it is kept: the names that sshd uses, so that a key made by ssh-keygen can be put there before. */
export function hostKeyName(algorithm: HostKeyAlgorithm): string {
	return algorithm === SSH_ED25519 ? "ssh_host_ed25519_key" : "ssh_host_ecdsa_key";
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
	const file = formatPrivateKey(key, getUint32(random(hal, 4), 0), "fieldssh");
	const status = hal.storage.put(name, file);
	file.fill(0);
	seed.fill(0);
	if (status < OK) throw new Error(`${name}: cannot be written`);
	return createHostKey(crypto, key);
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
