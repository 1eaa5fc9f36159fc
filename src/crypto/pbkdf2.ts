/** PBKDF2 (RFC 8018 section 5.2) with HMAC-SHA-256 or HMAC-SHA-512, cut into slices. */
import { putUint32 } from "../base/wire.js";
import type { Crypto, Digest, HashName, Job } from "./port.js";

/**
 * Derives a key from a password.
 *
 * @throws RangeError where `iterations`, `length` or `sliceIterations` is no integer above zero
 */
export class Pbkdf2 implements Job<Uint8Array> {
	/** DK, `length` bytes; whole when step() has returned true. The caller overwrites it. */
	readonly result: Uint8Array;
	/** After this many iterations of the first block, what the key would be with no more of them is kept in `noted`. */
	noteAt = 0;
	noted = new Uint8Array(0);
	private readonly hmac: Digest;
	private readonly salt: Uint8Array;
	private readonly iterations: number;
	private readonly sliceIterations: number;
	/** U of the iteration that comes next, and T, the sum of those before. */
	private readonly u: Uint8Array;
	private readonly t: Uint8Array;
	/** The same memory in words: an interpreter adds them in a quarter of the time. */
	private readonly uWords: Uint32Array;
	private readonly tWords: Uint32Array;
	/** Iterations of this block that are done. */
	private done = 0;
	/** Bytes of the result that are done. */
	private filled = 0;

	/**
	 * @param password its bytes; not looked at again once this returns
	 * @param salt its bytes, not copied
	 * @param length bytes of result
	 * @param sliceIterations iterations that one step() runs
	 */
	constructor(
		crypto: Crypto,
		hash: HashName,
		password: Uint8Array,
		salt: Uint8Array,
		iterations: number,
		length: number,
		sliceIterations: number,
	) {
		[iterations, length, sliceIterations].forEach(count => {
			if (!Number.isInteger(count) || count < 1) throw new RangeError(`PBKDF2 with a count of ${count}`);
		});
		this.hmac = crypto.hmac(hash, password);
		this.salt = salt;
		this.iterations = iterations;
		this.sliceIterations = sliceIterations;
		this.result = new Uint8Array(length);
		this.u = new Uint8Array(this.hmac.length);
		this.t = new Uint8Array(this.hmac.length);
		this.uWords = new Uint32Array(this.u.buffer);
		this.tWords = new Uint32Array(this.t.buffer);
	}

	/**
	 * F (P, S, c, i) = U_1 \xor U_2 \xor ... \xor U_c
	 *   U_1 = PRF (P, S || INT (i))
	 *   U_j = PRF (P, U_{j-1})
	 */
	step(): boolean {
		for (let left = this.sliceIterations; left > 0; left--) {
			if (this.done === 0) this.firstIteration();
			else this.nextIteration();
			if (this.done === this.noteAt && this.filled === 0) this.noted = this.t.slice(0, this.result.length);
			if (this.done === this.iterations && this.finishBlock()) return true;
		}
		return false;
	}

	private firstIteration(): void {
		const index = new Uint8Array(4);
		putUint32(index, 0, this.filled / this.t.length + 1);
		this.hmac.update(this.salt, 0, this.salt.length);
		this.hmac.update(index, 0, 4);
		this.hmac.digest(this.u, 0);
		this.t.set(this.u);
		this.done = 1;
	}

	private nextIteration(): void {
		const { u, uWords, tWords } = this;
		this.hmac.update(u, 0, u.length);
		this.hmac.digest(u, 0);
		for (let i = 0; i < tWords.length; i++) tWords[i] ^= uWords[i];
		this.done++;
	}

	/** Moves T to the result; true when that was the last block. */
	private finishBlock(): boolean {
		const count = Math.min(this.t.length, this.result.length - this.filled);
		this.result.set(this.t.subarray(0, count), this.filled);
		this.filled += count;
		this.done = 0;
		if (this.filled < this.result.length) return false;
		this.forget();
		return true;
	}

	private forget(): void {
		this.hmac.wipe();
		this.u.fill(0);
		this.t.fill(0);
	}

	wipe(): void {
		if (this.filled < this.result.length) this.forget();
		this.result.fill(0);
		this.noted.fill(0);
	}
}
