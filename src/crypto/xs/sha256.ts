/**
 * SHA-256 (FIPS 180-4), for an engine whose integers are 32-bit and signed: a shift to the right that brings in zeros
 * makes XS compute in floating point when the number is negative, and is five times as slow as one that brings in the
 * sign. So the functions shift in signs, and XOR them away: three copies of the sign in the top n bits are one constant.
 */
import { BlockDigest, words } from "./block-digest.js";

/** The constants of section 4.2.2, as signed integers. */
const K: readonly number[] = Object.freeze(
	words(
		"428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5" +
			" d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174" +
			" e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da" +
			" 983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967" +
			" 27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85" +
			" a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070" +
			" 19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3" +
			" 748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2",
	),
);

/** Section 5.3.3. */
const INITIAL: readonly number[] = Object.freeze(
	words("6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19"),
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
