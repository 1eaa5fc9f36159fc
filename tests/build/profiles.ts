/** The manifests of a Moddable build, read as mcconfig reads them: included ones first, paths from the folder they are in. */
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { ROOT } from "../architecture/tree.js";

export const PROFILES = ["minimal", "chacha", "default", "full"] as const;

export interface Manifest {
	/** Names, or patterns, and their sources from the root of the repository, without extensions. */
	readonly modules: ReadonlyMap<string, string>;
	/** Sources that no pattern takes in. */
	readonly excluded: readonly string[];
	readonly preload: readonly string[];
	/** What stands under "platforms". */
	readonly platforms: Readonly<Record<string, { readonly modules?: Readonly<Record<string, string>> }>>;
}

interface File {
	readonly include?: readonly string[];
	readonly modules?: Readonly<Record<string, string | readonly string[]>>;
	readonly preload?: readonly string[];
	readonly platforms?: Manifest["platforms"];
}

/** @param path from the root of the repository */
export function readManifest(path: string): Manifest {
	const file: File = JSON.parse(readFileSync(join(ROOT, path), "utf8"));
	const here = (source: string) => posix.join(posix.dirname(path), source);
	// The SDK's own begin with a variable.
	const included = (file.include ?? [])
		.filter(name => name.startsWith("."))
		.map(name => readManifest(here(name)));
	const modules = new Map(included.flatMap(manifest => [...manifest.modules]));
	const excluded = included.flatMap(manifest => manifest.excluded);
	for (const [name, source] of Object.entries(file.modules ?? {})) {
		const sources = [source].flat().map(here);
		if (name === "~") excluded.push(...sources);
		else modules.set(name, sources[0]);
	}
	const preload = included.flatMap(manifest => manifest.preload);
	return {
		modules,
		excluded,
		preload: [...preload, ...(file.preload ?? [])],
		platforms: Object.assign({}, ...included.map(manifest => manifest.platforms), file.platforms),
	};
}
