/** Storage in memory, which fails when a test says so. */
import { ERR_GENERAL, ERR_INVALID_ARG, OK } from "../../src/merrors.js";
import type { Storage } from "../hal.js";

export class SimStorage implements Storage {
	readonly #values = new Map<string, Uint8Array>();

	/** Names that cannot be read, written or removed: something is there, but out of reach. */
	readonly unreadable = new Set<string>();

	/** put() and remove() fail, and change nothing. */
	readOnly = false;

	/** The next put() stores so many bytes of its value and fails: a file system that breaks its promise, and is cut off. */
	tearNext: number | undefined;

	get(name: string): Uint8Array | undefined | number {
		if (!isName(name)) return ERR_INVALID_ARG;
		if (this.unreadable.has(name)) return ERR_GENERAL;
		return this.#values.get(name)?.slice();
	}

	put(name: string, value: Uint8Array): number {
		if (!isName(name)) return ERR_INVALID_ARG;
		if (this.readOnly || this.unreadable.has(name)) return ERR_GENERAL;
		const { tearNext } = this;
		this.tearNext = undefined;
		this.#values.set(name, value.slice(0, tearNext));
		return tearNext === undefined ? OK : ERR_GENERAL;
	}

	remove(name: string): number {
		if (!isName(name)) return ERR_INVALID_ARG;
		if (this.readOnly || this.unreadable.has(name)) return ERR_GENERAL;
		this.#values.delete(name);
		return OK;
	}

	/** What is stored, in the order of first storing. */
	names(): string[] {
		return [...this.#values.keys()];
	}

	/** Leaves the first `length` bytes of a value, as a file system that broke its promise would. */
	tear(name: string, length: number): void {
		const value = this.#values.get(name);
		if (value !== undefined) this.#values.set(name, value.slice(0, length));
	}
}

function isName(name: string): boolean {
	if (name === "" || name === "." || name === "..") return false;
	for (const character of name) if (!isNameCharacter(character)) return false;
	return true;
}

function isNameCharacter(character: string): boolean {
	return (
		(character >= "a" && character <= "z") ||
		(character >= "A" && character <= "Z") ||
		(character >= "0" && character <= "9") ||
		character === "." ||
		character === "_" ||
		character === "-"
	);
}
