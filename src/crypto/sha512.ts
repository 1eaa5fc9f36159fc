/**
 * SHA-512 (FIPS 180-4) in halves of 64-bit words. As in sha256.ts shifts bring in signs, which are XORed away. Sums of
 * lower halves are made of 16-bit quarters, whose carries show, and which do not overflow into floating point.
 */
import { BlockDigest } from "./block-digest.js";

/** The constants of section 4.2.3, upper half and lower half in turn, as signed integers. */
const K: readonly number[] = Object.freeze(
	[
		0x428a2f98, 0xd728ae22, 0x71374491, 0x23ef65cd, 0xb5c0fbcf, 0xec4d3b2f, 0xe9b5dba5, 0x8189dbbc,
		0x3956c25b, 0xf348b538, 0x59f111f1, 0xb605d019, 0x923f82a4, 0xaf194f9b, 0xab1c5ed5, 0xda6d8118,
		0xd807aa98, 0xa3030242, 0x12835b01, 0x45706fbe, 0x243185be, 0x4ee4b28c, 0x550c7dc3, 0xd5ffb4e2,
		0x72be5d74, 0xf27b896f, 0x80deb1fe, 0x3b1696b1, 0x9bdc06a7, 0x25c71235, 0xc19bf174, 0xcf692694,
		0xe49b69c1, 0x9ef14ad2, 0xefbe4786, 0x384f25e3, 0x0fc19dc6, 0x8b8cd5b5, 0x240ca1cc, 0x77ac9c65,
		0x2de92c6f, 0x592b0275, 0x4a7484aa, 0x6ea6e483, 0x5cb0a9dc, 0xbd41fbd4, 0x76f988da, 0x831153b5,
		0x983e5152, 0xee66dfab, 0xa831c66d, 0x2db43210, 0xb00327c8, 0x98fb213f, 0xbf597fc7, 0xbeef0ee4,
		0xc6e00bf3, 0x3da88fc2, 0xd5a79147, 0x930aa725, 0x06ca6351, 0xe003826f, 0x14292967, 0x0a0e6e70,
		0x27b70a85, 0x46d22ffc, 0x2e1b2138, 0x5c26c926, 0x4d2c6dfc, 0x5ac42aed, 0x53380d13, 0x9d95b3df,
		0x650a7354, 0x8baf63de, 0x766a0abb, 0x3c77b2a8, 0x81c2c92e, 0x47edaee6, 0x92722c85, 0x1482353b,
		0xa2bfe8a1, 0x4cf10364, 0xa81a664b, 0xbc423001, 0xc24b8b70, 0xd0f89791, 0xc76c51a3, 0x0654be30,
		0xd192e819, 0xd6ef5218, 0xd6990624, 0x5565a910, 0xf40e3585, 0x5771202a, 0x106aa070, 0x32bbd1b8,
		0x19a4c116, 0xb8d2d0c8, 0x1e376c08, 0x5141ab53, 0x2748774c, 0xdf8eeb99, 0x34b0bcb5, 0xe19b48a8,
		0x391c0cb3, 0xc5c95a63, 0x4ed8aa4a, 0xe3418acb, 0x5b9cca4f, 0x7763e373, 0x682e6ff3, 0xd6b2b8a3,
		0x748f82ee, 0x5defb2fc, 0x78a5636f, 0x43172f60, 0x84c87814, 0xa1f0ab72, 0x8cc70208, 0x1a6439ec,
		0x90befffa, 0x23631e28, 0xa4506ceb, 0xde82bde9, 0xbef9a3f7, 0xb2c67915, 0xc67178f2, 0xe372532b,
		0xca273ece, 0xea26619c, 0xd186b8c7, 0x21c0c207, 0xeada7dd6, 0xcde0eb1e, 0xf57d4f7f, 0xee6ed178,
		0x06f067aa, 0x72176fba, 0x0a637dc5, 0xa2c898a6, 0x113f9804, 0xbef90dae, 0x1b710b35, 0x131c471b,
		0x28db77f5, 0x23047d84, 0x32caab7b, 0x40c72493, 0x3c9ebe0a, 0x15c9bebc, 0x431d67c4, 0x9c100d4c,
		0x4cc5d4be, 0xcb3e42b6, 0x597f299c, 0xfc657e2a, 0x5fcb6fab, 0x3ad6faec, 0x6c44198c, 0x4a475817,
	].map(word => word | 0),
);

