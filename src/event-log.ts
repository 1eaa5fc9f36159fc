/** The last events of a server, in memory. */
import type { LogSource } from "./shell/device.js";
import { printable } from "./utf8.js";

/** Characters of one entry, its time included. */
const MAX_ENTRY = 200;

export class EventLog implements LogSource {
	private readonly now: () => number;
	private readonly ring: string[];
	private readonly size: number;
	/** Where the next entry goes: the place of the oldest, once the ring is full. */
	private next = 0;
	private readonly listeners = new Set<(line: string) => void>();

	/**
	 * @param size entries that are kept
	 * @param now milliseconds, as the HAL's; each entry begins with it in seconds
	 * @throws RangeError for a size that is no integer above zero
	 */
	constructor(size: number, now: () => number) {
		if (!Number.isInteger(size) || size < 1) throw new RangeError("an event log keeps at least one entry");
		this.size = size;
		this.now = now;
		this.ring = [];
	}

	/** Adds an event. The text may come from a peer: it is made printable and cut to a bounded length. */
	add(text: string): void {
		const time = (this.now() / 1000).toFixed(3).padStart(10);
		const entry = cut(`[${time}] ${printable(text.slice(0, MAX_ENTRY))}`);
		this.ring[this.next] = entry;
		this.next = (this.next + 1) % this.size;
		for (const listener of this.listeners) {
			try {
				listener(entry);
			} catch {
				// Who listens badly must not keep others from their log, nor the server from its work.
			}
		}
	}

	entries(): string[] {
		if (this.ring.length < this.size) return this.ring.slice();
		return [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)];
	}

	subscribe(listener: (line: string) => void): () => void {
		// Wrapped, so that the same function can listen twice and leave once.
		const own = (line: string) => listener(line);
		this.listeners.add(own);
		return () => {
			this.listeners.delete(own);
		};
	}
}

function cut(entry: string): string {
	return entry.length > MAX_ENTRY ? `${entry.slice(0, MAX_ENTRY - 3)}...` : entry;
}
