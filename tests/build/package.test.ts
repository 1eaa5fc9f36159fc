/**
 * The package as npm would publish it: packed, unpacked elsewhere, every export imported and type-checked there, and the
 * firmware of examples/ type-checked as an editor does that has the package and nothing else.
 */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../architecture/tree.js";
import { run } from "../process.js";
import { workFolder } from "./bundle.js";

/** An export with code, and something that it must have. */
const CODE = {
	fieldssh: "SSHServer",
	"fieldssh/ssh": "SSH_init",
	"fieldssh/shell": "Shell",
	"fieldssh/crypto/noble": "nobleCrypto",
	"fieldssh/crypto/xs": "xsCrypto",
	"fieldssh/hal/node": "createNodeHal",
	"fieldssh/hal/sim": "createSimHal",
} as const;

/** The same of those that a Moddable build binds: here they are declarations alone. */
const FIRMWARE = {
	"fieldssh/crypto/moddable": "moddableCrypto",
	"fieldssh/hal/moddable": "createModdableHal",
	"fieldssh/entropy": "default",
	"fieldssh/heap": "freeSlots",
} as const;

const tsc = join(ROOT, "node_modules/typescript/bin/tsc");

test("npm pack makes a package that can be used", async context => {
	const folder = workFolder(context);
	// `npm test` has just built dist/; packing must not build it again under the feet of other tests.
	const packed = await run("npm", ["pack", "--ignore-scripts", "--offline", "--pack-destination", folder], {
		cwd: ROOT,
	});
	assert.equal(packed.status, 0, packed.stderr);
	const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

	// As `npm install` lays it out, without a registry: the dependencies that are declared, and no others.
	const modules = join(folder, "node_modules");
	mkdirSync(join(modules, "fieldssh"), { recursive: true });
	const archive = join(folder, `${manifest.name}-${manifest.version}.tgz`);
	const unpacked = await run("tar", [
		"-xzf",
		archive,
		"--strip-components=1",
		"-C",
		join(modules, "fieldssh"),
	]);
	assert.equal(unpacked.status, 0, unpacked.stderr);
	for (const name of Object.keys(manifest.dependencies)) {
		mkdirSync(join(modules, name, ".."), { recursive: true });
		symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
	}
	writeFileSync(join(folder, "package.json"), '{ "type": "module" }');

	await context.test("every export of package.json is known to this test", () => {
		const names = Object.keys(manifest.exports).map(path => path.replace(/^\./, "fieldssh"));
		assert.deepEqual(names.sort(), [...Object.keys(CODE), ...Object.keys(FIRMWARE)].sort());
	});

	await context.test("every export with code can be imported", async () => {
		for (const [specifier, name] of Object.entries(CODE)) {
			const script = `import { ${name} } from "${specifier}"; console.log(typeof ${name} !== "undefined");`;
			const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "--eval", script], {
				cwd: folder,
			});
			assert.equal(stdout.toString().trim(), "true", stderr);
		}
	});

	await context.test("every export has its types", async () => {
		const lines = Object.entries({ ...CODE, ...FIRMWARE }).map(([specifier, name], i) => {
			// A name that is `any`, or that is not there, does not pass.
			return `import { ${name} as v${i} } from "${specifier}"; export const t${i}: 0 extends 1 & typeof v${i} ? never : typeof v${i} = v${i};`;
		});
		writeFileSync(join(folder, "use.ts"), lines.join("\n"));
		const options = "--noEmit --strict --module NodeNext --target ES2022 --lib ES2022 --types".split(" ");
		const { status, stdout } = await run(process.execPath, [tsc, ...options, "", "use.ts"], { cwd: folder });
		assert.equal(status, 0, stdout.toString());
	});

	await context.test("a firmware's imports have their types", async () => {
		const firmware = join(folder, "firmware");
		cpSync(join(ROOT, "examples/esp32"), firmware, { recursive: true });
		const ours = "../node_modules/fieldssh";
		const compilerOptions = {
			noEmit: true,
			strict: true,
			module: "preserve",
			moduleResolution: "bundler",
			target: "ES2022",
			lib: ["ES2022"],
			types: [],
			skipLibCheck: true,
			// What the examples' own manifests bind: these two, and no name of ours.
			paths: {
				name: ["./mdns/simulator.ts"],
				"fieldssh/examples/*": [`${ours}/examples/*.ts`],
			},
		};
		// One is copied, as a firmware is begun; the others share code with src/ and stay where they are. The SDK's own modules
		// are declared by sdk.d.ts, as docs/moddable.md says.
		const others = ["examples/uart-bridge/main.ts", "examples/nanossh-loop/main.ts", "hal/moddable/sdk.d.ts"];
		const files = ["main.ts", ...others.map(path => `${ours}/${path}`)];
		writeFileSync(join(firmware, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
		const { status, stdout } = await run(process.execPath, [tsc, "-p", "."], { cwd: firmware });
		assert.equal(status, 0, stdout.toString());
	});

	await context.test("the core and the simulated network ask for nothing of Node", () => {
		for (const file of [
			"fieldssh.js",
			"core.js",
			"ssh.js",
			"shell.js",
			"hal/sim.js",
			"crypto/noble.js",
			"crypto/xs.js",
		]) {
			assert.ok(!readFileSync(join(modules, "fieldssh/dist", file), "utf8").includes("node:"), file);
		}
	});
});
