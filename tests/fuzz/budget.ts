/**
 * The memory of a connection: all that can be reached from it, counted, and what it may come to by src/limits.ts. What
 * closures hold is not seen; src/ keeps nothing in them but an application's callbacks.
 */
import type { Limits } from "../../src/limits.js";

export interface Holding {
	/** Of buffers, each counted whole and once. */
	readonly bytes: number;
	/** Of strings. */
	readonly characters: number;
	/** Objects, arrays and maps, and the places in them. */
	readonly places: number;
}

/** @param shared what is not the connection's own: nothing is counted of it, or behind it */
export function holding(root: object, shared: ReadonlySet<unknown>): Holding {
	const seen = new Set<unknown>(shared);
	const waiting: unknown[] = [root];
	let bytes = 0;
	let characters = 0;
	let places = 0;
	while (waiting.length > 0) {
		const value = waiting.pop();
		if (typeof value === "string") characters += value.length;
		if (typeof value !== "object" || value === null || seen.has(value)) continue;
		seen.add(value);
		if (ArrayBuffer.isView(value)) waiting.push(value.buffer);
		else if (value instanceof ArrayBuffer) bytes += value.byteLength;
		else {
			const parts =
				value instanceof Map
					? [...value.keys(), ...value.values()]
					: value instanceof Set
						? [...value]
						: Object.values(value);
			places += 1 + parts.length;
			for (const part of parts) waiting.push(part);
		}
	}
	return { bytes, characters, places };
}

/** Bytes besides the buffers of the limits: keys, hashes, identification. The corpus comes to 600. */
const SMALL_BYTES = 1_536;

/** Characters of names and versions, of the user, of a request that is being worked on. The corpus comes to 220. */
const SMALL_CHARACTERS = 1_024;

/** Of a connection that exchanges keys, and of each channel. The corpus comes to 245 and 15. */
const PLACES = 300;
const CHANNEL_PLACES = 40;

/** What is wrong with a connection's memory, or undefined. */
export function excess({ bytes, characters, places }: Holding, limits: Limits): string | undefined {
	const { channels, environmentBytes } = limits;
	// A packet may be copied while it is worked on: a signature's, or a host key's proof.
	const buffers = limits.packetSize * 2 + limits.sendBufferSize + limits.heldReplies + SMALL_BYTES;
	const byteBudget =
		buffers + channels * (limits.initialWindowSize + limits.terminalModesLength + environmentBytes);
	const perChannel = 2 * limits.commandLength + 256;
	const characterBudget = SMALL_CHARACTERS + channels * perChannel;
	const placeBudget = PLACES + channels * CHANNEL_PLACES;
	if (bytes > byteBudget) return `${bytes} bytes are held, above ${byteBudget}`;
	if (characters > characterBudget) return `${characters} characters are held, above ${characterBudget}`;
	if (places > placeBudget) return `${places} places are held, above ${placeBudget}`;
	return undefined;
}
