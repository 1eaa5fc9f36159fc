/**
 * Every limit of src/limits.ts by name, with what happens at it and what beyond it, through the real server where that is
 * in its hands. Not on the board, which has the tests of each part. One without a row fails.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as limits from "../../src/limits.js";
import { CONSTANTS } from "./constants.js";
import type { Row } from "./row.js";
import { SIZES } from "./sizes.js";
import { TIMES } from "./times.js";

const ROWS: Readonly<Record<string, Row>> = { ...SIZES, ...TIMES, ...CONSTANTS };

test("each limit is here, and nothing else", () => {
	const constants = Object.entries(limits).filter(([, value]) => typeof value === "number");
	const names = [...Object.keys(limits.DEVICE_LIMITS), ...constants.map(([name]) => name)];
	assert.deepEqual(Object.keys(ROWS).sort(), names.sort());
	assert.deepEqual(Object.keys(limits.DESKTOP_LIMITS).sort(), Object.keys(limits.DEVICE_LIMITS).sort());
});

for (const [name, { at, beyond, run }] of Object.entries(ROWS)) {
	test(`${name}: at it and beyond it`, async () => {
		assert.deepEqual(await run(0), at, "at it");
		assert.deepEqual(await run(1), beyond, "beyond it");
	});
}
