/**
 * RSASSA-PKCS1-v1_5 verification (RFC 8017 section 8.2.2) over the engine's BigInt. All that it handles is public, so
 * its time may depend on it.
 */
import { getUint32 } from "../../base/wire.js";
import { type Digest, Done, type HashName, type Job } from "../port.js";

/** The longest public exponent, in bytes: everyone's is 65537, and each bit more costs a step. */
const MAX_EXPONENT_LENGTH = 4;

/** DER of DigestInfo up to the digest itself (RFC 8017 section 9.2, note 1). */
const DIGEST_INFO: Readonly<Record<HashName, readonly number[]>> = Object.freeze({
	sha256: Object.freeze([
		0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
		0x04, 0x20,
	]),
	sha512: Object.freeze([
		0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00,
		0x04, 0x40,
	]),
});

/**
 * Verifies in slices: a step squares once.
 *
 * @param digest a fresh one of `hash`
 * @param modulus big-endian, odd; leading zeros are taken
 * @param exponent big-endian, odd, from 3 to 2^32 - 1
 * @param signature as long as the modulus without its leading zeros, and below it
 */
export function rsaVerify(
	digest: Digest,
	hash: HashName,
	modulus: Uint8Array,
	exponent: Uint8Array,
	message: Uint8Array,
	signature: Uint8Array,
): Job<boolean> {
	const length = modulus.length - leadingZeros(modulus);
	if (signature.length !== length) return new Done(false);
	if (exponent.length - leadingZeros(exponent) > MAX_EXPONENT_LENGTH) return new Done(false);
	const n = toBigInt(modulus);
	const s = toBigInt(signature);
	const e = Number(toBigInt(exponent));
	if ((n & 1n) === 0n || e % 2 === 0 || e < 3 || s >= n) return new Done(false);
	const encoded = encode(digest, hash, message, length);
	return encoded ? new Power(s, e, n, toBigInt(encoded)) : new Done(false);
}

/** Whether base^exponent mod modulus is what was expected; from the exponent's second highest bit down. */
class Power implements Job<boolean> {
	private readonly base: bigint;
	private readonly exponent: number;
	private readonly modulus: bigint;
	private readonly expected: bigint;
	private bit: number;
	private power: bigint;

	constructor(base: bigint, exponent: number, modulus: bigint, expected: bigint) {
		this.base = base;
		this.exponent = exponent;
		this.modulus = modulus;
		this.expected = expected;
		this.bit = 31 - Math.clz32(exponent);
		this.power = base;
	}

	step(): boolean {
		this.bit--;
		this.power = (this.power * this.power) % this.modulus;
		if ((this.exponent >>> this.bit) & 1) this.power = (this.power * this.base) % this.modulus;
		return this.bit === 0;
	}

	get result(): boolean {
		return this.bit === 0 && this.power === this.expected;
	}
}

/**
 * EMSA-PKCS1-v1_5 (RFC 8017 section 9.2): 00 01 FF...FF 00 DigestInfo. The signature's own encoding is compared with
 * this one whole; nothing of it is parsed, which is where others went wrong.
 */
function encode(digest: Digest, hash: HashName, message: Uint8Array, length: number): Uint8Array | undefined {
	const prefix = DIGEST_INFO[hash];
	const info = length - prefix.length - digest.length;
	if (info < 11) return undefined;
	const encoded = new Uint8Array(length);
	encoded.fill(0xff, 2, info - 1);
	encoded[1] = 1;
	encoded.set(prefix, info);
	digest.update(message, 0, message.length);
	digest.digest(encoded, length - digest.length);
	digest.wipe();
	return encoded;
}

function leadingZeros(bytes: Uint8Array): number {
	let count = 0;
	while (count < bytes.length && bytes[count] === 0) count++;
	return count;
}

/** Big-endian bytes as a number. */
function toBigInt(bytes: Uint8Array): bigint {
	let value = 0n;
	let at = 0;
	for (; at < bytes.length % 4; at++) value = (value << 8n) | BigInt(bytes[at]);
	for (; at < bytes.length; at += 4) value = (value << 32n) | BigInt(getUint32(bytes, at));
	return value;
}
