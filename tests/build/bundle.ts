/** Runs the build's own programs as a user would, into a folder of the test. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { blankComments } from "../architecture/source.js";
import { ROOT } from "../architecture/tree.js";
import { type Outcome, run } from "../process.js";

/** A folder that ends with the test and sees this repository's packages. */
export function workFolder(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "fieldssh-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

export interface Bundle {
	/** All code of dist/, with its comments blanked. */
	readonly code: string;
	/** The exports of one of its entries, as "ssh". */
	load(entry: string): Promise<Record<string, unknown>>;
}

/** dist/ as rollup makes it under these flags. */
export function rollup(folder: string, flags: string): Promise<Outcome> {
	const cli = join(ROOT, "node_modules/rollup/dist/bin/rollup");
	const args = [cli, "--config", "--silent", "--dir", folder];
	return run(process.execPath, args, { cwd: ROOT, env: { FIELDSSH_FLAGS: flags } });
}

export async function bundle(context: TestContext, flags: string): Promise<Bundle> {
	const folder = workFolder(context);
	const { status, stderr } = await rollup(folder, flags);
	if (status !== 0) throw new Error(`rollup with ${flags}: ${stderr}`);
	symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
	writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
	const code = files
		.filter(file => file.endsWith(".js") && !file.startsWith("node_modules"))
		.map(file => blankComments(readFileSync(join(folder, file), "utf8")))
		.join("\n");
	return { code, load: entry => import(pathToFileURL(join(folder, `${entry}.js`)).href) };
}
