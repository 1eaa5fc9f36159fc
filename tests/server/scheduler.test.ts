/** Whose turn is next: by the work that was done, weighted by its price; and turns that come although a timer does not. */
import { createSimHal, type SimHal } from "../../hal/sim/index.js";
import { OPEN } from "../../src/base/stages.js";
import { TICK } from "../../src/limits.js";
import type { Admission } from "../../src/server/admission.js";
import type { ServerConnection } from "../../src/server/connection.js";
import { Scheduler } from "../../src/server/scheduler.js";
import { assert, test } from "../harness.js";

/** One who asks for turns: each takes `cost` milliseconds, and it asks for the next until it has had `wants` of them. */
interface Asker {
	readonly price: number;
	readonly cost: number;
	readonly wants?: number;
}

class Turns {
	readonly hal: SimHal;
	readonly scheduler: Scheduler;
	readonly connections: ServerConnection[];
	/** Whose turns there were, by their numbers. */
	readonly order: number[] = [];
	/** Milliseconds that each has had. */
	readonly work: number[];
	readonly given: number[] = [];
	private readonly askers: readonly Asker[];

	constructor(askers: readonly Asker[], hal = createSimHal()) {
		this.hal = hal;
		this.askers = askers;
		this.work = askers.map(() => 0);
		const admission = { price: (place: number) => askers[place].price, charge: () => undefined };
		this.scheduler = new Scheduler(
			hal,
			{
				serve: connection => this.serve(connection),
				checkTime: () => undefined,
				giveUp: (connection, error) => {
					throw new Error(`${connection.place}: ${error}`);
				},
			},
			admission as unknown as Admission,
		);
		this.connections = askers.map(
			(_, place) =>
				({ place, awake: false, tag: 0, stage: OPEN, next: undefined }) as unknown as ServerConnection,
		);
		for (const connection of this.connections) this.scheduler.add(connection);
	}

	private serve(connection: ServerConnection): void {
		const { place } = connection;
		const { cost, wants = Infinity } = this.askers[place];
		this.order.push(place);
		this.work[place] += cost;
		this.hal.network.stall(cost);
		this.given[place] = (this.given[place] ?? 0) + 1;
		if (this.given[place] < wants) this.scheduler.ask(connection);
	}

	wake(...places: number[]): void {
		for (const place of places) this.scheduler.wake(this.connections[place]);
	}

	/** Lets so many more turns pass. */
	pass(turns: number): void {
		const end = this.order.length + turns;
		while (this.order.length < end && this.hal.network.step());
	}
}

test("those who pay the same have the same share of time, however long their turns are", () => {
	const turns = new Turns([
		{ price: 8, cost: 40 },
		{ price: 8, cost: 10 },
		{ price: 8, cost: 1 },
	]);
	turns.wake(0, 1, 2);
	turns.pass(1000);
	const [long, middle, short] = turns.work;
	// Each turn counts a millisecond beside its own.
	assert.ok(Math.abs((long * 41) / 40 - (middle * 11) / 10) <= 82, `${turns.work}`);
	assert.ok(Math.abs((long * 41) / 40 - short * 2) <= 82, `${turns.work}`);
});

test("the owner has two thirds against any number of strangers, half against those who have logged in", () => {
	for (const [count, price, share] of [
		[3, 8, 2 / 3],
		[7, 16, 2 / 3],
		[3, 4, 1 / 2],
		[7, 8, 1 / 2],
	] as const) {
		const others = Array.from({ length: count }, () => ({ price, cost: 20 }));
		const turns = new Turns([{ price: 1, cost: 20 }, ...others]);
		turns.wake(...Array.from({ length: count + 1 }, (_, place) => place));
		turns.pass(2000);
		const all = turns.work.reduce((sum, each) => sum + each);
		assert.ok(turns.work[0] >= share * all, `${turns.work[0]} of ${all} beside ${count}`);
		// And nobody is left out.
		for (const work of turns.work) assert.ok(work > 0, `${turns.work}`);
	}
});

