/** One direction of a connection: bytes that were sent, the way, and bytes that have arrived. */
import { ByteQueue } from "./bytes.js";
import type { SimClock } from "./clock.js";

/** How bytes go in one direction. */
export interface PipeOptions {
	/** How many of the `available` bytes the next piece has; at least 1 is taken. All of them unless told. */
	readonly split?: (available: number) => number;
	/** Milliseconds that a piece takes, and the next one after it; 0 unless told. */
	readonly delay?: number;
	/** Bytes that may have arrived without being read; then the sender waits. 65,536 unless told. */
	readonly receiveBuffer?: number;
	/** The connection is lost when this many bytes have arrived. */
	readonly breakAfter?: number;
}

/** What a pipe tells; each is called from the loop, as an event of its own. */
export interface PipeEvents {
	arrived(): void;
	/** Some of what was sent has gone, so that more can be. */
	moved(): void;
	lost(): void;
}

export class Pipe {
	/** Sent, and not yet arrived. */
	readonly #sent = new ByteQueue();
	readonly #arrived = new ByteQueue();
	readonly #clock: SimClock;
	readonly #options: PipeOptions;
	readonly #events: PipeEvents;
	#total = 0;
	#ending = false;
	#ended = false;
	#stopped = false;
	#stalled = false;
	#onItsWay = false;

	constructor(clock: SimClock, options: PipeOptions, events: PipeEvents) {
		this.#clock = clock;
		this.#options = options;
		this.#events = events;
		this.#checkLoss();
	}

	/** Bytes sent that have not arrived. */
	get unsent(): number {
		return this.#sent.length;
	}

	/** Bytes to read. */
	get readable(): number {
		return this.#arrived.length;
	}

	/** Bytes that have arrived since the beginning. */
	get total(): number {
		return this.#total;
	}

	/** The sender has ended, and all it sent was read. */
	get ended(): boolean {
		return this.#ended && this.#arrived.length === 0;
	}

	send(bytes: Uint8Array, offset: number, length: number): void {
		if (this.#stopped) return;
		this.#sent.add(bytes, offset, length);
		this.#go();
	}

	end(): void {
		this.#ending = true;
		this.#go();
	}

	read(target: Uint8Array, offset: number, length: number): number {
		const count = Math.min(length, this.#arrived.length);
		this.#arrived.take(target, offset, count);
		this.#go();
		return count;
	}

	/** What is on its way is lost, and whatever else is sent; what has arrived can be read. */
	stop(): void {
		this.#stopped = true;
		this.#sent.clear();
	}

	/** Nothing arrives any more, and the sender does not learn of it. */
	stall(): void {
		this.#stalled = true;
	}

	#go(): void {
		if (this.#onItsWay || this.#stopped || this.#stalled || this.#ended) return;
		const room = (this.#options.receiveBuffer ?? 65_536) - this.#arrived.length;
		if (this.#sent.length > 0 ? room <= 0 : !this.#ending) return;
		this.#onItsWay = true;
		this.#clock.after(this.#options.delay ?? 0, () => {
			this.#onItsWay = false;
			if (!this.#stopped && !this.#stalled) this.#arrive();
		});
	}

	#arrive(): void {
		const available = this.#sent.length;
		if (available === 0) this.#ended = true;
		else {
			const room = (this.#options.receiveBuffer ?? 65_536) - this.#arrived.length;
			const piece = Math.max(1, this.#options.split?.(available) ?? available);
			const count = Math.min(available, room, piece, (this.#options.breakAfter ?? Infinity) - this.#total);
			this.#sent.move(this.#arrived, count);
			this.#total += count;
			this.#events.moved();
		}
		this.#events.arrived();
		this.#checkLoss();
		this.#go();
	}

	#checkLoss(): void {
		if (this.#total !== this.#options.breakAfter) return;
		this.stop();
		this.#clock.after(0, () => this.#events.lost());
	}
}
