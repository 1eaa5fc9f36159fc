/** manifest.json, by which a Moddable build takes the core in, keeps step with src/. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { importsOf } from "../architecture/source.js";
import { ROOT, sourceFiles } from "../architecture/tree.js";

interface Manifest {
	readonly modules: Readonly<Record<string, string>>;
	readonly preload: readonly string[];
}

const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, "manifest.json"), "utf8"));

/** src/wire.ts as "fieldssh/wire". */
const specifierOf = (path: string) => path.replace(/^src\//, "fieldssh/").replace(/\.ts$/, "");

/** The adapters over noble, and what stands on them: a device has cryptography of its own. */
const isOverNoble = (path: string) => path.startsWith("src/crypto/") && !/\/(port|pbkdf2)\.ts$/.test(path);

/** A pattern of a manifest: * stands for the rest of a name, not for folders. */
const matches = (pattern: string, name: string) =>
	pattern.endsWith("*") ? posix.dirname(pattern) === posix.dirname(name) : pattern === name;

const taken = sourceFiles("src").filter(({ path }) => !isOverNoble(path));

test("every module of the core is in it, under the name that relative imports lead to", () => {
	for (const { path } of taken) {
		const name = specifierOf(path);
		const found = Object.entries(manifest.modules).filter(([target]) => matches(target, name));
		assert.equal(found.length, 1, name);
		const [[target, source]] = found;
		assert.equal(source.replace("./src", "fieldssh"), target);
	}
});

test("nothing in it is without a file, and noble is not in it", () => {
	for (const source of Object.values(manifest.modules)) {
		assert.ok(existsSync(join(ROOT, source.endsWith("/*") ? posix.dirname(source) : `${source}.ts`)), source);
	}
	for (const { path, source } of taken) {
		const foreign = importsOf(source).filter(({ specifier }) => !specifier.startsWith("."));
		assert.deepEqual(foreign, [], path);
	}
});

test("all is preloaded but the integer API, which keeps state", () => {
	for (const { path } of taken) {
		const name = specifierOf(path);
		const preloaded = manifest.preload.some(pattern => matches(pattern, name));
		assert.equal(preloaded, !/^fieldssh\/ssh/.test(name), name);
	}
});
