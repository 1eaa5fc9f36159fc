/**
 * ChaCha20 as D. J. Bernstein made it ("ChaCha, a variant of Salsa20", 2008), with a 64-bit nonce and block counter, as
 * chacha20-poly1305@openssh.com has it. The 16 words are local variables, for an array's element costs XS five times as
 * much; and a rotation shifts in signs and masks them away, as sha256.ts explains.
 */
import type { ChaChaCipher } from "../port.js";

/** "expand 32-byte k" */
const SIGMA_0 = 0x61707865;
const SIGMA_1 = 0x3320646e;
const SIGMA_2 = 0x79622d32;
const SIGMA_3 = 0x6b206574;

export class ChaCha20 implements ChaChaCipher {
	private readonly key: Int32Array = new Int32Array(8);

	/** @throws RangeError where the key has not 32 bytes */
	constructor(key: Uint8Array) {
		if (key.length !== 32) throw new RangeError("a ChaCha20 key has 32 bytes");
		const view = new DataView(key.buffer, key.byteOffset, 32);
		for (let i = 0; i < 8; i++) this.key[i] = view.getInt32(4 * i, true);
	}

	apply(nonce: Uint8Array, counter: number, bytes: Uint8Array, offset: number, length: number): void {
		const nonceView = new DataView(nonce.buffer, nonce.byteOffset, 8);
		const nonce0 = nonceView.getInt32(0, true);
		const nonce1 = nonceView.getInt32(4, true);
		const whole = length & -64;
		let block = counter;
		if (whole > 0) {
			const view = new DataView(bytes.buffer, bytes.byteOffset + offset, whole);
			for (let at = 0; at < whole; at += 64) this.block(nonce0, nonce1, block++, view, at);
		}
		if (whole < length) {
			const scratch = new Uint8Array(64);
			const tail = bytes.subarray(offset + whole, offset + length);
			scratch.set(tail);
			this.block(nonce0, nonce1, block, new DataView(scratch.buffer), 0);
			tail.set(scratch.subarray(0, tail.length));
			scratch.fill(0);
		}
	}

	wipe(): void {
		this.key.fill(0);
	}

