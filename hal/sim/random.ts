/** Numbers that look random and are the same in every run: a counter through the finalizer of MurmurHash3. */
export class SimRandom {
	#state: number;

	constructor(seed: number) {
		this.#state = seed | 0;
	}

	/** 32 bits. */
	next(): number {
		this.#state = (this.#state + 0x9e3779b9) | 0;
		let mixed = this.#state;
		mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
		mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
		return (mixed ^ (mixed >>> 16)) >>> 0;
	}

	/** A whole number from 0 to below `bound`. */
	below(bound: number): number {
		return this.next() % bound;
	}

	fill(bytes: Uint8Array): void {
		for (let i = 0; i < bytes.length; i++) bytes[i] = this.next() >>> 24;
	}
}
