/** The storage of the contract: one file a name, in one folder that only its owner can enter. */
import {
	closeSync,
	constants,
	existsSync,
	fstatSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	unlinkSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ERR_GENERAL, ERR_INVALID_ARG, OK } from "../../src/merrors.js";
import type { Storage } from "../hal.js";

/** Not through a symbolic link, which could lead anywhere; not waiting for whoever writes to a FIFO. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Only a file that is not there yet: whatever was put in the way is not written to. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The folder is made by the first put(), with mode 0700. An existing one keeps its mode. */
export class FolderStorage implements Storage {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	get(name: string): Uint8Array | undefined | number {
		if (!isName(name)) return ERR_INVALID_ARG;
		let file: number;
		try {
			file = openSync(join(this.#folder, name), READ);
		} catch (error) {
			return isMissing(error) ? undefined : ERR_GENERAL;
		}
		try {
			if (!fstatSync(file).isFile()) return ERR_GENERAL;
			const content = readFileSync(file);
			const value = new Uint8Array(content);
			content.fill(0);
			return value;
		} catch {
			return ERR_GENERAL;
		} finally {
			closeSync(file);
		}
	}

	/**
	 * Writes to a temporary name, has the disk take it, and only then gives it its own name. A "~" cannot stand in a
	 * name of ours, and the process id keeps two processes from writing to one file.
	 */
	put(name: string, value: Uint8Array): number {
		if (!isName(name)) return ERR_INVALID_ARG;
		const temporary = join(this.#folder, `${name}~${process.pid}`);
		try {
			makeFolder(this.#folder);
			this.#sweep(name);
			this.#write(temporary, join(this.#folder, name), value);
			return OK;
		} catch {
			return ERR_GENERAL;
		}
	}

	/** Removes what a process that died while it wrote this value has left, which may be half a key. */
	#sweep(name: string): void {
		for (const file of readdirSync(this.#folder)) {
			if (!file.startsWith(`${name}~`)) continue;
			const writer = Number(file.slice(name.length + 1));
			if (writer === process.pid || !isRunning(writer)) rmSync(join(this.#folder, file), { force: true });
		}
	}

	#write(temporary: string, path: string, value: Uint8Array): void {
		const file = openSync(temporary, CREATE, 0o600);
		try {
			writeFileSync(file, value);
			fsyncSync(file);
			renameSync(temporary, path);
		} catch (error) {
			unlinkSync(temporary);
			throw error;
		} finally {
			closeSync(file);
		}
		this.#sync();
	}

	remove(name: string): number {
		if (!isName(name)) return ERR_INVALID_ARG;
		try {
			unlinkSync(join(this.#folder, name));
			this.#sync();
			return OK;
		} catch (error) {
			return isMissing(error) ? OK : ERR_GENERAL;
		}
	}

	/** A rename lasts once the folder itself is on the disk. Windows keeps folders by itself, and cannot open them. */
	#sync(): void {
		if (process.platform === "win32") return;
		const folder = openSync(this.#folder, constants.O_RDONLY);
		try {
			fsyncSync(folder);
		} finally {
			closeSync(folder);
		}
	}
}

/**
 * With those above it that are missing. Not mkdirSync's own `recursive`, which tries for ever where a folder cannot be
 * made in one that is there (ENOENT in /proc).
 */
export function makeFolder(path: string): void {
	if (existsSync(path)) return;
	makeFolder(dirname(path));
	mkdirSync(path, { mode: 0o700 });
}

function isName(name: string): boolean {
	return /^[A-Za-z0-9._-]+$/.test(name) && name !== "." && name !== "..";
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

function isMissing(error: unknown): boolean {
	return (error as NodeJS.ErrnoException).code === "ENOENT";
}
