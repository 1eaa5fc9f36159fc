/** Native cryptography on the SDK itself: the cases that the XS board runs (tests/xs/native.test.ts), over the SDK's own module crypt. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../architecture/tree.js";
import type { Result } from "../xs/harness-xs.js";
import { bundleNativeTests, NATIVE_FILES, namesOf } from "../xs/native.js";
import { build, launch, skip, temporaryHome } from "./sdk.js";

const APP = "build/moddable/native";

/** Evaluated, noble holds more than a simulator has: it is what the results are compared with. */
const MANIFEST = {
	include: [
		"$(MODDABLE)/examples/manifest_base.json",
		"$(MODDABLE)/modules/io/manifest.json",
		"$(MODDABLE)/modules/crypt/digest/manifest.json",
	],
	modules: {
		"*": ["./main", "./entry", "./preloaded"],
		"fieldssh/poly1305": join(ROOT, "hal/moddable/poly1305"),
	},
	creation: {
		static: 0,
		chunk: { initial: 8_000_000, incremental: 1_000_000 },
		heap: { initial: 400_000, incremental: 100_000 },
		stack: 4096,
	},
};

const MAIN = `
import("entry")
	.then(({ default: runTests }) => runTests())
	.then(() => "all ran", error => \`failed: \${error}\`)
	.then(text => trace(text, "\\n"));
`;

test("native cryptography on the SDK", { skip, timeout: 30 * 60_000 }, async context => {
	const folder = join(ROOT, APP);
	mkdirSync(folder, { recursive: true });
	const bundle = await bundleNativeTests(temporaryHome());
	// Of which the board has both modules in one file.
	const lowered = join(dirname(bundle), "lowered", basename(bundle));
	for (const file of ["entry.js", "preloaded.js"]) copyFileSync(join(lowered, file), join(folder, file));
	writeFileSync(join(folder, "main.js"), MAIN);
	writeFileSync(join(folder, "manifest.json"), JSON.stringify(MANIFEST));
	const running = await launch(await build(APP, "release"), temporaryHome());
	await running.waitFor("last test", stdout => /^(all ran|failed: .*)$/m.test(stdout), 10 * 60_000);
	await running.stop();
	assert.doesNotMatch(running.stdout, /^failed: /m);
	const lines = running.stdout.split("\n").filter(line => line.startsWith("{"));
	const results: Result[] = lines.map(line => JSON.parse(line));
	for (const file of namesOf(NATIVE_FILES)) {
		const own = results.filter(result => result.file === file);
		await context.test(`${file} (${own.length})`, async suite => {
			assert.notEqual(own.length, 0, "no test of it ran to its end");
			for (const { name, error } of own) {
				if (error !== undefined) await suite.test(name, () => assert.fail(error));
			}
		});
	}
});
