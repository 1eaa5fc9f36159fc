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

/** src/wire.ts as "fieldssh/wire". */
const specifierOf = (path: string) => path.replace(/^src\//, "fieldssh/").replace(/\.ts$/, "");

/** A pattern of a manifest: * stands for the rest of a name, not for folders. */
const matches = (pattern: string, name: string) =>
	pattern.endsWith("*") ? posix.dirname(pattern) === posix.dirname(name) : pattern === name;

const { "~": excluded, ...modules } = manifest.modules;
const files = sourceFiles("src");
const taken = files.filter(({ path }) => !excluded.includes(`./${path.replace(/\.ts$/, "")}`));

test("every module is in it, under the name that relative imports lead to", () => {
	for (const { path } of taken) {
		const name = specifierOf(path);
		const found = Object.entries(modules).filter(([target]) => matches(target, name));
		assert.equal(found.length, 1, name);
		const [[target, source]] = found;
		assert.equal(source.replace("./src", "fieldssh"), target);
	}
});

test("but those over noble, for a device has cryptography of its own", () => {
	assert.equal(taken.length, files.length - excluded.length);
	const names = new Set(taken.map(({ path }) => specifierOf(path)));
	for (const { path, source } of taken) {
		for (const { specifier, typeOnly } of importsOf(source)) {
			if (typeOnly) continue;
			const name = posix.join(posix.dirname(specifierOf(path)), specifier).replace(/\.js$/, "");
			assert.ok(specifier.startsWith(".") && names.has(name), `${path}: ${specifier}`);
		}
	}
});

test("all is preloaded but the integer API, which keeps state", () => {
	for (const { path } of taken) {
		const name = specifierOf(path);
		const preloaded = manifest.preload.some(pattern => matches(pattern, name));
		assert.equal(preloaded, !/^fieldssh\/ssh/.test(name), name);
	}
});
