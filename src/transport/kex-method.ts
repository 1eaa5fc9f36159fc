/**
 * A method of key exchange as a row of a table: everything that tells it from the others. The exchange around it is the same
 * for all of them (key-exchange.ts): one message of the client (number 30), one of the server (31), and the keys that follow.
 * Rows are in algorithms.ts.
 */

import type { Crypto, HashName, Job, RandomSource } from "../crypto/port.js";

/** How K goes into hashes: RFC 8731 section 3.1 has an mpint, the post-quantum hybrids a string. */
export type SecretEncoding = "mpint" | "string";

/** What the server's half of a method comes to. */
export interface KexReply {
	/** `serverLength` bytes. RFC 5656 section 4 calls it Q_S. */
	readonly serverMessage: Uint8Array;
	/** Undefined when the client's message must be refused, as for an X25519 result that is all zero (RFC 8731 section 3). */
	readonly sharedSecret: Uint8Array | undefined;
}

export interface KexMethod {
	/** Its names in KEXINIT, the preferred one first. */
	readonly names: readonly string[];
	/** Bytes of the client's message (Q_C); any other length is refused before anything is computed. */
	readonly clientLength: number;
	/** Bytes of the server's message (Q_S). */
	readonly serverLength: number;
	/** HASH of the exchange hash, of the key derivation, and so of the session id (RFC 4253 section 7.2). */
	readonly hash: HashName;
	readonly secretEncoding: SecretEncoding;
	/**
	 * Starts the server's half. The job wipes what is secret in it, the result excepted.
	 *
	 * @param clientMessage `clientLength` bytes; they stay as they are until the job has ended
	 * @returns the job, or a status below zero where there is no randomness: then nothing was started
	 */
	start(crypto: Crypto, random: RandomSource, clientMessage: Uint8Array): Job<KexReply> | number;
}
