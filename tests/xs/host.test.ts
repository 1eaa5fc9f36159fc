/** The board itself: its limits, and what it says of what it cannot run. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundleFirmware } from "../../simulator/boards/xs/firmware.js";
import { boardOrReason, runBoard, temporaryFolder } from "./board.js";
import { FULL_ENDS, FULL_STATUS } from "./full.js";

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

boardTest(
	"with --full abort, what a device would restart at ends the board with a status of its own",
	async board => {
		const bundle = await firmware("full");
		for (const [what, line] of FULL_ENDS) {
			const { status, out, errors } = await runBoard(board, ["--full", "abort", bundle], { what });
			assert.match(errors, line, what);
			assert.deepEqual([status, out], [FULL_STATUS, ""], what);
		}
		const thrown = await runBoard(board, ["--full", "throw", bundle], { what: "slots" });
		assert.deepEqual(thrown, { status: 0, out: "RangeError: memory full\n", errors: "" });
		assert.equal((await runBoard(board, ["--full", "restart", bundle])).status, 2);
	},
);

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

boardTest("firmware is told what the limits leave it, and what it has taken", async board => {
	const source = `
		import { collect, freeBytes, freeSlots, totalBytes, usedBytes } from "fieldssh/heap";
		import { measure } from "fieldssh/board";
		export default function () {
			const { slotSize } = measure();
			const slots = freeSlots();
			const bytes = freeBytes();
			collect();
			trace(JSON.stringify({ slotSize, slots, bytes, total: totalBytes(), used: usedBytes() }), "\\n");
		}
	`;
	const limits = ["--chunks", "50000", "--slots", "3000"];
	const { status, out } = await runBoard(board, [...limits, write("heap.js", source)]);
	assert.equal(status, 0);
	const { slotSize, slots, bytes, total, used } = JSON.parse(out);
	assert.equal(total, 50_000 + 3_000 * slotSize);
	assert.ok(slots > 2_900 && slots <= 3_000, out);
	assert.ok(bytes > 49_000 && bytes <= 50_000, out);
	assert.ok(used > 0 && used < 5_000, out);
});

/** A bundle as bundleFirmware() writes it. */
function bundleOf(preloaded: string, rest: string): string {
	return `${preloaded}\n//# not preloaded\n${rest}\n`;
}

boardTest("what is preloaded changes by aliases, and not where no alias can be", async board => {
	const preloaded = `
		let count = 0;
		export const next = () => ++count;
		export const list = [1n << 70n, "a" + count];
		export const state = { name: "old" };
		export const scratch = new Uint8Array(4);
		export const known = new Map();
	`;
	const rest = `
		import { known, list, next, scratch, state } from "./preloaded.js";
		import { measure } from "fieldssh/board";
		const own = new Uint8Array(4);
		const tell = (what, body) => {
			try {
				trace(what, ": ", body(), "\\n");
			} catch (error) {
				trace(what, ": ", error, "\\n");
			}
		};
		export default function () {
			tell("variable", () => next() + next());
			tell("array", () => list.push(next()) && list.join());
			tell("object", () => (state.name = "new") && state.name);
			tell("own scratch", () => (own[0] = 7) && own[0]);
			tell("scratch", () => (scratch[0] = 7));
			tell("fill", () => scratch.fill(7));
			tell("map", () => known.set(1, 2));
			measure();
			tell("collected", () => [...list, next(), state.name, scratch[0], known.size].join());
		}
	`;
	const ended = await runBoard(board, [write("preloaded-state.js", bundleOf(preloaded, rest))]);
	assert.deepEqual(ended.out.split("\n"), [
		"variable: 3",
		"array: 1180591620717411303424,a0,3",
		"object: new",
		"own scratch: 7",
		"scratch: TypeError: read-only buffer",
		"fill: TypeError: read-only buffer",
		"map: TypeError: Map instance is read-only",
		"collected: 1180591620717411303424,a0,3,4,new,0,0",
		"",
	]);
	assert.equal(ended.status, 0, ended.errors);
});

boardTest("what is preloaded and does not load is told in a line", async board => {
	const source = bundleOf("throw new Error('broken');", "export default function () {}");
	const ended = await runBoard(board, [write("broken.js", source)]);
	assert.equal(ended.status, 1);
	assert.match(ended.errors, /Error: broken\nboard: .*broken\.js does not start\n$/);
});

test("our modules are preloaded; noble and the integer API, which keep state, and the application's are not", async () => {
	const files = ["src/server/server.js", "src/nanossh/ssh.js", "src/crypto/noble/index.js"];
	const imports = files.map((file, i) => {
		const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
		return `import * as m${i} from ${JSON.stringify(path)};`;
	});
	const entry = write("app.js", `${imports.join("\n")}\nexport default () => [m0, m1, m2];\n`);
	const text = readFileSync(await bundleFirmware(entry, join(folder, "app")), "utf8");
	const [preloaded, rest, ...more] = text.split("//# not preloaded\n");
	assert.equal(more.length, 0);
	const names = {
		"class SSHServer": true,
		"const nobleCrypto": false,
		"noble-curves - MIT License": false,
		"const SET_SSH_EXIT_STATUS": false,
		"export { app as default }": false,
	};
	for (const [name, isPreloaded] of Object.entries(names)) {
		assert.equal(preloaded.includes(name), isPreloaded, name);
		assert.equal(rest.includes(name), !isPreloaded, name);
	}
});
