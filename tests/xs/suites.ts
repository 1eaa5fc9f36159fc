/** The suites that ask for nothing of Node, on the XS board: the same files, the same results. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { boardOrReason, runBoard, temporaryFolder } from "./board.js";
import type { Result } from "./harness-xs.js";
import { bundleTests, nameOf, portableTests } from "./suite.js";

/** All suites are loaded at once, and some of them fill windows on purpose. */
const HEAP = ["--chunks", "20000000", "--slots", "1000000", "--stack", "8000"];

/** What makes thousands of connections, or computes for long: seconds on Node, and minutes on XS. */
const LONG = /^(attacks|faults|regression|server|hal)\/|^crypto\/(pbkdf2|xs-cross)$/;

/** Runs the suites on the board. @param long those of the rooms that take long, or all others */
export function suitesOnXs(long: boolean): void {
	test(`the ${long ? "long " : ""}suites run on XS`, async context => {
		const made = await boardOrReason();
		if ("reason" in made) {
			context.skip(made.reason);
			return;
		}
		const files = portableTests().filter(file => LONG.test(nameOf(file)) === long);
		assert.ok(files.length > 0);
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
}
