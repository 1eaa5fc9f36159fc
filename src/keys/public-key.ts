/**
 * Public keys of clients, and the signatures that they make: ssh-ed25519 (RFC 8709), ecdsa-sha2-nistp256 (RFC 5656),
 * and ssh-rsa keys with rsa-sha2-256 and rsa-sha2-512 (RFC 8332). Signatures over SHA-1, which share the name "ssh-rsa"
 * with the type of key, are not taken.
 */

import { fixedLength, Reader } from "../base/wire.js";
import { type Crypto, Done, type Job } from "../crypto/port.js";
import { MAX_NAME_LENGTH, MAX_RSA_BITS, MIN_RSA_BITS } from "../limits.js";
import { __ENABLE_MOCANA_SSH_ECDSA__, __ENABLE_MOCANA_SSH_RSA__ } from "../moptions.js";
import { ECDSA_SHA2_NISTP256, NISTP256, SSH_ED25519 } from "./host-key.js";

export const SSH_RSA = "ssh-rsa";
const RSA_SHA2_256 = "rsa-sha2-256";
const RSA_SHA2_512 = "rsa-sha2-512";

/** Bytes of an RSA exponent: up to 2^32 - 1, where all in use are 65537 or less. */
const MAX_EXPONENT_LENGTH = 4;

/** What server-sig-algs tells (RFC 8308 section 3.1). */
export const SIGNATURE_ALGORITHMS: readonly string[] = Object.freeze([
	SSH_ED25519,
	...(__ENABLE_MOCANA_SSH_ECDSA__ ? [ECDSA_SHA2_NISTP256] : []),
	...(__ENABLE_MOCANA_SSH_RSA__ ? [RSA_SHA2_512, RSA_SHA2_256] : []),
]);

/** A key from the wire: views of the blob, or for RSA numbers without leading zeros. */
export type PublicKey =
	| { readonly type: typeof SSH_ED25519; readonly key: Uint8Array }
	| { readonly type: typeof ECDSA_SHA2_NISTP256; readonly point: Uint8Array }
	| { readonly type: typeof SSH_RSA; readonly exponent: Uint8Array; readonly modulus: Uint8Array };

/**
 * Parses a public key blob:
 *
 *     string  "ssh-ed25519"     string  "ecdsa-sha2-nistp256"     string  "ssh-rsa"
 *     string  key               string  "nistp256"                mpint   e
 *                               string  Q                         mpint   n
 *
 * Whether a point lies on its curve is seen when it verifies.
 *
 * @returns undefined for a type that this build does not have, for a key that is too weak or too large, and for a blob
 *   that is not exactly such a key
 */
export function parsePublicKey(blob: Uint8Array): PublicKey | undefined {
	const reader = new Reader(blob);
	const type = reader.ascii(MAX_NAME_LENGTH);
	let key: PublicKey | undefined;
	if (type === SSH_ED25519) key = parseEd25519(reader);
	else if (__ENABLE_MOCANA_SSH_ECDSA__ && type === ECDSA_SHA2_NISTP256) key = parseEcdsa(reader);
	else if (__ENABLE_MOCANA_SSH_RSA__ && type === SSH_RSA) key = parseRsa(reader);
	return reader.complete ? key : undefined;
}

/** Whether a request may name this key and this algorithm: a key that we take, and one of its signature algorithms. */
export function isAcceptable(blob: Uint8Array, signatureAlgorithm: string): boolean {
	const key = parsePublicKey(blob);
	return key !== undefined && signsWith(key.type, signatureAlgorithm);
}

/**
 * Verifies a signature in its SSH form, string(algorithm) || string(signature).
 *
 * @param blob the public key, from the wire
 * @param signatureAlgorithm the one that the request named; the signature must name the same
 * @param message stays as it is until the job has ended, and so does signatureBlob
 * @returns false for whatever is malformed, unknown or not allowed
 */
export function verify(
	crypto: Crypto,
	blob: Uint8Array,
	signatureAlgorithm: string,
	message: Uint8Array,
	signatureBlob: Uint8Array,
): Job<boolean> {
	const key = parsePublicKey(blob);
	const reader = new Reader(signatureBlob);
	const algorithm = reader.ascii(MAX_NAME_LENGTH);
	const signature = reader.string();
	if (!key || !reader.complete || algorithm !== signatureAlgorithm || !signsWith(key.type, algorithm)) {
		return new Done(false);
	}
	if (key.type === SSH_ED25519) return crypto.ed25519Verify(key.key, message, signature);
	if (__ENABLE_MOCANA_SSH_ECDSA__ && key.type === ECDSA_SHA2_NISTP256) {
		const numbers = parseEcdsaSignature(signature);
		return numbers ? crypto.p256Verify(key.point, message, numbers) : new Done(false);
	}
	if (__ENABLE_MOCANA_SSH_RSA__ && key.type === SSH_RSA) {
		// Some signers leave out leading zeros, and RFC 8332 section 3 lets a verifier take that.
		const padded = fixedLength(signature, key.modulus.length);
		const hash = algorithm === RSA_SHA2_256 ? "sha256" : "sha512";
		return padded ? crypto.rsaVerify(hash, key.modulus, key.exponent, message, padded) : new Done(false);
	}
	return new Done(false);
}

function signsWith(type: string, signatureAlgorithm: string): boolean {
	if (!SIGNATURE_ALGORITHMS.includes(signatureAlgorithm)) return false;
	return __ENABLE_MOCANA_SSH_RSA__ && type === SSH_RSA
		? signatureAlgorithm === RSA_SHA2_256 || signatureAlgorithm === RSA_SHA2_512
		: type === signatureAlgorithm;
}

function parseEd25519(reader: Reader): PublicKey | undefined {
	const key = reader.string();
	return key.length === 32 ? { type: SSH_ED25519, key } : undefined;
}

/** RFC 5656 section 3.1; OpenSSH takes uncompressed points alone. */
function parseEcdsa(reader: Reader): PublicKey | undefined {
	const curve = reader.ascii(MAX_NAME_LENGTH);
	const point = reader.string();
	if (curve !== NISTP256 || point.length !== 65 || point[0] !== 4) return undefined;
	return { type: ECDSA_SHA2_NISTP256, point };
}

/** RFC 4253 section 6.6. */
function parseRsa(reader: Reader): PublicKey | undefined {
	const exponent = reader.mpint();
	const modulus = reader.mpint();
	if (reader.failed || modulus.length === 0 || exponent.length === 0) return undefined;
	const bits = 8 * modulus.length - Math.clz32(modulus[0]) + 24;
	if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || !isOdd(modulus)) return undefined;
	if (exponent.length > MAX_EXPONENT_LENGTH || !isOdd(exponent)) return undefined;
	if (exponent.length === 1 && exponent[0] === 1) return undefined;
	return { type: SSH_RSA, exponent, modulus };
}

function isOdd(magnitude: Uint8Array): boolean {
	return (magnitude[magnitude.length - 1] & 1) === 1;
}

/** mpint r, mpint s (RFC 5656 section 3.1.2) as 64 bytes. */
function parseEcdsaSignature(bytes: Uint8Array): Uint8Array | undefined {
	const reader = new Reader(bytes);
	const r = fixedLength(reader.mpint(), 32);
	const s = fixedLength(reader.mpint(), 32);
	if (!reader.complete || !r || !s) return undefined;
	const numbers = new Uint8Array(64);
	numbers.set(r);
	numbers.set(s, 32);
	return numbers;
}
