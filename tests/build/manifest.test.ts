/** manifest.json, by which a Moddable build takes the core in, keeps step with src/. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { importsOf } from "../architecture/source.js";
import { ROOT, sourceFiles } from "../architecture/tree.js";

interface Manifest {
	/** Names and their files; "~" lists those that a pattern must not take in. */
	readonly modules: Readonly<Record<string, string>> & { readonly "~": readonly string[] };
	readonly preload: readonly string[];
}

const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, "manifest.json"), "utf8"));

/** src/wire.ts as "fieldssh/src/wire": the tree as it is, so that relative imports lead to the same. */
const specifierOf = (path: string) => `fieldssh/${path.replace(/\.ts$/, "")}`;

/** A pattern of a manifest: * stands for the rest of a name, not for folders. */
const matches = (pattern: string, name: string) =>
	pattern.endsWith("*") ? posix.dirname(pattern) === posix.dirname(name) : pattern === name;

const { "~": excluded, ...modules } = manifest.modules;
const files = sourceFiles("src");
const taken = files.filter(({ path }) => !excluded.includes(`./${path.replace(/\.ts$/, "")}`));
const facades = sourceFiles("hal/moddable/modules");

/** Names that a module's own values come from. */
function importsByName(name: string, path: string, source: string): string[] {
	return importsOf(source)
		.filter(({ typeOnly }) => !typeOnly)
		.map(({ specifier }) => {
			if (!specifier.startsWith(".")) return specifier;
			const folder = path.startsWith("src/") ? posix.dirname(name) : "";
			return posix.join(folder, specifier).replace(/\.js$/, "");
		});
}

/** What firmware calls one of hal/moddable/modules. */
function facadeOf({ path }: { readonly path: string }): string {
	const found = Object.entries(modules).find(([, file]) => `${file}.ts` === `./${path}`);
	assert.ok(found, path);
	return found[0];
}

test("every module is in it, under the name that relative imports lead to", () => {
	for (const { path } of taken) {
		const name = specifierOf(path);
		const found = Object.entries(modules).filter(([target]) => matches(target, name));
		assert.equal(found.length, 1, name);
		const [[target, source]] = found;
		assert.equal(source.replace("./", "fieldssh/"), target);
	}
});

test("but those over noble, for a device has cryptography of its own", () => {
	assert.equal(taken.length, files.length - excluded.length);
	const names = new Set(taken.map(({ path }) => specifierOf(path)));
	for (const { path, source } of taken) {
		for (const name of importsByName(specifierOf(path), path, source)) {
			assert.ok(names.has(name), `${path}: ${name}`);
		}
	}
});

test("what firmware imports has the names that it has on npm", () => {
	const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
	for (const name of ["fieldssh", "fieldssh/ssh", "fieldssh/shell"]) {
		assert.ok(modules[name], name);
		assert.ok(exports[name.replace("fieldssh", ".")], name);
	}
});

test("all is preloaded but the integer API, which keeps state, and storage, which opens when loaded", () => {
	const sources = new Map<string, string[]>();
	for (const { path, source } of taken)
		sources.set(specifierOf(path), importsByName(specifierOf(path), path, source));
	for (const { path, source } of facades) {
		const name = facadeOf({ path });
		sources.set(name, importsByName(name, path, source));
	}
	// What a module imports is loaded, and preloaded, with it.
	const reached = (names: readonly string[], found = new Set<string>()) => {
		for (const name of names) {
			if (found.has(name)) continue;
			found.add(name);
			reached(sources.get(name) ?? [], found);
		}
		return found;
	};
	const preloaded = reached(manifest.preload);
	const loaded = [...reached(facades.map(facadeOf))].filter(name => sources.has(name));
	assert.ok(loaded.includes("fieldssh/src/transport/transport"));
	const others = loaded.filter(name => !preloaded.has(name));
	assert.deepEqual(
		others.filter(name => !/^fieldssh\/((src\/)?ssh|hal\/moddable$)/.test(name)),
		[],
	);
	assert.ok(others.includes("fieldssh/src/ssh"));
});
