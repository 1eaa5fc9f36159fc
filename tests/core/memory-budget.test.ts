import type { Heap } from "../../hal/hal.js";
import {
	COST_CHANNEL,
	COST_COMMAND,
	COST_COMPUTATION,
	COST_CONNECTION,
	COST_TERMINAL,
	COST_TURN,
	type Cost,
	DEVICE_LIMITS,
	type Limits,
} from "../../src/limits.js";
import { type Charged, LIMITED, MemoryBudget, OWNER, STRANGER } from "../../src/server/memory-budget.js";
import { assert, test } from "../harness.js";

const BUFFERS = DEVICE_LIMITS.packetSize + DEVICE_LIMITS.sendBufferSize;
const WINDOW = DEVICE_LIMITS.initialWindowSize;

function sum(...costs: readonly (Cost | number)[]): Cost {
	let slots = 0;
	let bytes = 0;
	for (const each of costs) {
		if (typeof each === "number") bytes += each;
		else {
			slots += each.slots;
			bytes += each.bytes;
		}
	}
	return { slots, bytes };
}

/** What must be left behind whatever is begun. */
const ALWAYS = sum(COST_TURN, COST_COMPUTATION, COST_COMPUTATION);
const SHELL = sum(COST_CHANNEL, WINDOW, COST_TERMINAL, COST_COMMAND);
const LOGIN = sum(COST_CONNECTION, BUFFERS);

function limitsWith(heap: Cost, more: Partial<Limits> = {}): Limits {
	return {
		...DEVICE_LIMITS,
		heapSlots: heap.slots,
		heapBytes: heap.bytes,
		applicationSlots: 0,
		applicationBytes: 0,
		...more,
	};
}

/** Connections that have been granted these. */
function granted(...costs: readonly Cost[]): Charged | undefined {
	let first: Charged | undefined;
	for (const cost of costs) {
		const next = first;
		first = { next, charge: budget => budget.add(cost) };
	}
	return first;
}

class FakeHeap implements Heap {
	collections = 0;
	readonly free: { slots: number; bytes: number };
	readonly garbage = { slots: 0, bytes: 0 };

	constructor({ slots, bytes }: Cost) {
		this.free = { slots, bytes };
	}
	freeSlots(): number {
		return this.free.slots;
	}
	freeBytes(): number {
		return this.free.bytes;
	}
	collect(): void {
		this.collections++;
		this.free.slots += this.garbage.slots;
		this.free.bytes += this.garbage.bytes;
		this.garbage.slots = this.garbage.bytes = 0;
	}
}

test("what is held back from whom, to the slot and to the byte", () => {
	const thing = { slots: 10, bytes: 100 };
	const heldBack: readonly (readonly [owners: boolean, who: number, held: Cost])[] = [
		[false, OWNER, ALWAYS],
		[false, STRANGER, sum(ALWAYS, SHELL)],
		[false, LIMITED, sum(ALWAYS, SHELL, LOGIN)],
		[true, OWNER, ALWAYS],
		[true, STRANGER, sum(ALWAYS, SHELL, LOGIN)],
		[true, LIMITED, sum(ALWAYS, SHELL, LOGIN, LOGIN)],
	];
	const large = { slots: 5_000, bytes: 90_000 };
	for (const [owners, who, held] of heldBack) {
		const budget = new MemoryBudget(limitsWith(large), undefined, owners, 2);
		const rest = { slots: large.slots - held.slots, bytes: large.bytes - held.bytes };
		const fits = { slots: rest.slots - thing.slots, bytes: rest.bytes - thing.bytes };
		const name = `owners ${owners}, who ${who}`;
		assert.equal(budget.admits(who, granted(fits), thing), true, name);
		assert.equal(budget.admits(who, granted({ ...fits, slots: fits.slots + 1 }), thing), false, name);
		assert.equal(budget.admits(who, granted({ ...fits, bytes: fits.bytes + 1 }), thing), false, name);
		assert.equal(budget.admits(who, granted(fits), thing, 1), false, name);
		// Two halves are the whole, and nothing is left of the questions before.
		const half = { slots: fits.slots / 2, bytes: fits.bytes / 2 };
		assert.equal(budget.admits(who, granted(half, half), thing), true, name);
	}
});

