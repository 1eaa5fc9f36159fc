/**
 * The storage of the contract in files of the SDK's module `file`, where that is littlefs: on Raspberry Pi Pico. Its other
 * storages there take values of 63 bytes, and lose what they hold when the power fails while they make room.
 */
import { ERR_GENERAL, ERR_INVALID_ARG, OK } from "../../src/merrors.js";
import type { Storage } from "../hal.js";
import { isStorageName } from "./storage-name.js";

interface OpenFile {
	/** Throws at the end of the file. */
	read(type: ArrayBufferConstructor, count: number): ArrayBuffer;
	write(bytes: ArrayBuffer): void;
	/** Has what was written go to the flash, and says nothing where it does not. */
	close(): void;
	readonly length: number;
}

/** The module `file`, as far as we use it. What fails throws, or is false. */
export interface Littlefs {
	readonly File: {
		/** Opened to be written, a file that is there keeps what it has. */
		new (path: string, write?: boolean): OpenFile;
		delete(path: string): boolean;
		/** False where it is not there, and where that cannot be said. */
		exists(path: string): boolean;
		/** Replaces what `to` was, at once: littlefs has the one or the other when the power fails. */
		rename(from: string, to: string): boolean;
	};
	readonly Directory: {
		/** Of one that is there it makes nothing. */
		create(path: string): void;
	};
	readonly System: {
		/** Looks at all that is there, and so throws where any of it is damaged. */
		info(): unknown;
	};
}

const FOLDER = "/.fieldssh";

export class LittlefsStorage implements Storage {
	private readonly files: Littlefs;

	constructor(files: Littlefs) {
		this.files = files;
	}

	get(name: string): Uint8Array | undefined | number {
		if (!isStorageName(name)) return ERR_INVALID_ARG;
		try {
			return this.exists(pathOf(name)) ? this.read(pathOf(name)) : undefined;
		} catch {
			return ERR_GENERAL;
		}
	}

	/** Writes to a name that is none of ours, reads it again, for no error tells that the flash is full, and gives it its own. */
	put(name: string, value: Uint8Array): number {
		if (!isStorageName(name)) return ERR_INVALID_ARG;
		const { File, Directory } = this.files;
		const temporary = `${pathOf(name)}~`;
		try {
			Directory.create(FOLDER);
			File.delete(temporary);
			this.write(temporary, value);
			if (isSame(this.read(temporary), value) && File.rename(temporary, pathOf(name))) return OK;
		} catch {
			// As below.
		}
		this.discard(temporary);
		return ERR_GENERAL;
	}

	remove(name: string): number {
		if (!isStorageName(name)) return ERR_INVALID_ARG;
		try {
			return this.files.File.delete(pathOf(name)) || !this.exists(pathOf(name)) ? OK : ERR_GENERAL;
		} catch {
			return ERR_GENERAL;
		}
	}

	/** @throws where that cannot be said */
	private exists(path: string): boolean {
		if (this.files.File.exists(path)) return true;
		this.files.System.info();
		return false;
	}

	private read(path: string): Uint8Array {
		const file = new this.files.File(path);
		try {
			const { length } = file;
			return length === 0 ? new Uint8Array(0) : new Uint8Array(file.read(ArrayBuffer, length));
		} finally {
			file.close();
		}
	}

	private write(path: string, value: Uint8Array): void {
		const file = new this.files.File(path, true);
		const copy = value.slice();
		try {
			if (copy.length > 0) file.write(copy.buffer);
		} finally {
			file.close();
			copy.fill(0);
		}
	}

	/** What could not be written whole takes room, where there may be none left. */
	private discard(path: string): void {
		try {
			this.files.File.delete(path);
		} catch {
			// The next put() of its name begins with that.
		}
	}
}

function pathOf(name: string): string {
	return `${FOLDER}/${name}`;
}

function isSame(read: Uint8Array, value: Uint8Array): boolean {
	const same = read.length === value.length && read.every((byte, at) => byte === value[at]);
	read.fill(0);
	return same;
}
