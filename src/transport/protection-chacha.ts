import type { ChaChaCipher, Crypto } from "../crypto/port.js";
import { equalBytes, getUint32, putUint32 } from "../wire.js";
import type { Protection } from "./protection.js";

/**
 * chacha20-poly1305@openssh.com (OpenSSH PROTOCOL.chacha20poly1305). The 64 bytes of key are K_2, for the packet, and
 * then K_1, for its length; the nonce of both is the sequence number as 8 bytes, big-endian.
 *
 *     packet_length               K_1, from block 0
 *     Poly1305's one-time key     K_2, the first 32 bytes of block 0
 *     the rest of the packet      K_2, from block 1
 *     tag                         Poly1305 of all of the packet, as it is sent
 */
export class ChaChaPolyProtection implements Protection {
	readonly blockSize = 8;
	readonly padsLength = false;
	readonly tagLength = 16;
	readonly headerLength = 4;

	private readonly crypto: Crypto;
	private readonly packetCipher: ChaChaCipher;
	private readonly lengthCipher: ChaChaCipher;
	private readonly nonce = new Uint8Array(8);
	private readonly tagKey = new Uint8Array(32);
	/** Of a packet; before that, its length. */
	private readonly tag = new Uint8Array(16);

	constructor(crypto: Crypto, key: Uint8Array) {
		this.crypto = crypto;
		this.packetCipher = crypto.chacha20(key.subarray(0, 32));
		this.lengthCipher = crypto.chacha20(key.subarray(32));
	}

	/** The field itself stays encrypted: the tag covers it so. */
	packetLength(sequence: number, bytes: Uint8Array, offset: number): number {
		const { nonce, tag } = this;
		putUint32(nonce, 4, sequence);
		for (let i = 0; i < 4; i++) tag[i] = bytes[offset + i];
		this.lengthCipher.apply(nonce, 0, tag, 0, 4);
		return getUint32(tag, 0);
	}

	open(sequence: number, bytes: Uint8Array, offset: number, packetLength: number): boolean {
		return this.openSlice(sequence, bytes, offset, packetLength, 0, packetLength) >= 0;
	}

	openSlice(
		sequence: number,
		bytes: Uint8Array,
		offset: number,
		packetLength: number,
		done: number,
		most: number,
	): number {
		const end = offset + 4 + packetLength;
		if (done === 0) {
			this.authenticate(sequence, bytes, offset, packetLength);
			if (!equalBytes(this.tag, bytes.subarray(end, end + 16))) return -1;
		} else putUint32(this.nonce, 4, sequence);
		const count = Math.min(most, packetLength - done);
		this.packetCipher.apply(this.nonce, 1 + done / 64, bytes, offset + 4 + done, count);
		return done + count;
	}

	seal(sequence: number, bytes: Uint8Array, offset: number, packetLength: number): void {
		const { nonce } = this;
		putUint32(nonce, 4, sequence);
		this.lengthCipher.apply(nonce, 0, bytes, offset, 4);
		this.packetCipher.apply(nonce, 1, bytes, offset + 4, packetLength);
		this.authenticate(sequence, bytes, offset, packetLength);
		bytes.set(this.tag, offset + 4 + packetLength);
	}

	wipe(): void {
		this.packetCipher.wipe();
		this.lengthCipher.wipe();
		this.tagKey.fill(0);
	}

	/** Leaves the tag that the packet should have in `tag`, and its nonce in `nonce`. */
	private authenticate(sequence: number, bytes: Uint8Array, offset: number, packetLength: number): void {
		const { nonce, tagKey } = this;
		putUint32(nonce, 4, sequence);
		tagKey.fill(0);
		this.packetCipher.apply(nonce, 0, tagKey, 0, 32);
		this.crypto.poly1305(tagKey, bytes, offset, 4 + packetLength, this.tag);
	}
}
