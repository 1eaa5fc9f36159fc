/** The storage of the contract in files of a directory, as the SDK has them on desktops. */
import { ERR_GENERAL, ERR_INVALID_ARG, OK } from "../../src/merrors.js";
import type { Storage } from "../hal.js";
import { isStorageName } from "./storage-name.js";

interface OpenFile {
	read(buffer: Uint8Array, position: number): number;
	write(bytes: Uint8Array, position: number): void;
	status(): { readonly size: number };
	flush(): void;
	close(): void;
}

/** A directory of embedded:storage/files, as far as we use it. What fails throws. */
export interface Files {
	openFile(options: { path: string; mode?: "r" | "w" }): OpenFile;
	delete(path: string): unknown;
	/** Replaces what `to` was. */
	move(from: string, to: string): void;
	/** Names in a folder below, or in the directory itself where the path is empty. */
	scan(path: string): Iterable<string>;
}

export class FileStorage implements Storage {
	private readonly files: Files;

	constructor(files: Files) {
		this.files = files;
	}

	get(name: string): Uint8Array | undefined | number {
		if (!isStorageName(name)) return ERR_INVALID_ARG;
		// A debugger stops where something is thrown, and at a first start nothing is there yet.
		if (!this.exists(name)) return undefined;
		let file: OpenFile | undefined;
		try {
			file = this.files.openFile({ path: name });
			const value = new Uint8Array(file.status().size);
			return file.read(value, 0) === value.length ? value : ERR_GENERAL;
		} catch {
			return ERR_GENERAL;
		} finally {
			file?.close();
		}
	}

	/** Writes to a name that is none of ours, has the disk take it, and only then gives it its own. */
	put(name: string, value: Uint8Array): number {
		if (!isStorageName(name)) return ERR_INVALID_ARG;
		const temporary = `${name}~`;
		try {
			const file = this.files.openFile({ path: temporary, mode: "w" });
			try {
				file.write(value, 0);
				file.flush();
			} finally {
				file.close();
			}
			this.files.move(temporary, name);
			return OK;
		} catch {
			this.discard(temporary);
			return ERR_GENERAL;
		}
	}

	remove(name: string): number {
		if (!isStorageName(name)) return ERR_INVALID_ARG;
		try {
			this.files.delete(name);
			return OK;
		} catch {
			return this.exists(name) ? ERR_GENERAL : OK;
		}
	}

	/** What could not be written whole takes room, where there may be none left. */
	private discard(name: string): void {
		try {
			this.files.delete(name);
		} catch {
			// It was never made; or the next put() of its name makes it empty.
		}
	}

	/** Where that cannot be said, it does. Without a path the SDK reads on where it ended the time before. */
	private exists(name: string): boolean {
		try {
			for (const each of this.files.scan("")) if (each === name) return true;
			return false;
		} catch {
			return true;
		}
	}
}
