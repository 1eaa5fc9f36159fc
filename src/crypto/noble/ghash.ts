/**
 * GHASH, the universal hash of GCM (NIST SP 800-38D section 6.4), kept from message to message: noble makes its table
 * anew for each, which costs more than hashing a short packet.
 *
 * A block is a polynomial over GF(2) whose first bit is the coefficient of x^0, so that multiplying by x shifts to the
 * right. The product with H is a sum of 32 table entries: one for each half byte, by its place and its value.
 */
import { getUint32, putUint32 } from "../../base/wire.js";

/** x^128 = x^7 + x^2 + x + 1 */
const REDUCTION = 0xe1000000;

/** Words of one place of the table: 16 values of 4 words. */
const PLACE = 64;

export class Ghash {
	private readonly table = new Int32Array(32 * PLACE);
	private readonly block = new Uint8Array(16);
	private y0 = 0;
	private y1 = 0;
	private y2 = 0;
	private y3 = 0;

	/** @param h the hash key: the cipher's output for a block of zeros; may be wiped afterwards */
	constructor(h: Uint8Array) {
		const { table } = this;
		let h0 = getUint32(h, 0);
		let h1 = getUint32(h, 4);
		let h2 = getUint32(h, 8);
		let h3 = getUint32(h, 12);
		for (let place = 0; place < table.length; place += PLACE) {
			// The values with one bit are H times a power of x; the others are sums of these.
			for (let bit = 8; bit > 0; bit >>= 1) {
				const at = place + 4 * bit;
				table[at] = h0;
				table[at + 1] = h1;
				table[at + 2] = h2;
				table[at + 3] = h3;
				const carry = -(h3 & 1) & REDUCTION;
				h3 = (h3 >>> 1) | (h2 << 31);
				h2 = (h2 >>> 1) | (h1 << 31);
				h1 = (h1 >>> 1) | (h0 << 31);
				h0 = (h0 >>> 1) ^ carry;
			}
			for (let bit = 2; bit <= 8; bit <<= 1) {
				for (let rest = 1; rest < bit; rest++) {
					for (let word = 0; word < 4; word++) {
						table[place + 4 * (bit + rest) + word] =
							table[place + 4 * bit + word] ^ table[place + 4 * rest + word];
					}
				}
			}
		}
	}

	/** Forgets what was taken in. */
	clear(): void {
		this.y0 = this.y1 = this.y2 = this.y3 = 0;
	}

	/** Takes bytes[offset][length], filled up with zeros to whole blocks. */
	update(bytes: Uint8Array, offset: number, length: number): void {
		const whole = offset + length - (length & 15);
		for (let at = offset; at < whole; at += 16) this.multiply(bytes, at);
		if (length & 15) {
			this.block.fill(0);
			for (let i = 0; i < (length & 15); i++) this.block[i] = bytes[whole + i];
			this.multiply(this.block, 0);
		}
	}

	/** Closes with the block of lengths, writes 16 bytes, and starts anew under the same key. */
	digest(aadLength: number, length: number, output: Uint8Array): void {
		const { block } = this;
		block.fill(0);
		// In bits, 64 bits each; no packet is long enough to reach the upper words.
		putUint32(block, 4, 8 * aadLength);
		putUint32(block, 12, 8 * length);
		this.multiply(block, 0);
		putUint32(output, 0, this.y0);
		putUint32(output, 4, this.y1);
		putUint32(output, 8, this.y2);
		putUint32(output, 12, this.y3);
		this.clear();
	}

	wipe(): void {
		this.table.fill(0);
		this.block.fill(0);
		this.clear();
	}

	/** Y = (Y + block) * H */
	private multiply(bytes: Uint8Array, offset: number): void {
		const { table } = this;
		let z0 = 0;
		let z1 = 0;
		let z2 = 0;
		let z3 = 0;
		let place = 0;
		for (let word = 0; word < 4; word++) {
			const y = word === 0 ? this.y0 : word === 1 ? this.y1 : word === 2 ? this.y2 : this.y3;
			const x = y ^ getUint32(bytes, offset + 4 * word);
			for (let shift = 28; shift >= 0; shift -= 4) {
				const at = place + (((x >>> shift) & 15) << 2);
				z0 ^= table[at];
				z1 ^= table[at + 1];
				z2 ^= table[at + 2];
				z3 ^= table[at + 3];
				place += PLACE;
			}
		}
		this.y0 = z0;
		this.y1 = z1;
		this.y2 = z2;
		this.y3 = z3;
	}
}
