/** What all forms of protection have in common: a packet is hashed and encrypted in slices, in the order that the form wants. */
import { equalBytes } from "../base/wire.js";
import type { Protection } from "./protection.js";

/** Outcomes of open() and seal(): call again; the packet was not sent by who has the key. */
export const UNFINISHED = -1;
export const BAD_TAG = -2;

/** Ciphers go on from slice to slice at whole blocks: ChaCha20 has the longest. */
const CIPHER_BLOCK = 64;

/** No packet takes as much work. */
const ALL = Number.MAX_SAFE_INTEGER;

export abstract class SlicedProtection implements Protection {
	abstract readonly blockSize: number;
	abstract readonly padsLength: boolean;
	abstract readonly headerLength: number;

	/** What a packet's tag should be, once finishTag() has said so. */
	protected abstract readonly tag: Uint8Array;
	/** What a packet costs beside its bytes, what a byte costs the MAC, and what one costs the cipher: see Protection.open(). */
	protected abstract readonly startCost: number;
	protected abstract readonly hashCost: number;
	protected abstract readonly cipherCost: number;
	/** Bytes that the MAC takes at once: a block of it. */
	protected abstract readonly hashBlock: number;

	/** How much faster than in JavaScript its cryptography is. */
	private readonly speed: number;
	/** Of the packet under way: 0 before it has begun, then 1 and 2: a packet is hashed and encrypted, or the reverse. */
	private stage = 0;
	/** Bytes of the stage that are done, from the packet's beginning on; -1 before it has begun. */
	private done = -1;

	constructor(speed = 1) {
		this.speed = speed;
	}

	get tagLength(): number {
		return this.tag.length;
	}

	prepare(): void {}

	abstract packetLength(sequence: number, bytes: Uint8Array, offset: number): number;
	abstract wipe(): void;

	open(sequence: number, bytes: Uint8Array, offset: number, packetLength: number, work = ALL): number {
		return this.run(false, sequence, bytes, offset, 4 + packetLength, work);
	}

	seal(sequence: number, bytes: Uint8Array, offset: number, packetLength: number, work = ALL): number {
		return this.run(true, sequence, bytes, offset, 4 + packetLength, work);
	}

	/** Where the cipher begins in a packet. */
	protected abstract cipherStart(sealing: boolean): number;
	/** A packet begins. */
	protected begin(_sealing: boolean, _sequence: number, _bytes: Uint8Array, _offset: number): void {}
	/** Its MAC begins. @returns how many of its bytes have been taken in */
	protected abstract beginTag(sequence: number, bytes: Uint8Array, offset: number): number;
	/** Takes bytes[offset][length] into the MAC. */
	protected abstract hash(bytes: Uint8Array, offset: number, length: number): void;
	/** Does a block of the MAC's end; true when `tag` is there. @param length of the packet at bytes[offset], without its tag */
	protected abstract finishTag(sequence: number, bytes: Uint8Array, offset: number, length: number): boolean;
	/** Encrypts, or decrypts, bytes[offset][length]. @param done bytes before it that the cipher has had */
	protected abstract apply(bytes: Uint8Array, offset: number, length: number, done: number): void;
	/** The packet is done. */
	protected end(): void {}

	/** One slice, as open() and seal() say. @param length of the packet without its tag */
	private run(
		sealing: boolean,
		sequence: number,
		bytes: Uint8Array,
		offset: number,
		length: number,
		work: number,
	): number {
		const all = work * this.speed;
		let left = all;
		if (this.stage === 0) {
			this.stage = 1;
			left -= this.startCost;
			this.begin(sealing, sequence, bytes, offset);
		}
		// Encrypt-and-MAC, which pads with the length, hashes what is clear: first when it seals. The others hash what is sent.
		let hashing = (this.stage === 1) === (sealing === this.padsLength);
		for (; this.stage < 3; hashing = !hashing) {
			const cost = hashing ? this.hashCost : this.cipherCost;
			const block = hashing ? this.hashBlock : CIPHER_BLOCK;
			const start = hashing ? 0 : this.cipherStart(sealing);
			if (this.done < 0) this.done = hashing ? this.beginTag(sequence, bytes, offset) : start;
			const { done } = this;
			let count = length - done;
			if (count > 0) {
				if (count * cost > left) {
					const most = Math.max(left === all ? block : 0, Math.floor(left / (cost * block)) * block);
					if (most === 0) return UNFINISHED;
					count = Math.min(count, most);
				}
				this.done += count;
				left -= count * cost;
				if (hashing) this.hash(bytes, offset + done, count);
				else this.apply(bytes, offset + done, count, done - start);
				if (this.done < length) return UNFINISHED;
			}
			if (hashing) {
				const { tag } = this;
				const end = offset + length;
				do {
					if (left < all && left < cost * block) return UNFINISHED;
					left -= cost * block;
				} while (!this.finishTag(sequence, bytes, offset, length));
				if (sealing) bytes.set(tag, end);
				else if (!equalBytes(tag, bytes.subarray(end, end + tag.length))) return BAD_TAG;
			}
			this.done = -1;
			this.stage++;
		}
		this.stage = 0;
		this.end();
		return Math.max(0, Math.floor(left / this.speed));
	}
}
