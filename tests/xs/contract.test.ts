/** hal/moddable against the contract of every HAL, on the board. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { boardOrReason, runBoard, temporaryFolder } from "./board.js";
import type { Result } from "./harness-xs.js";
import { servePeers } from "./peers.js";
import { bundleTests } from "./suite.js";

/** A pattern of 2 MB, copies of it, and what is garbage of them. */
const HEAP = ["--chunks", "30000000", "--slots", "200000", "--stack", "4096"];

test("hal/moddable keeps the HAL contract", async context => {
	const made = await boardOrReason();
	if ("reason" in made) {
		context.skip(made.reason);
		return;
	}
	const folder = temporaryFolder();
	const bundle = await bundleTests(
		[fileURLToPath(new URL("firmware/contract.js", import.meta.url))],
		temporaryFolder(),
	);
	const results: Result[] = [];
	const { status, errors } = await runBoard(
		made.board,
		[...HEAP, "--state", folder, bundle],
		{},
		(line, board) => {
			const told = JSON.parse(line);
			if ("control" in told) void servePeers(told.control);
			else if ("ended" in told) board.kill("SIGKILL");
			else results.push(told);
		},
	);
	for (const { name, error } of results)
		await context.test(name, () => assert.equal(error, undefined, error));
	assert.equal(errors, "");
	assert.equal(status, 0);
	assert.ok(results.length > 30, `${results.length} tests ran`);
});
