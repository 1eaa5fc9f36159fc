/** The file authorized_keys.USER: searched at each login and changed line by line, never kept in memory. */
import type { Storage } from "../../hal/hal.js";
import { encodeBase64 } from "../base/base64.js";
import { decodeUtf8, encodeUtf8, isUtf8 } from "../base/utf8.js";
import { asciiBytes, equalBytes } from "../base/wire.js";
import { SSH_ED25519 } from "../keys/host-key.js";
import { MAX_AUTHORIZED_KEY_LINE } from "../limits.js";
import { DISPLAY_ERROR } from "../merrors.js";
import { type AuthorizedKey, parseAuthorizedKey } from "./authorized-keys.js";
import { appendLine, holdsBytes, Lines } from "./lines.js";

/** Called for a line that grants nothing, with its number (from 1) and what is wrong with it. */
export type RefusedLine = (line: number, why: string) => void;

export class KeyFile {
	readonly name: string;
	private readonly storage: Storage;

	constructor(storage: Storage, user: string) {
		this.storage = storage;
		this.name = `authorized_keys.${user}`;
	}

	/** The whole file, empty where there is none, or a status below zero. */
	private read(): Uint8Array | number {
		return this.storage.get(this.name) ?? new Uint8Array(0);
	}

	private write(bytes: Uint8Array): string | undefined {
		const status = this.storage.put(this.name, bytes);
		return status < 0 ? `${this.name} cannot be written: ${DISPLAY_ERROR(status)}` : undefined;
	}

	private unreadable(status: number): string {
		return `${this.name} cannot be read: ${DISPLAY_ERROR(status)}`;
	}

	/** Parses every line. Undefined, or why the file cannot be read. */
	check(refused: RefusedLine): string | undefined {
		const bytes = this.read();
		if (typeof bytes === "number") return this.unreadable(bytes);
		const lines = new Lines(bytes);
		while (lines.next()) {
			const key = parseLine(lines);
			if (typeof key === "string") refused(lines.number, key);
		}
		return undefined;
	}

	/** The lines that hold these bytes. All of the file is looked at, wherever they are. */
	linesWith(wanted: Uint8Array): Uint8Array[] {
		const bytes = this.read();
		const found: Uint8Array[] = [];
		if (typeof bytes === "number") return found;
		const lines = new Lines(bytes);
		while (lines.next()) {
			if (holdsBytes(bytes, lines.start, lines.end, wanted))
				found.push(bytes.subarray(lines.start, lines.end));
		}
		return found;
	}

	/** Every line but comments and blank ones, as it stands there; or a status below zero. */
	list(): string[] | number {
		const bytes = this.read();
		if (typeof bytes === "number") return bytes;
		const found: string[] = [];
		const lines = new Lines(bytes);
		while (lines.next()) {
			if (parseLine(lines) !== undefined) found.push(decodeUtf8(bytes, lines.start, lines.end).trim());
		}
		return found;
	}

	/** Undefined when done, else what is wrong: nothing was changed. */
	add(line: string): string | undefined {
		const encoded = encodeUtf8(line);
		const key = encoded.includes(10) ? "more than one line" : parseLine(onlyLine(encoded));
		if (key === undefined) return "no key";
		if (typeof key === "string") return key;
		const bytes = this.read();
		if (typeof bytes === "number") return this.unreadable(bytes);
		const same = new KeySearch(key.blob);
		same.lines = this.linesWith(same.wanted);
		if (same.first(() => true)) return "the key is there already";
		return this.write(appendLine(bytes, encoded));
	}

	/** Removes the lines with a key that is `meant`. Undefined when done, else what is wrong: nothing was changed. */
	remove(meant: (key: AuthorizedKey) => boolean): string | undefined {
		const bytes = this.read();
		if (typeof bytes === "number") return this.unreadable(bytes);
		let removed: Uint8Array | undefined;
		const lines = new Lines(bytes);
		while (lines.next()) {
			const key = parseLine(lines);
			if (typeof key !== "object" || !meant(key)) continue;
			removed ??= key.blob;
			if (encodeBase64(removed) !== encodeBase64(key.blob))
				return "more than one key: name it by its fingerprint";
			lines.cut();
		}
		return removed ? this.write(lines.bytes) : "no such key";
	}
}

/**
 * A search for the lines with one key. Only those that hold its base64 are parsed: base64 is canonical here, so a key has
 * one text.
 */
export class KeySearch {
	/** What the lines are to hold. */
	readonly wanted: Uint8Array;
	lines: Uint8Array[] = [];
	private readonly blob: Uint8Array;

	constructor(blob: Uint8Array) {
		this.blob = blob;
		this.wanted = asciiBytes(encodeBase64(blob));
	}

	/** The key as the first line has it that `admits` it. Where no line has it, one is parsed for nothing: it takes as long. */
	first(admits: (key: AuthorizedKey) => boolean): AuthorizedKey | undefined {
		let known = false;
		let found: AuthorizedKey | undefined;
		this.lines.forEach(line => {
			const key = this.parse(line);
			if (!key) return;
			known = true;
			if (admits(key)) found ??= key;
		});
		if (!known) this.parse(this.lineForNothing());
		return found;
	}

	/** Undefined where the text stands in a comment or a command, or the line is refused. */
	private parse(line: Uint8Array): AuthorizedKey | undefined {
		const key = parseLine(onlyLine(line));
		return typeof key === "object" && equalBytes(key.blob, this.blob) ? key : undefined;
	}

	private lineForNothing(): Uint8Array {
		const { wanted } = this;
		const line = new Uint8Array(SSH_ED25519.length + 1 + wanted.length);
		line.set(asciiBytes(`${SSH_ED25519} `));
		line.set(wanted, SSH_ED25519.length + 1);
		return line;
	}
}

function onlyLine(bytes: Uint8Array): Lines {
	const lines = new Lines(bytes);
	lines.next();
	return lines;
}

/** As parseAuthorizedKey(), with what can be told from the bytes alone told before a text is made of them. */
function parseLine(lines: Lines): AuthorizedKey | string | undefined {
	const { bytes, start, end } = lines;
	if (end - start > MAX_AUTHORIZED_KEY_LINE) return `longer than ${MAX_AUTHORIZED_KEY_LINE} bytes`;
	if (!isUtf8(bytes, start, end)) return "not UTF-8";
	return parseAuthorizedKey(decodeUtf8(bytes, start, end));
}
