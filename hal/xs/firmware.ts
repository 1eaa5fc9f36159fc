/** Bundles: one module of JavaScript that the board, or the Moddable SDK, loads, with all it needs but the SDK's modules. */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Plugin, rollup } from "rollup";

const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** Finds noble as Node would; what else has a bare name is the SDK's. */
const resolveNoble: Plugin = {
	name: "resolve-noble",
	resolveId: id => (id.startsWith("@noble/") ? require.resolve(id) : null),
};

/** Switches flags of moptions.ts off, as FIELDSSH_FLAGS does for rollup.config.mjs. */
export function switchOff(flags: readonly string[]): Plugin {
	return {
		name: "switch-off",
		transform(code, id) {
			if (!id.endsWith("/src/moptions.js")) return null;
			let changed = code;
			for (const flag of flags) {
				const on = `export const ${flag} = true;`;
				if (!code.includes(on)) this.error(`no flag ${flag} to switch off`);
				changed = changed.replace(on, `export const ${flag} = false;`);
			}
			return { code: changed, map: null };
		},
	};
}

/**
 * Bundles an entry module, and lowers the bundle to ES2021: in static fields XS 13 does not know the class that they are
 * in, which noble-curves counts on.
 *
 * @param entry a module as tsc compiled it
 * @param folder where the bundle goes, under the entry's name
 * @param plugins for rollup, before our own
 * @returns its path
 */
export async function bundleFirmware(
	entry: string,
	folder: string,
	plugins: readonly Plugin[] = [],
): Promise<string> {
	mkdirSync(folder, { recursive: true });
	const raw = join(folder, "es2022", basename(entry));
	const bundle = await rollup({
		input: entry,
		external: id => !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("@noble/"),
		plugins: [...plugins, resolveNoble],
		onwarn(warning) {
			throw new Error(warning.message);
		},
	});
	await bundle.write({ file: raw, format: "es" });
	await bundle.close();
	const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
	const options = [
		"--target",
		"es2021",
		"--module",
		"esnext",
		"--moduleResolution",
		"bundler",
		"--types",
		"",
	];
	await run(process.execPath, [
		tsc,
		raw,
		"--ignoreConfig",
		"--allowJs",
		"--noCheck",
		...options,
		"--outDir",
		folder,
	]);
	return join(folder, basename(entry));
}
