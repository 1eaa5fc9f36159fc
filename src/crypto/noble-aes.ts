/**
 * AES of @noble/ciphers, as packets need it: the key schedule is expanded once, and in counter mode the counter goes on.
 * noble asks for words, so bytes that do not lie on a word boundary pass through a kept scratch array.
 */
import { unsafe } from "@noble/ciphers/aes.js";
import { equalBytes } from "../wire.js";
import { Ghash } from "./ghash.js";
import type { AeadCipher, CtrCipher } from "./port.js";
import { view } from "./view.js";

/** Bytes that pass through the cipher at a time when they are not aligned: a multiple of a block. */
const SCRATCH_LENGTH = 1024;

export class NobleCtr implements CtrCipher {
	private readonly schedule: Uint32Array;
	private readonly counter = new Uint8Array(16);
	private readonly scratch = new Uint8Array(SCRATCH_LENGTH);

	constructor(key: Uint8Array) {
		if (key.length !== 16 && key.length !== 32) throw new RangeError("an AES key has 16 or 32 bytes");
		this.schedule = unsafe.expandKeyLE(key);
	}

	/** Encrypts one block, which lies on a word boundary, as it is: what GCM needs beside the stream. */
	encryptBlock(block: Uint8Array): Uint8Array {
		return unsafe.encryptBlock(this.schedule, block);
	}

	/** Goes on from another counter block; it is copied. */
	restart(counter: Uint8Array): this {
		this.counter.set(counter);
		return this;
	}

	apply(bytes: Uint8Array, offset: number, length: number): void {
		if (((bytes.byteOffset + offset) & 3) === 0) {
			const block = view(bytes, offset, length);
			unsafe.ctrCounter(this.schedule, this.counter, block, block);
			return;
		}
		for (let done = 0; done < length; done += SCRATCH_LENGTH) {
			const count = Math.min(SCRATCH_LENGTH, length - done);
			const chunk = view(this.scratch, 0, count);
			chunk.set(view(bytes, offset + done, count));
			unsafe.ctrCounter(this.schedule, this.counter, chunk, chunk);
			bytes.set(chunk, offset + done);
		}
	}

	wipe(): void {
		this.schedule.fill(0);
		this.counter.fill(0);
		this.scratch.fill(0);
	}
}

/** NIST SP 800-38D, with nonces of 96 bits: J0 is the nonce and a counter of 1; the text starts with 2. */
export class NobleGcm implements AeadCipher {
	private readonly ctr: NobleCtr;
	private readonly ghash: Ghash;
	private readonly counter = new Uint8Array(16);
	/** The cipher's output for J0, then the tag. */
	private readonly tag = new Uint8Array(16);
	private readonly hash = new Uint8Array(16);

	constructor(key: Uint8Array) {
		this.ctr = new NobleCtr(key);
		this.ghash = new Ghash(this.ctr.encryptBlock(this.hash));
	}

	seal(nonce: Uint8Array, bytes: Uint8Array, offset: number, aadLength: number, length: number): void {
		const start = offset + aadLength;
		this.begin(nonce);
		this.ctr.apply(bytes, start, length);
		this.authenticate(bytes, offset, aadLength, length);
		bytes.set(this.tag, start + length);
	}

	open(nonce: Uint8Array, bytes: Uint8Array, offset: number, aadLength: number, length: number): boolean {
		const start = offset + aadLength;
		this.begin(nonce);
		this.authenticate(bytes, offset, aadLength, length);
		if (!equalBytes(this.tag, view(bytes, start + length, 16))) return false;
		this.ctr.apply(bytes, start, length);
		return true;
	}

	wipe(): void {
		this.ctr.wipe();
		this.ghash.wipe();
		this.counter.fill(0);
		this.tag.fill(0);
		this.hash.fill(0);
	}

	private begin(nonce: Uint8Array): void {
		const { counter, tag } = this;
		counter.fill(0);
		counter.set(nonce);
		counter[15] = 1;
		tag.set(counter);
		this.ctr.encryptBlock(tag);
		counter[15] = 2;
		this.ctr.restart(counter);
	}

	private authenticate(bytes: Uint8Array, offset: number, aadLength: number, length: number): void {
		const { ghash, tag, hash } = this;
		ghash.update(bytes, offset, aadLength);
		ghash.update(bytes, offset + aadLength, length);
		ghash.digest(aadLength, length, hash);
		for (let i = 0; i < 16; i++) tag[i] ^= hash[i];
	}
}
