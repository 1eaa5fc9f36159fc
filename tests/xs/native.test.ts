/** The board's native cryptography: the module crypt, the adapter over it, and over that what is tested of xs.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { boardOrReason, runBoard, temporaryFolder } from "./board.js";
import type { Result } from "./harness-xs.js";
import { bundleNativeTests, NATIVE_NAMES } from "./native.js";

const HEAP = ["--chunks", "8000000", "--slots", "400000", "--stack", "4096"];

test("native cryptography on XS", { timeout: 300_000 }, async context => {
	const made = await boardOrReason("any", "native");
	if ("reason" in made) {
		context.skip(made.reason);
		return;
	}
	const bundle = await bundleNativeTests(temporaryFolder());
	const results: Result[] = [];
	const { status, errors } = await runBoard(made.board, [...HEAP, bundle], {}, line => {
		results.push(JSON.parse(line));
	});
	for (const file of NATIVE_NAMES) {
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
