/** The manifests by which a Moddable build takes the core in keep step with src/. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, test } from "node:test";
import { type Import, importsOf as parseImports } from "../architecture/source.js";
import { ROOT, type SourceFile, sourceFiles } from "../architecture/tree.js";
import { PROFILES, readManifest } from "./profiles.js";

const files = [...sourceFiles("src"), ...sourceFiles("hal/moddable")];
const sourceOf = (path: string): SourceFile => {
	const found = files.find(file => file.path === `${path}.ts`);
	assert.ok(found, path);
	return found;
};
const parsed = new Map<string, Import[]>();
const importsOf = ({ path, source }: SourceFile): Import[] => {
	const known = parsed.get(path);
	if (known) return known;
	const found = parseImports(source);
	parsed.set(path, found);
	return found;
};
/** What stands over noble: a device has cryptography of its own. */
const NOBLE = /^src\/crypto\/(noble|ghash)/;

/** Modules in C, called from JavaScript that only the SDK's compiler understands. */
const NATIVE = ["fieldssh/entropy", "fieldssh/heap", "fieldssh/poly1305"];

/** The modules of a manifest by their names, and what each imports, by name too. */
function modulesOf(manifest: string): Map<string, { file: SourceFile; imports: string[] }> {
	const { modules, excluded } = readManifest(manifest);
	const found = new Map<string, { file: SourceFile; imports: string[] }>();
	const add = (name: string, file: SourceFile) => {
		assert.ok(!found.has(name), `${name}: bound twice`);
		found.set(name, { file, imports: importsByName(name, file) });
	};
	for (const [name, source] of modules) {
		if (NATIVE.includes(name)) continue;
		if (!name.endsWith("/*")) {
			add(name, sourceOf(source));
			continue;
		}
		for (const file of files) {
			const path = file.path.replace(/\.ts$/, "");
			if (posix.dirname(path) !== posix.dirname(source) || excluded.includes(path)) continue;
			add(posix.join(posix.dirname(name), posix.basename(path)), file);
		}
	}
	return found;
}

/** Names that a module's own values come from. */
function importsByName(name: string, file: SourceFile): string[] {
	return importsOf(file)
		.filter(({ typeOnly }) => !typeOnly)
		.map(({ specifier }) => {
			if (!specifier.startsWith(".")) return specifier;
			return posix.join(posix.dirname(name), specifier).replace(/\.js$/, "");
		});
}

/** All that is loaded with these. */
function reached(
	modules: ReadonlyMap<string, { imports: string[] }>,
	names: readonly string[],
	found = new Set<string>(),
): Set<string> {
	for (const name of names) {
		if (found.has(name) || !modules.has(name)) continue;
		found.add(name);
		reached(modules, modules.get(name)!.imports, found);
	}
	return found;
}

/** Declarations of types alone are nothing once compiled. */
const hasCode = ({ source }: SourceFile) => /^(export )?(async )?(class|function|const) /m.test(source);

const isOurs = (name: string) => name.startsWith("fieldssh") && !NATIVE.includes(name);

