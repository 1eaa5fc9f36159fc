/**
 * AES of @noble/ciphers, as packets need it: the key schedule is expanded once, and in counter mode the counter goes on.
 * noble asks for words, so bytes that do not lie on a word boundary pass through a kept scratch array.
 */
import { unsafe } from "@noble/ciphers/aes.js";
import { putUint32 } from "../../base/wire.js";
import type { AeadCipher, CtrCipher } from "../port.js";
import { view } from "../xs/view.js";
import { Ghash } from "./ghash.js";

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
	private aadLength = 0;
	private length = 0;

	constructor(key: Uint8Array) {
		this.ctr = new NobleCtr(key);
		this.ghash = new Ghash(this.ctr.encryptBlock(new Uint8Array(16)));
	}

	begin(bytes: Uint8Array, offset: number, length: number): void {
		this.ghash.clear();
		this.ghash.update(bytes, offset, length);
		this.aadLength = length;
		this.length = 0;
	}

	authenticate(bytes: Uint8Array, offset: number, length: number): void {
		this.ghash.update(bytes, offset, length);
		this.length += length;
	}

	finish(nonce: Uint8Array, tag: Uint8Array): void {
		this.ghash.digest(this.aadLength, this.length, tag);
		this.crypt(nonce, 1, tag, 0, 16);
	}

	apply(nonce: Uint8Array, block: number, bytes: Uint8Array, offset: number, length: number): void {
		this.crypt(nonce, 2 + block, bytes, offset, length);
	}

	wipe(): void {
		this.ctr.wipe();
		this.ghash.wipe();
		this.counter.fill(0);
	}

	private crypt(nonce: Uint8Array, block: number, bytes: Uint8Array, offset: number, length: number): void {
		const { counter } = this;
		counter.set(nonce);
		putUint32(counter, 12, block);
		this.ctr.restart(counter).apply(bytes, offset, length);
	}
}
