/**
 * AES-GCM (NIST SP 800-38D) for XS, with nonces of 96 bits: J0 is the nonce and a counter of 1; the text starts with 2.
 *
 * GHASH (section 6.4) looks up half bytes: 16 multiples of H are 1 KB of plain arrays a key, where ghash.ts has 8 KB. It
 * computes in 32-bit integers, which leave nothing to collect, as BigInts would. As in aes.ts, where it looks depends on
 * what is secret.
 */

import type { AeadCipher } from "../port.js";
import { Aes } from "./aes.js";
import { view as viewOf } from "./view.js";

/** x^128 = x^7 + x^2 + x + 1, where the first bit is the coefficient of x^0. */
const REDUCTION = 0xe1000000 | 0;

/** H times each half byte, a word an array. */
class Ghash {
	private readonly m0: number[] = new Array(16).fill(0);
	private readonly m1: number[] = new Array(16).fill(0);
	private readonly m2: number[] = new Array(16).fill(0);
	private readonly m3: number[] = new Array(16).fill(0);
	y0 = 0;
	y1 = 0;
	y2 = 0;
	y3 = 0;

	/** @param h the hash key, as four words */
	constructor(h: DataView) {
		const { m0, m1, m2, m3 } = this;
		let h0 = h.getInt32(0);
		let h1 = h.getInt32(4);
		let h2 = h.getInt32(8);
		let h3 = h.getInt32(12);
		// The values with one bit are H times a power of x; the others are sums of these.
		for (let bit = 8; bit > 0; bit >>= 1) {
			m0[bit] = h0;
			m1[bit] = h1;
			m2[bit] = h2;
			m3[bit] = h3;
			const carry = -(h3 & 1) & REDUCTION;
			h3 = ((h3 >> 1) & 0x7fffffff) | (h2 << 31);
			h2 = ((h2 >> 1) & 0x7fffffff) | (h1 << 31);
			h1 = ((h1 >> 1) & 0x7fffffff) | (h0 << 31);
			h0 = ((h0 >> 1) & 0x7fffffff) ^ carry;
		}
		for (let bit = 2; bit <= 8; bit <<= 1) {
			for (let rest = 1; rest < bit; rest++) {
				m0[bit + rest] = m0[bit] ^ m0[rest];
				m1[bit + rest] = m1[bit] ^ m1[rest];
				m2[bit + rest] = m2[bit] ^ m2[rest];
				m3[bit + rest] = m3[bit] ^ m3[rest];
			}
		}
	}

	/**
	 * Y = (Y + block) * H. The product's eight words are made from the last half byte of each of the four words of Y to the
	 * first ("comb method", López and Dahab, 2000), so that they are shifted 8 times, not 32; then the upper half comes back.
	 */
	multiply(b0: number, b1: number, b2: number, b3: number): void {
		const { m0, m1, m2, m3 } = this;
		const x0 = this.y0 ^ b0;
		const x1 = this.y1 ^ b1;
		const x2 = this.y2 ^ b2;
		const x3 = this.y3 ^ b3;
		let z0 = 0;
		let z1 = 0;
		let z2 = 0;
		let z3 = 0;
		let z4 = 0;
		let z5 = 0;
		let z6 = 0;
		let z7 = 0;
		let half = 0;
		for (let shift = 0; shift < 32; shift += 4) {
			z7 = ((z7 >> 4) & 0xfffffff) | (z6 << 28);
			z6 = ((z6 >> 4) & 0xfffffff) | (z5 << 28);
			z5 = ((z5 >> 4) & 0xfffffff) | (z4 << 28);
			z4 = ((z4 >> 4) & 0xfffffff) | (z3 << 28);
			z3 = ((z3 >> 4) & 0xfffffff) | (z2 << 28);
			z2 = ((z2 >> 4) & 0xfffffff) | (z1 << 28);
			z1 = ((z1 >> 4) & 0xfffffff) | (z0 << 28);
			z0 = (z0 >> 4) & 0xfffffff;
			half = (x0 >> shift) & 15;
			z0 ^= m0[half];
			z1 ^= m1[half];
			z2 ^= m2[half];
			z3 ^= m3[half];
			half = (x1 >> shift) & 15;
			z1 ^= m0[half];
			z2 ^= m1[half];
			z3 ^= m2[half];
			z4 ^= m3[half];
			half = (x2 >> shift) & 15;
			z2 ^= m0[half];
			z3 ^= m1[half];
			z4 ^= m2[half];
			z5 ^= m3[half];
			half = (x3 >> shift) & 15;
			z3 ^= m0[half];
			z4 ^= m1[half];
			z5 ^= m2[half];
			z6 ^= m3[half];
		}
		z4 ^= (z7 << 31) ^ (z7 << 30) ^ (z7 << 25);
		z3 ^= z7 ^ ((z7 >> 1) & 0x7fffffff) ^ ((z7 >> 2) & 0x3fffffff) ^ ((z7 >> 7) & 0x1ffffff);
		z3 ^= (z6 << 31) ^ (z6 << 30) ^ (z6 << 25);
		z2 ^= z6 ^ ((z6 >> 1) & 0x7fffffff) ^ ((z6 >> 2) & 0x3fffffff) ^ ((z6 >> 7) & 0x1ffffff);
		z2 ^= (z5 << 31) ^ (z5 << 30) ^ (z5 << 25);
		z1 ^= z5 ^ ((z5 >> 1) & 0x7fffffff) ^ ((z5 >> 2) & 0x3fffffff) ^ ((z5 >> 7) & 0x1ffffff);
		z1 ^= (z4 << 31) ^ (z4 << 30) ^ (z4 << 25);
		z0 ^= z4 ^ ((z4 >> 1) & 0x7fffffff) ^ ((z4 >> 2) & 0x3fffffff) ^ ((z4 >> 7) & 0x1ffffff);
		this.y0 = z0;
		this.y1 = z1;
		this.y2 = z2;
		this.y3 = z3;
	}

