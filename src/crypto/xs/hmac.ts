/** HMAC (RFC 2104) over a hash of this folder. What depends on the key alone is computed once. */

import type { Digest } from "../port.js";
import type { BlockDigest } from "./block-digest.js";

export class Hmac implements Digest {
	readonly length: number;
	private readonly hash: BlockDigest;
	/** The hash after the key's block, XORed with ipad and with opad. */
	private inner: Int32Array;
	private readonly outer: Int32Array;
	/** The key's block, XORed with opad, until `inner` is made of it by the first use: each takes as long as a block. */
	private pad: Uint8Array | undefined;
	private readonly scratch: Uint8Array;
	/** The inner hash is done. */
	private closing = false;

	/** @param hash a fresh one, which is this MAC's from now on  @param key of any length; not kept */
	constructor(hash: BlockDigest, key: Uint8Array) {
		const { length, blockLength } = hash;
		const pad = new Uint8Array(blockLength);
		if (key.length > blockLength) {
			hash.update(key, 0, key.length);
			hash.digest(pad, 0);
		} else {
			pad.set(key);
		}
		this.length = length;
		this.hash = hash;
		this.scratch = new Uint8Array(length);
		this.inner = this.outer = this.absorb(pad, 0x5c);
		this.pad = pad;
	}

	update(bytes: Uint8Array, offset: number, length: number): void {
		if (this.pad) this.begin(this.pad);
		this.hash.update(bytes, offset, length);
	}

	digest(output: Uint8Array, offset: number): void {
		while (!this.digestSlice(output, offset));
	}

	digestSlice(output: Uint8Array, offset: number): boolean {
		if (this.pad) this.begin(this.pad);
		const { closing, hash, scratch } = this;
		if (!hash.digestSlice(closing ? output : scratch, closing ? offset : 0)) return false;
		this.closing = !closing;
		if (closing) {
			hash.resume(this.inner);
			return true;
		}
		hash.resume(this.outer);
		hash.update(scratch, 0, scratch.length);
		return false;
	}

	wipe(): void {
		this.hash.wipe();
		this.inner.fill(0);
		this.outer.fill(0);
		this.scratch.fill(0);
		this.pad?.fill(0);
	}

	private begin(pad: Uint8Array): void {
		this.inner = this.absorb(pad, 0x5c ^ 0x36);
		pad.fill(0);
		this.pad = undefined;
		this.hash.resume(this.inner);
	}

	/** The state after pad XOR mask, which is left in pad. */
	private absorb(pad: Uint8Array, mask: number): Int32Array {
		for (let i = 0; i < pad.length; i++) pad[i] ^= mask;
		const { hash } = this;
		hash.update(pad, 0, pad.length);
		const state = hash.keep();
		hash.restart();
		return state;
	}
}
