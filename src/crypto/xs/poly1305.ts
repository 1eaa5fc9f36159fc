/**
 * Poly1305 (RFC 8439 section 2.5) over the engine's BigInt: 2^130 = 5 (mod p), so one fold a block keeps the sum below
 * 2^131: below 2^131 and a block below 2^129 make 2^132, times r below 2^124 makes 2^256, and (2^126) * 5 + 2^130 < 2^131.
 */
import type { PolySlices } from "../port.js";

/** 2^130 - 5. */
const P = 0x3fffffffffffffffffffffffffffffffbn;
const MASK = 0x3ffffffffffffffffffffffffffffffffn;
const BITS = 130n;
const FOLD = 5n;
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;
const HALF_BITS = 64n;
/** The bit above the upper half of a block. */
const ABOVE_HALF = 0x10000000000000000n;

export class Poly1305 implements PolySlices {
	private readonly r: bigint;
	private readonly s: bigint;
	private h = 0n;

	/** @param key a one-time key of 32 bytes */
	constructor(key: Uint8Array) {
		const view = new DataView(key.buffer, key.byteOffset, 32);
		this.r = ((view.getBigUint64(8, true) << HALF_BITS) | view.getBigUint64(0, true)) & CLAMP;
		this.s = (view.getBigUint64(24, true) << HALF_BITS) | view.getBigUint64(16, true);
	}

	update(bytes: Uint8Array, offset: number, length: number): void {
		const half = HALF_BITS;
		const above = ABOVE_HALF;
		const mask = MASK;
		const bits = BITS;
		const fold = FOLD;
		const { r } = this;
		let { h } = this;
		const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
		const whole = length & -16;
		for (let at = 0; at < whole; at += 16) {
			h = (h + (((view.getBigUint64(at + 8, true) + above) << half) | view.getBigUint64(at, true))) * r;
			h = (h & mask) + (h >> bits) * fold;
		}
		if (whole < length) {
			let last = 1n;
			for (let at = length - 1; at >= whole; at--) last = (last << 8n) | BigInt(view.getUint8(at));
			h = (h + last) * r;
			h = (h & mask) + (h >> bits) * fold;
		}
		this.h = h;
	}

	finish(tag: Uint8Array): void {
		const h = (this.h % P) + this.s;
		const view = new DataView(tag.buffer, tag.byteOffset, 16);
		view.setBigUint64(0, h, true);
		view.setBigUint64(8, h >> HALF_BITS, true);
	}
}

/** Writes the tag of bytes[offset][length] under a one-time key of 32 bytes. */
export function poly1305(
	key: Uint8Array,
	bytes: Uint8Array,
	offset: number,
	length: number,
	tag: Uint8Array,
): void {
	const poly = new Poly1305(key);
	poly.update(bytes, offset, length);
	poly.finish(tag);
}