/** Section 5.3.5. */
const INITIAL: readonly number[] = Object.freeze(
	[
		0x6a09e667, 0xf3bcc908, 0xbb67ae85, 0x84caa73b, 0x3c6ef372, 0xfe94f82b, 0xa54ff53a, 0x5f1d36f1,
		0x510e527f, 0xade682d1, 0x9b05688c, 0x2b3e6c1f, 0x1f83d9ab, 0xfb41bd6b, 0x5be0cd19, 0x137e2179,
	].map(word => word | 0),
);

/** The signs that the right shifts of a function bring in, XORed: of its upper (H) or lower (L) argument. */
const SIGNS_E_HIGH_H = (-1 << 18) ^ (-1 << 14);
const SIGNS_E_HIGH_L = -1 << 23;
const SIGNS_A_HIGH_H = -1 << 4;
const SIGNS_A_HIGH_L = (-1 << 30) ^ (-1 << 25);
const SIGNS_0_HIGH_H = (-1 << 31) ^ (-1 << 24) ^ (-1 << 25);
const SIGNS_1_HIGH_H = (-1 << 13) ^ (-1 << 26);
const SIGNS_1_HIGH_L = -1 << 3;

export class Sha512 extends BlockDigest {
	/** The last 16 words of the message schedule, in halves; a plain array is read in half the time of a typed one. */
	private readonly schedule: number[] = new Array(32).fill(0);

	constructor() {
		super(64, INITIAL);
	}

	override wipe(): void {
		super.wipe();
		this.schedule.fill(0);
	}

