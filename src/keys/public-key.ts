/** Public keys, of clients above all, and the signatures that they make: the table of types, and what is asked of it. */

import { Reader } from "../base/wire.js";
import { type Crypto, Done, type Job } from "../crypto/port.js";
import { MAX_NAME_LENGTH } from "../limits.js";
import { __ENABLE_MOCANA_SSH_ECDSA__, __ENABLE_MOCANA_SSH_RSA__ } from "../moptions.js";
import { ECDSA_P256 } from "./ecdsa.js";
import { ED25519 } from "./ed25519.js";
import type { KeyType, PublicKey } from "./key-type.js";
import { RSA } from "./rsa.js";

/** The types that this build verifies. One more type is one more row. */
export const KEY_TYPES: readonly KeyType[] = Object.freeze([
	ED25519,
	...(__ENABLE_MOCANA_SSH_ECDSA__ ? [ECDSA_P256] : []),
	...(__ENABLE_MOCANA_SSH_RSA__ ? [RSA] : []),
]);

/** What server-sig-algs tells (RFC 8308 section 3.1). */
export const SIGNATURE_ALGORITHMS: readonly string[] = Object.freeze(
	KEY_TYPES.flatMap(({ signatureAlgorithms }) => signatureAlgorithms),
);

/** @returns undefined for a name that this build does not have */
export function findKeyType(name: string): KeyType | undefined {
	return KEY_TYPES.find(each => each.name === name);
}

/** How ssh shows the type of a key that signs with this algorithm: "ED25519". The algorithm itself when it is none of ours. */
export function keyLabel(algorithm: string): string {
	return KEY_TYPES.find(each => each.signatureAlgorithms.includes(algorithm))?.label ?? algorithm;
}

/**
 * Parses a public key blob: string(name), and what its type has.
 *
 * @returns undefined for a type that this build does not have, for a key that is too weak or too large, and for a blob
 *   that is not exactly such a key
 */
export function parsePublicKey(blob: Uint8Array): PublicKey | undefined {
	const reader = new Reader(blob);
	const key = findKeyType(reader.ascii(MAX_NAME_LENGTH))?.parse(reader);
	return reader.complete ? key : undefined;
}

/** Whether a request may name this key and this algorithm: a key that we take, and one of its signature algorithms. */
export function isAcceptable(blob: Uint8Array, signatureAlgorithm: string): boolean {
	const key = parsePublicKey(blob);
	return key !== undefined && signsWith(key, signatureAlgorithm);
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
	if (!key || !reader.complete || algorithm !== signatureAlgorithm || !signsWith(key, algorithm)) {
		return new Done(false);
	}
	return key.verify(crypto, algorithm, message, signature);
}

function signsWith({ type }: PublicKey, algorithm: string): boolean {
	return findKeyType(type)!.signatureAlgorithms.includes(algorithm);
}
