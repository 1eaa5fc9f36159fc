/**
 * SHA-256 (FIPS 180-4), for an engine whose integers are 32-bit and signed: a shift to the right that brings in zeros
 * makes XS compute in floating point when the number is negative, and is five times as slow as one that brings in the
 * sign. So the functions shift in signs, and XOR them away: three copies of the sign in the top n bits are one constant.
 */
import { BlockDigest } from "./block-digest.js";

/** The constants of section 4.2.2, as signed integers. */
const K: readonly number[] = Object.freeze(
	[
		0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
		0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
		0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
		0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
		0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
		0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
		0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
		0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
	].map(word => word | 0),
);

/** Section 5.3.3. */
const INITIAL: readonly number[] = Object.freeze(
	[0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19].map(
		word => word | 0,
	),
);

/** The signs that right shifts by (6, 11, 25), (2, 13, 22), (7, 18, 3) and (17, 19, 10) bring in, XORed. */
const SIGNS_E = (-1 << 26) ^ (-1 << 21) ^ (-1 << 7);
const SIGNS_A = (-1 << 30) ^ (-1 << 19) ^ (-1 << 10);
const SIGNS_0 = (-1 << 25) ^ (-1 << 14) ^ (-1 << 29);
const SIGNS_1 = (-1 << 15) ^ (-1 << 13) ^ (-1 << 22);

export class Sha256 extends BlockDigest {
	/** The last 16 words of the message schedule; a plain array is read in half the time of a typed one. */
	private readonly schedule: number[] = new Array(16).fill(0);

	constructor() {
		super(32, INITIAL);
	}

	override wipe(): void {
		super.wipe();
		this.schedule.fill(0);
	}

	/** Section 6.2.2. Sums are brought back to 32 bits once, not after each addition. */
	protected compress(): void {
		const { state, view, schedule: w } = this;
		const constants = K;
		const signsE = SIGNS_E;
		const signsA = SIGNS_A;
		const signs0 = SIGNS_0;
		const signs1 = SIGNS_1;
		let a = state[0];
		let b = state[1];
		let c = state[2];
		let d = state[3];
		let e = state[4];
		let f = state[5];
		let g = state[6];
		let h = state[7];
		for (let i = 0; i < 64; i++) {
			let word: number;
			if (i < 16) {
				word = view.getInt32(i << 2);
			} else {
				const x = w[(i + 1) & 15];
				const y = w[(i + 14) & 15];
				word =
					(w[i & 15] +
						w[(i + 9) & 15] +
						((x >> 7) ^ (x >> 18) ^ (x >> 3) ^ ((x >> 31) & signs0) ^ (x << 25) ^ (x << 14)) +
						((y >> 17) ^ (y >> 19) ^ (y >> 10) ^ ((y >> 31) & signs1) ^ (y << 15) ^ (y << 13))) |
					0;
			}
			w[i & 15] = word;
			h =
				(h +
					((e >> 6) ^ (e >> 11) ^ (e >> 25) ^ ((e >> 31) & signsE) ^ (e << 26) ^ (e << 21) ^ (e << 7)) +
					(g ^ (e & (f ^ g))) +
					constants[i] +
					word) |
				0;
			const next =
				(h +
					((a >> 2) ^ (a >> 13) ^ (a >> 22) ^ ((a >> 31) & signsA) ^ (a << 30) ^ (a << 19) ^ (a << 10)) +
					((a & b) | (c & (a | b)))) |
				0;
			const next4 = (d + h) | 0;
			h = g;
			g = f;
			f = e;
			e = next4;
			d = c;
			c = b;
			b = a;
			a = next;
		}
		state[0] += a;
		state[1] += b;
		state[2] += c;
		state[3] += d;
		state[4] += e;
		state[5] += f;
		state[6] += g;
		state[7] += h;
	}
}
