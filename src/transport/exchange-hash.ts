/**
 * The exchange hash and the keys that come of it (RFC 4253 sections 7.2 and 8, RFC 5656 section 4):
 *
 *     H = HASH(V_C || V_S || I_C || I_S || K_S || Q_C || Q_S || K)
 *
 * Q_C and Q_S are the client's and the server's message, whatever the method has in them. The hash is built as its parts
 * pass by, so that no KEXINIT is kept.
 */

import { asciiBytes, putUint32, Writer } from "../base/wire.js";
import type { Crypto, Digest, HashName } from "../crypto/port.js";
import type { SecretEncoding } from "./kex-method.js";

/** The exchange hash while it is built: a hash fed with SSH strings. */
export class ExchangeHash {
	private readonly digest: Digest;
	private readonly length = new Uint8Array(4);

	constructor(crypto: Crypto, hash: HashName) {
		this.digest = crypto.hash(hash);
	}

	/** Adds bytes[start, end) as a string. */
	string(bytes: Uint8Array, start = 0, end = bytes.length): this {
		return this.uint32(end - start).raw(bytes, start, end);
	}

	/** The length of a string whose bytes follow piece by piece. */
	uint32(length: number): this {
		putUint32(this.length, 0, length);
		this.digest.update(this.length, 0, 4);
		return this;
	}

	raw(bytes: Uint8Array, start: number, end: number): this {
		this.digest.update(bytes, start, end - start);
		return this;
	}

	ascii(text: string): this {
		return this.string(asciiBytes(text));
	}

	/** Ends the hash with K, given as it is encoded. */
	finish(encodedSecret: Uint8Array): Uint8Array {
		this.digest.update(encodedSecret, 0, encodedSecret.length);
		const hash = new Uint8Array(this.digest.length);
		this.digest.digest(hash, 0);
		this.digest.wipe();
		return hash;
	}
}

/** K as the hashes take it; an mpint is of the bytes as a big-endian number (RFC 8731 section 3.1). */
export function encodeSharedSecret(sharedSecret: Uint8Array, encoding: SecretEncoding): Uint8Array {
	const writer = new Writer(new Uint8Array(4 + 1 + sharedSecret.length));
	if (encoding === "mpint") writer.mpint(sharedSecret);
	else writer.string(sharedSecret);
	return writer.bytes.subarray(0, writer.position);
}

/**
 * Key derivation (RFC 4253 section 7.2):
 *
 *     K1 = HASH(K || H || X || session_id), K2 = HASH(K || H || K1), K3 = HASH(K || H || K1 || K2) ...
 *
 * @param letter X: "A" and "B" for initial IVs, "C" and "D" for encryption keys, "E" and "F" for integrity keys
 */
export function deriveKey(
	crypto: Crypto,
	hash: HashName,
	encodedSecret: Uint8Array,
	exchangeHash: Uint8Array,
	letter: string,
	sessionId: Uint8Array,
	length: number,
): Uint8Array {
	const digest = crypto.hash(hash);
	const blocks = new Uint8Array(Math.ceil(length / digest.length) * digest.length);
	for (let made = 0; made < length; made += digest.length) {
		digest.update(encodedSecret, 0, encodedSecret.length);
		digest.update(exchangeHash, 0, exchangeHash.length);
		if (made === 0) {
			digest.update(asciiBytes(letter), 0, 1);
			digest.update(sessionId, 0, sessionId.length);
		} else digest.update(blocks, 0, made);
		digest.digest(blocks, made);
	}
	digest.wipe();
	const key = blocks.slice(0, length);
	blocks.fill(0);
	return key;
}
