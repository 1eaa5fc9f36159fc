/** Tab completion of one word: where it stands in the line, what fits it, and how that is written. */
import { COMMAND, INVALID, Tokenizer } from "../tokenizer.js";
import { textWidth } from "./width.js";

/** More matches than this are counted, not listed. */
const MAX_LISTED = 200;

/** The word before the cursor. */
export interface CompletionPoint {
	/** The words before it in the same command; the first is the command's name. */
	readonly words: readonly string[];
	/** The word as far as it is typed, without its quotes. */
	readonly word: string;
	/** The same as it stands in the line, with the quotes. */
	readonly typed: string;
	/** The quote that is open: "'", '"' or "". */
	readonly quote: string;
}

export interface Completion {
	/** Takes the place of what is typed. */
	readonly replacement: string;
	/** What fits, where it is more than one. */
	readonly matches: readonly string[];
}

/** @param text the line before the cursor; undefined where it makes no sense to complete it */
export function completionPoint(text: string): CompletionPoint | undefined {
	const tokenizer = new Tokenizer(text, keepVariable, true);
	let status = tokenizer.next();
	while (status === COMMAND && tokenizer.operator !== "") status = tokenizer.next();
	if (status === INVALID || tokenizer.quote === "\\") return undefined;
	const start = tokenizer.wordStart;
	const words = tokenizer.words;
	const typed = start < 0 ? "" : text.slice(start);
	// What a variable would become is not for completion to know.
	if (typed.includes("$")) return undefined;
	const word = start < 0 ? "" : (words.pop() ?? "");
	return { words, word, typed, quote: tokenizer.quote };
}

function keepVariable(name: string): string {
	return `$${name}`;
}

/** What to do about the candidates that begin as the word does; undefined when there is none. */
export function completeWord(point: CompletionPoint, candidates: readonly string[]): Completion | undefined {
	const matches: string[] = [];
	candidates.forEach(candidate => {
		const fits = typeof candidate === "string" && candidate.startsWith(point.word);
		if (fits && !matches.includes(candidate)) matches.push(candidate);
	});
	if (matches.length === 0) return undefined;
	if (matches.length === 1) return { replacement: `${quoted(matches[0], point.quote, true)} `, matches: [] };
	matches.sort();
	const common = commonPrefix(matches[0], matches[matches.length - 1]);
	// Nothing to add: what is typed stays as it is quoted.
	const replacement = common === point.word ? point.typed : quoted(common, point.quote, false);
	return { replacement, matches };
}

/** Of the first and last of sorted texts, and so of all; it ends between characters. */
function commonPrefix(first: string, last: string): string {
	let common = "";
	for (const character of first) {
		if (!last.startsWith(common + character)) break;
		common += character;
	}
	return common;
}

/** A text as it has to be typed: in the quotes that are open, else with backslashes. */
function quoted(text: string, quote: string, whole: boolean): string {
	const special = quote === '"' ? '"\\$`' : " \t'\"\\$`*?[#;&|<>()~";
	let typed = quote;
	for (const character of text) {
		if (quote === "'") typed += character === "'" ? "'\\''" : character;
		else typed += special.includes(character) ? `\\${character}` : character;
	}
	return whole ? typed + quote : typed;
}

/** The matches in columns that fit the terminal, sorted downwards, as lines that end in LF. */
export function inColumns(matches: readonly string[], columns: number): string {
	const count = Math.min(matches.length, MAX_LISTED);
	let widest = 0;
	for (let i = 0; i < count; i++) widest = Math.max(widest, textWidth(matches[i]));
	const across = Math.max(1, Math.floor((columns + 1) / (widest + 2)));
	const rows = Math.ceil(count / across);
	let text = "";
	for (let row = 0; row < rows; row++) {
		for (let i = row; i < count; i += rows) {
			text += matches[i];
			if (i + rows < count) text += " ".repeat(widest + 2 - textWidth(matches[i]));
		}
		text += "\n";
	}
	if (count < matches.length) text += `... and ${matches.length - count} more\n`;
	return text;
}
