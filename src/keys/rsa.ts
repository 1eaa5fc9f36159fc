/**
 * Public keys of type ssh-rsa (RFC 4253 section 6.6), which sign with rsa-sha2-512 and rsa-sha2-256 (RFC 8332). Signatures
 * over SHA-1, which share the name "ssh-rsa" with the type of key, are not taken.
 */

import { fixedLength, type Reader } from "../base/wire.js";
import { type Crypto, Done, type Job } from "../crypto/port.js";
import { MAX_RSA_BITS, MIN_RSA_BITS } from "../limits.js";
import type { KeyType, PublicKey } from "./key-type.js";

const SSH_RSA = "ssh-rsa";
const RSA_SHA2_256 = "rsa-sha2-256";
const RSA_SHA2_512 = "rsa-sha2-512";

/** Bytes of an RSA exponent: up to 2^32 - 1, where all in use are 65537 or less. */
const MAX_EXPONENT_LENGTH = 4;

/** Both numbers are without leading zeros. */
class RsaKey implements PublicKey {
	private readonly exponent: Uint8Array;
	private readonly modulus: Uint8Array;

	constructor(exponent: Uint8Array, modulus: Uint8Array) {
		this.exponent = exponent;
		this.modulus = modulus;
	}

	get type(): string {
		return SSH_RSA;
	}

	verify(crypto: Crypto, algorithm: string, message: Uint8Array, signature: Uint8Array): Job<boolean> {
		// Some signers leave out leading zeros, and RFC 8332 section 3 lets a verifier take that.
		const padded = fixedLength(signature, this.modulus.length);
		const hash = algorithm === RSA_SHA2_256 ? "sha256" : "sha512";
		return padded ? crypto.rsaVerify(hash, this.modulus, this.exponent, message, padded) : new Done(false);
	}
}

/** mpint e, mpint n */
function parseRsa(reader: Reader): PublicKey | undefined {
	const exponent = reader.mpint();
	const modulus = reader.mpint();
	if (reader.failed || modulus.length === 0 || exponent.length === 0) return undefined;
	const bits = 8 * modulus.length - Math.clz32(modulus[0]) + 24;
	if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS || !isOdd(modulus)) return undefined;
	if (exponent.length > MAX_EXPONENT_LENGTH || !isOdd(exponent)) return undefined;
	if (exponent.length === 1 && exponent[0] === 1) return undefined;
	return new RsaKey(exponent, modulus);
}

function isOdd(magnitude: Uint8Array): boolean {
	return (magnitude[magnitude.length - 1] & 1) === 1;
}

export const RSA: KeyType = Object.freeze({
	name: SSH_RSA,
	label: "RSA",
	signatureAlgorithms: Object.freeze([RSA_SHA2_512, RSA_SHA2_256]),
	parse: parseRsa,
});
