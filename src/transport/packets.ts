/**
 * The binary packet protocol (RFC 4253 section 6) over two fixed buffers. The owner moves bytes between them and
 * its socket; packets are decrypted, built and encrypted where they lie.
 *
 *     uint32    packet_length
 *     byte      padding_length
 *     byte[n1]  payload; n1 = packet_length - padding_length - 1
 *     byte[n2]  random padding; n2 = padding_length
 *     byte[m]   mac
 */

import { STEP_DONE, STEP_SLICE, STEP_WAITS } from "../base/steps.js";
import { getUint32, putUint32, Writer } from "../base/wire.js";
import type { RandomSource } from "../crypto/port.js";
import { type Limits, MIN_PADDING, REPLY_RESERVE } from "../limits.js";
import {
	ERR_PAYLOAD_TOO_LARGE,
	ERR_SSH_CIRCULAR_BUFFER_OVERFLOW,
	ERR_SSH_TRANSPORT,
	ERR_SSH_TRANSPORT_BAD_MAC,
	OK,
} from "../merrors.js";
import type { Protection } from "./protection.js";
import { BAD_TAG } from "./sliced-protection.js";

/** packet_length and padding_length. */
const HEADER = 5;

/** The most that a packet takes beyond its payload: header, 4 to 19 bytes of padding, a tag of 64. */
const OVERHEAD = HEADER + 19 + 64;

/** After it sequence numbers begin anew (RFC 4253 section 6.4). */
const MAX_SEQUENCE = 0xffff_ffff;

/** RFC 4253 section 6.1: payloads of this size must be taken by everyone; we send none that is longer. */
const MAX_PAYLOAD = 32_768;

/** Before the first NEWKEYS: no encryption, no MAC; packets are padded to 8 bytes. */
const PLAIN: Protection = Object.freeze({
	blockSize: 8,
	padsLength: true,
	tagLength: 0,
	headerLength: 4,
	prepare: () => {},
	packetLength: (_sequence: number, bytes: Uint8Array, offset: number) => getUint32(bytes, offset),
	open: (_sequence: number, _bytes: Uint8Array, _offset: number, _length: number, work = 0) => work,
	seal: () => 0,
	wipe: () => {},
});

/** One direction's keys and what they have served. */
class Direction {
	protection: Protection = PLAIN;
	/** Of the next packet, modulo 2^32 (RFC 4253 section 6.4). */
	sequence = 0;
	/** Since the keys were taken into use. */
	packets = 0;
	bytes = 0;

	count(bytes: number): void {
		this.sequence = (this.sequence + 1) >>> 0;
		this.packets++;
		this.bytes += bytes;
	}

	/**
	 * NEWKEYS: under strict key exchange the sequence starts anew (OpenSSH PROTOCOL 1.10).
	 * @param goesOn with counting what was served, and does not begin with these keys
	 */
	take(protection: Protection, restart: boolean, goesOn = false): void {
		this.protection.wipe();
		this.protection = protection;
		if (restart) this.sequence = 0;
		if (goesOn) return;
		this.packets = 0;
		this.bytes = 0;
	}
}

export class PacketStream {
	readonly c2s = new Direction();
	readonly s2c = new Direction();

	/** Bytes from the peer: input[inputStart, inputEnd). Empty while the connection rests. */
	input: Uint8Array;
	inputStart = 0;
	inputEnd = 0;
	/** The payload of the packet that receive() has found. */
	payloadStart = 0;
	payloadEnd = 0;

	/**
	 * Bytes for the peer, output[outputStart, sealedEnd), and after them packets that are yet to be sealed, up to outputEnd:
	 * they lie as they will be sent, in the clear. Empty while the connection rests.
	 */
	output: Uint8Array;
	outputStart = 0;
	sealedEnd = 0;
	outputEnd = 0;

	/** What this step may still spend on opening and sealing packets, as Protection counts it. */
	work: number;

	private readonly limits: Limits;
	private readonly random: RandomSource;
	private readonly writer: Writer;
	/** packet_length of the packet at inputStart; -1 until its header was decrypted. */
	private packetLength = -1;
	/** It was found by a call that had worked enough: the next one is to tell of it. */
	private opened = false;
	/** Bytes of the packet that receive() has found, all in all. */
	private packetTotal = 0;
	/** packet_length of the packet at sealedEnd; -1 until its sealing has begun, which may encrypt it. */
	private sealedLength = -1;

