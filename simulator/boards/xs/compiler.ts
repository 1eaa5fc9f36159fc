/** C compilers by target, and what is made with them: kept in build/xs, under names that change with what it is made of. */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Compilers that run at a time. */
const JOBS = Math.min(2, availableParallelism());

/** i386 has a device's slots of 16 bytes; x86-64 has slots of 32; rv32 is what an ESP32-C6 executes. */
export type HostTarget = "i386" | "x86-64";

export type Target = HostTarget | "rv32";

/** One line that says what is missing, and what to install. */
export class MissingTool extends Error {}

export interface Toolchain {
	readonly compiler: string;
	readonly archiver: string;
	readonly flags: readonly string[];
	/** Debian's names. */
	readonly packages: string;
}

export const TOOLCHAINS: Readonly<Record<Target, Toolchain>> = Object.freeze({
	// With the 387's registers, doubles would have more digits than JavaScript's numbers.
	i386: {
		compiler: "gcc",
		archiver: "ar",
		// Without 64 bits for a file's number readdir() finds nothing where the emulator, or a large disk, has such.
		flags: ["-m32", "-msse2", "-mfpmath=sse", "-O2", "-D_FILE_OFFSET_BITS=64"],
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

export const run = promisify(execFile);

const BOARD = join("simulator", "boards", "xs");

/** The folder with our C: this module runs from where it was compiled to. */
export const boardFolder = join(projectFolder(), BOARD);

/** The checkout: the first folder above this module that has our C, or else where the program was started. */
export function projectFolder(): string {
	let folder = dirname(fileURLToPath(import.meta.url));
	while (!existsSync(join(folder, BOARD, "board.h")) && dirname(folder) !== folder) folder = dirname(folder);
	return existsSync(join(folder, BOARD)) ? folder : process.cwd();
}

/** Where what is made stays. */
export function cacheFolder(): string {
	const folder = join(projectFolder(), "build", "xs");
	mkdirSync(folder, { recursive: true });
	return folder;
}

/**
 * Another library's sources for a target, with its flags.
 *
 * @param name of what is made, which changes with `identity`
 * @returns the library's path
 */
export async function compileLibrary(
	target: Target,
	name: string,
	identity: readonly string[],
	sources: readonly string[],
	flags: readonly string[],
): Promise<string> {
	const toolchain = TOOLCHAINS[target];
	const made = digest([...identity, version(toolchain), ...toolchain.flags]);
	const folder = join(cacheFolder(), `${name}-${target}-${made}`);
	await make(folder, work =>
		compileAll(toolchain, sources, [...toolchain.flags, ...flags], work, `lib${name}.a`),
	);
	return join(folder, `lib${name}.a`);
}

export async function compileAll(
	toolchain: Toolchain,
	sources: readonly string[],
	flags: readonly string[],
	work: string,
	library: string,
): Promise<void> {
	const waiting = [...sources];
	await Promise.all(
		Array.from({ length: JOBS }, async () => {
			for (let file = waiting.pop(); file !== undefined; file = waiting.pop())
				await compile(toolchain, [...flags, "-w", "-c", file], join(work, `${basename(file)}.o`));
		}),
	);
	const objects = readdirSync(work).map(file => join(work, file));
	await run(toolchain.archiver, ["rcs", join(work, library), ...objects]);
}

/** Makes a folder, whole or not at all: who comes second while it is made makes it too, and the first one stays. */
export async function make(folder: string, fill: (work: string) => Promise<void>): Promise<void> {
	if (existsSync(folder)) return;
	const work = mkdtempSync(`${folder}.`);
	try {
		await fill(work);
		if (!existsSync(folder)) renameSync(work, folder);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

export async function compile(toolchain: Toolchain, args: readonly string[], output: string): Promise<void> {
	try {
		await run(toolchain.compiler, [...args, "-o", output]);
	} catch (error) {
		throw new Error(`${toolchain.compiler}: ${(error as { stderr?: string }).stderr ?? error}`);
	}
}

/** Whether the compiler is there and finds its libraries: a gcc without multilib knows -m32 and cannot link. */
export function canCompile(toolchain: Toolchain): boolean {
	return withProgram(toolchain, () => true) ?? false;
}

/** Gives `use` a program of the compiler's that does nothing. Undefined where the compiler makes none. */
export function withProgram<T>({ compiler, flags }: Toolchain, use: (program: string) => T): T | undefined {
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

export function succeeds(program: string, args: readonly string[], input = ""): boolean {
	try {
		execFileSync(program, args, { input, stdio: ["pipe", "ignore", "ignore"] });
		return true;
	} catch {
		return false;
	}
}

export function version({ compiler }: Toolchain): string {
	return execFileSync(compiler, ["--version"], { encoding: "utf8" });
}

export function contents(files: readonly string[]): string[] {
	return files.map(file => readFileSync(file, "utf8"));
}

export function digest(texts: readonly string[]): string {
	return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16);
}
