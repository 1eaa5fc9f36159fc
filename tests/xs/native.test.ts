/** The board's native cryptography: the module crypt, the adapter over it, and over that what is tested of crypto/xs. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { hostTarget } from "../../simulator/boards/xs/engine.js";
import { boardOrReason, runBoard, temporaryFolder } from "./board.js";
import type { Result } from "./harness-xs.js";
import { bundleNativeTests, NATIVE_FILES, namesOf, OWN_FILES } from "./native.js";

const HEAP = ["--chunks", "8000000", "--slots", "400000", "--stack", "4096"];

async function runAll(context: TestContext, board: string, files: readonly string[]): Promise<void> {
	const bundle = await bundleNativeTests(temporaryFolder(), files);
	const results: Result[] = [];
	const { status, errors } = await runBoard(board, [...HEAP, bundle], {}, line => {
		results.push(JSON.parse(line));
	});
	for (const file of namesOf(files)) {
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
}

test("native cryptography on XS", async context => {
	const made = await boardOrReason("any", "native");
	if ("reason" in made) context.skip(made.reason);
	else await runAll(context, made.board, NATIVE_FILES);
});

test("native cryptography on XS with a device's slots and pointers", async context => {
	const made = await boardOrReason("device", "native");
	if ("reason" in made) context.skip(made.reason);
	else if (hostTarget() === "i386") context.skip("the board above has them");
	else await runAll(context, made.board, OWN_FILES);
});
