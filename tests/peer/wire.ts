/** The data types of RFC 4251 section 5 once more, for the client of the tests: what both sides had wrong would not show. */
import { concat } from "../crypto/helpers.js";

/** uint32, boolean, string (text as UTF-16 code units below 256), or bytes as they are. */
export type Field = number | boolean | string | Uint8Array | Raw;

export interface Raw {
	readonly raw: Uint8Array;
}

/** Bytes without a length before them. */
export function raw(bytes: Uint8Array): Raw {
	return { raw: bytes };
}

/** The characters of a text as bytes. */
export function bytesOf(text: string): Uint8Array {
	return Uint8Array.from(text, character => character.charCodeAt(0));
}

export function textOf(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += String.fromCharCode(byte);
	return text;
}

export function uint32(value: number): Uint8Array {
	return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function encode(field: Field): Uint8Array {
	if (typeof field === "number") return uint32(field);
	if (typeof field === "boolean") return Uint8Array.of(field ? 1 : 0);
	if (typeof field === "string") return encode(bytesOf(field));
	if (field instanceof Uint8Array) return concat(uint32(field.length), field);
	return field.raw;
}

/** Fields one behind the other. */
export function fields(...values: readonly Field[]): Uint8Array {
	return concat(...values.map(encode));
}

/** A payload: the message number and its fields. */
export function message(number: number, ...values: readonly Field[]): Uint8Array {
	return concat(Uint8Array.of(number), fields(...values));
}

/** A non-negative number, big-endian, as an mpint. */
export function mpint(magnitude: Uint8Array): Uint8Array {
	let hexadecimal = "";
	for (const byte of magnitude) hexadecimal += byte.toString(16).padStart(2, "0");
	let number = BigInt(`0x${hexadecimal || "0"}`);
	const digits: number[] = [];
	for (; number > 0n; number >>= 8n) digits.unshift(Number(number & 0xffn));
	if (digits.length > 0 && digits[0] > 0x7f) digits.unshift(0);
	return fields(Uint8Array.from(digits));
}

/** Takes a payload apart; what is not there is an error of the test or of the server, and thrown. */
export class Fields {
	readonly bytes: Uint8Array;
	private at = 0;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}

	get left(): number {
		return this.bytes.length - this.at;
	}

	raw(length: number): Uint8Array {
		if (length > this.left) throw new Error(`${length} bytes wanted, ${this.left} left`);
		this.at += length;
		return this.bytes.slice(this.at - length, this.at);
	}

	byte(): number {
		return this.raw(1)[0];
	}

	boolean(): boolean {
		return this.byte() !== 0;
	}

	uint32(): number {
		return this.raw(4).reduce((number, byte) => number * 256 + byte, 0);
	}

	string(): Uint8Array {
		return this.raw(this.uint32());
	}

	text(): string {
		return textOf(this.string());
	}

	names(): string[] {
		const text = this.text();
		return text === "" ? [] : text.split(",");
	}

	end(): void {
		if (this.left !== 0) throw new Error(`${this.left} bytes left`);
	}
}
