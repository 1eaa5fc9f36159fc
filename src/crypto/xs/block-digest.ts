/**
 * What SHA-256 and SHA-512 have in common (FIPS 180-4 section 5): the message in blocks, and the padding after it. The
 * state is 32-bit words, so that a MAC can keep it and go on from there.
 */
import type { Digest } from "../port.js";

/** Fewer bytes than this are copied one by one: a view costs more. */
const FEW = 8;

export abstract class BlockDigest implements Digest {
	readonly length: number;
	readonly blockLength: number;
	protected readonly state: Int32Array;
	/** Over the block that is to be compressed. */
	protected readonly view: DataView;
	private readonly initial: readonly number[];
	private readonly block: Uint8Array;
	/** Bytes in the block; -1 when the padding has filled the last one, and the length is yet to come. */
	private used = 0;
	/** Bytes so far. */
	private total = 0;

	/** @param length of the output, bytes; the length field has a quarter of that  @param initial the initial state */
	constructor(length: number, initial: readonly number[]) {
		this.length = length;
		this.blockLength = 2 * length;
		this.initial = initial;
		this.state = new Int32Array(length >> 2);
		this.state.set(initial);
		this.block = new Uint8Array(2 * length);
		this.view = new DataView(this.block.buffer);
	}

	update(bytes: Uint8Array, offset: number, length: number): void {
		const { block, blockLength } = this;
		const end = offset + length;
		let at = offset;
		let used = this.used;
		this.total += length;
		while (at < end) {
			let count = blockLength - used;
			if (count > end - at) count = end - at;
			if (count < FEW) for (let i = 0; i < count; i++) block[used + i] = bytes[at + i];
			else block.set(bytes.subarray(at, at + count), used);
			at += count;
			used += count;
			if (used === blockLength) {
				this.compress();
				used = 0;
			}
		}
		this.used = used;
	}

	digest(output: Uint8Array, offset: number): void {
		while (!this.digestSlice(output, offset));
	}

	digestSlice(output: Uint8Array, offset: number): boolean {
		const { block, blockLength, length, state, view, total } = this;
		let used = this.used;
		if (used >= 0) block[used++] = 0x80;
		else used = 0;
		block.fill(0, used);
		if (used > blockLength - (length >> 2)) {
			this.compress();
			this.used = -1;
			return false;
		}
		// The length in bits.
		view.setInt32(blockLength - 8, Math.floor(total / 0x20000000));
		view.setInt32(blockLength - 4, total << 3);
		this.compress();
		const words = new DataView(output.buffer, output.byteOffset + offset, length);
		for (let i = 0; i < length; i += 4) words.setInt32(i, state[i >> 2]);
		this.restart();
		return true;
	}

	/** Forgets what was taken in. */
	restart(): void {
		this.state.set(this.initial);
		this.used = 0;
		this.total = 0;
	}

	/** A copy of the state, at the end of a block. */
	keep(): Int32Array {
		return this.state.slice();
	}

	/** Starts from a state that was kept after one block. */
	resume(state: Int32Array): void {
		this.state.set(state);
		this.used = 0;
		this.total = this.blockLength;
	}

	wipe(): void {
		this.state.fill(0);
		this.block.fill(0);
	}

	/** Takes the block into the state. */
	protected abstract compress(): void;
}

/** Words in hexadecimal, eight digits each, as signed integers. As text they take half of the bytecode of numbers. */
export function words(text: string): number[] {
	return text.split(" ").map(word => Number.parseInt(word, 16) | 0);
}