	/** XORs one block of the key stream into view[at][64]. */
	private block(nonce0: number, nonce1: number, counter: number, view: DataView, at: number): void {
		const { key } = this;
		const counterLow = counter | 0;
		const counterHigh = Math.floor(counter / 0x100000000) | 0;
		let x0 = SIGMA_0;
		let x1 = SIGMA_1;
		let x2 = SIGMA_2;
		let x3 = SIGMA_3;
		let x4 = key[0];
		let x5 = key[1];
		let x6 = key[2];
		let x7 = key[3];
		let x8 = key[4];
		let x9 = key[5];
		let x10 = key[6];
		let x11 = key[7];
		let x12 = counterLow;
		let x13 = counterHigh;
		let x14 = nonce0;
		let x15 = nonce1;
		for (let round = 0; round < 20; round += 2) {
			x0 = (x0 + x4) | 0;
			x12 ^= x0;
			x12 = (x12 << 16) | ((x12 >> 16) & 0xffff);
			x8 = (x8 + x12) | 0;
			x4 ^= x8;
			x4 = (x4 << 12) | ((x4 >> 20) & 0xfff);
			x0 = (x0 + x4) | 0;
			x12 ^= x0;
			x12 = (x12 << 8) | ((x12 >> 24) & 0xff);
			x8 = (x8 + x12) | 0;
			x4 ^= x8;
			x4 = (x4 << 7) | ((x4 >> 25) & 0x7f);
			x1 = (x1 + x5) | 0;
			x13 ^= x1;
			x13 = (x13 << 16) | ((x13 >> 16) & 0xffff);
			x9 = (x9 + x13) | 0;
			x5 ^= x9;
			x5 = (x5 << 12) | ((x5 >> 20) & 0xfff);
			x1 = (x1 + x5) | 0;
			x13 ^= x1;
			x13 = (x13 << 8) | ((x13 >> 24) & 0xff);
			x9 = (x9 + x13) | 0;
			x5 ^= x9;
			x5 = (x5 << 7) | ((x5 >> 25) & 0x7f);
			x2 = (x2 + x6) | 0;
			x14 ^= x2;
			x14 = (x14 << 16) | ((x14 >> 16) & 0xffff);
			x10 = (x10 + x14) | 0;
			x6 ^= x10;
			x6 = (x6 << 12) | ((x6 >> 20) & 0xfff);
			x2 = (x2 + x6) | 0;
			x14 ^= x2;
			x14 = (x14 << 8) | ((x14 >> 24) & 0xff);
			x10 = (x10 + x14) | 0;
			x6 ^= x10;
			x6 = (x6 << 7) | ((x6 >> 25) & 0x7f);
			x3 = (x3 + x7) | 0;
			x15 ^= x3;
			x15 = (x15 << 16) | ((x15 >> 16) & 0xffff);
			x11 = (x11 + x15) | 0;
			x7 ^= x11;
			x7 = (x7 << 12) | ((x7 >> 20) & 0xfff);
			x3 = (x3 + x7) | 0;
			x15 ^= x3;
			x15 = (x15 << 8) | ((x15 >> 24) & 0xff);
			x11 = (x11 + x15) | 0;
			x7 ^= x11;
			x7 = (x7 << 7) | ((x7 >> 25) & 0x7f);
			x0 = (x0 + x5) | 0;
			x15 ^= x0;
			x15 = (x15 << 16) | ((x15 >> 16) & 0xffff);
			x10 = (x10 + x15) | 0;
			x5 ^= x10;
			x5 = (x5 << 12) | ((x5 >> 20) & 0xfff);
			x0 = (x0 + x5) | 0;
			x15 ^= x0;
			x15 = (x15 << 8) | ((x15 >> 24) & 0xff);
			x10 = (x10 + x15) | 0;
			x5 ^= x10;
			x5 = (x5 << 7) | ((x5 >> 25) & 0x7f);
			x1 = (x1 + x6) | 0;
			x12 ^= x1;
			x12 = (x12 << 16) | ((x12 >> 16) & 0xffff);
			x11 = (x11 + x12) | 0;
			x6 ^= x11;
			x6 = (x6 << 12) | ((x6 >> 20) & 0xfff);
			x1 = (x1 + x6) | 0;
			x12 ^= x1;
			x12 = (x12 << 8) | ((x12 >> 24) & 0xff);
			x11 = (x11 + x12) | 0;
			x6 ^= x11;
			x6 = (x6 << 7) | ((x6 >> 25) & 0x7f);
			x2 = (x2 + x7) | 0;
			x13 ^= x2;
			x13 = (x13 << 16) | ((x13 >> 16) & 0xffff);
			x8 = (x8 + x13) | 0;
			x7 ^= x8;
			x7 = (x7 << 12) | ((x7 >> 20) & 0xfff);
			x2 = (x2 + x7) | 0;
			x13 ^= x2;
			x13 = (x13 << 8) | ((x13 >> 24) & 0xff);
			x8 = (x8 + x13) | 0;
			x7 ^= x8;
			x7 = (x7 << 7) | ((x7 >> 25) & 0x7f);
			x3 = (x3 + x4) | 0;
			x14 ^= x3;
			x14 = (x14 << 16) | ((x14 >> 16) & 0xffff);
			x9 = (x9 + x14) | 0;
			x4 ^= x9;
			x4 = (x4 << 12) | ((x4 >> 20) & 0xfff);
			x3 = (x3 + x4) | 0;
			x14 ^= x3;
			x14 = (x14 << 8) | ((x14 >> 24) & 0xff);
			x9 = (x9 + x14) | 0;
			x4 ^= x9;
			x4 = (x4 << 7) | ((x4 >> 25) & 0x7f);
		}
		view.setInt32(at, view.getInt32(at, true) ^ ((x0 + SIGMA_0) | 0), true);
		view.setInt32(at + 4, view.getInt32(at + 4, true) ^ ((x1 + SIGMA_1) | 0), true);
		view.setInt32(at + 8, view.getInt32(at + 8, true) ^ ((x2 + SIGMA_2) | 0), true);
		view.setInt32(at + 12, view.getInt32(at + 12, true) ^ ((x3 + SIGMA_3) | 0), true);
		view.setInt32(at + 16, view.getInt32(at + 16, true) ^ ((x4 + key[0]) | 0), true);
		view.setInt32(at + 20, view.getInt32(at + 20, true) ^ ((x5 + key[1]) | 0), true);
		view.setInt32(at + 24, view.getInt32(at + 24, true) ^ ((x6 + key[2]) | 0), true);
		view.setInt32(at + 28, view.getInt32(at + 28, true) ^ ((x7 + key[3]) | 0), true);
		view.setInt32(at + 32, view.getInt32(at + 32, true) ^ ((x8 + key[4]) | 0), true);
		view.setInt32(at + 36, view.getInt32(at + 36, true) ^ ((x9 + key[5]) | 0), true);
		view.setInt32(at + 40, view.getInt32(at + 40, true) ^ ((x10 + key[6]) | 0), true);
		view.setInt32(at + 44, view.getInt32(at + 44, true) ^ ((x11 + key[7]) | 0), true);
		view.setInt32(at + 48, view.getInt32(at + 48, true) ^ ((x12 + counterLow) | 0), true);
		view.setInt32(at + 52, view.getInt32(at + 52, true) ^ ((x13 + counterHigh) | 0), true);
		view.setInt32(at + 56, view.getInt32(at + 56, true) ^ ((x14 + nonce0) | 0), true);
		view.setInt32(at + 60, view.getInt32(at + 60, true) ^ ((x15 + nonce1) | 0), true);
	}
}
