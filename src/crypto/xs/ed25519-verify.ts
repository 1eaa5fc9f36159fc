/**
 * Ed25519 verification (RFC 8032 section 5.1.7), in slices. Of what the RFC leaves open it takes what noble takes with
 * `zip215: false`: the equation is the one with the cofactor, [8]([S]B - [k]A - R) = 0; A and R must be encoded
 * canonically; S must be below L; and A must not be of small order, for such a key has a signature for any message that
 * nobody needs a secret for.
 *
 * Everything here is public, so the time may depend on it.
 */

import type { Job } from "../port.js";
import { type CreateHash, ScalarHash } from "./ed25519.js";
import { COLUMNS, Comb, L } from "./ed25519-comb.js";
import { type Addend, decompress, Point, toAddend } from "./edwards25519.js";
import { load, store } from "./field25519.js";

/** Window of the signed digits of k: they are odd numbers below 2^4 in amount, at least 5 places apart. */
const WINDOW = 5;
/** The highest place that a digit of a number below L can have, with the carry. */
const TOP = 253;
/** The places of one slice. */
const SLICE = 12;

export class Ed25519Verification implements Job<boolean> {
	result = false;
	private readonly createHash: CreateHash;
	private readonly publicKey: Uint8Array;
	private readonly message: Uint8Array;
	private readonly signature: Uint8Array;
	private hash: ScalarHash | undefined;
	private hashed = false;
	private a: Point | undefined;
	private r: Point | undefined;
	private sum: DoubleMultiplication | undefined;
	private multiplied = false;

	constructor(createHash: CreateHash, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) {
		this.createHash = createHash;
		this.publicKey = publicKey;
		this.message = message;
		this.signature = signature;
	}

	step(): boolean {
		const { publicKey, signature } = this;
		if (!this.hash) {
			if (publicKey.length !== 32 || signature.length !== 64 || load(signature, 32) >= L) return true;
			const head = new Uint8Array(64);
			head.set(signature.subarray(0, 32));
			head.set(publicKey, 32);
			this.hash = new ScalarHash(this.createHash, head, this.message);
			this.r = decompress(load(signature, 0));
			return !this.r;
		}
		if (!this.sum) {
			if (!this.hashed) {
				this.hashed = this.hash.step();
				return false;
			}
			if (!this.a) {
				this.a = decompress(load(publicKey, 0));
				return !this.a;
			}
			this.sum = new DoubleMultiplication(load(signature, 32), this.hash.value % L, this.a);
			return this.sum.ofSmallOrder;
		}
		if (!this.multiplied) {
			this.multiplied = this.sum.step();
			return false;
		}
		const { point } = this.sum;
		point.add(toAddend(this.r!), true, false);
		this.result = point.isSmallOrder();
		return true;
	}
}

/** [s]B - [k]A by Straus's method: both scalars share the doublings, the comb's those of the last 26 places. */
class DoubleMultiplication {
	/** At the end with T. */
	readonly point: Point = new Point();
	readonly ofSmallOrder: boolean;
	private readonly comb: Comb;
	/** Digit of k at each place. */
	private readonly digits: Int8Array = new Int8Array(TOP + 1);
	/** A, 3A, 5A ... 15A. */
	private readonly multiples: Addend[] = [];
	private place = TOP;

	/** @param s below L  @param k below L  @param a kept, and changed */
	constructor(s: bigint, k: bigint, a: Point) {
		const order = new Point();
		order.x = a.x;
		order.y = a.y;
		this.ofSmallOrder = order.isSmallOrder();
		this.comb = new Comb(s);
		this.recode(k);
		this.multiples.push(toAddend(a));
		const twice = new Point();
		twice.x = a.x;
		twice.y = a.y;
		twice.double(true);
		const step = toAddend(twice);
		while (this.multiples.length < 8) {
			a.add(step, false, true);
			this.multiples.push(toAddend(a));
		}
	}

	step(): boolean {
		const { point, digits, multiples, comb } = this;
		const end = this.place < SLICE ? 0 : this.place - SLICE + 1;
		for (; this.place >= end; this.place--) {
			const digit = digits[this.place];
			const inComb = this.place < COLUMNS;
			point.double(digit !== 0 || inComb);
			if (digit !== 0) point.add(multiples[(digit < 0 ? -digit : digit) >> 1], digit > 0, inComb);
			if (inComb) comb.addColumn(point, this.place, this.place === 0);
		}
		return this.place < 0;
	}

	/** Digits of the windowed non-adjacent form. */
	private recode(k: bigint): void {
		// Two bytes more, so that a window at the top may read past the number.
		const bytes = new Uint8Array(34);
		store(k, bytes, 0);
		let carry = 0;
		for (let place = 0; place <= TOP; ) {
			const at = place >> 3;
			const bits = ((bytes[at] | (bytes[at + 1] << 8)) >> (place & 7)) & 31;
			if ((bits & 1) === carry) {
				place++;
				continue;
			}
			const digit = bits + carry;
			carry = digit >> 4;
			this.digits[place] = digit - (carry << WINDOW);
			place += WINDOW;
		}
	}
}
