/** The server's host keys: ssh-ed25519 (RFC 8709) and ecdsa-sha2-nistp256 (RFC 5656 section 3.1). */
import { encodeBase64 } from "../base/base64.js";
import { Writer } from "../base/wire.js";
import type { Crypto, Job } from "../crypto/port.js";
import { __ENABLE_MOCANA_SSH_ECDSA__ } from "../moptions.js";

export const SSH_ED25519 = "ssh-ed25519";
export const ECDSA_SHA2_NISTP256 = "ecdsa-sha2-nistp256";
/** The curve's name in keys of that type (RFC 5656 section 10.1). */
export const NISTP256 = "nistp256";

export type HostKeyAlgorithm = typeof SSH_ED25519 | typeof ECDSA_SHA2_NISTP256;

/** A key pair as numbers. */
export interface PrivateKey {
	readonly algorithm: HostKeyAlgorithm;
	/** Ed25519: the seed, 32 bytes. P-256: the scalar, 32 bytes, big-endian. */
	readonly secretKey: Uint8Array;
	/** Ed25519: 32 bytes. P-256: the uncompressed point, 65 bytes. */
	readonly publicKey: Uint8Array;
}

/** What the transport asks of a host key; a secure element may stand behind it. */
export interface HostKey {
	readonly algorithm: string;
	/** K_S of the key exchange (RFC 4253 section 8). */
	readonly publicBlob: Uint8Array;
	/** "SHA256:" and base64 without padding, as OpenSSH shows it. */
	readonly fingerprint: string;
	/** The signature of `message`, which stays as it is until the job has ended: string(algorithm) || string(signature). */
	sign(message: Uint8Array): Job<Uint8Array>;
}

/** Random bytes that a new key is made of. */
export const KEY_SEED_LENGTH = 48;

/** The order of P-256's base point (SEC 2 section 2.4.2), less one: how many secret keys there are. */
const P256_SCALARS = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550n;

/** Whether this build has keys of an algorithm. */
export function isHostKeyAlgorithm(algorithm: string): algorithm is HostKeyAlgorithm {
	return algorithm === SSH_ED25519 || (__ENABLE_MOCANA_SSH_ECDSA__ && algorithm === ECDSA_SHA2_NISTP256);
}

/**
 * Makes a key pair.
 *
 * @param seed KEY_SEED_LENGTH random bytes; wiped
 * @throws RangeError for another length, or an algorithm that this build does not have
 */
export function generateKey(crypto: Crypto, algorithm: HostKeyAlgorithm, seed: Uint8Array): Job<PrivateKey> {
	if (seed.length !== KEY_SEED_LENGTH) throw new RangeError(`a key is made of ${KEY_SEED_LENGTH} bytes`);
	if (!isHostKeyAlgorithm(algorithm)) throw new RangeError(`no host keys of type ${algorithm}`);
	const secretKey =
		__ENABLE_MOCANA_SSH_ECDSA__ && algorithm === ECDSA_SHA2_NISTP256 ? p256Scalar(seed) : seed.slice(0, 32);
	seed.fill(0);
	return new Generation(algorithm, secretKey, derivePublicKey(crypto, algorithm, secretKey));
}

/** The public key that belongs to a secret key. */
export function derivePublicKey(
	crypto: Crypto,
	algorithm: HostKeyAlgorithm,
	secretKey: Uint8Array,
): Job<Uint8Array> {
	return __ENABLE_MOCANA_SSH_ECDSA__ && algorithm === ECDSA_SHA2_NISTP256
		? crypto.p256PublicKey(secretKey)
		: crypto.ed25519PublicKey(secretKey);
}

class Generation implements Job<PrivateKey>, PrivateKey {
	readonly algorithm: HostKeyAlgorithm;
	readonly secretKey: Uint8Array;
	private readonly derivation: Job<Uint8Array>;

	constructor(algorithm: HostKeyAlgorithm, secretKey: Uint8Array, derivation: Job<Uint8Array>) {
		this.algorithm = algorithm;
		this.secretKey = secretKey;
		this.derivation = derivation;
	}

	step(): boolean {
		return this.derivation.step();
	}

	get publicKey(): Uint8Array {
		return this.derivation.result;
	}

	get result(): PrivateKey {
		return this;
	}

	wipe(): void {
		this.derivation.wipe?.();
		this.secretKey.fill(0);
	}
}

/** A host key that signs with a key pair in memory, which it keeps. */
export function createHostKey(crypto: Crypto, key: PrivateKey): HostKey {
	return new MemoryHostKey(crypto, key);
}

