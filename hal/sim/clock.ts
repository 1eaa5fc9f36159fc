/** Time that a test turns: a list of events, run in the order of their times, and of their making where those are equal. */

/** More events than this at one instant are a loop that feeds itself, not work. */
const MAX_EVENTS_AT_ONCE = 10_000_000;

interface Event {
	readonly at: number;
	/** A timer may wait for ever; traffic is what a test waits for. */
	readonly timer: boolean;
	readonly run: () => void;
}

export class SimClock {
	#now = 0;
	readonly #events: Event[] = [];

	/** Milliseconds since the clock was made. */
	get now(): number {
		return this.#now;
	}

	/** When the next event is due; undefined where there is none. */
	get next(): number | undefined {
		return this.#events[0]?.at;
	}

	/** Whether something besides timers is to come. */
	get busy(): boolean {
		return this.#events.some(event => !event.timer);
	}

	/** Runs a callback later, after `milliseconds`; the function returned takes it back. */
	after(milliseconds: number, run: () => void, timer = false): () => void {
		const event = { at: this.#now + Math.max(0, milliseconds), timer, run };
		let at = this.#events.length;
		while (at > 0 && this.#events[at - 1].at > event.at) at--;
		this.#events.splice(at, 0, event);
		return () => {
			const index = this.#events.indexOf(event);
			if (index >= 0) this.#events.splice(index, 1);
		};
	}

	/** Time passes, and nothing runs. */
	stall(milliseconds: number): void {
		this.#now += Math.max(0, milliseconds);
	}

	/** Runs the next event that is due now; false where there is none. */
	step(): boolean {
		if (this.#events.length === 0 || this.#events[0].at > this.#now) return false;
		this.#events.shift()!.run();
		return true;
	}

	/** Runs what is due now, and what that makes due now; returns how many events that were. */
	run(): number {
		let count = 0;
		while (this.step()) {
			if (++count > MAX_EVENTS_AT_ONCE) throw new Error(`no rest at ${this.#now} ms`);
		}
		return count;
	}

	/** Goes on to a time, through all that is due until then. */
	advanceTo(time: number): void {
		this.run();
		for (let next = this.next; next !== undefined && next <= time; next = this.next) {
			this.#now = Math.max(this.#now, next);
			this.run();
		}
		this.#now = Math.max(this.#now, time);
	}
}