for (const profile of PROFILES) {
	describe(`the ${profile} profile`, () => {
		const path = `hal/moddable/profiles/${profile}.json`;
		const modules = modulesOf(path);

		test("has every module that its modules import, under the name that the import leads to", () => {
			for (const [name, { file, imports }] of modules) {
				for (const imported of imports.filter(isOurs)) {
					const known = modules.has(imported) || /^fieldssh\/hal\/moddable\/index$/.test(imported);
					assert.ok(known, `${file.path}, as ${name}, imports ${imported}`);
				}
			}
		});

		test("preloads all but the integer API, which keeps state, and storage, which opens when loaded", () => {
			const preloaded = reached(modules, readManifest(path).preload);
			assert.ok(preloaded.has("fieldssh/src/transport/transport"));
			const loaded = reached(
				modules,
				[...modules.keys()].filter(name => !name.startsWith("fieldssh/src/")),
			);
			const others = [...loaded].filter(name => !preloaded.has(name));
			assert.ok(others.includes("fieldssh/src/nanossh/ssh"));
			assert.deepEqual(
				others.filter(name => !/^fieldssh\/(ssh$|src\/nanossh\/|hal\/moddable$)/.test(name)),
				[],
			);
		});

		test("has each flag of src/moptions.ts once", () => {
			const flags = ({ source }: SourceFile) =>
				source.match(/^export const (\w+): boolean = (true|false);$/gm)!;
			const names = (file: SourceFile) => flags(file).map(line => /const (\w+)/.exec(line)![1]);
			assert.deepEqual(names(modules.get("fieldssh/src/moptions")!.file), names(sourceOf("src/moptions")));
		});

		test("has no module that nothing loads", () => {
			// cli-server is what hal/moddable/telnet stands on, which has a manifest of its own.
			const entries = [...modules.keys()].filter(
				name => !/^fieldssh\/src\/(?!telnet\/cli-server)/.test(name),
			);
			const loaded = reached(modules, entries);
			const idle = [...modules].filter(([name, { file }]) => !loaded.has(name) && hasCode(file));
			assert.deepEqual(
				idle.map(([, { file }]) => file.path),
				[],
			);
		});

		test("puts in place of a module what has its names", () => {
			for (const { imports, file } of modules.values()) {
				for (const { specifier, names, typeOnly } of importsOf(file)) {
					const at = imports.find(name => name.endsWith(specifier.replace(/^\.+|\.js$/g, "")));
					const target = at === undefined ? undefined : modules.get(at)?.file;
					if (typeOnly || !target?.path.startsWith("hal/moddable/profiles/")) continue;
					for (const name of names) {
						const declared = new RegExp(`^export (class|function|const) ${name}\\b`, "m");
						assert.match(target.source, declared, `${target.path}, for ${file.path}`);
					}
				}
			}
		});
	});
}

test("the default and the full profile leave out noble alone", () => {
	for (const profile of ["default", "full"]) {
		const paths = [...modulesOf(`hal/moddable/profiles/${profile}.json`).values()].map(
			({ file }) => file.path,
		);
		for (const { path } of sourceFiles("src")) {
			if (path === "src/moptions.ts" && profile === "default") continue;
			assert.equal(paths.includes(path), !NOBLE.test(path), path);
		}
	}
});

test("manifest.json is the default profile", () => {
	assert.deepEqual(readManifest("manifest.json"), readManifest("hal/moddable/profiles/default.json"));
});

test("what firmware imports has the names that it has on npm", () => {
	const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
	const { modules } = readManifest("manifest.json");
	for (const name of ["fieldssh", "fieldssh/ssh", "fieldssh/shell"]) {
		assert.ok(modules.has(name), name);
		assert.ok(exports[name.replace("fieldssh", ".")], name);
	}
});

test("each platform has a HAL, and entropy in C", () => {
	const { platforms } = readManifest("manifest.json");
	for (const platform of ["lin", "mac", "win", "esp32", "pico"]) {
		const modules = platforms[platform].modules!;
		const c = posix.join("hal/moddable/profiles", `${modules["*"]}.c`);
		assert.match(readFileSync(join(ROOT, c), "utf8"), /void xs_fieldssh_entropy\(xsMachine \*the\)/);
		const js = posix.join("hal/moddable/profiles", `${modules["fieldssh/entropy"]}.js`);
		assert.match(readFileSync(join(ROOT, js), "utf8"), /native\("xs_fieldssh_entropy"\)/);
		const hal = sourceOf(posix.join("hal/moddable/profiles", modules["fieldssh/hal/moddable/index"]));
		assert.match(hal.source, /^export function createModdableHal\(/m);
		for (const { specifier, typeOnly } of importsOf(hal)) {
			const name = `fieldssh/hal/moddable/${specifier.replace(/^\.\/|\.js$/g, "")}`;
			if (typeOnly || !specifier.startsWith("./")) continue;
			assert.ok(name in modules || readManifest("manifest.json").modules.has(name), `${platform}: ${name}`);
		}
	}
});
