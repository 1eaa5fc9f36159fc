import assert from "node:assert/strict";
import { register } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { brokenPromises, deviceFiles } from "./promises.js";
import { brokenRules, leadingComment } from "./rules.js";
import { ROOT, sourceFiles } from "./tree.js";

test("src keeps the rules of the platform", () => {
	assert.deepEqual(sourceFiles("src").flatMap(brokenRules), []);
});

test("what a device runs keeps the rules for promises", () => {
	assert.deepEqual(deviceFiles().flatMap(brokenPromises), []);
});

test("what tests start is started in one place, which sees to its end", () => {
	const spawns = sourceFiles("tests").filter(({ source }) =>
		/^import [^;]*\b(spawn|fork|exec)\b[^;]*"node:child_process"/m.test(source),
	);
	assert.deepEqual(
		spawns.map(({ path }) => path),
		["tests/minder.ts"],
	);
});

test("every file of src, hal and examples says what it is", () => {
	assert.deepEqual(sourceFiles("src", "hal", "simulator", "examples").flatMap(leadingComment), []);
});

/** The SDK's module crypt, and ours in C, which Node has not: no module makes anything of it while it is loaded. */
const CRYPT = `data:text/javascript,${encodeURIComponent(
	"export class Digest {} export class GHASH {} export class BlockCipher {} export class Mode {} export class StreamCipher {} export default () => {};",
)}`;
register(
	`data:text/javascript,${encodeURIComponent(
		`export const resolve = (name, context, next) =>
			name === "crypt" || name === "fieldssh/poly1305" ? { url: ${JSON.stringify(CRYPT)}, shortCircuit: true } : next(name, context);`,
	)}`,
);

test("what the modules of src export is frozen, all the way down", async () => {
	const thawed: string[] = [];
	const look = (value: unknown, name: string, seen: Set<unknown>) => {
		if (typeof value !== "object" || value === null || seen.has(value)) return;
		seen.add(value);
		if (!Object.isFrozen(value)) thawed.push(name);
		for (const key of Object.keys(value))
			look((value as Record<string, unknown>)[key], `${name}.${key}`, seen);
	};
	for (const { path } of sourceFiles("src")) {
		const file = `${ROOT}build/${path.replace(/\.ts$/, ".js")}`;
		const module: Record<string, unknown> = await import(pathToFileURL(file).href);
		for (const [name, value] of Object.entries(module)) look(value, `${path}: ${name}`, new Set());
	}
	assert.deepEqual(thawed, []);
});

const refuses = (source: string, complaint: string, path = "src/x.ts") => {
	test(`refused: ${source.split("\n")[0].slice(0, 60)}`, () => {
		const broken = brokenRules({ path, source });
		assert.ok(broken.length > 0, "nothing was found");
		assert.ok(broken[0].includes(complaint), broken[0]);
	});
};

refuses("function f() {\n\tsetTimeout(g, 10);\n}", "src/x.ts:2: uses setTimeout");
refuses("const at = () => Date.now();", "uses Date");
refuses("const n = () => Math.random();", "uses Math.random");
refuses('function f() {\n\tconsole.log("a");\n}', "uses console");
refuses("function f() {\n\treturn process.env;\n}", "uses process");
refuses("function f() {\n\treturn Buffer.alloc(1);\n}", "uses Buffer");
refuses("function f() {\n\treturn new TextEncoder().encode(a);\n}", "uses TextEncoder");
refuses("function f() {\n\treturn new TextDecoder().decode(a);\n}", "uses TextDecoder");
refuses("const t = () => performance.now();", "uses performance");
refuses('function f() {\n\treturn require("net");\n}', "uses require");
refuses("function f(a: string) {\n\treturn eval(a);\n}", "uses eval");
refuses("function f(a: Uint8Array) {\n\tcrypto.getRandomValues(a);\n}", "uses crypto");
refuses('const f = new Function("a");', "uses Function");
refuses("export enum Color { Red }", "declares an enum");
refuses("const enum Color { Red }", "declares an enum");

