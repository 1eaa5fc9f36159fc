/** The contract's clock, storage, entropy and figures. */
import { ERR_UNSUPPORTED_OPERATION, OK } from "../../src/merrors.js";
import { assert } from "../harness.js";
import { type Check, HEAP_BYTES, HEAP_SLOTS, pattern } from "./rig.js";

export function clockContract(check: Check): void {
	check("timers run once, in the order of their times, not before, never from within the call", async rig => {
		const { hal } = rig;
		const ran: string[] = [];
		const start = hal.now();
		let early = false;
		const timer = (name: string, milliseconds: number) =>
			hal.setTimer(milliseconds, () => {
				early ||= hal.now() - start < milliseconds;
				ran.push(name);
			});
		const ids = [timer("c", 60), timer("a", 0), timer("b", 25)];
		assert.equal(ran.length, 0);
		assert.equal(new Set(ids).size, 3);
		for (const id of ids) assert.ok(id > 0);
		await rig.until(() => ran.length === 3);
		assert.deepEqual(ran, ["a", "b", "c"]);
		assert.equal(early, false);
	});

	check("a cleared timer does not run; clearing anything else does nothing", async rig => {
		const { hal } = rig;
		let cleared = false;
		let last = false;
		const id = hal.setTimer(5, () => {
			cleared = true;
		});
		const first = hal.setTimer(0, () => hal.clearTimer(id));
		hal.setTimer(30, () => {
			last = true;
		});
		await rig.until(() => last);
		assert.equal(cleared, false);
		for (const unknown of [id, first, 0, -1, 1e9]) hal.clearTimer(unknown);
	});

	check("a very long timer is not a short one", async rig => {
		let ran = false;
		const id = rig.hal.setTimer(2 ** 31 + 5, () => {
			ran = true;
		});
		let last = false;
		rig.hal.setTimer(20, () => {
			last = true;
		});
		await rig.until(() => last);
		assert.equal(ran, false);
		rig.hal.clearTimer(id);
	});

	check("now() does not go back, and date() is a whole number of seconds", async rig => {
		const { hal } = rig;
		let last = hal.now();
		let passed = false;
		hal.setTimer(10, () => {
			passed = true;
		});
		const start = last;
		await rig.until(() => {
			const now = hal.now();
			assert.ok(now >= last);
			last = now;
			return passed;
		});
		assert.ok(last - start >= 10);
		assert.ok(Number.isInteger(hal.date()) && hal.date() >= 0);
	});
}

export function storageContract(check: Check): void {
	check("storage gives back what was put last, as a copy", async ({ hal: { storage } }) => {
		assert.equal(storage.get("key"), undefined);
		const value = pattern(300);
		assert.equal(storage.put("key", value), OK);
		value.fill(0);
		assert.deepEqual(storage.get("key"), pattern(300));
		(storage.get("key") as Uint8Array).fill(0);
		assert.deepEqual(storage.get("key"), pattern(300));
		assert.equal(storage.put("key", Uint8Array.of(1)), OK);
		assert.deepEqual(storage.get("key"), Uint8Array.of(1));
		assert.equal(storage.put("key", new Uint8Array(0)), OK);
		assert.deepEqual(storage.get("key"), new Uint8Array(0));
		assert.equal(storage.get("other"), undefined);
	});

	check("storage removes, and does not mind removing nothing", async ({ hal: { storage } }) => {
		assert.equal(storage.remove("never"), OK);
		assert.equal(storage.put("a", pattern(3)), OK);
		assert.equal(storage.put("b", pattern(4)), OK);
		assert.equal(storage.remove("a"), OK);
		assert.equal(storage.get("a"), undefined);
		assert.deepEqual(storage.get("b"), pattern(4));
	});

	check("storage takes plain file names only", async ({ hal: { storage } }) => {
		for (const name of ["", ".", "..", "a/b", "../a", "a\\b", "a b", "a\u0000", "ä", "a~1"]) {
			assert.ok((storage.get(name) as number) < 0);
			assert.ok(storage.put(name, pattern(1)) < 0);
			assert.ok(storage.remove(name) < 0);
		}
		for (const name of ["a", "A-1_b.c", ".hidden", "..."]) {
			assert.equal(storage.put(name, pattern(2)), OK);
			assert.deepEqual(storage.get(name), pattern(2));
		}
	});
}

export function deviceContract(check: Check): void {
	check("random fills the whole array, differently each time", async ({ hal }) => {
		const seen = new Set<string>();
		for (let round = 0; round < 8; round++) {
			const bytes = new Uint8Array(64);
			assert.equal(hal.random(bytes), OK);
			assert.ok(new Set(bytes).size > 16);
			assert.ok(bytes.subarray(48).some(byte => byte !== 0));
			seen.add(bytes.join());
		}
		assert.equal(seen.size, 8);
		assert.equal(hal.random(new Uint8Array(0)), OK);
	});

	check("memory figures are counts of bytes, and reboot says where it cannot", async ({ hal, reboots }) => {
		const { total, used } = hal.memory();
		assert.ok(total >= 0 && used >= 0 && (used <= total || total === 0));
		assert.equal(hal.reboot(), reboots ? OK : ERR_UNSUPPORTED_OPERATION);
	});
}

/** Bytes of chunks that a test itself takes between two looks. */
const NOISE = 500;

export function heapContract(check: Check): void {
	check(
		"a heap tells what is left of it: less when memory is taken, and as much again after a collection",
		async rig => {
			const { heap } = rig.hal;
			const { memory } = rig;
			assert.equal(heap !== undefined, memory !== undefined);
			if (heap === undefined || memory === undefined) return;
			heap.collect();
			const slots = heap.freeSlots();
			const bytes = heap.freeBytes();
			assert.ok(Number.isInteger(slots) && slots > HEAP_SLOTS);
			assert.ok(Number.isInteger(bytes) && bytes > HEAP_BYTES);
			memory.take();
			heap.collect();
			assert.ok(heap.freeSlots() <= slots - HEAP_SLOTS, `${heap.freeSlots()} of ${slots} slots`);
			assert.ok(heap.freeBytes() <= bytes - HEAP_BYTES, `${heap.freeBytes()} of ${bytes} bytes`);
			memory.drop();
			heap.collect();
			assert.ok(heap.freeSlots() > slots - HEAP_SLOTS, `${heap.freeSlots()} of ${slots} slots`);
			assert.ok(heap.freeBytes() > bytes - NOISE, `${heap.freeBytes()} of ${bytes} bytes`);
		},
	);

	check("to ask a heap what is left takes nothing of it", async ({ hal: { heap } }) => {
		if (heap === undefined) return;
		heap.collect();
		const slots = heap.freeSlots();
		const bytes = heap.freeBytes();
		for (let times = 0; times < 1000; times++) {
			heap.freeSlots();
			heap.freeBytes();
		}
		assert.equal(heap.freeSlots(), slots);
		assert.equal(heap.freeBytes(), bytes);
	});
}
