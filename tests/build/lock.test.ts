/** package-lock.json: what `npm ci` installs is what it was here, from whichever registry, and none of it runs a script. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../architecture/tree.js";

interface Locked {
	readonly integrity?: string;
	readonly resolved?: string;
	readonly hasInstallScript?: boolean;
}

const read = (name: string) => JSON.parse(readFileSync(join(ROOT, name), "utf8"));
const { "": _, ...locked } = read("package-lock.json").packages as Record<string, Locked>;
const nameOf = (path: string) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

test("each package that is locked has its integrity, those of other platforms as well", () => {
	assert.ok(Object.keys(locked).length > 20);
	const without = Object.entries(locked).filter(([, { integrity }]) => !integrity?.startsWith("sha512-"));
	assert.deepEqual(
		without.map(([path]) => path),
		[],
	);
});

test("no registry is named, so that each machine asks its own", () => {
	const named = Object.entries(locked).filter(([, { resolved }]) => resolved !== undefined);
	assert.deepEqual(
		named.map(([path]) => path),
		[],
	);
	assert.match(readFileSync(join(ROOT, ".npmrc"), "utf8"), /^omit-lockfile-registry-resolved=true$/m);
});

test("each install script of a dependency is denied by name", () => {
	const scripts = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript);
	const denied = Object.fromEntries(scripts.map(([path]) => [nameOf(path), false]));
	assert.deepEqual(read("package.json").allowScripts, denied);
});
