/**
 * Arithmetic modulo p = 2^255 - 19 (RFC 7748 section 4.1) over the engine's BigInt.
 *
 * On XS an operation on a BigInt of eight words costs some 500 instructions before it touches a word, and its result is
 * garbage soon after. So this code has few operations and lets numbers grow: since 2^255 = 19 (mod p),
 *
 *     fold(t) = (t & MASK) + (t >> BITS) * 19   =   t (mod p)
 *
 * takes a number of n bits to one of at most max(256, n - 250) bits. The curve code writes the fold out at each place,
 * for a call would cost a third of it. A number is called tight when it is below 2p, as any of up
 * to 750 bits is that was folded twice.
 *
 * No number that is shifted here is negative: XS 13.3 shifts negative numbers wrongly when the shifted-out bits are all zero
 * ((-4n) >> 1n gives -3n; the ladder says why it may). Differences have a multiple of p added that is larger than what is taken away.
 */

/** 2^255 - 19. */
export const P = 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffedn;
export const MASK = 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffn;
export const BITS = 255n;
export const FOLD = 19n;

/** bytes[offset][32] as a number, least significant byte first. */
export function load(bytes: Uint8Array, offset: number): bigint {
	const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 32);
	return (
		(((((view.getBigUint64(24, true) << 64n) | view.getBigUint64(16, true)) << 64n) |
			view.getBigUint64(8, true)) <<
			64n) |
		view.getBigUint64(0, true)
	);
}

/** The reverse of load, for a number below 2^256. */
export function store(number: bigint, bytes: Uint8Array, offset: number): void {
	const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 32);
	view.setBigUint64(0, number, true);
	view.setBigUint64(8, number >> 64n, true);
	view.setBigUint64(16, number >> 128n, true);
	view.setBigUint64(24, number >> 192n, true);
}

/** x * y mod p, tight, where the product has at most 750 bits. */
export function multiply(x: bigint, y: bigint): bigint {
	let t = x * y;
	t = (t & MASK) + (t >> BITS) * FOLD;
	return (t & MASK) + (t >> BITS) * FOLD;
}

/**
 * x squared `count` times, tight, of a tight number. Two squarings share a second fold: from 256 bits the first makes
 * 512, folded 262; the second 524, folded 274, and folded again 256.
 */
export function square(x: bigint, count: number): bigint {
	const m = MASK;
	const s = BITS;
	const f = FOLD;
	let t = x;
	for (let left = count; left > 1; left -= 2) {
		t = t * t;
		t = (t & m) + (t >> s) * f;
		t = t * t;
		t = (t & m) + (t >> s) * f;
		t = (t & m) + (t >> s) * f;
	}
	return count & 1 ? multiply(t, t) : t;
}

/** z^(2^252 - 3) mod p, of a tight number: 251 squarings and 11 products, whatever z is. */
export function power22523(z: bigint): bigint {
	const z2 = square(z, 1);
	const z9 = multiply(square(z2, 2), z);
	const z11 = multiply(z9, z2);
	// From here z5 is z^(2^5 - 1), z10 is z^(2^10 - 1), and so on.
	const z5 = multiply(square(z11, 1), z9);
	const z10 = multiply(square(z5, 5), z5);
	const z20 = multiply(square(z10, 10), z10);
	const z40 = multiply(square(z20, 20), z20);
	const z50 = multiply(square(z40, 10), z10);
	const z100 = multiply(square(z50, 50), z50);
	const z200 = multiply(square(z100, 100), z100);
	const z250 = multiply(square(z200, 50), z50);
	return multiply(square(z250, 2), z);
}

/** 1 / z mod p, below p, of a tight number; 0 of 0. z^(p - 2) by Fermat's theorem: the same operations for each z. */
export function inverse(z: bigint): bigint {
	// p - 2 = 8 (2^252 - 3) + 3
	return multiply(square(power22523(z), 3), multiply(square(z, 1), z)) % P;
}

/**
 * The same by Euclid's algorithm, in half the time: as many divisions as the number happens to need (some 145), so for
 * what comes of a key that serves once.
 */
export function inverseOfEphemeral(z: bigint): bigint {
	let a = P;
	let b = z % P;
	let x = 0n;
	let y = 1n;
	// x z = a and y z = b (mod p), with signs that alternate. Most quotients are 1 or 2: subtractions, not divisions.
	while (b !== 0n) {
		let r = a - b;
		let s = x - y;
		if (r >= b) {
			r -= b;
			s -= y;
			if (r >= b) {
				const q = r / b;
				r -= q * b;
				s -= q * y;
			}
		}
		a = b;
		b = r;
		x = y;
		y = s;
	}
	return x < 0n ? x + P : x;
}
