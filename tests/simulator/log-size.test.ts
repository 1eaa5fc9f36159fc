/** How many events a simulated device keeps: a heap of a device's size has other uses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSimHal, SimHeap } from "../../hal/sim/index.js";
import { logSize } from "../../simulator/device.js";

/** Of chunks, in bytes. */
const sizeWith = (bytes: number): number => logSize(createSimHal({ heap: new SimHeap(4_928, bytes) }));

test("the simulator's log is as long as the heap has room for", () => {
	assert.equal(logSize(createSimHal()), 200);
	assert.equal(sizeWith(8_000_000), 200);
	// An ESP32-C6's.
	assert.equal(sizeWith(78_848), 19);
	assert.equal(sizeWith(20_000), 16);
});
