/**
 * AES-128 and AES-256 (FIPS 197), encryption alone, and counter mode (RFC 4344 section 4): for XS, where a local variable
 * costs a fifth of an array's element and a frozen array's half of a typed one's. So the state is four local variables, a
 * word a column, and SubBytes, ShiftRows and MixColumns are one look-up a byte in a table of 256 words.
 *
 * What it leaks: that look-up goes by a byte that depends on the key and the text. In a memory without a cache, such as a
 * microcontroller's own SRAM, it takes the same time wherever it falls. A preloaded table lies in flash, behind a cache
 * that is shared with the program: who could time many single blocks to the microsecond might learn from it.
 * chacha20-poly1305@openssh.com has no tables.
 */
import type { CtrCipher } from "../port.js";

/** Times x in GF(2^8), section 4.2.1. */
function xtime(byte: number): number {
	return (byte << 1) ^ (byte & 0x80 ? 0x11b : 0);
}

/** By byte, its S-box value s times the first column of MixColumns: (2s, s, s, 3s), first byte in the highest place. */
function makeTable(): number[] {
	// The powers of 3 are all elements but 0; power i and power 255 - i are each other's inverse.
	const powers: number[] = [];
	for (let power = 1; powers.length < 255; power ^= xtime(power)) powers.push(power);
	const table: number[] = new Array(256).fill(0);
	for (let i = 0; i <= 255; i++) {
		const inverse = i === 255 ? 0 : powers[(255 - i) % 255];
		// Section 5.1.1: the sum of the inverse rotated by 0 to 4 bits, and 63.
		const sum = inverse ^ (inverse << 1) ^ (inverse << 2) ^ (inverse << 3) ^ (inverse << 4);
		const s = ((sum ^ (sum >> 8)) & 0xff) ^ 0x63;
		const twice = xtime(s);
		table[i === 255 ? 0 : powers[i]] = (twice << 24) | (s << 16) | (s << 8) | (twice ^ s);
	}
	return table;
}

const TABLE: readonly number[] = Object.freeze(makeTable());

/** SubWord of section 5.2. */
function subWord(word: number): number {
	return (
		((TABLE[(word >> 24) & 0xff] << 8) & 0xff000000) |
		(TABLE[(word >> 16) & 0xff] & 0xff0000) |
		(TABLE[(word >> 8) & 0xff] & 0xff00) |
		((TABLE[word & 0xff] >> 8) & 0xff)
	);
}

/** The block cipher under one key. */
export class Aes {
	/** Round keys, a word a column: 44 or 60. A plain array would make a block 10 % cheaper, and take 700 bytes more. */
	private readonly schedule: Int32Array;

	/** @throws RangeError where the key has neither 16 nor 32 bytes */
	constructor(key: Uint8Array) {
		if (key.length !== 16 && key.length !== 32) throw new RangeError("an AES key has 16 or 32 bytes");
		const view = new DataView(key.buffer, key.byteOffset, key.length);
		const keyWords = key.length >> 2;
		const schedule = new Int32Array(4 * (keyWords + 7));
		let constant = 1;
		for (let i = 0; i < schedule.length; i++) {
			if (i < keyWords) {
				schedule[i] = view.getInt32(4 * i);
				continue;
			}
			let word = schedule[i - 1];
			if (i % keyWords === 0) {
				word = subWord((word << 8) | ((word >> 24) & 0xff)) ^ (constant << 24);
				constant = xtime(constant);
			} else if (i % keyWords === 4) word = subWord(word);
			schedule[i] = schedule[i - keyWords] ^ word;
		}
		this.schedule = schedule;
	}

