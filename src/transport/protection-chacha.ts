import { getUint32, putUint32 } from "../base/wire.js";
import type { ChaChaCipher, Crypto, PolySlices } from "../crypto/port.js";
import { SlicedProtection } from "./sliced-protection.js";

/**
 * chacha20-poly1305@openssh.com (OpenSSH PROTOCOL.chacha20poly1305). The 64 bytes of key are K_2, for the packet, and
 * then K_1, for its length; the nonce of both is the sequence number as 8 bytes, big-endian.
 *
 *     packet_length               K_1, from block 0
 *     Poly1305's one-time key     K_2, the first 32 bytes of block 0
 *     the rest of the packet      K_2, from block 1
 *     tag                         Poly1305 of all of the packet, as it is sent
 */
export class ChaChaPolyProtection extends SlicedProtection {
	protected readonly tag = new Uint8Array(16);
	private readonly crypto: Crypto;
	private readonly packetCipher: ChaChaCipher;
	private readonly lengthCipher: ChaChaCipher;
	private readonly nonce = new Uint8Array(8);
	private readonly tagKey = new Uint8Array(32);
	/** While a tag is made; undefined where Poly1305 is computed in one go. */
	private poly: PolySlices | undefined = undefined;

	constructor(crypto: Crypto, key: Uint8Array) {
		super(crypto.speed);
		this.crypto = crypto;
		this.packetCipher = crypto.chacha20(key.subarray(0, 32));
		this.lengthCipher = crypto.chacha20(key.subarray(32));
	}

	get blockSize(): number {
		return 8;
	}

	get padsLength(): boolean {
		return false;
	}

	get headerLength(): number {
		return 4;
	}

	/** With two more blocks, for the length and for the tag's key. */
	protected get startCost(): number {
		return 1000;
	}

	protected get hashCost(): number {
		return 0.5;
	}

	protected get cipherCost(): number {
		return 5;
	}

	protected get hashBlock(): number {
		return 64;
	}

	/** The field itself stays encrypted: the tag covers it so. */
	packetLength(sequence: number, bytes: Uint8Array, offset: number): number {
		const { nonce, tag } = this;
		putUint32(nonce, 4, sequence);
		for (let i = 0; i < 4; i++) tag[i] = bytes[offset + i];
		this.lengthCipher.apply(nonce, 0, tag, 0, 4);
		return getUint32(tag, 0);
	}

	wipe(): void {
		this.packetCipher.wipe();
		this.lengthCipher.wipe();
		this.tagKey.fill(0);
		this.poly = undefined;
	}

	protected override begin(sealing: boolean, sequence: number, bytes: Uint8Array, offset: number): void {
		putUint32(this.nonce, 4, sequence);
		if (sealing) this.lengthCipher.apply(this.nonce, 0, bytes, offset, 4);
	}

	protected cipherStart(): number {
		return 4;
	}

	protected beginTag(): number {
		const { tagKey } = this;
		tagKey.fill(0);
		this.packetCipher.apply(this.nonce, 0, tagKey, 0, 32);
		this.poly = this.crypto.poly1305Slices?.(tagKey);
		return 0;
	}

	protected hash(bytes: Uint8Array, offset: number, length: number): void {
		this.poly?.update(bytes, offset, length);
	}

	protected finishTag(_sequence: number, bytes: Uint8Array, offset: number, length: number): boolean {
		const { poly, tag } = this;
		this.poly = undefined;
		if (poly) poly.finish(tag);
		else this.crypto.poly1305(this.tagKey, bytes, offset, length, tag);
		return true;
	}

	protected apply(bytes: Uint8Array, offset: number, length: number, done: number): void {
		this.packetCipher.apply(this.nonce, 1 + done / 64, bytes, offset, length);
	}
}
