/** What the tests of cryptography share. */

import { equalBytes } from "../../src/base/wire.js";
import type { AeadCipher, Job } from "../../src/crypto/port.js";

/** Bytes of hexadecimal digits; blanks between them are left out. */
export function hex(text: string): Uint8Array {
	const digits = text.replaceAll(/\s/g, "");
	const bytes = new Uint8Array(digits.length / 2);
	for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
	return bytes;
}

export function toHex(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
	return text;
}

/** The result of a job, run to its end. */
export function run<T>(job: Job<T>): T {
	while (!job.step());
	return job.result;
}

/** Bytes that look like nothing in particular, the same each time (a linear congruential generator). */
export function noise(length: number, seed = 1): Uint8Array {
	const bytes = new Uint8Array(length);
	let state = seed >>> 0;
	for (let at = 0; at < length; at++) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		bytes[at] = state >>> 24;
	}
	return bytes;
}

/** A number from bytes, least significant first, as Curve25519 has them. */
export function littleEndian(bytes: Uint8Array): bigint {
	let number = 0n;
	for (let at = bytes.length - 1; at >= 0; at--) number = (number << 8n) | BigInt(bytes[at]);
	return number;
}

export function toLittleEndian(number: bigint, length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let at = 0; at < length; at++) bytes[at] = Number((number >> BigInt(8 * at)) & 0xffn);
	return bytes;
}

export function concat(...parts: Uint8Array[]): Uint8Array {
	let length = 0;
	for (const part of parts) length += part.length;
	const bytes = new Uint8Array(length);
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

/** The tag of bytes[offset + aadLength][length], which are encrypted, and of what is before them, taken in `slice` bytes at a time. */
function gcmTag(
	cipher: AeadCipher,
	nonce: Uint8Array,
	bytes: Uint8Array,
	offset: number,
	aadLength: number,
	length: number,
	slice: number,
): Uint8Array {
	const tag = new Uint8Array(16);
	cipher.begin(bytes, offset, aadLength);
	for (let done = 0; done < length; done += slice)
		cipher.authenticate(bytes, offset + aadLength + done, Math.min(slice, length - done));
	cipher.finish(nonce, tag);
	return tag;
}

function gcmText(
	cipher: AeadCipher,
	nonce: Uint8Array,
	bytes: Uint8Array,
	start: number,
	length: number,
	slice: number,
): void {
	for (let done = 0; done < length; done += slice)
		cipher.apply(nonce, done / 16, bytes, start + done, Math.min(slice, length - done));
}

/**
 * Encrypts bytes[offset + aadLength][length] in place, with the `aadLength` bytes before it authenticated, and writes the tag
 * after it. @param slice bytes at a time, a multiple of 16
 */
export function sealGcm(
	cipher: AeadCipher,
	nonce: Uint8Array,
	bytes: Uint8Array,
	offset: number,
	aadLength: number,
	length: number,
	slice = length + 16,
): void {
	const start = offset + aadLength;
	gcmText(cipher, nonce, bytes, start, length, slice);
	bytes.set(gcmTag(cipher, nonce, bytes, offset, aadLength, length, slice), start + length);
}

/** The reverse; false, with the bytes left as they were, where the tag does not fit. */
export function openGcm(
	cipher: AeadCipher,
	nonce: Uint8Array,
	bytes: Uint8Array,
	offset: number,
	aadLength: number,
	length: number,
	slice = length + 16,
): boolean {
	const start = offset + aadLength;
	const tag = gcmTag(cipher, nonce, bytes, offset, aadLength, length, slice);
	if (!equalBytes(tag, bytes.subarray(start + length, start + length + 16))) return false;
	gcmText(cipher, nonce, bytes, start, length, slice);
	return true;
}
