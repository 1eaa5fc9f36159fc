/** Bytes that wait, first in, first out. */
export class ByteQueue {
	#bytes = new Uint8Array(256);
	#start = 0;
	#end = 0;

	get length(): number {
		return this.#end - this.#start;
	}

	add(bytes: Uint8Array, offset: number, length: number): void {
		if (this.#end + length > this.#bytes.length) this.#makeRoom(length);
		this.#bytes.set(bytes.subarray(offset, offset + length), this.#end);
		this.#end += length;
	}

	/** Takes `length` bytes off, which must be there. */
	take(target: Uint8Array, offset: number, length: number): void {
		target.set(this.#bytes.subarray(this.#start, this.#start + length), offset);
		this.#start += length;
	}

	/** Takes `length` bytes over to another queue. */
	move(to: ByteQueue, length: number): void {
		to.add(this.#bytes, this.#start, length);
		this.#start += length;
	}

	clear(): void {
		this.#start = 0;
		this.#end = 0;
	}

	#makeRoom(length: number): void {
		const kept = this.#bytes.subarray(this.#start, this.#end);
		if (kept.length + length > this.#bytes.length / 2) {
			this.#bytes = new Uint8Array((kept.length + length) * 2);
			this.#bytes.set(kept);
		} else this.#bytes.copyWithin(0, this.#start, this.#end);
		this.#end = kept.length;
		this.#start = 0;
	}
}
