/** The binary packet protocol (RFC 4253 section 6) as a client has it, written apart from that of the server. */
import type { Protection } from "../../src/transport/protection.js";
import { BAD_TAG } from "../../src/transport/sliced-protection.js";
import { concat } from "../crypto/helpers.js";
import { Fields, uint32 } from "./wire.js";

/** Packets to the server. */
export class Outgoing {
	/** Of the next packet. */
	sequence = 0;
	private protection: Protection | undefined;

	take(protection: Protection, restart: boolean): void {
		this.protection = protection;
		if (restart) this.sequence = 0;
	}

	/** @param extra blocks of padding beyond the least */
	seal(payload: Uint8Array, extra = 0): Uint8Array {
		const { protection } = this;
		const block = protection?.blockSize ?? 8;
		const counted = 1 + payload.length + (protection && !protection.padsLength ? 0 : 4);
		let padding = extra * block;
		while (padding < 4 || (counted + padding) % block !== 0) padding++;
		return this.sealAsIs(payload, padding);
	}

	/** With so much padding, right or wrong. */
	sealAsIs(payload: Uint8Array, padding: number): Uint8Array {
		const length = 1 + payload.length + padding;
		const packet = concat(uint32(length), Uint8Array.of(padding), payload, new Uint8Array(padding));
		return this.protect(packet, length);
	}

	/** A packet whose length field may lie, with a tag where it is protected. */
	protect(packet: Uint8Array, length: number): Uint8Array {
		const sealed = concat(packet, new Uint8Array(this.protection?.tagLength ?? 0));
		this.protection?.seal(this.sequence, sealed, 0, length);
		this.sequence = (this.sequence + 1) >>> 0;
		return sealed;
	}
}

export interface Packet {
	readonly sequence: number;
	readonly payload: Uint8Array;
}

/** Packets from the server. */
export class Incoming {
	/** Of the next packet. */
	sequence = 0;
	private protection: Protection | undefined;
	private bytes: Uint8Array = new Uint8Array(0);
	private length = -1;

	take(protection: Protection, restart: boolean): void {
		this.protection = protection;
		if (restart) this.sequence = 0;
	}

	add(bytes: Uint8Array): void {
		this.bytes = concat(this.bytes, bytes);
	}

	/** Bytes that make no whole packet yet. */
	get left(): number {
		return this.bytes.length;
	}

	/** The next packet, or undefined while it is incomplete. Throws for what a server must not send. */
	next(): Packet | undefined {
		const { protection, bytes, sequence } = this;
		if (this.length < 0) {
			if (bytes.length < (protection?.headerLength ?? 4)) return undefined;
			this.length = protection?.packetLength(sequence, bytes, 0) ?? new Fields(bytes).uint32();
			if (this.length > 35_000) throw new Error(`packet of ${this.length} bytes`);
		}
		const { length } = this;
		const total = 4 + length + (protection?.tagLength ?? 0);
		if (bytes.length < total) return undefined;
		if (protection && protection.open(sequence, bytes, 0, length) === BAD_TAG)
			throw new Error("packet with a wrong tag");
		const padding = bytes[4];
		const counted = length + (protection && !protection.padsLength ? 0 : 4);
		if (counted % (protection?.blockSize ?? 8) !== 0)
			throw new Error(`packet of ${length} bytes: no whole blocks`);
		if (padding < 4) throw new Error(`padding of ${padding} bytes`);
		const payload = bytes.slice(5, 4 + length - padding);
		this.bytes = bytes.slice(total);
		this.length = -1;
		this.sequence = (sequence + 1) >>> 0;
		return { sequence, payload };
	}
}
