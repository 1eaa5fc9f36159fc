/** Command lines: the tokenizer ends, whole and while a line is typed, and quotes what it is given to words again. */

import { decodeUtf8 } from "../../../src/base/utf8.js";
import { COMMAND, END, INVALID, Tokenizer } from "../../../src/shell/tokenizer.js";

const VARIABLES: Readonly<Record<string, string>> = Object.freeze({
	"?": "1",
	USER: "admin",
	A: "a b",
	EMPTY: "",
});

const lookup = (name: string): string => VARIABLES[name] ?? "";

export function fuzz(data: Uint8Array): void {
	const line = decodeUtf8(data);
	const words = read(line, false);
	read(line, true);
	if (words === undefined) return;
	// Quoted, each word stands for itself.
	const quoted = words.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
	const again = read(quoted, false);
	if (again?.join("\0") !== words.join("\0") && words.join("").length < 8192)
		throw new Error(`quoted, ${JSON.stringify(words)} is ${JSON.stringify(again)}`);
}

/** Words of all commands, or undefined for a line that cannot be understood. */
function read(line: string, partial: boolean): string[] | undefined {
	const tokenizer = new Tokenizer(line, lookup, partial);
	const words: string[] = [];
	// Each command takes a character at least.
	for (let count = 0; count <= line.length + 1; count++) {
		const found = tokenizer.next();
		if (found === INVALID) {
			if (tokenizer.error === "") throw new Error("invalid without a reason");
			return undefined;
		}
		words.push(...tokenizer.words);
		if (tokenizer.wordStart > line.length) throw new Error("a word begins behind the line");
		if (found === END) return words;
		if (found !== COMMAND) throw new Error(`next() is ${found}`);
	}
	throw new Error("the tokenizer does not end");
}
