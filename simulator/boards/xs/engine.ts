/**
 * XS, compiled. Its C sources are in the npm package @agoric/xsnap, of which only the tarball is taken: installed as a
 * dependency it would bring 190 packages. The sources are Moddable's, under their licence; none of them is kept here.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
	boardFolder,
	cacheFolder,
	canCompile,
	compile,
	compileAll,
	contents,
	digest,
	type HostTarget,
	MissingTool,
	make,
	projectFolder,
	run,
	succeeds,
	type Target,
	TOOLCHAINS,
	version,
	withProgram,
} from "./compiler.js";
import { ensureMbedtls } from "./mbedtls.js";

export { boardFolder, cacheFolder, type HostTarget, MissingTool, type Target } from "./compiler.js";

const PACKAGE = "@agoric/xsnap@0.15.0";
const TARBALL = "agoric-xsnap-0.15.0.tgz";
const INTEGRITY =
	"sha512-ZBm4DZxbtfacxMHVVdJjZi0Y8zOxN77vpu1WwI5RWfPkaRh0aHkz/dVdTGKXalDNzWfz183lljKxlxl3/h0n+A==";

/** How XS is configured: it compiles source, runs it, keeps to its stack, and has no debugger. */
const FEATURES: readonly string[] = Object.freeze([
	"-fno-common",
	"-DINCLUDE_XSPLATFORM",
	'-DXSPLATFORM="platform.h"',
	"-DmxNoConsole=1",
	"-DmxParse=1",
	"-DmxRun=1",
	"-DmxSloppy=1",
	"-DmxBoundsCheck=1",
	"-DmxStringNormalize=1",
	"-DmxMinusZero=1",
	"-D_GNU_SOURCE",
]);

const HOST_SOURCES = ["host.c", "loop.c", "machine.c", "flash.c", "modules.c", "sockets.c", "files.c"];
const HEADERS = ["board.h", "platform.h"];

/** What firmware brings in C, here as on a device. */
const FIRMWARE_SOURCES = [ours("heap.c")];

/** The module crypt, and what firmware brings in C besides where it has that. */
const CRYPT_SOURCES = [join(boardFolder, "crypt.c"), ours("poly1305.c")];

function ours(file: string): string {
	return join(projectFolder(), "hal", "moddable", file);
}

/** XS compiled for a target. */
export interface Engine {
	readonly target: Target;
	/** Its objects, without a host. */
	readonly library: string;
	readonly compiler: string;
	/** What else is compiled against it must be given. */
	readonly flags: readonly string[];
}

/** How a program for i386 runs: some kernels for x86-64 take none, and Debian's qemu-user translates it then. */
type Way = "native" | "translated";

const TRANSLATOR = "qemu-i386";

/** Asked at every start, and the same as long as this process lives. */
let wayOfI386: Way | "none" | undefined;

/**
 * What this machine runs without translation: i386, with a device's slots, where gcc and the kernel can, else x86-64.
 * Undefined where there is no gcc at all.
 */
export function hostTarget(): HostTarget | undefined {
	if (i386Way() === "native") return "i386";
	return canCompile(TOOLCHAINS["x86-64"]) ? "x86-64" : undefined;
}

/** i386 where it runs at all, even translated and slowly: for what counts slots and bytes. Else as hostTarget. */
export function deviceTarget(): HostTarget | undefined {
	return i386Way() === "none" ? hostTarget() : "i386";
}

function i386Way(): Way | "none" {
	wayOfI386 ??= findWay();
	return wayOfI386;
}

function findWay(): Way | "none" {
	return (
		withProgram(TOOLCHAINS.i386, program => {
			if (succeeds(program, [])) return "native";
			return succeeds(TRANSLATOR, [program]) ? "translated" : "none";
		}) ?? "none"
	);
}

/** @throws MissingTool where there is no compiler, or the sources cannot be had */
export async function ensureEngine(target: Target): Promise<Engine> {
	const toolchain = TOOLCHAINS[target];
	if (!canCompile(toolchain))
		throw new MissingTool(`XS for ${target}: no C compiler; install ${toolchain.packages}`);
	const xs = await ensureSources();
	const includes = ["includes", "platforms", "sources"].map(folder => `-isystem${join(xs, folder)}`);
	const flags = [...toolchain.flags, ...FEATURES, `-I${boardFolder}`, ...includes];
	const name = digest([
		INTEGRITY,
		version(toolchain),
		...toolchain.flags,
		...FEATURES,
		...contents([join(boardFolder, "platform.h")]),
	]);
	const folder = join(cacheFolder(), `${target}-${name}`);
	await make(folder, async work => {
		const sources = readdirSync(join(xs, "sources")).filter(file => file.endsWith(".c"));
		const paths = sources.map(file => join(xs, "sources", file));
		await compileAll(toolchain, paths, flags, work, "libxs.a");
	});
	return { target, library: join(folder, "libxs.a"), compiler: toolchain.compiler, flags };
}

/** Whether a board has the SDK's native cryptography, the module crypt (crypt.c), or its firmware brings all of it. */
export type Crypt = "native" | "javascript";

/**
 * The board as a program of this machine (see host.c).
 *
 * @returns its path
 * @throws MissingTool as ensureEngine
 */
