/**
 * A type of public key as a row of a table (KEY_TYPES in public-key.ts): everything that tells it from the others. The lines
 * of authorized_keys, server-sig-algs, the list of host keys and the verification of signatures all ask the row.
 */

import type { Reader } from "../base/wire.js";
import type { Crypto, Job } from "../crypto/port.js";

export interface KeyType {
	/** The name that its blobs begin with, and lines of authorized_keys (RFC 4253 section 6.6). */
	readonly name: string;
	/** As ssh shows it after a fingerprint: "ED25519". */
	readonly label: string;
	/** Algorithms that such a key signs with, the preferred one first (RFC 8308 section 3.1, RFC 8332 section 3). */
	readonly signatureAlgorithms: readonly string[];
	/**
	 * Reads the rest of a blob, whose name has been read. That nothing follows is the caller's to ask.
	 *
	 * @returns undefined when it is no such key, or one that is too weak or too large
	 */
	parse(reader: Reader): PublicKey | undefined;
}

/** A key from the wire. It holds views of the blob, which stays as it is until the last verification has ended. */
export interface PublicKey {
	/** The name of its KeyType. */
	readonly type: string;
	/**
	 * @param algorithm one of its type's signatureAlgorithms
	 * @param message stays as it is until the job has ended, and so does `signature`
	 * @param signature what follows the algorithm's name in the signature's blob
	 * @returns a job whose result is false for whatever is malformed
	 */
	verify(crypto: Crypto, algorithm: string, message: Uint8Array, signature: Uint8Array): Job<boolean>;
}
