/**
 * Multiples of Ed25519's base point B by a comb (Lim and Lee, "More Flexible Exponentiation with Precomputation", 1994)
 * with signed digits: the scalar is written with 260 digits +1 and -1, none of them 0, in two combs of five teeth, so
 * that each of 26 columns is one doubling and two additions whatever the scalar is.
 */

import { TABLE } from "./ed25519-table.js";
import { Point } from "./edwards25519.js";

/** The order of B (RFC 8032 section 5.1). */
export const L = 0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3edn;

/** Columns of the comb; each tooth covers that many digits. */
export const COLUMNS = 26;
/** Columns of one slice: about 2 million instructions. */
const SLICE = 9;

/** Sum of all 260 powers of two: the number whose digits are all +1. */
const ALL = (1n << 260n) - 1n;
/** 1/2 mod L. */
const HALF = (L + 1n) >> 1n;
const TOOTH_BITS = 26n;
const TOOTH_MASK = 0x3ffffffn;

/** The digits of a scalar. */
export class Comb {
	/** Bit i of tooth j: digit 26j + i is +1, or -1 where the bit is 0. The first five make the first comb. */
	private readonly teeth: Int32Array = new Int32Array(10);

	/** @param scalar below 2^512 */
	constructor(scalar: bigint) {
		// With bits b: scalar = sum of (2b - 1) 2^i = 2 * bits - ALL (mod L), so bits = (scalar + ALL) / 2 (mod L).
		let bits = ((scalar + ALL) * HALF) % L;
		for (let j = 0; j < 10; j++) {
			this.teeth[j] = Number(bits & TOOTH_MASK);
			bits >>= TOOTH_BITS;
		}
	}

	/**
	 * Adds both combs' entries of a column. After columns 25 to 0, with a doubling between, the point is scalar * B.
	 *
	 * @param point with T  @param withT whether it has T then
	 */
	addColumn(point: Point, column: number, withT: boolean): void {
		this.addEntry(point, column, 0, true);
		this.addEntry(point, column, 1, withT);
	}

	private addEntry(point: Point, column: number, comb: number, withT: boolean): void {
		const { teeth } = this;
		const first = 5 * comb;
		const index =
			((teeth[first] >> column) & 1) |
			(((teeth[first + 1] >> column) & 1) << 1) |
			(((teeth[first + 2] >> column) & 1) << 2) |
			(((teeth[first + 3] >> column) & 1) << 3);
		// The table has entries with +1 for the last tooth. The others are those of the opposite digits, negated.
		const negate = (teeth[first + 4] >> column) & 1 ? 0 : 15;
		point.add(TABLE[16 * comb + (index ^ negate)], negate !== 0, withT);
	}

	wipe(): void {
		this.teeth.fill(0);
	}
}

/** scalar * B in three slices: in `point`, when step() has returned true. */
export class BaseMultiplication {
	readonly point: Point = new Point();
	private readonly comb: Comb;
	private column = COLUMNS;

	/** @param scalar below 2^512 */
	constructor(scalar: bigint) {
		this.comb = new Comb(scalar);
	}

	step(): boolean {
		const end = this.column > SLICE ? this.column - SLICE : 0;
		while (this.column > end) {
			this.column--;
			this.point.double(true);
			this.comb.addColumn(this.point, this.column, false);
		}
		if (end > 0) return false;
		this.comb.wipe();
		return true;
	}

	wipe(): void {
		this.comb.wipe();
		this.point.wipe();
	}
}