	/** XORs the cipher's output for the block of these four words into view[at][16]. */
	xorInto(view: DataView, at: number, b0: number, b1: number, b2: number, b3: number): void {
		const { schedule: k } = this;
		const t = TABLE;
		const last = k.length - 4;
		let w0 = b0 ^ k[0];
		let w1 = b1 ^ k[1];
		let w2 = b2 ^ k[2];
		let w3 = b3 ^ k[3];
		let x0 = 0;
		let x1 = 0;
		let x2 = 0;
		for (let i = 4; i < last; ) {
			x0 = w0;
			x1 = w1;
			x2 = w2;
			// The table is for a byte of the first row; what comes from the rows below is turned down a byte a row.
			w0 = t[w3 & 0xff];
			w0 = ((w0 << 24) | ((w0 >> 8) & 0xffffff)) ^ t[(x2 >> 8) & 0xff];
			w0 = ((w0 << 24) | ((w0 >> 8) & 0xffffff)) ^ t[(x1 >> 16) & 0xff];
			w0 = ((w0 << 24) | ((w0 >> 8) & 0xffffff)) ^ t[(x0 >> 24) & 0xff] ^ k[i++];
			w1 = t[x0 & 0xff];
			w1 = ((w1 << 24) | ((w1 >> 8) & 0xffffff)) ^ t[(w3 >> 8) & 0xff];
			w1 = ((w1 << 24) | ((w1 >> 8) & 0xffffff)) ^ t[(x2 >> 16) & 0xff];
			w1 = ((w1 << 24) | ((w1 >> 8) & 0xffffff)) ^ t[(x1 >> 24) & 0xff] ^ k[i++];
			w2 = t[x1 & 0xff];
			w2 = ((w2 << 24) | ((w2 >> 8) & 0xffffff)) ^ t[(x0 >> 8) & 0xff];
			w2 = ((w2 << 24) | ((w2 >> 8) & 0xffffff)) ^ t[(w3 >> 16) & 0xff];
			w2 = ((w2 << 24) | ((w2 >> 8) & 0xffffff)) ^ t[(x2 >> 24) & 0xff] ^ k[i++];
			x2 = t[x2 & 0xff];
			x2 = ((x2 << 24) | ((x2 >> 8) & 0xffffff)) ^ t[(x1 >> 8) & 0xff];
			x2 = ((x2 << 24) | ((x2 >> 8) & 0xffffff)) ^ t[(x0 >> 16) & 0xff];
			w3 = ((x2 << 24) | ((x2 >> 8) & 0xffffff)) ^ t[(w3 >> 24) & 0xff] ^ k[i++];
		}
		x0 =
			((t[(w0 >> 24) & 0xff] << 8) & 0xff000000) |
			(t[(w1 >> 16) & 0xff] & 0xff0000) |
			(t[(w2 >> 8) & 0xff] & 0xff00) |
			((t[w3 & 0xff] >> 8) & 0xff);
		view.setInt32(at, view.getInt32(at) ^ x0 ^ k[last]);
		x0 =
			((t[(w1 >> 24) & 0xff] << 8) & 0xff000000) |
			(t[(w2 >> 16) & 0xff] & 0xff0000) |
			(t[(w3 >> 8) & 0xff] & 0xff00) |
			((t[w0 & 0xff] >> 8) & 0xff);
		view.setInt32(at + 4, view.getInt32(at + 4) ^ x0 ^ k[last + 1]);
		x0 =
			((t[(w2 >> 24) & 0xff] << 8) & 0xff000000) |
			(t[(w3 >> 16) & 0xff] & 0xff0000) |
			(t[(w0 >> 8) & 0xff] & 0xff00) |
			((t[w1 & 0xff] >> 8) & 0xff);
		view.setInt32(at + 8, view.getInt32(at + 8) ^ x0 ^ k[last + 2]);
		x0 =
			((t[(w3 >> 24) & 0xff] << 8) & 0xff000000) |
			(t[(w0 >> 16) & 0xff] & 0xff0000) |
			(t[(w1 >> 8) & 0xff] & 0xff00) |
			((t[w2 & 0xff] >> 8) & 0xff);
		view.setInt32(at + 12, view.getInt32(at + 12) ^ x0 ^ k[last + 3]);
	}

	wipe(): void {
		this.schedule.fill(0);
	}
}

export class AesCtr implements CtrCipher {
	private readonly aes: Aes;
	/** The counter of the next block, as words. */
	private c0: number;
	private c1: number;
	private c2: number;
	private c3: number;

	/** @throws RangeError where the key has neither 16 nor 32 bytes, or the counter not 16 */
	constructor(key: Uint8Array, counter: Uint8Array) {
		if (counter.length !== 16) throw new RangeError("a counter block has 16 bytes");
		this.aes = new Aes(key);
		const view = new DataView(counter.buffer, counter.byteOffset, 16);
		this.c0 = view.getInt32(0);
		this.c1 = view.getInt32(4);
		this.c2 = view.getInt32(8);
		this.c3 = view.getInt32(12);
	}

	apply(bytes: Uint8Array, offset: number, length: number): void {
		const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length);
		for (let at = 0; at < length; at += 16) {
			this.aes.xorInto(view, at, this.c0, this.c1, this.c2, this.c3);
			this.c3 = (this.c3 + 1) | 0;
			if (this.c3 === 0) this.carry();
		}
	}

	wipe(): void {
		this.aes.wipe();
		this.c0 = this.c1 = this.c2 = this.c3 = 0;
	}

	private carry(): void {
		this.c2 = (this.c2 + 1) | 0;
		if (this.c2 !== 0) return;
		this.c1 = (this.c1 + 1) | 0;
		if (this.c1 === 0) this.c0 = (this.c0 + 1) | 0;
	}
}
