/** The tests that the board can run: those that ask for nothing of Node but tests/harness.ts, in one bundle. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "rollup";
import { bundleFirmware } from "../../simulator/boards/xs/firmware.js";

const TESTS = fileURLToPath(new URL("..", import.meta.url));
const HARNESS = join(TESTS, "harness.js");
const HARNESS_XS = join(TESTS, "xs", "harness-xs.js");

/** The name of a test file in reports: "core/wire". */
export function nameOf(file: string): string {
	return relative(TESTS, file)
		.split(sep)
		.join("/")
		.replace(/(\.test)?\.js$/, "");
}

/** Compiled test files that import no module of Node, nor does what they import, the harness apart. */
export function portableTests(): string[] {
	const portable = new Map<string, boolean>();
	const isPortable = (file: string): boolean => {
		const known = portable.get(file);
		if (known !== undefined) return known;
		// Among modules that import each other, the rest decides.
		portable.set(file, true);
		const result = importsOf(file).every(name =>
			name.startsWith(".") ? isPortable(join(dirname(file), name)) : name.startsWith("@noble/"),
		);
		portable.set(file, result);
		return result;
	};
	portable.set(HARNESS, true);
	return readdirSync(TESTS, { recursive: true, encoding: "utf8" })
		.filter(file => file.endsWith(".test.js"))
		.map(file => join(TESTS, file))
		.filter(isPortable)
		.sort();
}

function importsOf(file: string): string[] {
	const source = readFileSync(file, "utf8");
	const statements = source.matchAll(/^\s*(?:import|export)\b(?:[^;"'`=]*?\bfrom)?\s*["']([^"']+)["']/gm);
	return [...statements].map(([, name]) => name);
}

/**
 * Bundles the tests in these files, to be run by the board.
 *
 * @param plugins what is to be put in the place of something else, before our own
 * @returns the path of the bundle
 */
export function bundleTests(
	files: readonly string[],
	folder: string,
	plugins: readonly Plugin[] = [],
): Promise<string> {
	const entry = join(folder, "entry.js");
	const imports = files.map(file => `import ${JSON.stringify(file)};`);
	const run = `export { runTests as default } from ${JSON.stringify(HARNESS_XS)};`;
	writeFileSync(entry, `${[...imports, run].join("\n")}\n`);
	return bundleFirmware(entry, join(folder, "es2021"), [...plugins, useBoardHarness(files)]);
}

/** Puts our harness in the place of Node's, and tells it whose tests follow. */
function useBoardHarness(files: readonly string[]): Plugin {
	return {
		name: "use-board-harness",
		async resolveId(source, importer) {
			if (importer === undefined || !source.endsWith("/harness.js")) return null;
			const resolved = await this.resolve(source, importer, { skipSelf: true });
			return resolved?.id === HARNESS ? HARNESS_XS : null;
		},
		transform(code, id) {
			if (!files.includes(id)) return null;
			const head = `import { setFile } from ${JSON.stringify(HARNESS_XS)};\nsetFile(${JSON.stringify(nameOf(id))});\n`;
			return { code: head + code, map: null };
		},
	};
}