	constructor(limits: Limits, random: RandomSource) {
		this.limits = limits;
		this.work = limits.cipherSlice;
		this.input = new Uint8Array(limits.packetSize);
		this.output = new Uint8Array(limits.sendBufferSize);
		this.random = random;
		this.writer = new Writer(this.output);
	}

	/** Neither buffer is there. */
	get resting(): boolean {
		return this.input.length + this.output.length === 0;
	}

	/** A step begins, which may do its share of work. */
	renewWork(): void {
		this.work = this.limits.cipherSlice;
	}

	/** Makes room after inputEnd and returns how much there is; the owner fills it and calls received(). */
	inputSpace(): number {
		if (this.inputStart > 0) {
			if (this.inputStart < this.inputEnd) this.input.copyWithin(0, this.inputStart, this.inputEnd);
			this.inputEnd -= this.inputStart;
			this.inputStart = 0;
		}
		if (this.input.length === 0) this.input = new Uint8Array(this.limits.packetSize);
		return this.input.length - this.inputEnd;
	}

	/** Tells that `count` bytes now lie after inputEnd. */
	received(count: number): void {
		this.inputEnd += count;
	}

	/**
	 * Decrypts and counts the next packet, or a slice of it.
	 * @returns STEP_DONE with payloadStart and payloadEnd set; STEP_SLICE when that was a slice of it, with more to come;
	 *   STEP_WAITS while it is incomplete; a status below zero
	 */
	receive(): number {
		if (this.opened) {
			this.opened = false;
			return this.found();
		}
		const { protection, sequence } = this.c2s;
		const available = this.inputEnd - this.inputStart;
		if (this.packetLength < 0) {
			if (available < protection.headerLength) return STEP_WAITS;
			const length = protection.packetLength(sequence, this.input, this.inputStart);
			const total = 4 + length + protection.tagLength;
			const padded = protection.padsLength ? length + 4 : length;
			if (length < 1 + MIN_PADDING || padded % protection.blockSize !== 0) return ERR_SSH_TRANSPORT;
			if (total > this.input.length) return ERR_PAYLOAD_TOO_LARGE;
			this.packetLength = length;
		}
		const length = this.packetLength;
		if (available < 4 + length + protection.tagLength) return STEP_WAITS;
		// Nothing in the clear may be counted round to 0, where strict key exchange looks for KEXINIT.
		if (protection === PLAIN && sequence === MAX_SEQUENCE) return ERR_SSH_TRANSPORT;
		const left = protection.open(sequence, this.input, this.inputStart, length, this.work);
		this.work = Math.max(0, left);
		if (left === BAD_TAG) return ERR_SSH_TRANSPORT_BAD_MAC;
		if (left < 0) return STEP_SLICE;
		const padding = this.input[this.inputStart + 4];
		if (padding < MIN_PADDING || padding + 1 >= length) return ERR_SSH_TRANSPORT;
		this.payloadStart = this.inputStart + HEADER;
		this.payloadEnd = this.inputStart + 4 + length - padding;
		this.packetTotal = 4 + length + protection.tagLength;
		this.packetLength = -1;
		this.c2s.count(this.packetTotal);
		this.opened = this.hasWorked;
		return this.opened ? STEP_SLICE : this.found();
	}

	/** What is done with the packet takes its part of the step. */
	private found(): number {
		this.work -= this.limits.cipherSlice / 2;
		return STEP_DONE;
	}

	/** The keys of either direction have served for as much as they may (RFC 4253 section 9). */
	get wornOut(): boolean {
		const { c2s, s2c, limits } = this;
		const { rekeyBytes, rekeyPackets } = limits;
		if (c2s.bytes >= rekeyBytes || s2c.bytes >= rekeyBytes) return true;
		return c2s.packets >= rekeyPackets || s2c.packets >= rekeyPackets;
	}

	/** Sequence number of the packet that receive() found. */
	get receivedSequence(): number {
		return (this.c2s.sequence - 1) >>> 0;
	}

	/** Done with the packet that receive() found. */
	consume(): void {
		this.inputStart += this.packetTotal;
	}

	/** Bytes in the output that the socket may take. */
	get pending(): number {
		return this.sealedEnd - this.outputStart;
	}

	/** There are packets in the output that are yet to be sealed. */
	get unsealed(): boolean {
		return this.sealedEnd < this.outputEnd;
	}

	/** Bytes in the output, sealed and not. */
	private get queued(): number {
		return this.outputEnd - this.outputStart;
	}

