/** The simulated loop: what a test turns to make the network, the timers and the promises go on. */
import { SimClock } from "./clock.js";

/** Turns without an event after which promises count as done: more than any chain of awaits between two of them. */
const QUIET_TURNS = 32;

export class SimNetwork {
	readonly clock = new SimClock();
	readonly #idle: () => Promise<void>;

	/** @param idle what settle() awaits between events, such as a turn of the host's own loop; else promise jobs only */
	constructor(idle: () => Promise<void> = () => Promise.resolve()) {
		this.#idle = idle;
	}

	/** Milliseconds. */
	get now(): number {
		return this.clock.now;
	}

	/** Runs one event that is due; false where there is none. */
	step(): boolean {
		return this.clock.step();
	}

	/** Runs all that is due now, timers too; returns how many events that were. */
	run(): number {
		return this.clock.run();
	}

	/** Lets time pass, and runs what is due in it. */
	advance(milliseconds: number): void {
		this.clock.advanceTo(this.now + milliseconds);
	}

	/** Lets time pass in which the loop stands still: what was due in it runs late, and in its order, when it goes on. */
	stall(milliseconds: number): void {
		this.clock.stall(milliseconds);
	}

	/** Goes on until nothing is on its way: only timers remain. Those that are due meanwhile run. */
	runUntilIdle(): void {
		this.run();
		while (this.clock.busy) this.clock.advanceTo(this.clock.next!);
	}

	/** Runs what is due now, event by event with promise jobs between, until neither makes more of the other. */
	async settle(): Promise<void> {
		for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
			if (this.step()) quiet = 0;
			await this.#idle();
		}
	}

	/** advance() with promise jobs between events. */
	async pass(milliseconds: number): Promise<void> {
		const end = this.now + milliseconds;
		await this.settle();
		for (let next = this.clock.next; next !== undefined && next <= end; next = this.clock.next) {
			this.clock.advanceTo(next);
			await this.settle();
		}
		this.clock.advanceTo(end);
	}

	/** Goes on, through time where it must, until `done`; rejects when that takes longer than `milliseconds`. */
	async until(done: () => boolean, milliseconds = 60_000): Promise<void> {
		const end = this.now + milliseconds;
		await this.settle();
		while (!done()) {
			const next = this.clock.next;
			if (next === undefined) throw new Error(`nothing more happens after ${this.now} ms`);
			if (next > end) throw new Error(`not done after ${milliseconds} ms`);
			this.clock.advanceTo(next);
			await this.settle();
		}
	}
}
