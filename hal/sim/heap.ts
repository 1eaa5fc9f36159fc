/** An engine's heap whose figures a test sets. */
import type { Heap } from "../hal.js";

export class SimHeap implements Heap {
	/** What can still be taken. */
	slots: number;
	bytes: number;
	/** What collect() gives back. */
	garbageSlots = 0;
	garbageBytes = 0;
	/** Calls of collect(). */
	collections = 0;

	constructor(slots: number, bytes: number) {
		this.slots = slots;
		this.bytes = bytes;
	}

	freeSlots(): number {
		return this.slots;
	}

	freeBytes(): number {
		return this.bytes;
	}

	/** Takes so much, never more than is left. */
	take(slots: number, bytes: number): void {
		this.slots = Math.max(0, this.slots - slots);
		this.bytes = Math.max(0, this.bytes - bytes);
	}

	/** Makes garbage of what was taken. */
	drop(slots: number, bytes: number): void {
		this.garbageSlots += slots;
		this.garbageBytes += bytes;
	}

	collect(): void {
		this.slots += this.garbageSlots;
		this.bytes += this.garbageBytes;
		this.garbageSlots = 0;
		this.garbageBytes = 0;
		this.collections++;
	}
}