	/** Section 6.4.2. `low` and `mid` are sums of the lowest and of the second 16 bits; `mid` carries into the upper half. */
	protected compress(): void {
		const { state, view, schedule: w } = this;
		const constants = K;
		const signs_e_high_h = SIGNS_E_HIGH_H;
		const signs_e_high_l = SIGNS_E_HIGH_L;
		const signs_a_high_h = SIGNS_A_HIGH_H;
		const signs_a_high_l = SIGNS_A_HIGH_L;
		const signs_0_high_h = SIGNS_0_HIGH_H;
		const signs_1_high_h = SIGNS_1_HIGH_H;
		const signs_1_high_l = SIGNS_1_HIGH_L;
		let ah = state[0];
		let al = state[1];
		let bh = state[2];
		let bl = state[3];
		let ch = state[4];
		let cl = state[5];
		let dh = state[6];
		let dl = state[7];
		let eh = state[8];
		let el = state[9];
		let fh = state[10];
		let fl = state[11];
		let gh = state[12];
		let gl = state[13];
		let hh = state[14];
		let hl = state[15];
		for (let i = 0; i < 160; i += 2) {
			const at = i & 31;
			let wh: number;
			let wl: number;
			let low: number;
			let mid: number;
			if (i < 32) {
				wh = view.getInt32(i << 2);
				wl = view.getInt32((i << 2) + 4);
			} else {
				const xh = w[(i + 2) & 31];
				const xl = w[(i + 3) & 31];
				const yh = w[(i + 28) & 31];
				const yl = w[(i + 29) & 31];
				wl = w[at + 1];
				const vl = w[(i + 19) & 31];
				const sl =
					(xl >> 1) ^
					(xh << 31) ^
					(xl >> 8) ^
					(xh << 24) ^
					(xl >> 7) ^
					(xh << 25) ^
					((xl >> 31) & signs_0_high_h);
				const rl =
					(yl >> 19) ^
					(yh << 13) ^
					(yh >> 29) ^
					(yl << 3) ^
					(yl >> 6) ^
					(yh << 26) ^
					((yh >> 31) & signs_1_high_l) ^
					((yl >> 31) & signs_1_high_h);
				low = (wl & 0xffff) + (vl & 0xffff) + (sl & 0xffff) + (rl & 0xffff);
				mid =
					((wl >> 16) & 0xffff) +
					((vl >> 16) & 0xffff) +
					((sl >> 16) & 0xffff) +
					((rl >> 16) & 0xffff) +
					(low >> 16);
				wh =
					(w[at] +
						w[(i + 18) & 31] +
						((xh >> 1) ^ (xl << 31) ^ (xh >> 8) ^ (xl << 24) ^ (xh >> 7) ^ ((xh >> 31) & signs_0_high_h)) +
						((yh >> 19) ^
							(yl << 13) ^
							(yl >> 29) ^
							(yh << 3) ^
							(yh >> 6) ^
							((yh >> 31) & signs_1_high_h) ^
							((yl >> 31) & signs_1_high_l)) +
						(mid >> 16)) |
					0;
				wl = (mid << 16) | (low & 0xffff);
			}
			w[at] = wh;
			w[at + 1] = wl;

			// h + the sum over e + the choice + constant + word, in th and tl.
			let sum =
				(el >> 14) ^
				(eh << 18) ^
				(el >> 18) ^
				(eh << 14) ^
				(eh >> 9) ^
				(el << 23) ^
				((eh >> 31) & signs_e_high_l) ^
				((el >> 31) & signs_e_high_h);
			let pick = gl ^ (el & (fl ^ gl));
			const kl = constants[i + 1];
			low = (hl & 0xffff) + (sum & 0xffff) + (pick & 0xffff) + (kl & 0xffff) + (wl & 0xffff);
			mid =
				((hl >> 16) & 0xffff) +
				((sum >> 16) & 0xffff) +
				((pick >> 16) & 0xffff) +
				((kl >> 16) & 0xffff) +
				((wl >> 16) & 0xffff) +
				(low >> 16);
			const th =
				(hh +
					((eh >> 14) ^
						(el << 18) ^
						(eh >> 18) ^
						(el << 14) ^
						(el >> 9) ^
						(eh << 23) ^
						((eh >> 31) & signs_e_high_h) ^
						((el >> 31) & signs_e_high_l)) +
					(gh ^ (eh & (fh ^ gh))) +
					constants[i] +
					wh +
					(mid >> 16)) |
				0;
			const tl = (mid << 16) | (low & 0xffff);
			// The new e.
			low = (dl & 0xffff) + (tl & 0xffff);
			mid = ((dl >> 16) & 0xffff) + ((tl >> 16) & 0xffff) + (low >> 16);
			const nextEh = (dh + th + (mid >> 16)) | 0;
			const nextEl = (mid << 16) | (low & 0xffff);
			// The new a: with the sum over a and the majority.
			sum =
				(al >> 28) ^
				(ah << 4) ^
				(ah >> 2) ^
				(al << 30) ^
				(ah >> 7) ^
				(al << 25) ^
				((ah >> 31) & signs_a_high_l) ^
				((al >> 31) & signs_a_high_h);
			pick = (al & bl) | (cl & (al | bl));
			low = (tl & 0xffff) + (sum & 0xffff) + (pick & 0xffff);
			mid = ((tl >> 16) & 0xffff) + ((sum >> 16) & 0xffff) + ((pick >> 16) & 0xffff) + (low >> 16);
			const nextAh =
				(th +
					((ah >> 28) ^
						(al << 4) ^
						(al >> 2) ^
						(ah << 30) ^
						(al >> 7) ^
						(ah << 25) ^
						((ah >> 31) & signs_a_high_h) ^
						((al >> 31) & signs_a_high_l)) +
					((ah & bh) | (ch & (ah | bh))) +
					(mid >> 16)) |
				0;
			hh = gh;
			hl = gl;
			gh = fh;
			gl = fl;
			fh = eh;
			fl = el;
			eh = nextEh;
			el = nextEl;
			dh = ch;
			dl = cl;
			ch = bh;
			cl = bl;
			bh = ah;
			bl = al;
			ah = nextAh;
			al = (mid << 16) | (low & 0xffff);
		}
		accumulate(state, 0, ah, al);
		accumulate(state, 2, bh, bl);
		accumulate(state, 4, ch, cl);
		accumulate(state, 6, dh, dl);
		accumulate(state, 8, eh, el);
		accumulate(state, 10, fh, fl);
		accumulate(state, 12, gh, gl);
		accumulate(state, 14, hh, hl);
	}
}

/** Adds to the word at state[at]. */
function accumulate(state: Int32Array, at: number, high: number, low: number): void {
	const sum = (state[at + 1] >>> 0) + (low >>> 0);
	state[at + 1] = sum;
	state[at] += high + (sum > 0xffffffff ? 1 : 0);
}