	/** Bytes of payload that a packet of any kind may have now. */
	get space(): number {
		return Math.min(MAX_PAYLOAD, this.limits.sendBufferSize - this.queued - OVERHEAD);
	}

	/** Bytes of payload that bulk data may have now, so that replies still fit after it. */
	get bulkSpace(): number {
		return Math.max(
			0,
			Math.min(
				this.limits.sendPacketSize,
				this.limits.sendBufferSize - this.queued - 2 * OVERHEAD - REPLY_RESERVE,
			),
		);
	}

	/** Tells that the socket took `count` bytes. */
	sent(count: number): void {
		this.outputStart += count;
		if (this.outputStart === this.outputEnd) this.outputStart = this.sealedEnd = this.outputEnd = 0;
	}

	/** A Writer for a payload after what is there; nothing is sent before seal(). */
	begin(): Writer {
		if (this.outputStart > 0) {
			this.output.copyWithin(0, this.outputStart, this.outputEnd);
			this.outputEnd -= this.outputStart;
			this.sealedEnd -= this.outputStart;
			this.outputStart = 0;
		}
		if (this.output.length === 0) this.output = new Uint8Array(this.limits.sendBufferSize);
		const start = this.outputEnd + HEADER;
		return this.writer.reset(this.output, start, start + Math.max(0, this.space));
	}

	/** Where the payload of begin() starts in `output`. */
	get payloadOrigin(): number {
		return this.outputEnd + HEADER;
	}

	/** Pads and queues the payload that begin()'s Writer holds, and seals it as far as this step's work goes. */
	seal(): number {
		const { writer, output, outputEnd: start } = this;
		if (writer.failed) return ERR_SSH_CIRCULAR_BUFFER_OVERFLOW;
		const { protection } = this.s2c;
		const unpadded = writer.position - start - (protection.padsLength ? 0 : 4);
		let padding = protection.blockSize - (unpadded % protection.blockSize);
		if (padding < MIN_PADDING) padding += protection.blockSize;
		const status = this.random(output.subarray(writer.position, writer.position + padding));
		if (status < OK) return status;
		const length = writer.position - start - 4 + padding;
		putUint32(output, start, length);
		output[start + 4] = padding;
		this.outputEnd = start + 4 + length + protection.tagLength;
		if (protection === PLAIN) this.countSealed(length);
		else this.sealQueued();
		return OK;
	}

	/** A step of sealing what is queued. STEP_DONE when that was little, else STEP_SLICE. */
	sealSlice(): number {
		this.renewWork();
		this.sealQueued();
		return this.hasWorked ? STEP_SLICE : STEP_DONE;
	}

	/** Seals all that is queued, however long that takes. */
	sealAll(): void {
		this.work = Number.MAX_SAFE_INTEGER;
		this.sealQueued();
	}

	/** Packets have taken so much of this step's work that what is next is a step of its own. */
	private get hasWorked(): boolean {
		return this.work < (3 * this.limits.cipherSlice) / 4;
	}

	/** Seals what is queued, as far as this step's work goes. */
	private sealQueued(): void {
		const { protection } = this.s2c;
		while (this.unsealed && this.work > 0) {
			if (this.sealedLength < 0) this.sealedLength = getUint32(this.output, this.sealedEnd);
			const { sequence } = this.s2c;
			const left = protection.seal(sequence, this.output, this.sealedEnd, this.sealedLength, this.work);
			this.work = Math.max(0, left);
			if (left >= 0) this.countSealed(this.sealedLength);
		}
	}

	private countSealed(length: number): void {
		const total = 4 + length + this.s2c.protection.tagLength;
		this.sealedEnd += total;
		this.sealedLength = -1;
		this.s2c.count(total);
	}

	/**
	 * Gives both buffers back where nothing is in them, overwritten; they are taken anew when they are needed. An idle
	 * connection holds its memory for hours, and most connections of a device are idle.
	 */
	rest(): void {
		if (this.queued > 0 || this.inputStart < this.inputEnd || this.resting) return;
		this.input.fill(0);
		this.output.fill(0);
		this.inputStart = this.inputEnd = 0;
		this.input = this.output = new Uint8Array(0);
		this.writer.reset(this.output, 0, 0);
	}

	/** Overwrites keys and what the buffers still hold. */
	wipe(): void {
		this.c2s.take(PLAIN, true);
		this.s2c.take(PLAIN, true);
		this.input.fill(0);
		this.output.fill(0);
	}
}