refuses("let count = 0;", "module-level let");
refuses("export var count = 0;", "module-level var");
refuses('import * as wire from "./wire.js";', "imports all as wire");
refuses("const table = [1, 2];", "const table holds what is not frozen");
refuses("export const table: readonly number[] = [1, 2];", "const table holds what is not frozen");
refuses("const options = { a: 1 };", "const options holds what is not frozen");
refuses("const rows = Object.freeze([[1, 2]]);", "const rows holds what is not frozen");
refuses("const rows = Object.freeze({ a: { b: 1 } });", "const rows holds what is not frozen");
refuses("const rows = Object.freeze([...(F ? [[1]] : [])]);", "const rows holds what is not frozen");
refuses("const scratch = new Uint8Array(64);", "const scratch holds new Uint8Array");
refuses("const seen = new Map<string, number>();", "const seen holds new Map");
refuses("const rows = Object.freeze([new Uint8Array(1)]);", "const rows holds new Uint8Array");
refuses('const LABEL = asciiBytes("label");', "const LABEL is made by asciiBytes()");
refuses("class A {\n\tstatic count = 0;\n}", "static field");
refuses("class A {\n\tprivate static table: number[] = [];\n}", "static field");
refuses(`${"\n".repeat(401)}`, "has 401 lines");

const allows = (why: string, source: string, path = "src/x.ts") => {
	test(`allowed: ${why}`, () => assert.deepEqual(brokenRules({ path, source }), []));
};

allows("words in comments and strings", '// Buffer, Date\n/** process */\nconst NAME = "console.log(Date)";');
allows("members of a HAL", "function f(hal: Hal) {\n\treturn hal.date() + hal.setTimer(1, g);\n}");
allows(
	"a method called process",
	"class A {\n\tprocess(bytes: Uint8Array): number {\n\t\treturn this.process(bytes);\n\t}\n}",
);
allows("a property called process", "interface A {\n\tprocess: number;\n\tconsole?: string;\n}");
allows(
	"numbers and names",
	'export const A = 1 << 3;\nexport const B = A | 2 ** 30;\nconst C: string = "c";',
);
allows(
	"frozen tables",
	'const T: readonly Row[] = Object.freeze([row(1, A | B), Object.freeze([2, "b"] as const)]);',
);
allows(
	"functions",
	"const row = (n: number): Row => Object.freeze({ n });\nconst f = (a: number[]) => {\n\tconst b = [];\n\treturn b;\n};",
);
allows(
	"commands with functions in them",
	'export const C: Command = Object.freeze({\n\tname: "c",\n\trun(context: Context): number {\n\t\tlet a = [];\n\t\treturn a.length;\n\t},\n\tother: (x: number) => [x],\n});',
);
allows(
	"a spread of a frozen object",
	"export const D: Limits = Object.freeze({\n\t...B,\n\tsize: 2_560,\n});",
);
allows(
	"a list that a flag shortens",
	'const C = Object.freeze(["a", ...(F ? ["b", "c"] : []), ...(G ? ["d"] : [])]);',
);
allows("locals", "function f() {\n\tlet a = 0;\n\tconst b = new Map();\n\treturn [a, b];\n}");
allows("the one instance of the C API", "let server: SSHServer | undefined;", "src/nanossh/ssh.ts");

test("refused: a file that starts without a comment", () => {
	assert.equal(leadingComment({ path: "src/x.ts", source: 'import { a } from "./a.js";' }).length, 1);
	assert.equal(leadingComment({ path: "src/x.ts", source: "/** What it is. */\n" }).length, 0);
});

for (const [source, complaint] of [
	["await undefined;", "awaits what is no promise"],
	["await 5;", "awaits what is no promise"],
	["await this.server?.close();", "may await what is no promise"],
	["const status = await command.run(this);", "may await what is no promise"],
	["return (await own.run(context)) ?? undefined;", "may await what is no promise"],
	["const permit = await this.callback(request);", "may await what is no promise"],
	["onClick = () => {\n\tvoid device.close();\n}", "leaves a promise without a handler"],
	["end = () => void device.close();", "leaves a promise without a handler"],
	["void (async () => 1)();", "leaves a promise without a handler"],
	["hal.setTimer(5, async () => {});", "an async function where nobody need look at its promise"],
	["session.onEnd = async event => stop();", "an async function where nobody need look at its promise"],
	["return Promise.reject(error);", "rejects before there is a handler"],
]) {
	test(`refused: ${source.split("\n")[0]}`, () => {
		const broken = brokenPromises({ path: "src/x.ts", source });
		assert.ok(
			broken.some(line => line.endsWith(complaint)),
			broken.join() || "nothing was found",
		);
	});
}

for (const source of [
	"await Promise.resolve(this.callback(request));",
	"const line = await context.stdin.readLine();",
	"private readonly ready: (socket: number) => void = () => undefined;",
	"interface A {\n\trun(): void;\n}",
	"device.close().then(restart, restart);",
	"new Promise<void>(resolve => this.writers.push(resolve));",
]) {
	test(`allowed: ${source.split("\n")[0]}`, () =>
		assert.deepEqual(brokenPromises({ path: "src/x.ts", source }), []));
}
