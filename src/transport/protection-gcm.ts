import type { AeadCipher } from "../crypto/port.js";
import { getUint32, putUint32 } from "../wire.js";
import type { Protection } from "./protection.js";

/**
 * aes128-gcm@openssh.com and aes256-gcm@openssh.com (RFC 5647 section 7, OpenSSH PROTOCOL 1.6): the length is sent in
 * the clear and authenticated. The nonce does not come of the sequence number:
 *
 *     uint32  fixed                 the first 4 bytes of the IV
 *     uint64  invocation_counter    starts with the other 8, and counts packets
 */
export class GcmProtection implements Protection {
	readonly blockSize = 16;
	readonly padsLength = false;
	readonly tagLength = 16;
	readonly headerLength = 4;

	private readonly cipher: AeadCipher;
	private readonly nonce: Uint8Array;

	constructor(cipher: AeadCipher, iv: Uint8Array) {
		this.cipher = cipher;
		this.nonce = iv.slice();
	}

	packetLength(_sequence: number, bytes: Uint8Array, offset: number): number {
		return getUint32(bytes, offset);
	}

	open(_sequence: number, bytes: Uint8Array, offset: number, packetLength: number): boolean {
		const fits = this.cipher.open(this.nonce, bytes, offset, 4, packetLength);
		this.advance();
		return fits;
	}

	seal(_sequence: number, bytes: Uint8Array, offset: number, packetLength: number): void {
		this.cipher.seal(this.nonce, bytes, offset, 4, packetLength);
		this.advance();
	}

	wipe(): void {
		this.cipher.wipe();
		this.nonce.fill(0);
	}

	private advance(): void {
		const { nonce } = this;
		const low = (getUint32(nonce, 8) + 1) >>> 0;
		putUint32(nonce, 8, low);
		if (low === 0) putUint32(nonce, 4, getUint32(nonce, 4) + 1);
	}
}
