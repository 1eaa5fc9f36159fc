/** The board itself: its limits, and what it says of what it cannot run. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundleFirmware } from "../../hal/xs/firmware.js";
import { boardOrReason, runBoard, temporaryFolder } from "./board.js";

const folder = temporaryFolder();
const made: Awaited<ReturnType<typeof boardOrReason>> = { reason: "" };

before(async () => {
	Object.assign(made, await boardOrReason());
});

/** A test of the board, skipped where there is none. */
function boardTest(name: string, body: (board: string) => Promise<void>): void {
	test(name, async context => {
		if ("board" in made) await body(made.board as string);
		else context.skip(made.reason);
	});
}

function firmware(name: string): Promise<string> {
	return bundleFirmware(fileURLToPath(new URL(`firmware/${name}.js`, import.meta.url)), folder);
}

function write(name: string, source: string): string {
	const path = join(folder, name);
	writeFileSync(path, source);
	return path;
}

boardTest("firmware gets its configuration, and the board ends when nothing is left to do", async board => {
	const ended = await runBoard(board, [await firmware("hello")], { name: "lamp" });
	assert.deepEqual(ended, { status: 0, out: 'hello {"name":"lamp"}\n', errors: "" });
});

boardTest("memory that runs out is an exception, and is there again afterwards", async board => {
	const ended = await runBoard(board, [await firmware("memory")]);
	assert.equal(ended.status, 0);
	const lines = ended.out.trimEnd().split("\n");
	const figures = lines.pop()!;
	assert.deepEqual(lines, [
		"one buffer: RangeError: memory full",
		"buffers: RangeError: memory full",
		"objects: RangeError: memory full",
		"text: RangeError: memory full",
		"calls: RangeError: stack overflow",
		"big integers: RangeError: memory full",
	]);
	// What no one catches ends the callback, and is told.
	assert.match(ended.errors, /^uncaught exception: memory full$/m);
	const [slots, chunks] = figures.match(/-?\d+/g)!.map(Number);
	assert.ok(slots < 50 && chunks < 1000, figures);
});

boardTest("what cannot be loaded or started is told in a line", async board => {
	const cases: [string, string[], RegExp][] = [
		["syntax.js", ["export default function ("], /SyntaxError.*\nboard: .*syntax\.js does not start\n$/],
		["throws.js", ["throw new Error('broken');"], /Error: broken\nboard: .*throws\.js does not start\n$/],
		["missing.js", ['import "no/such/module";'], /\nboard: .*missing\.js does not start\n$/],
		["nothing.js", ["export const a = 1;"], /no function is its default export\nboard: .* does not start\n$/],
	];
	for (const [name, source, complaint] of cases) {
		const ended = await runBoard(board, [write(name, source.join("\n"))]);
		assert.equal(ended.status, 1, name);
		assert.match(ended.errors, complaint);
	}
	const gone = await runBoard(board, [join(folder, "gone.js")]);
	assert.equal(gone.status, 1);
	assert.match(gone.errors, /gone\.js: No such file or directory\n$/);
	assert.equal((await runBoard(board, ["--slots", "few", "x.js"])).status, 2);
});

boardTest("a heap too small to start in is told in a line", async board => {
	const small = await runBoard(board, ["--chunks", "64", "--slots", "8", await firmware("memory")]);
	assert.equal(small.status, 1);
	assert.match(small.errors, /memory full\nboard: .*memory\.js does not start\n$/);
});
