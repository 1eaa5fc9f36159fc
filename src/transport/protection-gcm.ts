import { getUint32, putUint32 } from "../base/wire.js";
import type { AeadCipher } from "../crypto/port.js";
import { SlicedProtection } from "./sliced-protection.js";

/**
 * aes128-gcm@openssh.com and aes256-gcm@openssh.com (RFC 5647 section 7, OpenSSH PROTOCOL 1.6): the length is sent in
 * the clear and authenticated. The nonce does not come of the sequence number:
 *
 *     uint32  fixed                 the first 4 bytes of the IV
 *     uint64  invocation_counter    starts with the other 8, and counts packets
 */
export class GcmProtection extends SlicedProtection {
	protected readonly tag = new Uint8Array(16);
	private readonly cipher: AeadCipher;
	private readonly nonce: Uint8Array;

	constructor(cipher: AeadCipher, iv: Uint8Array, speed?: number) {
		super(speed);
		this.cipher = cipher;
		this.nonce = iv.slice();
	}

	get blockSize(): number {
		return 16;
	}

	get padsLength(): boolean {
		return false;
	}

	get headerLength(): number {
		return 4;
	}

	protected get startCost(): number {
		return 400;
	}

	protected get hashCost(): number {
		return 6;
	}

	/** As in counter mode alone. */
	protected get cipherCost(): number {
		return 12;
	}

	protected get hashBlock(): number {
		return 16;
	}

	packetLength(_sequence: number, bytes: Uint8Array, offset: number): number {
		return getUint32(bytes, offset);
	}

	wipe(): void {
		this.cipher.wipe();
		this.nonce.fill(0);
	}

	protected cipherStart(): number {
		return 4;
	}

	protected beginTag(_sequence: number, bytes: Uint8Array, offset: number): number {
		this.cipher.begin(bytes, offset, 4);
		return 4;
	}

	protected hash(bytes: Uint8Array, offset: number, length: number): void {
		this.cipher.authenticate(bytes, offset, length);
	}

	protected finishTag(): boolean {
		this.cipher.finish(this.nonce, this.tag);
		return true;
	}

	protected apply(bytes: Uint8Array, offset: number, length: number, done: number): void {
		this.cipher.apply(this.nonce, done / 16, bytes, offset, length);
	}

	/** The invocation counter goes up. */
	protected override end(): void {
		const { nonce } = this;
		const low = (getUint32(nonce, 8) + 1) >>> 0;
		putUint32(nonce, 8, low);
		if (low === 0) putUint32(nonce, 4, getUint32(nonce, 4) + 1);
	}
}
