/** A firmware that names the built-in commands that it wants links no others. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { rollup as bundleApp } from "rollup";
import { blankComments, importsOf } from "../architecture/source.js";
import { sourceFiles } from "../architecture/tree.js";
import { rollup, workFolder } from "./bundle.js";

/** What of each command is in no other code, by the module that it is in. */
const MARKS: Readonly<Record<string, readonly string[]>> = {
	basic: ["list the commands", "copy stdin to stdout", "wait for some seconds", "show the environment"],
	system: ["has been up", "restart the device", "show date and time", "show the firmware's version"],
	connections: ["list the connections", "close a connection", "show who is logged in here"],
	log: ["show the last events"],
	keys: ["show, add and remove the public keys", "ssh-copy-id"],
	passwd: ["change your password", "Current password: "],
};

describe("built-in commands", () => {
	test("a BareShell with two of them has these two, and a Shell has all", async context => {
		const folder = workFolder(context);
		const { status, stderr } = await rollup(folder, "");
		assert.equal(status, 0, stderr);
		const linked = async (app: string): Promise<string> => {
			const input = join(folder, "app.js");
			writeFileSync(input, app);
			const bundle = await bundleApp({ input, external: [/^node:/, /^@noble\//] });
			const { output } = await bundle.generate({ format: "es" });
			await bundle.close();
			return blankComments(output[0].code);
		};
		const some = await linked(
			'import { BareShell, log, uptime } from "./shell.js";\nexport const make = device => new BareShell({ device, commands: [log, uptime] });\n',
		);
		const kept = ["has been up", "show the last events"];
		for (const mark of Object.values(MARKS).flat())
			assert.equal(some.includes(mark), kept.includes(mark), mark);
		const all = await linked(
			'import { Shell } from "./shell.js";\nexport const make = device => new Shell({ device });\n',
		);
		for (const mark of Object.values(MARKS).flat()) assert.ok(all.includes(mark), mark);
	});

	test("each module of commands is loaded by itself, as the SDK links it: bare.ts and one of them load no other", () => {
		const imports = new Map(
			sourceFiles("src/shell").map(file => [
				file.path,
				importsOf(file.source)
					.filter(({ typeOnly }) => !typeOnly)
					.map(({ specifier }) => specifier),
			]),
		);
		const loaded = (path: string, found = new Set<string>()): Set<string> => {
			if (!imports.has(path) || found.has(path)) return found;
			found.add(path);
			for (const specifier of imports.get(path)!)
				loaded(join(path, "..", specifier).replace(/\.js$/, ".ts"), found);
			return found;
		};
		const commands = (paths: ReadonlySet<string>): string[] =>
			[...paths].filter(path => Object.keys(MARKS).some(name => path === `src/shell/commands/${name}.ts`));
		assert.deepEqual(commands(loaded("src/shell/bare.ts")), []);
		for (const name of Object.keys(MARKS)) {
			const path = `src/shell/commands/${name}.ts`;
			assert.deepEqual(commands(loaded(path)), [path]);
		}
		assert.equal(commands(loaded("src/shell/index.ts")).length, Object.keys(MARKS).length);
	});
});
