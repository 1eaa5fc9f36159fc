/** What can be seen of a build for a device without its maker's tools: the makefile that mcconfig writes, and our C. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { ensureEngine, MissingTool, type Target } from "../../simulator/boards/xs/engine.js";
import { ROOT, sourceFiles } from "../architecture/tree.js";
import { readManifest } from "../build/profiles.js";
import { installed } from "../interop/harness.js";
import { succeed } from "../process.js";
import { makefile, skip, temporaryHome } from "./sdk.js";

describe("examples/esp32 for a device", { skip }, () => {
	for (const platform of ["esp32", "esp32/esp32c6"]) {
		test(`${platform}: the makefile has all of ours, preloads it, and compiles its C`, async () => {
			const text = await makefile("examples/esp32", platform, ["ssid=network", "password=secret"]);
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
			has("$(TMP_DIR)/poly1305.c.o");
			has("$(MODULES_DIR)/fieldssh/poly1305.xsb");
			has("$(TMP_DIR)/heap.c.o");
			has("$(MODULES_DIR)/fieldssh/heap.xsb");
			has("$(TMP_DIR)/storage-esp32.c.o");
			has("examples/esp32/mdns/device.ts");
			has("$(MODULES_DIR)/mdns.xsb");
			has("$(MODULES_DIR)/setup/network.xsb");
			assert.ok(!/noble/.test(text));
		});
	}
});

describe("examples/esp32 for a Pico", { skip }, () => {
	// mcconfig looks for no more of the Pico SDK than this.
	const sdk = temporaryHome();
	const drivers = join(sdk, "src/rp2_common/pico_cyw43_driver");
	const env = { PICO_SDK_DIR: sdk };
	before(() => {
		mkdirSync(drivers, { recursive: true });
		writeFileSync(join(drivers, "cyw43_bus_pio_spi.pio"), "");
	});

	test("pico/pico_2_w: the makefile has the storage over littlefs, preloads it, and compiles the entropy", async () => {
		const text = await makefile("examples/esp32", "pico/pico_2_w", ["ssid=network"], env);
		const has = (what: string) => assert.ok(text.includes(what), what);
		for (const name of ["fieldssh", "fieldssh/shell", "fieldssh/hal/moddable", "fieldssh/entropy"]) {
			has(`$(MODULES_DIR)/${name}.xsb`);
			has(`-p ${name}.xsb`);
		}
		has("-p fieldssh/hal/moddable/littlefs-storage.xsb");
		has("hal/moddable/index-littlefs.ts");
		has("hal/moddable/pico/entropy.js");
		has("hal/moddable/pico/entropy-pico.c");
		has("$(TMP_DIR)/entropy-pico.c.o");
		has("$(TMP_DIR)/modLittlefs.c.o");
		has("$(MODULES_DIR)/file.xsb");
		has("socket/lwip/listener.js");
		has("$(MODULES_DIR)/mdns.xsb");
		has("$(MODULES_DIR)/setup/network.xsb");
		assert.ok(!/audioout|hal\/moddable\/entropy\.js/.test(text));
	});

	test("pico/pico_w: refused, for an RP2040 has no cryptographic randomness", async () => {
		await assert.rejects(
			makefile("examples/esp32", "pico/pico_w", [], env),
			/an RP2040 has no cryptographic randomness/,
		);
	});
});

describe("what is in C", () => {
	const compile = async (target: Target, file: string, ...options: string[]): Promise<string> => {
		const { compiler, flags } = await ensureEngine(target);
		const include = `-I${join(ROOT, "tests/moddable/idf")}`;
		const strict = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", include, ...options];
		return succeed(compiler, [...flags, ...strict, join(ROOT, "hal/moddable", file)]);
	};
	const here = async (context: { skip(reason: string): void }, compiled: () => Promise<unknown>) => {
		try {
			await compiled();
		} catch (error) {
			if (!(error instanceof MissingTool) || process.env.CI === "true") throw error;
			context.skip(error.message);
		}
	};

	test("ESP32-C6", context => here(context, () => compile("rv32", "esp32/entropy-esp32.c")));
	test("Poly1305", context => here(context, () => compile("rv32", "poly1305.c")));
	test("the heap's figures", context => here(context, () => compile("rv32", "heap.c")));
	test("ESP32-H2, without Wi-Fi", context =>
		here(context, () => compile("rv32", "esp32/entropy-esp32.c", "-DNO_WIFI")));
	const pico = ["pico/entropy-pico.c", `-I${join(ROOT, "tests/moddable/pico")}`] as const;
	test("RP2350", context => here(context, () => compile("rv32", ...pico, "-DPICO_RP2350=1")));
	test("RP2040: refused", context =>
		here(context, async () => {
			const { compiler, flags } = await ensureEngine("rv32");
			const refused = succeed(compiler, [...flags, "-fsyntax-only", join(ROOT, "hal/moddable", pico[0])]);
			await assert.rejects(refused, /#error "fieldssh: an RP2040 has no cryptographic randomness/);
		}));

	const runTest = async (file: string, ...folders: string[]): Promise<void> => {
		if (!installed("gcc")) throw new MissingTool("no C compiler; install gcc");
		const program = join(temporaryHome(), "test");
		const source = join(ROOT, "tests/moddable", file);
		const include = folders.map(folder => `-I${join(ROOT, "tests/moddable", folder)}`);
		await succeed("gcc", ["-Wall", "-Wextra", "-Werror", "-O1", ...include, source, "-o", program]);
		assert.equal(await succeed(program, []), "");
	};
	test("RP2350: on a generator that fails, stops, and is shared with another driver", context =>
		here(context, () => runTest("pico/trng-test.c", "pico", "pico/xs")));
	test("what the heap has left, where both heaps are in one pool", context =>
		here(context, () => runTest("pool/heap-test.c", "pool")));

	test("Linux", { skip: !existsSync("/usr/include/linux") && "no Linux" }, context =>
		here(context, () => compile("x86-64", "lin/entropy-lin.c")),
	);
});