	/** Takes the whole blocks of view[at][length]. */
	update(view: DataView, at: number, length: number): void {
		const end = at + (length & -16);
		for (let i = at; i < end; i += 16)
			this.multiply(view.getInt32(i), view.getInt32(i + 4), view.getInt32(i + 8), view.getInt32(i + 12));
	}

	clear(): void {
		this.y0 = this.y1 = this.y2 = this.y3 = 0;
	}

	wipe(): void {
		this.m0.fill(0);
		this.m1.fill(0);
		this.m2.fill(0);
		this.m3.fill(0);
		this.clear();
	}
}

export class AesGcm implements AeadCipher {
	private readonly aes: Aes;
	private readonly ghash: Ghash;
	/** The end of what does not fill a block. */
	private readonly block = new Uint8Array(16);
	private readonly blockView = new DataView(this.block.buffer);
	/** Bytes of associated data, and of text, in the tag under way. */
	private aadLength = 0;
	private length = 0;

	/** @throws RangeError where the key has neither 16 nor 32 bytes */
	constructor(key: Uint8Array) {
		this.aes = new Aes(key);
		this.aes.xorInto(this.blockView, 0, 0, 0, 0, 0);
		this.ghash = new Ghash(this.blockView);
		this.block.fill(0);
	}

	begin(bytes: Uint8Array, offset: number, length: number): void {
		this.ghash.clear();
		this.hash(bytes, offset, length);
		this.aadLength = length;
		this.length = 0;
	}

	authenticate(bytes: Uint8Array, offset: number, length: number): void {
		this.hash(bytes, offset, length);
		this.length += length;
	}

	finish(nonce: Uint8Array, tag: Uint8Array): void {
		const { ghash } = this;
		// The lengths in bits, 64 bits each; no packet is long enough to reach the upper words.
		ghash.multiply(0, 8 * this.aadLength, 0, 8 * this.length);
		const view = new DataView(tag.buffer, tag.byteOffset, 16);
		view.setInt32(0, ghash.y0);
		view.setInt32(4, ghash.y1);
		view.setInt32(8, ghash.y2);
		view.setInt32(12, ghash.y3);
		this.crypt(nonce, 1, view, 16);
	}

	apply(nonce: Uint8Array, block: number, bytes: Uint8Array, offset: number, length: number): void {
		const whole = length & -16;
		this.crypt(nonce, 2 + block, new DataView(bytes.buffer, bytes.byteOffset + offset, whole), whole);
		if (whole === length) return;
		const tail = viewOf(bytes, offset + whole, length - whole);
		this.block.fill(0);
		this.block.set(tail);
		this.crypt(nonce, 2 + block + (whole >> 4), this.blockView, 16);
		tail.set(viewOf(this.block, 0, tail.length));
	}

	wipe(): void {
		this.aes.wipe();
		this.ghash.wipe();
		this.block.fill(0);
	}

	/** XORs the key stream from `counter` on into the whole blocks of a view. */
	private crypt(nonce: Uint8Array, counter: number, text: DataView, length: number): void {
		const { aes } = this;
		const view = new DataView(nonce.buffer, nonce.byteOffset, 12);
		const n0 = view.getInt32(0);
		const n1 = view.getInt32(4);
		const n2 = view.getInt32(8);
		for (let at = 0; at < length; at += 16) aes.xorInto(text, at, n0, n1, n2, counter++);
	}

	/** Takes bytes[offset][length] into GHASH, filled up with zeros to whole blocks. */
	private hash(bytes: Uint8Array, offset: number, length: number): void {
		const { ghash, block } = this;
		const whole = length & -16;
		ghash.update(new DataView(bytes.buffer, bytes.byteOffset + offset, length), 0, length);
		if (whole === length) return;
		block.fill(0);
		block.set(viewOf(bytes, offset + whole, length - whole));
		ghash.update(this.blockView, 0, 16);
	}
}
