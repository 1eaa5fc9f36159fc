/**
 * XS, compiled. Its C sources are in the npm package @agoric/xsnap, of which only the tarball is taken: installed as a
 * dependency it would bring 190 packages. The sources are Moddable's, under their licence; none of them is kept here.
 * What is compiled stays in build/xs, under a name that changes with the sources and the flags.
 */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PACKAGE = "@agoric/xsnap@0.15.0";
const TARBALL = "agoric-xsnap-0.15.0.tgz";
const INTEGRITY =
	"sha512-ZBm4DZxbtfacxMHVVdJjZi0Y8zOxN77vpu1WwI5RWfPkaRh0aHkz/dVdTGKXalDNzWfz183lljKxlxl3/h0n+A==";

/** Compilers that run at a time. */
const JOBS = Math.min(2, availableParallelism());

/** i386 has a device's slots of 16 bytes; x86-64 has slots of 32; rv32 is what an ESP32-C6 executes. */
export type HostTarget = "i386" | "x86-64";
export type Target = HostTarget | "rv32";

/** One line that says what is missing, and what to install. */
export class MissingTool extends Error {}

interface Toolchain {
	readonly compiler: string;
	readonly archiver: string;
	readonly flags: readonly string[];
	/** Debian's names. */
	readonly packages: string;
}

const TOOLCHAINS: Readonly<Record<Target, Toolchain>> = Object.freeze({
	// With the 387's registers, doubles would have more digits than JavaScript's numbers.
	i386: {
		compiler: "gcc",
		archiver: "ar",
		flags: ["-m32", "-msse2", "-mfpmath=sse", "-O2"],
		packages: "gcc-multilib",
	},
	"x86-64": { compiler: "gcc", archiver: "ar", flags: ["-O2"], packages: "gcc libc6-dev" },
	rv32: {
		compiler: "riscv64-unknown-elf-gcc",
		archiver: "riscv64-unknown-elf-ar",
		flags: [
			...["-march=rv32imac", "-mabi=ilp32", "-specs=picolibc.specs", "-Os"],
			...["-ffunction-sections", "-fdata-sections"],
		],
		packages: "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
	},
});

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

/** XS compiled for a target. */
export interface Engine {
	readonly target: Target;
	/** Its objects, without a host. */
	readonly library: string;
	readonly compiler: string;
	/** What else is compiled against it must be given. */
	readonly flags: readonly string[];
}

const run = promisify(execFile);

/** The folder with our C: this module runs from where it was compiled to. */
export const boardFolder = join(projectFolder(), "hal", "xs");

function projectFolder(): string {
	let folder = dirname(fileURLToPath(import.meta.url));
	while (!existsSync(join(folder, "hal", "xs", "board.h")) && dirname(folder) !== folder)
		folder = dirname(folder);
	return existsSync(join(folder, "hal")) ? folder : process.cwd();
}

/** Where what is made stays. */
export function cacheFolder(): string {
	const folder = join(projectFolder(), "build", "xs");
	mkdirSync(folder, { recursive: true });
	return folder;
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
		await Promise.all(
			Array.from({ length: JOBS }, async () => {
				for (let file = sources.pop(); file !== undefined; file = sources.pop())
					await compile(
						toolchain,
						[...flags, "-w", "-c", join(xs, "sources", file)],
						join(work, `${file}.o`),
					);
			}),
		);
		const objects = readdirSync(work).map(file => join(work, file));
		await run(toolchain.archiver, ["rcs", join(work, "libxs.a"), ...objects]);
	});
	return { target, library: join(folder, "libxs.a"), compiler: toolchain.compiler, flags };
}

/**
 * The board as a program of this machine (see host.c).
 *
 * @returns its path
 * @throws MissingTool as ensureEngine
 */
export async function ensureBoard(target: HostTarget): Promise<string> {
	const sources = HOST_SOURCES.map(file => join(boardFolder, file));
	const board = await linkBoard(await ensureEngine(target), sources, [], ["-lm"]);
	return target === "i386" && i386Way() === "translated" ? ensureTranslated(board) : board;
}

/** A program that is a command line, so that whoever starts a board need not know how. */
async function ensureTranslated(board: string): Promise<string> {
	const folder = `${board}-translated`;
	await make(folder, async work => {
		const script = `#!/bin/sh\nexec ${TRANSLATOR} '${board.replaceAll("'", "'\\''")}' "$@"\n`;
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
): Promise<string> {
	const headers = HEADERS.map(file => join(boardFolder, file));
	const folder = join(
		dirname(engine.library),
		digest([...contents([...sources, ...headers, ...read]), ...args]),
	);
	await make(folder, async work => {
		const all = [...engine.flags, ...sources, engine.library, ...args];
		await compile(TOOLCHAINS[engine.target], all, join(work, "board"));
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

/** Makes a folder, whole or not at all: who comes second while it is made makes it too, and the first one stays. */
async function make(folder: string, fill: (work: string) => Promise<void>): Promise<void> {
	if (existsSync(folder)) return;
	const work = mkdtempSync(`${folder}.`);
	try {
		await fill(work);
		if (!existsSync(folder)) renameSync(work, folder);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

async function compile(toolchain: Toolchain, args: readonly string[], output: string): Promise<void> {
	try {
		await run(toolchain.compiler, [...args, "-o", output]);
	} catch (error) {
		throw new Error(`${toolchain.compiler}: ${(error as { stderr?: string }).stderr ?? error}`);
	}
}

/** Whether the compiler is there and finds its libraries: a gcc without multilib knows -m32 and cannot link. */
function canCompile(toolchain: Toolchain): boolean {
	return withProgram(toolchain, () => true) ?? false;
}

/** Gives `use` a program of the compiler's that does nothing. Undefined where the compiler makes none. */
function withProgram<T>({ compiler, flags }: Toolchain, use: (program: string) => T): T | undefined {
	const folder = mkdtempSync(join(cacheFolder(), "try."));
	const program = join(folder, "out");
	const source = '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n';
	const link = flags.includes("-march=rv32imac") ? ["-c"] : [];
	try {
		const made = succeeds(compiler, [...flags, ...link, "-xc", "-", "-o", program], source);
		return made ? use(program) : undefined;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function succeeds(program: string, args: readonly string[], input = ""): boolean {
	try {
		execFileSync(program, args, { input, stdio: ["pipe", "ignore", "ignore"] });
		return true;
	} catch {
		return false;
	}
}

function version({ compiler }: Toolchain): string {
	return execFileSync(compiler, ["--version"], { encoding: "utf8" });
}

function contents(files: readonly string[]): string[] {
	return files.map(file => readFileSync(file, "utf8"));
}

function digest(texts: readonly string[]): string {
	return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16);
}
