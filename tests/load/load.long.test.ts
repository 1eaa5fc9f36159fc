/** A small load: that everyone is served who should be, the owner at all times, and that memory stays as it was. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { missing, startSimulator } from "../interop/harness.js";
import { boardOrReason } from "../xs/board.js";
import { percentilesOf, runLoad } from "./load.js";

const made = await boardOrReason("device");
const noKeys = missing("ssh-keygen");
const noBoard = noKeys ?? ("reason" in made ? made.reason : false);

/** Nobody comes any more then: far beyond what it takes. */
const TIME = 500_000;
const PLACES = 4;

/**
 * @param args of the simulator
 * @param growth bytes that the least reading of the second half may be above the most of the first
 */
async function load(
	context: TestContext,
	args: readonly string[],
	connections: number,
	growth: number,
): Promise<void> {
	const target = await startSimulator({ maxConnections: PLACES, args: [...args, "--log", "error"] });
	try {
		const figures = await runLoad(target, { connections, places: PLACES, time: TIME });
		const { served, hostile, atOnce, echoes, longestWait, heap, failures } = figures;
		context.diagnostic(`echo ${percentilesOf(echoes)}; ${longestWait} connections between two`);
		context.diagnostic(`heap ${heap.join(", ")}`);
		assert.deepEqual(failures, []);
		assert.equal(served + hostile, connections);
		assert.equal(atOnce, PLACES);
		// The owner types on: no tenth of the others comes and goes without an echo.
		assert.ok(longestWait <= connections / 10, `${longestWait} connections between two echoes`);
		const read = heap.filter(bytes => bytes > 0);
		const half = Math.floor(read.length / 2);
		// The readings have garbage in them, which comes and goes; what is lost stays, and lifts the least of them.
		const grown = Math.min(...read.slice(half)) - Math.max(...read.slice(0, half));
		assert.ok(grown < growth, `the heap has grown by ${grown}: ${heap.join(", ")}`);
		assert.doesNotMatch(target.output(), /memory full|rror/);
	} finally {
		await target.stop();
	}
}

test("300 connections, a tenth of them hostile, on Node", { skip: noKeys }, context =>
	load(context, ["--limits", "desktop"], 300, 8_000_000),
);

test("50 connections, a tenth of them hostile, on the board", { skip: noBoard }, context =>
	load(context, ["--engine", "xs", "--limits", "device"], 50, 8_000),
);
