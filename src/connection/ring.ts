/** Bytes that have arrived and were not read yet: a circular buffer of a fixed size. */
import { copyBytes } from "../base/wire.js";

/** Up to this many bytes a loop is cheaper than the view that a native copy needs: a keystroke, mostly. */
const LOOP_LENGTH = 8;

export class Ring {
	private readonly bytes: Uint8Array;
	private start: number;
	/** Bytes held. */
	length: number;

	constructor(capacity: number) {
		this.bytes = new Uint8Array(capacity);
		this.start = 0;
		this.length = 0;
	}

	/** Takes in source[start, end). The caller has seen to it that they fit: the window is never above what is free. */
	write(source: Uint8Array, start: number, end: number): void {
		const { bytes } = this;
		const capacity = bytes.length;
		let at = this.start + this.length;
		if (at >= capacity) at -= capacity;
		const straight = Math.min(end - start, capacity - at);
		copy(bytes, at, source, start, start + straight);
		if (start + straight < end) copy(bytes, 0, source, start + straight, end);
		this.length += end - start;
	}

	/** Moves up to `length` bytes, the oldest first, to target[offset...] and returns how many. */
	read(target: Uint8Array, offset: number, length: number): number {
		const { bytes } = this;
		const count = Math.max(0, Math.min(length, this.length, target.length - offset));
		const straight = Math.min(count, bytes.length - this.start);
		copy(target, offset, bytes, this.start, this.start + straight);
		if (straight < count) copy(target, offset + straight, bytes, 0, count - straight);
		this.length -= count;
		// An empty ring starts over, so that short exchanges stay in one piece.
		this.start = this.length === 0 ? 0 : (this.start + count) % bytes.length;
		return count;
	}

	/** Overwrites what is or was held: a password typed at a prompt went through here. */
	wipe(): void {
		this.bytes.fill(0);
		this.start = 0;
		this.length = 0;
	}
}

function copy(target: Uint8Array, at: number, source: Uint8Array, start: number, end: number): void {
	if (end - start > LOOP_LENGTH) copyBytes(target, at, source, start, end);
	else for (let from = start; from < end; from++) target[at++] = source[from];
}
