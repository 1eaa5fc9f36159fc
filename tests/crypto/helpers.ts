/** What the tests of cryptography share. */
import type { Job } from "../../src/crypto/port.js";

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
