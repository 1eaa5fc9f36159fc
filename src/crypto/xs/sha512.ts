/**
 * SHA-512 (FIPS 180-4) in halves of 64-bit words. As in sha256.ts shifts bring in signs, which are XORed away. Sums of
 * lower halves are made of 16-bit quarters, whose carries show, and which do not overflow into floating point.
 */
import { BlockDigest, words } from "./block-digest.js";

/** The constants of section 4.2.3, upper half and lower half in turn, as signed integers. */
const K: readonly number[] = Object.freeze(
	words(
		"428a2f98 d728ae22 71374491 23ef65cd b5c0fbcf ec4d3b2f e9b5dba5 8189dbbc" +
			" 3956c25b f348b538 59f111f1 b605d019 923f82a4 af194f9b ab1c5ed5 da6d8118" +
			" d807aa98 a3030242 12835b01 45706fbe 243185be 4ee4b28c 550c7dc3 d5ffb4e2" +
			" 72be5d74 f27b896f 80deb1fe 3b1696b1 9bdc06a7 25c71235 c19bf174 cf692694" +
			" e49b69c1 9ef14ad2 efbe4786 384f25e3 0fc19dc6 8b8cd5b5 240ca1cc 77ac9c65" +
			" 2de92c6f 592b0275 4a7484aa 6ea6e483 5cb0a9dc bd41fbd4 76f988da 831153b5" +
			" 983e5152 ee66dfab a831c66d 2db43210 b00327c8 98fb213f bf597fc7 beef0ee4" +
			" c6e00bf3 3da88fc2 d5a79147 930aa725 06ca6351 e003826f 14292967 0a0e6e70" +
			" 27b70a85 46d22ffc 2e1b2138 5c26c926 4d2c6dfc 5ac42aed 53380d13 9d95b3df" +
			" 650a7354 8baf63de 766a0abb 3c77b2a8 81c2c92e 47edaee6 92722c85 1482353b" +
			" a2bfe8a1 4cf10364 a81a664b bc423001 c24b8b70 d0f89791 c76c51a3 0654be30" +
			" d192e819 d6ef5218 d6990624 5565a910 f40e3585 5771202a 106aa070 32bbd1b8" +
			" 19a4c116 b8d2d0c8 1e376c08 5141ab53 2748774c df8eeb99 34b0bcb5 e19b48a8" +
			" 391c0cb3 c5c95a63 4ed8aa4a e3418acb 5b9cca4f 7763e373 682e6ff3 d6b2b8a3" +
			" 748f82ee 5defb2fc 78a5636f 43172f60 84c87814 a1f0ab72 8cc70208 1a6439ec" +
			" 90befffa 23631e28 a4506ceb de82bde9 bef9a3f7 b2c67915 c67178f2 e372532b" +
			" ca273ece ea26619c d186b8c7 21c0c207 eada7dd6 cde0eb1e f57d4f7f ee6ed178" +
			" 06f067aa 72176fba 0a637dc5 a2c898a6 113f9804 bef90dae 1b710b35 131c471b" +
			" 28db77f5 23047d84 32caab7b 40c72493 3c9ebe0a 15c9bebc 431d67c4 9c100d4c" +
			" 4cc5d4be cb3e42b6 597f299c fc657e2a 5fcb6fab 3ad6faec 6c44198c 4a475817",
	),
);

/** Section 5.3.5. */
const INITIAL: readonly number[] = Object.freeze(
	words(
		"6a09e667 f3bcc908 bb67ae85 84caa73b 3c6ef372 fe94f82b a54ff53a 5f1d36f1" +
			" 510e527f ade682d1 9b05688c 2b3e6c1f 1f83d9ab fb41bd6b 5be0cd19 137e2179",
	),
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
