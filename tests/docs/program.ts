/** A program that a page shows, compiled as a reader would, against the package that `npm test` has just built. */
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../architecture/tree.js";
import { run } from "../process.js";

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

/** Prepares a folder in which `fieldssh` is installed. */
export function install(folder: string): void {
	mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
	symlinkSync(ROOT, join(folder, "node_modules/fieldssh"));
	symlinkSync(join(ROOT, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
	writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
}

/**
 * @param types packages of @types that the program counts on
 * @returns the path of the program in JavaScript
 */
export async function compile(folder: string, name: string, source: string, types = ""): Promise<string> {
	writeFileSync(join(folder, `${name}.ts`), source);
	const options = "--strict --module NodeNext --target ES2022 --lib ES2022 --skipLibCheck --types".split(" ");
	const { status, stdout } = await run(process.execPath, [TSC, ...options, types, `${name}.ts`], {
		cwd: folder,
	});
	assert.equal(status, 0, stdout.toString());
	return join(folder, `${name}.js`);
}

/** The blocks of TypeScript in a page, in their order. */
export function blocksOf(page: string): string[] {
	return [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block);
}
