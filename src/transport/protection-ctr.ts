/** aes128-ctr and aes256-ctr (RFC 4344 section 4) with an HMAC (RFC 6668), in both orders of the two. */

import { getUint32, putUint32 } from "../base/wire.js";
import type { CtrCipher, Digest } from "../crypto/port.js";
import { SlicedProtection } from "./sliced-protection.js";

const BLOCK = 16;

/**
 * Encrypt-then-MAC (OpenSSH PROTOCOL 1.5): the length is clear, and the MAC is of what is sent.
 *
 *     mac = MAC(key, uint32 sequence_number || packet)
 */
export class CtrEtmProtection extends SlicedProtection {
	protected readonly tag: Uint8Array;
	protected readonly cipher: CtrCipher;
	private readonly hmac: Digest;

	constructor(cipher: CtrCipher, hmac: Digest, speed?: number) {
		super(speed);
		this.cipher = cipher;
		this.hmac = hmac;
		this.tag = new Uint8Array(hmac.length);
	}

	get blockSize(): number {
		return BLOCK;
	}

	get padsLength(): boolean {
		return false;
	}

	get headerLength(): number {
		return 4;
	}

	protected get startCost(): number {
		return 100;
	}

	/** Of SHA-256 and SHA-512. */
	protected get hashCost(): number {
		return this.tag.length === 32 ? 10 : 17;
	}

	/** With a key of 256 bits; with 128 it is three quarters of that. */
	protected get cipherCost(): number {
		return 12;
	}

	protected get hashBlock(): number {
		return 2 * this.tag.length;
	}

	/** The MAC's key. */
	override prepare(): void {
		this.hmac.update(this.tag, 0, 0);
	}

	packetLength(_sequence: number, bytes: Uint8Array, offset: number): number {
		return getUint32(bytes, offset);
	}

	wipe(): void {
		this.cipher.wipe();
		this.hmac.wipe();
		this.tag.fill(0);
	}

	protected cipherStart(_sealing: boolean): number {
		return 4;
	}

	protected beginTag(sequence: number): number {
		const { tag } = this;
		putUint32(tag, 0, sequence);
		this.hmac.update(tag, 0, 4);
		return 0;
	}

	protected hash(bytes: Uint8Array, offset: number, length: number): void {
		this.hmac.update(bytes, offset, length);
	}

	protected finishTag(): boolean {
		const { hmac, tag } = this;
		if (hmac.digestSlice) return hmac.digestSlice(tag, 0);
		hmac.digest(tag, 0);
		return true;
	}

	protected apply(bytes: Uint8Array, offset: number, length: number): void {
		this.cipher.apply(bytes, offset, length);
	}
}

/** Encrypt-and-MAC (RFC 4253 section 6.4): the MAC is of the packet as it was before encryption, length and all. */
export class CtrProtection extends CtrEtmProtection {
	override get padsLength(): boolean {
		return true;
	}

	override get headerLength(): number {
		return BLOCK;
	}

	/** Decrypts the first block where it lies; open() decrypts the others. */
	override packetLength(_sequence: number, bytes: Uint8Array, offset: number): number {
		this.cipher.apply(bytes, offset, BLOCK);
		return getUint32(bytes, offset);
	}

	protected override cipherStart(sealing: boolean): number {
		return sealing ? 0 : BLOCK;
	}
}