test("the application's share is never handed out", () => {
	const heap = { slots: 5_000, bytes: 90_000 };
	const limits = limitsWith(heap, { applicationSlots: 1_000, applicationBytes: 10_000 });
	const budget = new MemoryBudget(limits, undefined, false, 2);
	const all = { slots: 4_000 - ALWAYS.slots, bytes: 80_000 - ALWAYS.bytes };
	assert.equal(budget.admits(OWNER, undefined, all), true);
	assert.equal(budget.admits(OWNER, undefined, { ...all, slots: all.slots + 1 }), false);
	assert.equal(budget.admits(OWNER, undefined, { ...all, bytes: all.bytes + 1 }), false);
});

test("what the heap tells is what there is, and garbage is collected before anybody is refused", () => {
	const heap = new FakeHeap({ slots: 5_000, bytes: 90_000 });
	const budget = new MemoryBudget(limitsWith({ slots: 1, bytes: 1 }), heap, false, 2);
	const thing = { slots: 10, bytes: 100 };
	assert.equal(heap.collections, 1, "before it is measured");
	assert.equal(budget.admits(OWNER, undefined, thing), true);
	assert.equal(heap.collections, 1);

	// The application has taken all but what must be left.
	heap.free.slots = ALWAYS.slots + 10;
	heap.free.bytes = ALWAYS.bytes + 100;
	assert.equal(budget.admits(OWNER, undefined, thing), true);
	assert.equal(heap.collections, 1);
	for (const kind of ["slots", "bytes"] as const) {
		heap.free[kind]--;
		heap.garbage[kind] = 1;
		assert.equal(budget.admits(OWNER, undefined, thing), true, `garbage of ${kind}`);
		heap.free[kind]--;
		assert.equal(budget.admits(OWNER, undefined, thing), false, `one too few ${kind}`);
		heap.free[kind]++;
	}
	assert.equal(heap.collections, 5);
});

test("what has been granted counts, whether or not the heap shows it yet", () => {
	const heap = new FakeHeap({ slots: 5_000, bytes: 90_000 });
	const budget = new MemoryBudget(limitsWith({ slots: 1, bytes: 1 }), heap, false, 2);
	const most = { slots: 5_000 - ALWAYS.slots, bytes: 90_000 - ALWAYS.bytes };
	assert.equal(budget.admits(OWNER, granted(most), { slots: 0, bytes: 0 }), true);
	assert.equal(budget.admits(OWNER, granted(most), { slots: 1, bytes: 0 }), false);
	assert.equal(budget.admits(OWNER, granted(most), { slots: 0, bytes: 1 }), false);
});

test("a table that the heap cannot hold is refused with the figures, at its edge", () => {
	for (const owners of [false, true]) {
		// The owner in a shell and another who logs in; two more rest.
		const least = sum(ALWAYS, SHELL, LOGIN, LOGIN, COST_CONNECTION, COST_CONNECTION);
		assert.ok(new MemoryBudget(limitsWith(least), undefined, owners, 4));
		const slots = least.slots - 1;
		assert.throws(
			() => new MemoryBudget(limitsWith({ ...least, slots }), undefined, owners, 4),
			new TypeError(
				`maxConnections: 4 need ${least.slots} slots of heap; there are ${slots} beside the application's 0`,
			),
		);
		const heap = new FakeHeap({ ...least, bytes: least.bytes + 49 });
		const limits = limitsWith(least, { applicationBytes: 50 });
		assert.throws(
			() => new MemoryBudget(limits, heap, owners, 4),
			new TypeError(
				`maxConnections: 4 need ${least.bytes} bytes of heap; there are ${least.bytes - 1} beside the application's 50`,
			),
		);
	}
});

test("one computation at a time, and besides it one of those whom nobody may hold up", () => {
	const budget = new MemoryBudget(limitsWith({ slots: 5_000, bytes: 90_000 }), undefined, false, 2);
	const [a, b, c, d] = [{}, {}, {}, {}];
	assert.equal(budget.computes(a, STRANGER), true);
	assert.equal(budget.computes(a, STRANGER), true, "it goes on");
	assert.equal(budget.computes(b, LIMITED), false);
	assert.equal(budget.computes(c, OWNER), true);
	assert.equal(budget.computes(d, OWNER), false);
	assert.equal(budget.computed(b), false, "which computed nothing");
	assert.equal(budget.computed(a), true);
	assert.equal(budget.computes(b, LIMITED), true);
	assert.equal(budget.computes(d, OWNER), false);
	assert.equal(budget.computed(c), true);
	assert.equal(budget.computes(d, OWNER), true);
});
