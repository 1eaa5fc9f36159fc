/** The suites that ask for nothing of Node, on the XS board: the same files, the same results. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { boardOrReason, runBoard, temporaryFolder } from "./board.js";
import type { Result } from "./harness-xs.js";
import { bundleTests, nameOf, portableTests } from "./suite.js";

/** All suites are loaded at once, and some of them fill windows on purpose. */
const HEAP = ["--chunks", "20000000", "--slots", "1000000", "--stack", "8000"];

test("the suites run on XS", { timeout: 900_000 }, async context => {
	const made = await boardOrReason();
	if ("reason" in made) {
		context.skip(made.reason);
		return;
	}
	const files = portableTests();
	const bundle = await bundleTests(files, temporaryFolder());
	const results: Result[] = [];
	const { status, errors } = await runBoard(made.board, [...HEAP, bundle], {}, line => {
		results.push(JSON.parse(line));
	});
	for (const file of files.map(nameOf)) {
		const own = results.filter(result => result.file === file);
		await context.test(`${file} (${own.length})`, async suite => {
			assert.notEqual(own.length, 0, "no test of it ran to its end");
			for (const { name, error } of own) {
				if (error !== undefined) await suite.test(name, () => assert.fail(error));
			}
		});
	}
	assert.equal(errors, "");
	assert.equal(status, 0);
});
