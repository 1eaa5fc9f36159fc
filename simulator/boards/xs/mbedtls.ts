/**
 * mbedTLS, for the board's crypt module: the C library that ESP-IDF has, from Debian's source package, for no binary of it is
 * for every target. Of it five files are compiled. As with XS, none is kept here, and what is made stays in build/xs.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
	boardFolder,
	cacheFolder,
	compileLibrary,
	digest,
	MissingTool,
	make,
	run,
	type Target,
} from "./compiler.js";

/** The package, and the file of it that upstream made. */
const PACKAGE = "mbedtls";
const TARBALL = "mbedtls_2.28.3.orig.tar.gz";
const SHA256 = "3b4953aa55a681e084d31892d9904cc5328d6b4958ea57b90ae4b4f94ae69a8d";

const SOURCES: readonly string[] = Object.freeze([
	"aes.c",
	"chacha20.c",
	"platform_util.c",
	"sha256.c",
	"sha512.c",
]);

/** What mbedTLS has in place of its own configuration. */
const CONFIGURATION = '-DMBEDTLS_CONFIG_FILE="mbedtls-config.h"';

/** mbedTLS compiled for a target: what the compiler is to be told, and what goes after the sources. */
export interface Mbedtls {
	readonly library: string;
	readonly flags: readonly string[];
}

/** @throws MissingTool where the sources cannot be had */
export async function ensureMbedtls(target: Target): Promise<Mbedtls> {
	const sources = await ensureSources();
	const flags = [CONFIGURATION, `-I${boardFolder}`, `-isystem${join(sources, "include")}`];
	const configuration = readFileSync(join(boardFolder, "mbedtls-config.h"), "utf8");
	const library = await compileLibrary(
		target,
		"mbedtls",
		[SHA256, ...SOURCES, configuration],
		SOURCES.map(file => join(sources, "library", file)),
		[...flags, `-I${join(sources, "library")}`],
	);
	return { library, flags };
}

/** The sources, unpacked: a folder with include and library. */
async function ensureSources(): Promise<string> {
	const folder = join(cacheFolder(), `mbedtls-${digest([SHA256])}`);
	await make(folder, async work => {
		const tarball = join(work, TARBALL);
		try {
			await fetchSources(work);
		} catch (error) {
			const reason = `${(error as { stderr?: string }).stderr || error}`.trim().split("\n").at(-1);
			throw new MissingTool(`crypt: apt-get could not fetch Debian's source package ${PACKAGE} (${reason})`);
		}
		const sha256 = createHash("sha256").update(readFileSync(tarball)).digest("hex");
		if (sha256 !== SHA256) throw new Error(`${TARBALL} is not what it was: ${sha256}`);
		await run("tar", ["-xzf", tarball, "-C", work, "--strip-components=1"]);
		for (const rest of [TARBALL, "apt", "tests", "programs"])
			rmSync(join(work, rest), { recursive: true, force: true });
	});
	return folder;
}

/** Asks where this machine's packages come from for their sources, without root and without a change to its own lists. */
async function fetchSources(work: string): Promise<void> {
	const format = "$(CREATED_BY)|$(ORIGIN)|$(REPO_URI)|$(CODENAME)|$(COMPONENT)";
	const { stdout } = await run("apt-get", ["indextargets", "--format", format]);
	const lines = new Set<string>();
	for (const line of stdout.split("\n")) {
		const [kind, origin, uri, codename, component] = line.split("|");
		if (kind === "Packages" && origin === "Debian" && component === "main")
			lines.add(`deb-src ${uri} ${codename} ${component}`);
	}
	if (lines.size === 0) throw new Error("no Debian sources are configured; run apt-get update");
	const apt = join(work, "apt");
	for (const part of ["lists/partial", "cache/archives/partial"])
		mkdirSync(join(apt, part), { recursive: true });
	const list = join(apt, "sources.list");
	writeFileSync(list, `${[...lines].join("\n")}\n`);
	const options = [
		`Dir::Etc::SourceList=${list}`,
		"Dir::Etc::SourceParts=/dev/null",
		`Dir::State::Lists=${join(apt, "lists")}`,
		`Dir::Cache=${join(apt, "cache")}`,
		// Where root runs this: the folder is ours, and not for apt's own user to read.
		"APT::Sandbox::User=root",
		"Acquire::Retries=3",
	].flatMap(option => ["-o", option]);
	await run("apt-get", [...options, "-qq", "update"]);
	await run("apt-get", [...options, "-qq", "--download-only", "source", PACKAGE], { cwd: work });
}