class MemoryHostKey implements HostKey {
	readonly algorithm: HostKeyAlgorithm;
	readonly publicBlob: Uint8Array;
	readonly fingerprint: string;
	private readonly crypto: Crypto;
	private readonly key: PrivateKey;

	constructor(crypto: Crypto, key: PrivateKey) {
		this.crypto = crypto;
		this.key = key;
		this.algorithm = key.algorithm;
		this.publicBlob = encodePublicKey(key);
		this.fingerprint = fingerprint(crypto, this.publicBlob);
	}

	sign(message: Uint8Array): Job<Uint8Array> {
		const { crypto, key } = this;
		return new Signing(
			key.algorithm,
			__ENABLE_MOCANA_SSH_ECDSA__ && key.algorithm === ECDSA_SHA2_NISTP256
				? crypto.p256Sign(key.secretKey, message)
				: crypto.ed25519Sign(key.secretKey, key.publicKey, message),
		);
	}
}

/** A signature, wrapped as its algorithm has it when it is there. */
class Signing implements Job<Uint8Array> {
	private readonly algorithm: HostKeyAlgorithm;
	private readonly signature: Job<Uint8Array>;

	constructor(algorithm: HostKeyAlgorithm, signature: Job<Uint8Array>) {
		this.algorithm = algorithm;
		this.signature = signature;
	}

	step(): boolean {
		return this.signature.step();
	}

	get result(): Uint8Array {
		return encodeSignature(this.algorithm, this.signature.result);
	}

	wipe(): void {
		this.signature.wipe?.();
	}
}

/**
 * The public key on the wire:
 *
 *     string  "ssh-ed25519"          string  "ecdsa-sha2-nistp256"
 *     string  key                    string  "nistp256"
 *                                    string  Q
 */
export function encodePublicKey({ algorithm, publicKey }: PrivateKey): Uint8Array {
	const writer = new Writer(new Uint8Array(128)).ascii(algorithm);
	if (__ENABLE_MOCANA_SSH_ECDSA__ && algorithm === ECDSA_SHA2_NISTP256) writer.ascii(NISTP256);
	writer.string(publicKey);
	return writer.bytes.slice(0, writer.position);
}

/**
 * The signature on the wire (RFC 8709 section 6, RFC 5656 section 3.1.2):
 *
 *     string  "ssh-ed25519"          string  "ecdsa-sha2-nistp256"
 *     string  signature              string  mpint r || mpint s
 *
 * @param signature 64 bytes; for ECDSA r and s
 */
export function encodeSignature(algorithm: HostKeyAlgorithm, signature: Uint8Array): Uint8Array {
	const writer = new Writer(new Uint8Array(128)).ascii(algorithm);
	if (__ENABLE_MOCANA_SSH_ECDSA__ && algorithm === ECDSA_SHA2_NISTP256) {
		const numbers = new Writer(new Uint8Array(74));
		numbers.mpint(signature.subarray(0, 32)).mpint(signature.subarray(32));
		writer.string(numbers.bytes, 0, numbers.position);
	} else writer.string(signature);
	return writer.bytes.slice(0, writer.position);
}

/** The fingerprint of any public key on the wire: "SHA256:" and base64 without padding. */
export function fingerprint(crypto: Crypto, publicBlob: Uint8Array): string {
	const hash = crypto.hash("sha256");
	const digest = new Uint8Array(hash.length);
	hash.update(publicBlob, 0, publicBlob.length);
	hash.digest(digest, 0);
	return `SHA256:${encodeBase64(digest, false)}`;
}

/** Whether 32 bytes are a secret key of P-256: a number from 1 to n - 1. */
export function isP256Scalar(scalar: Uint8Array): boolean {
	const number = toBigInt(scalar);
	return number > 0n && number <= P256_SCALARS;
}

/** A scalar from 1 to n - 1, by reduction of bits far more than it has (FIPS 186-5 appendix A.2.1). */
function p256Scalar(seed: Uint8Array): Uint8Array {
	let number = (toBigInt(seed) % P256_SCALARS) + 1n;
	const scalar = new Uint8Array(32);
	for (let at = 31; at >= 0; at--) {
		scalar[at] = Number(number & 0xffn);
		number >>= 8n;
	}
	return scalar;
}

function toBigInt(bytes: Uint8Array): bigint {
	let number = 0n;
	for (let at = 0; at < bytes.length; at++) number = (number << 8n) | BigInt(bytes[at]);
	return number;
}