export async function ensureBoard(target: HostTarget, crypt: Crypt = "javascript"): Promise<string> {
	const sources = HOST_SOURCES.map(file => join(boardFolder, file));
	return runnable(target, await linkBoard(await ensureEngine(target), sources, [], ["-lm"], crypt));
}

/** What tells of each wrong access and each undefined operation of our C, and ends the program. */
const SANITIZERS: readonly string[] = Object.freeze([
	"-g",
	"-fno-omit-frame-pointer",
	"-fsanitize=address,undefined",
	"-fno-sanitize-recover=all",
]);

/**
 * The board with native cryptography, its C host under gcc's sanitizers, for tests. XS and mbedTLS are as in any other: XS
 * keeps its heap in one piece of memory, where a sanitizer sees nothing, and shifts and casts as C does not define.
 *
 * @returns its path
 * @throws MissingTool as ensureEngine
 */
export async function ensureSanitizedBoard(): Promise<string> {
	const sources = HOST_SOURCES.map(file => join(boardFolder, file));
	return linkBoard(await ensureEngine("x86-64"), sources, [], ["-lm", ...SANITIZERS], "native");
}

/** What scarce.c and killed.c stand in front of. */
const WRAPPED: readonly string[] = Object.freeze([
	...["fxNewSlot", "fxNewChunk", "fxNewGrowableChunk", "fxRenewChunk"],
	...["fxRunPromiseJobs", "fxRunCount", "boardRunSockets"],
	...["fsync", "open", "open64", "pwrite", "pwrite64", "rename"],
]);

/**
 * A board whose faults a test chooses: memory that is refused (scarce.c), an end in the midst of a write (killed.c).
 *
 * @returns its path
 * @throws MissingTool as ensureEngine
 */
export async function ensureFaultyBoard(target: HostTarget): Promise<string> {
	const sources = [...HOST_SOURCES, "scarce.c", "killed.c"].map(file => join(boardFolder, file));
	const wrapped = WRAPPED.map(name => `-Wl,--wrap=${name}`);
	return runnable(target, await linkBoard(await ensureEngine(target), sources, [], ["-lm", ...wrapped]));
}

/** What peaks.c stands in front of. */
const COUNTED: readonly string[] = Object.freeze([
	...["fxNewSlot", "fxNewChunk", "fxNewGrowableChunk", "boardResetPeaks"],
]);

/**
 * A board that measures peaks without the garbage in them (peaks.c).
 *
 * @returns its path
 * @throws MissingTool as ensureEngine
 */
export async function ensureMeasuringBoard(target: HostTarget, crypt: Crypt): Promise<string> {
	const sources = [...HOST_SOURCES, "peaks.c"].map(file => join(boardFolder, file));
	const wrapped = COUNTED.map(name => `-Wl,--wrap=${name}`);
	return runnable(
		target,
		await linkBoard(await ensureEngine(target), sources, [], ["-lm", ...wrapped], crypt),
	);
}

/** The board, or a program that is a command line, so that whoever starts it need not know how. */
async function runnable(target: HostTarget, board: string): Promise<string> {
	if (target !== "i386" || i386Way() !== "translated") return board;
	const folder = `${board}-translated`;
	await make(folder, async work => {
		const script = `#!/bin/sh\nexec ${TRANSLATOR} "$(dirname "$0")/../${basename(board)}" "$@"\n`;
		writeFileSync(join(work, "board"), script, { mode: 0o755 });
	});
	return join(folder, "board");
}

/**
 * Compiles C of ours and links it with the engine.
 *
 * @param read what else goes into the program: headers, linker scripts
 * @param args of the linker
 * @returns the program's path
 */
export async function linkBoard(
	engine: Engine,
	sources: readonly string[],
	read: readonly string[],
	args: readonly string[],
	crypt: Crypt = "javascript",
): Promise<string> {
	const headers = HEADERS.map(file => join(boardFolder, file));
	const native = crypt === "native" ? await ensureMbedtls(engine.target) : undefined;
	const all = [...sources, ...FIRMWARE_SOURCES, ...(native ? CRYPT_SOURCES : [])];
	const folder = join(
		dirname(engine.library),
		digest([...contents([...all, ...headers, ...read]), ...args, native?.library ?? ""]),
	);
	await make(folder, async work => {
		const flags = [...engine.flags, ...(native ? ["-DBOARD_CRYPT=1", ...native.flags] : [])];
		const libraries = [engine.library, ...(native ? [native.library] : [])];
		await compile(TOOLCHAINS[engine.target], [...flags, ...all, ...libraries, ...args], join(work, "board"));
	});
	return join(folder, "board");
}

/** The sources of XS, unpacked: a folder with includes, platforms and sources. */
async function ensureSources(): Promise<string> {
	const folder = join(cacheFolder(), `xs-${digest([INTEGRITY])}`);
	await make(folder, async work => {
		try {
			await run("npm", ["pack", PACKAGE, "--silent", "--pack-destination", work]);
		} catch {
			throw new MissingTool(
				`XS: npm could not fetch ${PACKAGE}, which has its sources; is the network there?`,
			);
		}
		const tarball = join(work, TARBALL);
		const integrity = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
		if (integrity !== INTEGRITY) throw new Error(`${PACKAGE} is not what it was: ${integrity}`);
		await run("tar", ["-xzf", tarball, "-C", work, "--strip-components=3", "package/moddable/xs"]);
		rmSync(tarball);
	});
	return folder;
}
