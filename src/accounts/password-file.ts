/** The file `passwd`: a line "user:hash" for each user that has a password; comments and blank lines stay. */
import type { Storage } from "../../hal/hal.js";
import { asciiBytes, asciiString } from "../base/wire.js";
import { DISPLAY_ERROR } from "../merrors.js";
import { appendLine, Lines } from "./lines.js";
import { type PasswordHash, parsePasswordHash } from "./password-hash.js";

export const PASSWORD_FILE = "passwd";

/** user, colon, hash; a hash takes below 200. */
const MAX_LINE = 256;

/** What the file says. */
export interface PasswordEntries {
	/** Undefined for a user without a password, which nothing fits. */
	hashOf(user: string): PasswordHash | undefined;
	/** The most iterations of any hash; 0 without one. */
	readonly cost: number;
}

/** Reads the whole file; a text says why it cannot be used. A file that is not there has no passwords in it. */
export function readPasswords(storage: Storage): PasswordEntries | string {
	const bytes = storage.get(PASSWORD_FILE);
	if (typeof bytes === "number") return `${PASSWORD_FILE} cannot be read: ${DISPLAY_ERROR(bytes)}`;
	// We never write an empty one: it is what a file system leaves of a file that was cut off.
	if (bytes?.length === 0) return `${PASSWORD_FILE}: empty, its lines are lost`;
	const users: string[] = [];
	const hashes: (PasswordHash | undefined)[] = [];
	let cost = 0;
	const lines = new Lines(bytes ?? new Uint8Array(0));
	while (lines.next()) {
		const text = lineText(lines);
		if (text === undefined) return damaged(lines, "not a line of text");
		if (text === "" || text.startsWith("#")) continue;
		const colon = text.indexOf(":");
		if (colon < 1) return damaged(lines, "not user:hash");
		const user = text.slice(0, colon);
		if (users.includes(user)) return damaged(lines, `${user} for the second time`);
		// An empty hash is a password that is not set.
		const hash = colon + 1 === text.length ? undefined : parsePasswordHash(text.slice(colon + 1));
		if (!hash && colon + 1 < text.length) return damaged(lines, "not a password hash");
		users.push(user);
		hashes.push(hash);
		if (hash && hash.iterations > cost) cost = hash.iterations;
	}
	return { hashOf: user => hashes[users.indexOf(user)], cost };
}

/** Stores a user's hash in place of the one before. Undefined when done, else what is wrong: nothing was changed. */
export function writePassword(storage: Storage, user: string, hash: string): string | undefined {
	const damage = readPasswords(storage);
	if (typeof damage === "string") return damage;
	const bytes = storage.get(PASSWORD_FILE);
	const lines = new Lines(bytes instanceof Uint8Array ? bytes : new Uint8Array(0));
	const line = asciiBytes(`${user}:${hash}`);
	let changed: Uint8Array | undefined;
	while (!changed && lines.next())
		if (lineText(lines)?.startsWith(`${user}:`)) changed = lines.replaced(line);
	const status = storage.put(PASSWORD_FILE, changed ?? appendLine(lines.bytes, line));
	return status < 0 ? `${PASSWORD_FILE} cannot be written: ${DISPLAY_ERROR(status)}` : undefined;
}

function damaged(lines: Lines, why: string): string {
	return `${PASSWORD_FILE} line ${lines.number}: ${why}`;
}

/** The current line as US-ASCII without a carriage return; undefined where it is none. A comment may be anything. */
function lineText(lines: Lines): string | undefined {
	const { bytes, start } = lines;
	if (bytes[start] === 0x23) return "#";
	const end = lines.end > start && bytes[lines.end - 1] === 13 ? lines.end - 1 : lines.end;
	if (end - start > MAX_LINE) return undefined;
	for (let at = start; at < end; at++) if (bytes[at] < 0x20 || bytes[at] > 0x7e) return undefined;
	return asciiString(bytes, start, end);
}
