/**
 * Poly1305 (RFC 8439 section 2.5) over the engine's BigInt: 2^130 = 5 (mod p), so one fold a block keeps the sum below
 * 2^131: below 2^131 and a block below 2^129 make 2^132, times r below 2^124 makes 2^256, and (2^126) * 5 + 2^130 < 2^131.
 */

/** 2^130 - 5. */
const P = 0x3fffffffffffffffffffffffffffffffbn;
const MASK = 0x3ffffffffffffffffffffffffffffffffn;
const BITS = 130n;
const FOLD = 5n;
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn;
const HALF_BITS = 64n;
/** The bit above the upper half of a block. */
const ABOVE_HALF = 0x10000000000000000n;

/** Writes the tag of bytes[offset][length] under a one-time key of 32 bytes. */
export function poly1305(
	key: Uint8Array,
	bytes: Uint8Array,
	offset: number,
	length: number,
	tag: Uint8Array,
): void {
	const half = HALF_BITS;
	const above = ABOVE_HALF;
	const mask = MASK;
	const bits = BITS;
	const fold = FOLD;
	const keyView = new DataView(key.buffer, key.byteOffset, 32);
	const r = ((keyView.getBigUint64(8, true) << half) | keyView.getBigUint64(0, true)) & CLAMP;
	const s = (keyView.getBigUint64(24, true) << half) | keyView.getBigUint64(16, true);
	const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
	const whole = length & -16;
	let h = 0n;
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
	h = (h % P) + s;
	const tagView = new DataView(tag.buffer, tag.byteOffset, 16);
	tagView.setBigUint64(0, h, true);
	tagView.setBigUint64(8, h >> half, true);
}
