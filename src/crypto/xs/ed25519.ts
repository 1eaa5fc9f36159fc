/**
 * Ed25519 keys and signatures (RFC 8032 section 5.1), in slices. Verification is ed25519-verify.ts.
 *
 * What depends on the seed goes through the same operations whatever the seed is; but the engine's BigInt is faster with
 * numbers that happen to have fewer words, so that no claim of constant time is made.
 */

import type { Digest, HashName, Job } from "../port.js";
import { BaseMultiplication, L } from "./ed25519-comb.js";
import type { Point } from "./edwards25519.js";
import { BITS, inverse, load, multiply, P, store } from "./field25519.js";

/** The adapter's own hashes. */
export type CreateHash = (name: HashName) => Digest;

/** Bytes of a message that one slice hashes: one block. */
const SLICE = 128;

/** SHA-512 of a head and a message, as a number (least significant byte first, as RFC 8032 reads it). */
export class ScalarHash {
	private readonly hash: Digest;
	private readonly message: Uint8Array;
	private at = 0;
	value = 0n;

	/** @param head less than a block  @param message kept, not copied */
	constructor(createHash: CreateHash, head: Uint8Array, message: Uint8Array) {
		this.hash = createHash("sha512");
		this.message = message;
		this.hash.update(head, 0, head.length);
	}

	step(): boolean {
		const left = this.message.length - this.at;
		if (left > SLICE) {
			this.hash.update(this.message, this.at, SLICE);
			this.at += SLICE;
			return false;
		}
		this.hash.update(this.message, this.at, left);
		const digest = new Uint8Array(64);
		this.hash.digest(digest, 0);
		this.value = (load(digest, 32) << 256n) | load(digest, 0);
		digest.fill(0);
		this.hash.wipe();
		return true;
	}

	wipe(): void {
		this.hash.wipe();
		this.value = 0n;
	}
}

/** What a seed is expanded to (RFC 8032 section 5.1.5): the secret scalar, clamped, and the prefix of the nonce's hash. */
function expand(createHash: CreateHash, seed: Uint8Array): { scalar: bigint; prefix: Uint8Array } {
	const hash = createHash("sha512");
	const expanded = new Uint8Array(64);
	hash.update(seed, 0, 32);
	hash.digest(expanded, 0);
	hash.wipe();
	expanded[0] &= 248;
	expanded[31] = (expanded[31] & 127) | 64;
	const scalar = load(expanded, 0);
	const prefix = expanded.slice(32);
	expanded.fill(0);
	return { scalar, prefix };
}

/** Writes the encoding of a point (section 5.1.2): y, and the lowest bit of x above it. */
function compress(point: Point, bytes: Uint8Array): void {
	const z = inverse(point.z);
	const x = multiply(point.x, z) % P;
	const y = multiply(point.y, z) % P;
	store(y | ((x & 1n) << BITS), bytes, 0);
}

function checkSeed(seed: Uint8Array): void {
	if (seed.length !== 32) throw new RangeError("an Ed25519 seed has 32 bytes");
}

/** The public key of a seed. */
export class Ed25519PublicKey implements Job<Uint8Array> {
	readonly result: Uint8Array = new Uint8Array(32);
	private readonly createHash: CreateHash;
	private readonly seed: Uint8Array;
	private base: BaseMultiplication | undefined;
	private multiplied = false;

	/** @throws RangeError where the seed has not 32 bytes */
	constructor(createHash: CreateHash, seed: Uint8Array) {
		checkSeed(seed);
		this.createHash = createHash;
		this.seed = seed;
	}

	step(): boolean {
		if (!this.base) {
			const { scalar, prefix } = expand(this.createHash, this.seed);
			this.base = new BaseMultiplication(scalar);
			prefix.fill(0);
			return false;
		}
		if (!this.multiplied) {
			this.multiplied = this.base.step();
			return false;
		}
		compress(this.base.point, this.result);
		this.base.wipe();
		return true;
	}

	wipe(): void {
		this.base?.wipe();
	}
}

/** A signature, R and S: the phases are those of RFC 8032 section 5.1.6. */
export class Ed25519Signature implements Job<Uint8Array> {
	readonly result: Uint8Array = new Uint8Array(64);
	private readonly createHash: CreateHash;
	private readonly seed: Uint8Array;
	private readonly publicKey: Uint8Array;
	private readonly message: Uint8Array;
	/** The secret scalar, and the nonce r. */
	private scalar = 0n;
	private nonce = 0n;
	private nonceHash: ScalarHash | undefined;
	private base: BaseMultiplication | undefined;
	private multiplied = false;
	private challengeHash: ScalarHash | undefined;

	/**
	 * @param publicKey the seed's own: a signature made with another key's gives the seed's secret scalar away
	 * @throws RangeError where one of them has not 32 bytes
	 */
	constructor(createHash: CreateHash, seed: Uint8Array, publicKey: Uint8Array, message: Uint8Array) {
		checkSeed(seed);
		if (publicKey.length !== 32) throw new RangeError("an Ed25519 public key has 32 bytes");
		this.createHash = createHash;
		this.seed = seed;
		this.publicKey = publicKey;
		this.message = message;
	}

	step(): boolean {
		if (!this.nonceHash) {
			const { scalar, prefix } = expand(this.createHash, this.seed);
			this.scalar = scalar;
			this.nonceHash = new ScalarHash(this.createHash, prefix, this.message);
			prefix.fill(0);
			return false;
		}
		if (!this.base) {
			if (!this.nonceHash.step()) return false;
			this.nonce = this.nonceHash.value % L;
			this.base = new BaseMultiplication(this.nonce);
			return false;
		}
		if (!this.multiplied) {
			this.multiplied = this.base.step();
			return false;
		}
		if (!this.challengeHash) {
			const head = new Uint8Array(64);
			compress(this.base.point, this.result);
			head.set(this.result.subarray(0, 32));
			head.set(this.publicKey, 32);
			this.challengeHash = new ScalarHash(this.createHash, head, this.message);
			return false;
		}
		if (!this.challengeHash.step()) return false;
		store((this.nonce + (this.challengeHash.value % L) * this.scalar) % L, this.result, 32);
		this.wipe();
		return true;
	}

	wipe(): void {
		this.nonceHash?.wipe();
		this.base?.wipe();
		this.scalar = 0n;
		this.nonce = 0n;
	}
}
