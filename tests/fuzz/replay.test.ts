/**
 * Every input of the corpus against its target, as the fuzzer runs them, without it. Seen to fail without the guard, each by
 * itself: the bound of held replies, the window's and the channels', that of environment variables, skip() of wire.ts.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../architecture/tree.js";
import { TARGETS } from "./targets/index.js";

const CORPUS = join(ROOT, "tests/fuzz/corpus");

/** Bytes of the whole corpus: it is to stay small. */
const MOST_BYTES = 150_000;

test("the corpus is small, and every target has a part in it", () => {
	let bytes = 0;
	for (const name of Object.keys(TARGETS)) {
		const files = readdirSync(join(CORPUS, name));
		assert.ok(files.length > 0);
		for (const file of files) bytes += readFileSync(join(CORPUS, name, file)).length;
	}
	assert.deepEqual(readdirSync(CORPUS).sort(), Object.keys(TARGETS).sort());
	assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
});

for (const [name, fuzz] of Object.entries(TARGETS)) {
	test(`${name}: the corpus breaks no invariant`, async () => {
		for (const file of readdirSync(join(CORPUS, name)).sort()) {
			try {
				await fuzz(readFileSync(join(CORPUS, name, file)));
			} catch (error) {
				assert.fail(`${file}: ${(error as Error).stack}`);
			}
		}
	});
}
