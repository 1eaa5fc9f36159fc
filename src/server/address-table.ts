/**
 * What addresses have done: a fixed number of entries, taken once. Addresses are kept whole, an IPv6 one as its /64,
 * which one machine has to itself: there is nothing to collide, and no key to be found out. A flood from more addresses
 * than there are entries forgets those who did least.
 */

/** The first 64 bits of an address, four times, and a byte twice. */
const BYTES_PER_ADDRESS = 8 + 3 * 8 + 2;

export class AddressTable {
	readonly size: number;
	/** When all connections that were counted are a minute old: each new one puts it off (the generic cell rate). */
	readonly busyUntil: Float64Array;
	/** End of the penalty; the last wrong guess where there was none. 0: it never guessed. */
	readonly penaltyUntil: Float64Array;
	/** When its debt is paid, by waiting alone: whatever it causes puts that off. */
	readonly debtUntil: Float64Array;
	/** Wrong guesses. */
	readonly failures: Uint8Array;
	/** What its debt came from last: a kind of penalties.ts. */
	readonly kinds: Uint8Array;
	/** The first 64 bits of an IPv6 address; 0 and an IPv4 address (0::/32 is nobody's). */
	private readonly sources: Uint32Array;

	constructor(size: number) {
		const block = new ArrayBuffer(size * BYTES_PER_ADDRESS);
		this.size = size;
		this.busyUntil = new Float64Array(block, 0, size);
		this.penaltyUntil = new Float64Array(block, size * 8, size);
		this.debtUntil = new Float64Array(block, size * 16, size);
		this.sources = new Uint32Array(block, size * 24, size * 2);
		this.failures = new Uint8Array(block, size * 32, size);
		this.kinds = new Uint8Array(block, size * 33, size);
	}

	/** Whether an entry is that of an address: another may have taken it since. */
	isOf(entry: number, high: number, low: number): boolean {
		return this.sources[entry * 2] === high && this.sources[entry * 2 + 1] === low;
	}

	/** The entry of an address, or -1. */
	find(high: number, low: number): number {
		for (let entry = 0; entry < this.size; entry++) if (this.isOf(entry, high, low)) return entry;
		return -1;
	}

	/**
	 * The entry of an address, made where there is none: in the place of the one whose penalty ends first, of those that
	 * never guessed the one with the least debt, and of those without a debt the one that connected least.
	 */
	entry(high: number, low: number, now: number): number {
		let least = 0;
		for (let entry = 0; entry < this.size; entry++) {
			if (this.isOf(entry, high, low)) return entry;
			if (this.didLess(entry, least)) least = entry;
		}
		this.sources[least * 2] = high;
		this.sources[least * 2 + 1] = low;
		this.busyUntil[least] = now;
		this.penaltyUntil[least] = 0;
		this.debtUntil[least] = 0;
		this.failures[least] = 0;
		return least;
	}

	private didLess(one: number, other: number): boolean {
		const { penaltyUntil, debtUntil, busyUntil } = this;
		if (penaltyUntil[one] !== penaltyUntil[other]) return penaltyUntil[one] < penaltyUntil[other];
		if (debtUntil[one] !== debtUntil[other]) return debtUntil[one] < debtUntil[other];
		return busyUntil[one] < busyUntil[other];
	}
}
