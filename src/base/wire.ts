/**
 * The data types of RFC 4251 section 5 over a byte array that the caller owns.
 *
 * Neither class throws on what a peer sent, and neither allocates for it: a read past the end or a write past
 * the limit sets `failed`, yields zero or does nothing, and stays so. A codec reads a whole message and asks once.
 */

/** Reads from bytes[position] up to, not including, bytes[end]. */
export class Reader {
	bytes: Uint8Array;
	position: number;
	end: number;
	/** A read went past the end, or found what its type does not allow. */
	failed: boolean;

	constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
		this.bytes = bytes;
		this.position = position;
		this.end = end;
		this.failed = false;
	}

	/** Points this reader elsewhere, so that one object serves every packet. */
	reset(bytes: Uint8Array, position: number, end: number): this {
		this.bytes = bytes;
		this.position = position;
		this.end = end;
		this.failed = false;
		return this;
	}

	/** Bytes not yet read. */
	get remaining(): number {
		return this.end - this.position;
	}

	/** True when all was read and nothing failed: what a message with a fixed shape asks at its end. */
	get complete(): boolean {
		return !this.failed && this.position === this.end;
	}

	/** Takes `count` bytes and returns where they start; on failure -1. */
	skip(count: number): number {
		const start = this.position;
		if (this.failed || count > this.end - start) {
			this.failed = true;
			return -1;
		}
		this.position = start + count;
		return start;
	}

	byte(): number {
		const at = this.skip(1);
		return at < 0 ? 0 : this.bytes[at];
	}

	/** Any value but 0 is TRUE (RFC 4251 section 5). */
	boolean(): boolean {
		return this.byte() !== 0;
	}

	uint32(): number {
		const at = this.skip(4);
		if (at < 0) return 0;
		return getUint32(this.bytes, at);
	}

	/** The length of a string whose bytes start at `position`; the caller takes them with skip(length). */
	stringLength(): number {
		const length = this.uint32();
		if (this.failed || length > this.end - this.position) {
			this.failed = true;
			return 0;
		}
		return length;
	}

	/** A string as a view of the underlying bytes: valid only until they change; empty on failure. */
	string(): Uint8Array {
		const length = this.stringLength();
		const start = this.skip(length);
		return start < 0 ? this.bytes.subarray(0, 0) : this.bytes.subarray(start, start + length);
	}

	/**
	 * The magnitude of an mpint as a view, big-endian and without leading zeros (zero is empty); fails on a negative number
	 * and on any form but the shortest, so that one number has one encoding.
	 */
	mpint(): Uint8Array {
		const number = this.string();
		if (number.length === 0) return number;
		if (number[0] & 0x80 || (number[0] === 0 && !(number[1] & 0x80))) {
			this.failed = true;
			return number.subarray(0, 0);
		}
		return number[0] === 0 ? number.subarray(1) : number;
	}

	/** A string of printable US-ASCII, as names are (RFC 4251 section 6); fails on any other byte or above `limit`. */
	ascii(limit: number): string {
		const length = this.stringLength();
		if (length > limit) this.failed = true;
		const start = this.skip(length);
		if (start < 0) return "";
		for (let at = start; at < this.position; at++) {
			if (this.bytes[at] < 0x20 || this.bytes[at] > 0x7e) {
				this.failed = true;
				return "";
			}
		}
		return asciiString(this.bytes, start, this.position);
	}
}

/** Writes to bytes[position] up to, not including, bytes[limit]. */
export class Writer {
	bytes: Uint8Array;
	position: number;
	limit: number;
	/** A write would have gone past the limit; the bytes written so far are no message. */
	failed: boolean;

	constructor(bytes: Uint8Array, position = 0, limit = bytes.length) {
		this.bytes = bytes;
		this.position = position;
		this.limit = limit;
		this.failed = false;
	}

	/** Points this writer elsewhere, so that one object serves every packet. */
	reset(bytes: Uint8Array, position: number, limit: number): this {
		this.bytes = bytes;
		this.position = position;
		this.limit = limit;
		this.failed = false;
		return this;
	}

	/** Claims `count` bytes for the caller to fill and returns where they start; on failure -1. */
	claim(count: number): number {
		const start = this.position;
		if (this.failed || count > this.limit - start) {
			this.failed = true;
			return -1;
		}
		this.position = start + count;
		return start;
	}

	byte(value: number): this {
		const at = this.claim(1);
		if (at >= 0) this.bytes[at] = value;
		return this;
	}

	boolean(value: boolean): this {
		return this.byte(value ? 1 : 0);
	}

	uint32(value: number): this {
		const at = this.claim(4);
		if (at >= 0) putUint32(this.bytes, at, value);
		return this;
	}

	/** Bytes without a length before them: byte[n]. */
	raw(source: Uint8Array, start = 0, end = source.length): this {
		const at = this.claim(end - start);
		if (at >= 0) copyBytes(this.bytes, at, source, start, end);
		return this;
	}

	string(source: Uint8Array, start = 0, end = source.length): this {
		return this.uint32(end - start).raw(source, start, end);
	}

	/** A string given as US-ASCII text: algorithm names, method names, request types. */
	ascii(text: string): this {
		const length = text.length;
		const at = this.uint32(length).claim(length);
		if (at >= 0) for (let i = 0; i < length; i++) this.bytes[at + i] = text.charCodeAt(i);
		return this;
	}

	/** A non-negative mpint from big-endian bytes: leading zeros dropped, one added where the top bit is set. */
	mpint(magnitude: Uint8Array): this {
		let start = 0;
		while (start < magnitude.length && magnitude[start] === 0) start++;
		const length = magnitude.length - start;
		if (length > 0 && magnitude[start] & 0x80) this.uint32(length + 1).byte(0);
		else this.uint32(length);
		return this.raw(magnitude, start);
	}
}

export function getUint32(bytes: Uint8Array, at: number): number {
	return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

export function putUint32(bytes: Uint8Array, at: number, value: number): void {
	bytes[at] = value >>> 24;
	bytes[at + 1] = value >>> 16;
	bytes[at + 2] = value >>> 8;
	bytes[at + 3] = value;
}

/** Copies source[start, end) to target[at...]; native where the ranges are worth a view. */
export function copyBytes(
	target: Uint8Array,
	at: number,
	source: Uint8Array,
	start: number,
	end: number,
): void {
	target.set(start === 0 && end === source.length ? source : source.subarray(start, end), at);
}

/** A big-endian number as exactly `length` bytes, copied; undefined where it has more. */
export function fixedLength(magnitude: Uint8Array, length: number): Uint8Array | undefined {
	if (magnitude.length > length) return undefined;
	const bytes = new Uint8Array(length);
	bytes.set(magnitude, length - magnitude.length);
	return bytes;
}

/** bytes[start, end) as text, one character a byte: only for what is known to be US-ASCII. */
export function asciiString(bytes: Uint8Array, start = 0, end = bytes.length): string {
	let text = "";
	for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]);
	return text;
}

/** US-ASCII text as bytes. */
export function asciiBytes(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
	return bytes;
}

/** Equality in a time that depends on the lengths alone: for secrets, tags and digests. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
	const { length } = a;
	if (length !== b.length) return false;
	const whole = length & -4;
	let difference = 0;
	// In words: on XS an element costs as much as four at once.
	const left = new DataView(a.buffer, a.byteOffset, length);
	const right = new DataView(b.buffer, b.byteOffset, length);
	for (let i = 0; i < whole; i += 4) difference |= left.getInt32(i) ^ right.getInt32(i);
	for (let i = whole; i < length; i++) difference |= a[i] ^ b[i];
	return difference === 0;
}