test("who asks for little is next, before those who ask for more than their share, whichever asked first", () => {
	const turns = new Turns([
		{ price: 8, cost: 30 },
		{ price: 8, cost: 30 },
		{ price: 8, cost: 5, wants: 50 },
		{ price: 4, cost: 5, wants: 50 },
	]);
	turns.wake(0, 1);
	turns.pass(20);
	for (const small of [2, 3]) {
		for (let count = 0; count < 10; count++) {
			turns.given[small] = 49;
			turns.wake(small);
			const before = turns.order.length;
			turns.pass(2);
			assert.ok(turns.order.slice(before).includes(small), `${turns.order.slice(before)}`);
			turns.pass(8);
		}
	}
});

test("who asked for nothing for long has saved up no turns", () => {
	const turns = new Turns([
		{ price: 8, cost: 10 },
		{ price: 8, cost: 10 },
	]);
	turns.wake(0);
	turns.pass(500);
	turns.wake(1);
	const before = turns.order.length;
	turns.pass(100);
	const late = turns.order.slice(before).filter(place => place === 1).length;
	assert.ok(late <= 52, `${late} of 100`);
});

test("between two turns the loop hears of others: each turn is a callback of its own", () => {
	const turns = new Turns([
		{ price: 1, cost: 10 },
		{ price: 1, cost: 10 },
	]);
	turns.wake(0, 1);
	let heard = 0;
	const hear = () => {
		heard++;
		turns.hal.network.clock.after(10, hear);
	};
	hear();
	turns.pass(20);
	assert.ok(heard >= 19, `${heard}`);
});

test("a turn whose timer the HAL has lost comes with the next event or tick, and the clock goes on as well", () => {
	for (const event of [true, false]) {
		const hal = createSimHal();
		const turns = new Turns([{ price: 1, cost: 0, wants: 1 }], hal);
		const { setTimer } = hal;
		hal.setTimer = milliseconds => setTimer.call(hal, milliseconds, () => undefined);
		turns.wake(0);
		hal.setTimer = setTimer;
		hal.network.advance(TICK - 1);
		assert.deepEqual(turns.order, []);
		if (event) {
			hal.network.stall(1);
			turns.scheduler.ready(turns.connections[0]);
			assert.deepEqual(turns.order, [0]);
		} else {
			hal.network.advance(TICK + 1);
			assert.deepEqual(turns.order, [0]);
		}
	}
});

test("without memory for a timer an event is the turn; without one for the tick it is set at the next event", () => {
	const hal = createSimHal();
	const turns = new Turns([{ price: 1, cost: 0, wants: 1 }], hal);
	const { setTimer } = hal;
	hal.setTimer = () => {
		throw new Error("no memory");
	};
	turns.scheduler.ready(turns.connections[0]);
	assert.deepEqual(turns.order, [0]);
	hal.setTimer = setTimer;
	// A tick that was lost is set again by whatever comes after three of them.
	const lost = createSimHal();
	const late = new Turns([], lost);
	const connection = { place: 0, awake: false, tag: 0, stage: OPEN } as unknown as ServerConnection;
	const plain = lost.setTimer;
	lost.setTimer = milliseconds => plain.call(lost, milliseconds, () => undefined);
	late.scheduler.add(connection);
	lost.setTimer = plain;
	lost.network.advance(3 * TICK);
	const pending = lost.pendingTimers;
	connection.awake = true;
	late.scheduler.ready(connection);
	assert.equal(lost.pendingTimers, pending + 2, "a turn and a tick");
});

test("the last connection ends the timers", () => {
	const turns = new Turns([
		{ price: 1, cost: 0 },
		{ price: 1, cost: 0 },
	]);
	turns.wake(0, 1);
	turns.scheduler.remove(turns.connections[0]);
	assert.equal(turns.hal.pendingTimers, 2);
	turns.scheduler.remove(turns.connections[1]);
	assert.equal(turns.hal.pendingTimers, 0);
});
