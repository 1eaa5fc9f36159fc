/** Bundles: what the board loads, all that an entry module needs but the SDK's modules. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type GetModuleInfo, type Plugin, rollup } from "rollup";

const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** Where what tsc compiled is. */
const BUILD = fileURLToPath(new URL("../../..", import.meta.url));

const PRELOADED = "preloaded";

/** Between the two modules of a bundle: machine.c looks for it. */
const BORDER = "//# not preloaded\n";

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

/** What a device has of this project, less the integer API, which keeps state: manifest.json does not preload it either. */
function isOurs(id: string): boolean {
	const [area, part] = relative(BUILD, id).split(sep);
	if (area === "src") return part !== "nanossh";
	return (area === "hal" && part === "moddable") || (area === "simulator" && part !== "boards");
}

/**
 * Whether a device can have a module in flash as it is once evaluated: it is ours, and so is all that it stands on. noble
 * keeps state, and an application's own modules are loaded at every start.
 */
function isPreloaded(id: string, info: GetModuleInfo, seen = new Set<string>()): boolean {
	const isOfTheSdk = !id.startsWith("/");
	if (isOfTheSdk || seen.has(id)) return true;
	seen.add(id);
	return isOurs(id) && info(id)!.importedIds.every(imported => isPreloaded(imported, info, seen));
}

/**
 * Bundles an entry module, and lowers the bundle to ES2021: in static fields XS 13 does not know the class that they are
 * in, which noble-curves counts on.
 *
 * A bundle is a file of two modules: what is preloaded, if something is, then a line that says where it ends, and the rest.
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
	const name = basename(entry);
	const raw = join(folder, "bundled", name);
	const lowered = join(folder, "lowered", name);
	const bundle = await rollup({
		input: entry,
		external: id => !id.startsWith(".") && !id.startsWith("/") && !id.startsWith("@noble/"),
		plugins: [...plugins, resolveNoble],
		onwarn(warning) {
			throw new Error(warning.message);
		},
	});
	const { output } = await bundle.write({
		dir: raw,
		format: "es",
		entryFileNames: name,
		chunkFileNames: "[name].js",
		hoistTransitiveImports: false,
		manualChunks: (id, { getModuleInfo }) => (isPreloaded(id, getModuleInfo) ? PRELOADED : undefined),
	});
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
	const files = output.map(chunk => chunk.fileName);
	await run(process.execPath, [
		tsc,
		...files.map(file => join(raw, file)),
		"--ignoreConfig",
		"--allowJs",
		"--noCheck",
		...options,
		"--rootDir",
		raw,
		"--outDir",
		lowered,
	]);
	const read = (file: string): string => readFileSync(join(lowered, file), "utf8");
	const preloaded = `${PRELOADED}.js`;
	const head = files.includes(preloaded) ? read(preloaded) + BORDER : "";
	mkdirSync(folder, { recursive: true });
	const path = join(folder, name);
	writeFileSync(path, head + read(name));
	return path;
}
