/** The source files of the project. */
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository, seen from build/tests/architecture/. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export interface SourceFile {
	/** From the root, with "/": "src/base/wire.ts". */
	readonly path: string;
	readonly source: string;
}

/** Every .ts file in these folders, declarations of ambient modules left out. */
export function sourceFiles(...folders: string[]): SourceFile[] {
	const files: SourceFile[] = [];
	for (const folder of folders) {
		for (const entry of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
			if (!entry.endsWith(".ts") || entry.endsWith(".d.ts")) continue;
			const path = `${folder}/${entry.split(sep).join("/")}`;
			files.push({ path, source: readFileSync(join(ROOT, path), "utf8") });
		}
	}
	return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
