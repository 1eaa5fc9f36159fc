/** The storage of the contract over pairs of short keys and buffers: flash of an ESP32 (NVS), the registry of Windows. */

import { asciiBytes } from "../../src/base/wire.js";
import { ERR_GENERAL, ERR_INVALID_ARG, OK } from "../../src/merrors.js";
import type { Storage } from "../hal.js";
import { isStorageName } from "./storage-name.js";

/** What fails throws. write() leaves the old value or the new one when the power fails. */
export interface KeyValueStore {
	read(key: string): ArrayBuffer | undefined;
	write(key: string, value: ArrayBuffer): void;
	delete(key: string): void;
}

export class KeyValueStorage implements Storage {
	private readonly store: KeyValueStore;

	constructor(store: KeyValueStore) {
		this.store = store;
	}

	get(name: string): Uint8Array | undefined | number {
		if (!isStorageName(name)) return ERR_INVALID_ARG;
		try {
			const entry = this.store.read(keyOf(name));
			if (entry === undefined) return undefined;
			return contentsOf(name, new Uint8Array(entry)) ?? ERR_GENERAL;
		} catch {
			return ERR_GENERAL;
		}
	}

	put(name: string, value: Uint8Array): number {
		if (!isStorageName(name)) return ERR_INVALID_ARG;
		const head = asciiBytes(name);
		const entry = new Uint8Array(head.length + 1 + value.length);
		entry.set(head);
		entry.set(value, head.length + 1);
		try {
			const before = this.get(name);
			if (typeof before === "number") return ERR_GENERAL;
			before?.fill(0);
			this.store.write(keyOf(name), entry.buffer);
			return OK;
		} catch {
			return ERR_GENERAL;
		} finally {
			entry.fill(0);
		}
	}

	remove(name: string): number {
		if (!isStorageName(name)) return ERR_INVALID_ARG;
		try {
			this.store.delete(keyOf(name));
			return OK;
		} catch {
			return ERR_GENERAL;
		}
	}
}

/**
 * What stands after the name and a zero byte, as a view: who wipes it leaves no copy. Undefined where the entry is another's.
 */
function contentsOf(name: string, entry: Uint8Array): Uint8Array | undefined {
	const end = name.length;
	for (let at = 0; at < end; at++) if (entry[at] !== name.charCodeAt(at)) return undefined;
	return entry[end] === 0 ? entry.subarray(end + 1) : undefined;
}

/** NVS takes keys of 15 characters, and a name may have more: two halves of FNV-1a, which the entry's name makes sure of. */
function keyOf(name: string): string {
	return half(name, 0x811c9dc5) + half(name, 0x01000193);
}

function half(name: string, start: number): string {
	let hash = start;
	for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
	return (hash >>> 4).toString(16).padStart(7, "0");
}
