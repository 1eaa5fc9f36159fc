/** aes128-ctr and aes256-ctr (RFC 4344 section 4) with an HMAC (RFC 6668), in both orders of the two. */
import type { CtrCipher, Digest } from "../crypto/port.js";
import { equalBytes, getUint32, putUint32 } from "../wire.js";
import type { Protection } from "./protection.js";

const BLOCK = 16;

/** mac = MAC(key, uint32 sequence_number || packet) */
class PacketMac {
	readonly length: number;
	private readonly hmac: Digest;
	private readonly sequence = new Uint8Array(4);
	private readonly tag: Uint8Array;

	constructor(hmac: Digest) {
		this.hmac = hmac;
		this.length = hmac.length;
		this.tag = new Uint8Array(hmac.length);
	}

	/** Writes the MAC of bytes[offset][length] behind them. */
	write(sequence: number, bytes: Uint8Array, offset: number, length: number): void {
		this.compute(sequence, bytes, offset, length);
		bytes.set(this.tag, offset + length);
	}

	/** Whether the bytes behind bytes[offset][length] are their MAC. */
	fits(sequence: number, bytes: Uint8Array, offset: number, length: number): boolean {
		const end = offset + length;
		this.compute(sequence, bytes, offset, length);
		return equalBytes(this.tag, bytes.subarray(end, end + this.length));
	}

	wipe(): void {
		this.hmac.wipe();
		this.tag.fill(0);
	}

	private compute(sequence: number, bytes: Uint8Array, offset: number, length: number): void {
		putUint32(this.sequence, 0, sequence);
		this.hmac.update(this.sequence, 0, 4);
		this.hmac.update(bytes, offset, length);
		this.hmac.digest(this.tag, 0);
	}
}

/** Encrypt-and-MAC (RFC 4253 section 6.4): the MAC is of the packet as it was before encryption, length and all. */
export class CtrProtection implements Protection {
	readonly blockSize = BLOCK;
	readonly padsLength = true;
	readonly tagLength: number;
	readonly headerLength = BLOCK;

	private readonly cipher: CtrCipher;
	private readonly mac: PacketMac;

	constructor(cipher: CtrCipher, hmac: Digest) {
		this.cipher = cipher;
		this.mac = new PacketMac(hmac);
		this.tagLength = this.mac.length;
	}

	/** Decrypts the first block where it lies; open() decrypts the others. */
	packetLength(_sequence: number, bytes: Uint8Array, offset: number): number {
		this.cipher.apply(bytes, offset, BLOCK);
		return getUint32(bytes, offset);
	}

	open(sequence: number, bytes: Uint8Array, offset: number, packetLength: number): boolean {
		this.cipher.apply(bytes, offset + BLOCK, 4 + packetLength - BLOCK);
		return this.mac.fits(sequence, bytes, offset, 4 + packetLength);
	}

	/** The MAC goes behind the packet first, where encryption does not touch it. */
	seal(sequence: number, bytes: Uint8Array, offset: number, packetLength: number): void {
		this.mac.write(sequence, bytes, offset, 4 + packetLength);
		this.cipher.apply(bytes, offset, 4 + packetLength);
	}

	wipe(): void {
		this.cipher.wipe();
		this.mac.wipe();
	}
}

/** Encrypt-then-MAC (OpenSSH PROTOCOL 1.5): the length is clear, and the MAC is of what is sent. */
export class CtrEtmProtection implements Protection {
	readonly blockSize = BLOCK;
	readonly padsLength = false;
	readonly tagLength: number;
	readonly headerLength = 4;

	private readonly cipher: CtrCipher;
	private readonly mac: PacketMac;

	constructor(cipher: CtrCipher, hmac: Digest) {
		this.cipher = cipher;
		this.mac = new PacketMac(hmac);
		this.tagLength = this.mac.length;
	}

	packetLength(_sequence: number, bytes: Uint8Array, offset: number): number {
		return getUint32(bytes, offset);
	}

	open(sequence: number, bytes: Uint8Array, offset: number, packetLength: number): boolean {
		if (!this.mac.fits(sequence, bytes, offset, 4 + packetLength)) return false;
		this.cipher.apply(bytes, offset + 4, packetLength);
		return true;
	}

	seal(sequence: number, bytes: Uint8Array, offset: number, packetLength: number): void {
		this.cipher.apply(bytes, offset + 4, packetLength);
		this.mac.write(sequence, bytes, offset, 4 + packetLength);
	}

	wipe(): void {
		this.cipher.wipe();
		this.mac.wipe();
	}
}
