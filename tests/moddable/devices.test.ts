/** What can be seen of a build for a device without its maker's tools: the makefile that mcconfig writes, and our C. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ensureEngine, MissingTool, type Target } from "../../hal/xs/engine.js";
import { ROOT, sourceFiles } from "../architecture/tree.js";
import { readManifest } from "../build/profiles.js";
import { succeed } from "../process.js";
import { makefile, skip } from "./sdk.js";

describe("examples/esp32 for a device", { skip }, () => {
	for (const platform of ["esp32", "esp32/esp32c6"]) {
		test(`${platform}: the makefile has all of ours, preloads it, and compiles its entropy`, async () => {
			const text = await makefile("examples/esp32", platform, "ssid=network", "password=secret");
			const has = (what: string) => assert.ok(text.includes(what), what);
			const { excluded } = readManifest("manifest.json");
			for (const { path } of sourceFiles("src")) {
				const name = path.replace(/\.ts$/, "");
				const taken = !excluded.includes(name) || name === "src/moptions";
				assert.equal(text.includes(`$(MODULES_DIR)/fieldssh/${name}.xsb`), taken, name);
			}
			for (const name of ["fieldssh", "fieldssh/shell", "fieldssh/hal/moddable", "fieldssh/crypto/xs"]) {
				has(`$(MODULES_DIR)/${name}.xsb`);
				has(`-p ${name}.xsb`);
			}
			has("hal/moddable/profiles/default/moptions.ts");
			has("hal/moddable/index-key-value.ts");
			has("hal/moddable/esp32/entropy-esp32.c");
			has("$(TMP_DIR)/entropy-esp32.c.o");
			has("$(TMP_DIR)/storage-esp32.c.o");
			has("examples/esp32/mdns/device.ts");
			has("$(MODULES_DIR)/mdns.xsb");
			has("$(MODULES_DIR)/setup/network.xsb");
			assert.ok(!/noble/.test(text));
		});
	}
});

describe("fieldssh/entropy in C", () => {
	const compile = async (target: Target, file: string, ...options: string[]): Promise<string> => {
		const { compiler, flags } = await ensureEngine(target);
		const include = `-I${join(ROOT, "tests/moddable/idf")}`;
		const strict = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", include, ...options];
		return succeed(compiler, [...flags, ...strict, join(ROOT, "hal/moddable", file)]);
	};
	const here = async (context: { skip(reason: string): void }, compiled: () => Promise<string>) => {
		try {
			await compiled();
		} catch (error) {
			if (!(error instanceof MissingTool) || process.env.CI === "true") throw error;
			context.skip(error.message);
		}
	};

	test("ESP32-C6", context => here(context, () => compile("rv32", "esp32/entropy-esp32.c")));
	test("ESP32-H2, without Wi-Fi", context =>
		here(context, () => compile("rv32", "esp32/entropy-esp32.c", "-DNO_WIFI")));
	test("Linux", { skip: !existsSync("/usr/include/linux") && "no Linux" }, context =>
		here(context, () => compile("x86-64", "lin/entropy-lin.c")),
	);
});
