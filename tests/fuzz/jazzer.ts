/**
 * Jazzer.js, the coverage-guided fuzzer: libFuzzer, and instrumentation for JavaScript. It is installed when it is first
 * needed, to build/fuzz, for it brings a hundred packages that nothing else here asks for.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../architecture/tree.js";

/** What fuzzing makes: nothing of it is the repository's. */
export const WORK = join(ROOT, "build/fuzz");

const ENGINE = join(ROOT, "tests/fuzz/engine");
const FILES = ["package.json", "package-lock.json"];

export interface Jazzer {
	readonly cli: string;
	/** For the process that runs it. */
	readonly env: Readonly<Record<string, string>>;
}

export function ensureJazzer(): Jazzer {
	const folder = join(WORK, "engine");
	const cli = join(folder, "node_modules/@jazzer.js/core/dist/cli.js");
	const same = (file: string) =>
		existsSync(join(folder, file)) &&
		readFileSync(join(folder, file)).equals(readFileSync(join(ENGINE, file)));
	if (!existsSync(cli) || !FILES.every(same)) {
		mkdirSync(folder, { recursive: true });
		for (const file of FILES) copyFileSync(join(ENGINE, file), join(folder, file));
		execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--silent"], { cwd: folder, stdio: "inherit" });
	}
	const addon = `${process.platform}-${process.arch}`;
	const file = join(folder, `node_modules/@jazzer.js/fuzzer/prebuilds/fuzzer-${addon}.node`);
	if (loads(file, {})) return { cli, env: {} };
	const env = supplyLibrary(folder, file);
	if (!loads(file, env)) throw new Error(`${file} cannot be loaded`);
	return { cli, env };
}

function loads(addon: string, env: Record<string, string>): boolean {
	try {
		const program = `process.dlopen({ exports: {} }, ${JSON.stringify(addon)})`;
		// All its functions are looked up at once: one that is missing is told now.
		const now = { ...process.env, ...env, LD_BIND_NOW: "1" };
		execFileSync(process.execPath, ["-e", program], { env: now, stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}

/** For systems whose libraries are older than the addon asks for: three functions, preloaded. Yields the environment. */
function supplyLibrary(folder: string, addon: string): Record<string, string> {
	const library = join(folder, "old-libc.so");
	execFileSync("gcc", ["-shared", "-fPIC", "-O", join(ENGINE, "old-libc.c"), "-o", library]);
	writeFileSync(addon, doWithout(readFileSync(addon), ["GLIBC_2.38", "GLIBCXX_3.4.32"]));
	return { LD_PRELOAD: library };
}

/** Elf64_Shdr, and its field sh_type for the versions that a file needs. */
const SECTION_SIZE = 64;
const SHT_GNU_VERNEED = 0x6fff_fffe;
const VER_FLG_WEAK = 2;

/**
 * Marks versions that an ELF file needs of its libraries (Linux Standard Base, 10.7.4 "Version Requirements") as weak: the
 * loader then does without them, and finds their functions elsewhere.
 */
function doWithout(elf: Buffer, versions: readonly string[]): Buffer {
	const sections = Number(elf.readBigUInt64LE(0x28));
	const section = (index: number) => {
		const at = sections + index * SECTION_SIZE;
		return {
			type: elf.readUInt32LE(at + 4),
			offset: Number(elf.readBigUInt64LE(at + 24)),
			link: elf.readUInt32LE(at + 40),
		};
	};
	for (let index = 0; index < elf.readUInt16LE(0x3c); index++) {
		const { type, offset, link } = section(index);
		if (type !== SHT_GNU_VERNEED) continue;
		const names = section(link).offset;
		for (let need = offset, next = 1; next > 0; need += next) {
			const count = elf.readUInt16LE(need + 2);
			let entry = need + elf.readUInt32LE(need + 8);
			for (let each = 0; each < count; each++) {
				const name = names + elf.readUInt32LE(entry + 8);
				const flags = elf.readUInt16LE(entry + 4);
				if (versions.includes(elf.toString("latin1", name, elf.indexOf(0, name))))
					elf.writeUInt16LE(flags | VER_FLG_WEAK, entry + 4);
				entry += elf.readUInt32LE(entry + 12);
			}
			next = elf.readUInt32LE(need + 12);
		}
	}
	return elf;
}
