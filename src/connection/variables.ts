/**
 * Environment variables as a channel keeps them: one block with "NAME=VALUE" and a NUL for each, as environ(7) has it.
 * It takes its bytes and seven slots on XS. A Map of texts takes three slots and two chunks a variable besides.
 */
import { decodeUtf8 } from "../base/utf8.js";
import { asciiString } from "../base/wire.js";

const NUL = 0;
const EQUALS = 0x3d;

/** What a variable takes of a block besides its name and its value. */
const ENDS = 2;

/**
 * The block with the variable set, in place of an earlier one of that name; undefined when it does not fit.
 *
 * @param name without "=" and NUL  @param value without NUL
 * @param most variables  @param mostBytes of the block
 */
export function withVariable(
	block: Uint8Array | undefined,
	name: Uint8Array,
	value: Uint8Array,
	most: number,
	mostBytes: number,
): Uint8Array | undefined {
	const old = block ?? name.subarray(0, 0);
	let start = 0;
	let end = 0;
	let others = 0;
	for (let at = 0; at < old.length; ) {
		const next = old.indexOf(NUL, at) + 1;
		if (isNamed(old, at, name)) {
			start = at;
			end = next;
		} else others++;
		at = next;
	}
	const kept = old.length - (end - start);
	const length = kept + name.length + value.length + ENDS;
	if (others >= most || length > mostBytes) return undefined;
	const changed = new Uint8Array(length);
	changed.set(old.subarray(0, start));
	changed.set(old.subarray(end), start);
	changed.set(name, kept);
	changed[kept + name.length] = EQUALS;
	changed.set(value, kept + name.length + 1);
	return changed;
}

function isNamed(block: Uint8Array, at: number, name: Uint8Array): boolean {
	for (let i = 0; i < name.length; i++) if (block[at + i] !== name[i]) return false;
	return block[at + name.length] === EQUALS;
}

/** Made anew each time: who asks needs it for a moment. */
export function variablesOf(block: Uint8Array | undefined): Map<string, string> {
	const variables = new Map<string, string>();
	if (block === undefined) return variables;
	for (let at = 0; at < block.length; ) {
		const equals = block.indexOf(EQUALS, at);
		const end = block.indexOf(NUL, equals);
		variables.set(asciiString(block, at, equals), decodeUtf8(block, equals + 1, end));
		at = end + 1;
	}
	return variables;
}
