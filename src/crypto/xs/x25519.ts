/**
 * X25519 (RFC 7748): the Montgomery ladder for the peer's point, cut into slices, and a comb over the same curve in its
 * Edwards form for the base point, which costs a quarter of a ladder.
 */

import type { Job, KeyAgreement } from "../port.js";
import { BaseMultiplication } from "./ed25519-comb.js";
import { BITS, FOLD, inverseOfEphemeral, load, MASK, multiply, P, store } from "./field25519.js";

/** (486662 - 2) / 4. */
const A24 = 121665n;

/** The steps of one slice: about 2 million instructions. */
const SLICE = 24;

/**
 * The coordinates (X : Z) of scalar * u, by steps over the bits 254 to 0 of the scalar: (x2 : z2) is the multiple by
 * the bits so far, (x3 : z3) that by one more.
 */
export class Ladder {
	/** Clamped. */
	private readonly scalar: Uint8Array;
	private readonly u: bigint;
	private bit = 254;
	private swapped = 0;
	x2 = 1n;
	z2 = 0n;
	private x3: bigint;
	private z3 = 1n;

	/** @param scalar 32 bytes, clamped; kept, not copied  @param u the peer's coordinate, tight */
	constructor(scalar: Uint8Array, u: bigint) {
		this.scalar = scalar;
		this.u = u;
		this.x3 = u;
	}

	/**
	 * One slice of RFC 7748 section 5, with b and d taken without their signs: only the squares of da + cb and da - cb
	 * count, and where one sign is lost these two are exchanged.
	 *
	 * Each step takes tight coordinates. a to d have 257 bits, their products 514, folded once 264; sums of these 265,
	 * products 530, folded 280; z3 takes one product more, 536; a second fold makes all four tight. e may be negative,
	 * and a + A24 e with it, save where e is within p / 2^17 of 0; the product is then negative, and folding it rounds
	 * down, as it must. (XS rounds it wrongly if its lower 255 bits are all zero: one chance in 2^255.)
	 */
	step(): boolean {
		const m = MASK;
		const s = BITS;
		const f = FOLD;
		const k = A24;
		const u = this.u;
		let { x2, z2, x3, z3, swapped, bit } = this;
		const end = bit < SLICE ? 0 : bit - SLICE + 1;
		let bits = this.scalar[bit >> 3] << (7 - (bit & 7));
		for (; bit >= end; bit--) {
			if ((bit & 7) === 7) bits = this.scalar[bit >> 3];
			let t: bigint;
			if (((bits >> 7) & 1) !== swapped) {
				t = x2;
				x2 = x3;
				x3 = t;
				t = z2;
				z2 = z3;
				z3 = t;
				swapped ^= 1;
			}
			bits <<= 1;
			let exchanged = x2 < z2;
			let a = x2 + z2;
			let b = exchanged ? z2 - x2 : x2 - z2;
			t = (x3 + z3) * b;
			const c = (t & m) + (t >> s) * f;
			if (x3 < z3) {
				exchanged = !exchanged;
				t = (z3 - x3) * a;
			} else {
				t = (x3 - z3) * a;
			}
			const d = (t & m) + (t >> s) * f;
			t = exchanged ? d - c : d + c;
			t = t * t;
			t = (t & m) + (t >> s) * f;
			x3 = (t & m) + (t >> s) * f;
			t = exchanged ? d + c : d - c;
			t = t * t;
			t = ((t & m) + (t >> s) * f) * u;
			t = (t & m) + (t >> s) * f;
			z3 = (t & m) + (t >> s) * f;
			t = a * a;
			a = (t & m) + (t >> s) * f;
			t = b * b;
			b = (t & m) + (t >> s) * f;
			t = a * b;
			t = (t & m) + (t >> s) * f;
			x2 = (t & m) + (t >> s) * f;
			b = a - b;
			t = b * (a + b * k);
			t = (t & m) + (t >> s) * f;
			z2 = (t & m) + (t >> s) * f;
		}
		this.bit = bit;
		this.swapped = swapped;
		this.x2 = x2;
		this.z2 = z2;
		this.x3 = x3;
		this.z3 = z3;
		return bit < 0;
	}

	wipe(): void {
		this.scalar.fill(0);
		this.x2 = this.z2 = this.x3 = this.z3 = 0n;
	}
}

/**
 * Our public key and the shared secret. The secret key is ephemeral: it serves one agreement, so that nobody can measure
 * the time it takes twice.
 */
export class X25519 implements Job<KeyAgreement>, KeyAgreement {
	publicKey: Uint8Array = new Uint8Array(32);
	sharedSecret: Uint8Array | undefined = undefined;
	/** Each is undefined when it is done; the ladder also where the peer's key is no key. */
	private base: BaseMultiplication | undefined;
	private ladder: Ladder | undefined;
	/** The ephemeral point Z + Y and Z - Y: u is their quotient. */
	private numerator = 0n;
	private denominator = 1n;
	private readonly secretKey: Uint8Array;

	/** @throws RangeError where the secret key has not 32 bytes */
	constructor(secretKey: Uint8Array, peerKey: Uint8Array) {
		if (secretKey.length !== 32) throw new RangeError("an X25519 secret key has 32 bytes");
		this.secretKey = secretKey;
		secretKey[0] &= 248;
		secretKey[31] = (secretKey[31] & 127) | 64;
		this.base = new BaseMultiplication(load(secretKey, 0));
		// Any 32 bytes are a key: the top bit does not count, and numbers from p to 2^255 - 1 are taken mod p.
		if (peerKey.length === 32) this.ladder = new Ladder(secretKey, load(peerKey, 0) & MASK);
	}

	step(): boolean {
		if (this.base) {
			if (this.base.step()) {
				const { y, z } = this.base.point;
				this.numerator = z + y;
				this.denominator = z - y + (P << 1n);
				this.base.wipe();
				this.base = undefined;
			}
			return false;
		}
		if (this.ladder && !this.ladder.step()) return false;
		this.finish();
		return true;
	}

	get result(): KeyAgreement {
		return this;
	}

	wipe(): void {
		this.base?.wipe();
		this.ladder?.wipe();
		this.secretKey.fill(0);
		this.sharedSecret?.fill(0);
	}

	/** Both quotients by one inversion: 1/v = w / (v w) and 1/w = v / (v w). */
	private finish(): void {
		const v = this.denominator % P;
		const x = this.ladder ? this.ladder.x2 : 0n;
		const w = this.ladder ? this.ladder.z2 % P : 0n;
		const inverted = inverseOfEphemeral(w === 0n ? v : multiply(v, w));
		store(multiply(this.numerator % P, w === 0n ? inverted : multiply(inverted, w)) % P, this.publicKey, 0);
		// w is 0, or x is, for the points of low order alone: RFC 7748 section 6.1 makes the secret all zero.
		const shared = w === 0n ? 0n : multiply(x, multiply(inverted, v)) % P;
		if (shared !== 0n) {
			this.sharedSecret = new Uint8Array(32);
			store(shared, this.sharedSecret, 0);
		}
		this.secretKey.fill(0);
		this.ladder?.wipe();
		this.ladder = undefined;
		this.numerator = 0n;
		this.denominator = 1n;
	}
}
