/**
 * Points of edwards25519 (RFC 7748 section 4.1): -x^2 + y^2 = 1 + d x^2 y^2, in the extended coordinates of Hisil, Wong,
 * Carter and Dawson, "Twisted Edwards Curves Revisited" (2008): x = X/Z, y = Y/Z, xy = T/Z.
 *
 * Each operation takes tight coordinates (see field25519.ts) and leaves tight ones; between them a product is folded
 * once. With tight factors a product has 512 bits, folded 262; sums and differences of such have at most 265 with the
 * multiple of p that keeps them positive, their products 529, folded once 279, and twice 256.
 */
import { BITS, FOLD, MASK, multiply, P, power22523, square } from "./field25519.js";

/** 2d = -2 * 121665 / 121666. */
const D2 = 0x2406d9dc56dffce7198e80f2eef3d13000e0149a8283b156ebd69b9426b2f159n;
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
/** A square root of -1: 2^((p - 1) / 4). */
const ROOT_OF_MINUS_ONE = 0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0n;

/** Multiples of p above any tight number, above 2^262 and above 2^264. */
const P_TIGHT = P << 1n;
const P_262 = P << 8n;
const P_264 = P << 10n;

/** A point (x', y') to be added: what the sum needs of it, each times the same z'. */
export interface Addend {
	/** y' - x' */
	readonly minus: bigint;
	/** y' + x' */
	readonly plus: bigint;
	/** 2d x'y' */
	readonly d2: bigint;
	/** 2, or undefined where z' is 1. */
	readonly z2: bigint | undefined;
}

/** A point, changed in place. T is only right where the last operation was asked for it: an addition needs it. */
export class Point {
	x = 0n;
	y = 1n;
	z = 1n;
	t = 0n;

	/** Doubles: 4 squares and products, then 3, or 4 with T. All four coordinates come out negated, which is the same point. */
	double(withT: boolean): void {
		const m = MASK;
		const s = BITS;
		const f = FOLD;
		const x = this.x;
		const y = this.y;
		let t = x * x;
		const a = (t & m) + (t >> s) * f;
		t = y * y;
		const b = (t & m) + (t >> s) * f;
		t = x * y;
		let e = (t & m) + (t >> s) * f;
		t = this.z;
		t = t * t;
		t = (t & m) + (t >> s) * f;
		e = e + e;
		const h = a + b;
		const g = b - a + P_262;
		const c = t + t - g + P_264;
		t = e * c;
		t = (t & m) + (t >> s) * f;
		this.x = (t & m) + (t >> s) * f;
		t = g * h;
		t = (t & m) + (t >> s) * f;
		this.y = (t & m) + (t >> s) * f;
		t = c * g;
		t = (t & m) + (t >> s) * f;
		this.z = (t & m) + (t >> s) * f;
		if (!withT) return;
		t = e * h;
		t = (t & m) + (t >> s) * f;
		this.t = (t & m) + (t >> s) * f;
	}

	/** Adds a point, or takes it away. The formula holds for all points, the neutral one and the same one among them. */
	add(addend: Addend, negate: boolean, withT: boolean): void {
		const { minus, plus, d2, z2 } = addend;
		const m = MASK;
		const s = BITS;
		const f = FOLD;
		const x = this.x;
		const y = this.y;
		let t = (y - x + P_TIGHT) * (negate ? plus : minus);
		const a = (t & m) + (t >> s) * f;
		t = (y + x) * (negate ? minus : plus);
		const b = (t & m) + (t >> s) * f;
		t = this.t * d2;
		const c = (t & m) + (t >> s) * f;
		t = this.z;
		if (z2 === undefined) t = t + t;
		else {
			t = t * z2;
			t = (t & m) + (t >> s) * f;
		}
		const e = b - a + P_262;
		const h = b + a;
		const less = t - c + P_262;
		const more = t + c;
		t = e * (negate ? more : less);
		t = (t & m) + (t >> s) * f;
		this.x = (t & m) + (t >> s) * f;
		t = h * (negate ? less : more);
		t = (t & m) + (t >> s) * f;
		this.y = (t & m) + (t >> s) * f;
		t = less * more;
		t = (t & m) + (t >> s) * f;
		this.z = (t & m) + (t >> s) * f;
		if (!withT) return;
		t = e * h;
		t = (t & m) + (t >> s) * f;
		this.t = (t & m) + (t >> s) * f;
	}

	/** Whether eight times this is the neutral element: whether it is of small order. Leaves eight times the point. */
	isSmallOrder(): boolean {
		this.double(false);
		this.double(false);
		this.double(false);
		return this.x % P === 0n && (this.y + P_TIGHT - this.z) % P === 0n;
	}

	/** Overwrites the reference to each coordinate; the numbers themselves are the collector's. */
	wipe(): void {
		this.x = 0n;
		this.y = 1n;
		this.z = 1n;
		this.t = 0n;
	}
}

/** `point`, which has T, as something to add. */
export function toAddend({ x, y, z, t }: Point): Addend {
	return {
		minus: fold(y - x + P_TIGHT),
		plus: fold(y + x),
		d2: multiply(t, D2),
		z2: fold(z + z),
	};
}

function fold(t: bigint): bigint {
	return (t & MASK) + (t >> BITS) * FOLD;
}

/**
 * The point of an encoding (RFC 8032 section 5.1.3), or undefined where there is none: y is p or more, no x fits, or x
 * is 0 and its sign bit is set.
 *
 * @param encoded the 32 bytes as a number
 */
export function decompress(encoded: bigint): Point | undefined {
	const y = encoded & MASK;
	if (y >= P) return undefined;
	const y2 = square(y, 1);
	// x^2 = (y^2 - 1) / (d y^2 + 1) = u / v, and a root of it is u v^3 (u v^7)^((p - 5) / 8) or that times the root of -1.
	const u = fold(y2 + P - 1n);
	const v = multiply(D, y2) + 1n;
	const v3 = multiply(square(v, 1), v);
	const uv3 = multiply(u, v3);
	let x = multiply(uv3, power22523(multiply(uv3, square(square(v, 1), 1))));
	const check = multiply(v, square(x, 1));
	if ((check + u) % P === 0n) x = multiply(x, ROOT_OF_MINUS_ONE);
	else if ((check + P_TIGHT - u) % P !== 0n) return undefined;
	x %= P;
	const odd = encoded >> BITS;
	if (x === 0n && odd === 1n) return undefined;
	const point = new Point();
	point.x = (x & 1n) === odd ? x : P - x;
	point.y = y;
	point.t = multiply(point.x, y);
	return point;
}
