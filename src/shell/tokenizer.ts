/**
 * Command lines as sh(1) reads them, as far as there is something to mean: words with '...', "..." and \ quoting,
 * $NAME, ${NAME} and $? (never split into several words), # comments, and lists with ; && || and newlines. What sh
 * has beyond that (pipes, redirection, substitution, patterns, background) is refused by name instead of being
 * passed on as text. "~" and "{" stand for themselves.
 */

/** A command stands in `words`. */
export const COMMAND = 1;
/** The line has no further command. */
export const END = 0;
/** The line cannot be understood; `error` says why. */
export const INVALID = -1;

/** What one word may hold after $NAME was replaced, in UTF-16 units. */
const MAX_WORD = 8192;

/** The value of a variable: "" when it has none, undefined when there is no memory for it. The name "?" asks for the last exit status. */
export type Lookup = (name: string) => string | undefined;

export class Tokenizer {
	words: string[] = [];
	/** What stands after the command: "", ";", "&&" or "||". */
	operator = "";
	error = "";
	/** Where the last word begins in the line; -1 when a blank or an operator follows it, or there is none. */
	wordStart = -1;
	/** The quote that is open at the end of a partial line: "'", '"', "\\" or "". */
	quote = "";

	private readonly line: string;
	private readonly lookup: Lookup;
	private readonly partial: boolean;
	private at = 0;
	private word = "";

	/** @param partial the line is still being typed: a quote may be open at its end, and patterns are let pass */
	constructor(line: string, lookup: Lookup, partial = false) {
		this.line = line;
		this.lookup = lookup;
		this.partial = partial;
	}

	/** Nothing of the line is left. */
	get done(): boolean {
		return this.at >= this.line.length;
	}

	/** Reads the next command: COMMAND, END or INVALID. A command may have no words, after $NAME was replaced. */
	next(): number {
		const before = this.operator;
		let any = false;
		this.words = [];
		this.operator = "";
		this.wordStart = -1;
		while (this.at < this.line.length) {
			const c = this.line[this.at];
			if (c === " " || c === "\t" || c === "\r") {
				this.at++;
				this.wordStart = -1;
			} else if (c === "\n") {
				this.at++;
				this.wordStart = -1;
				this.operator = ";";
				if (any) return COMMAND;
			} else if (c === "#") {
				while (this.at < this.line.length && this.line[this.at] !== "\n") this.at++;
				this.wordStart = -1;
			} else if (isOperator(c)) {
				this.wordStart = -1;
				if (!this.readOperator(c)) return INVALID;
				if (!any) return this.fail(`a command is missing before ${this.operator}`);
				return COMMAND;
			} else {
				any = true;
				if (!this.readWord()) return INVALID;
			}
		}
		if (any) {
			this.operator = "";
			return COMMAND;
		}
		if ((before === "&&" || before === "||") && !this.partial)
			return this.fail(`a command is missing after ${before}`);
		return END;
	}

	private readOperator(c: string): boolean {
		const doubled = this.line[this.at + 1] === c;
		if (c === ";" && !doubled) this.operator = c;
		else if ((c === "&" || c === "|") && doubled) this.operator = c + c;
		else {
			this.fail(refusal(c));
			return false;
		}
		this.at += this.operator.length;
		return true;
	}

	private readWord(): boolean {
		let quoted = false;
		this.wordStart = this.at;
		this.word = "";
		while (this.at < this.line.length) {
			const c = this.line[this.at];
			if (c === " " || c === "\t" || c === "\r" || c === "\n" || isOperator(c)) break;
			this.at++;
			if (c === "'") {
				if (!this.readSingle()) return false;
				quoted = true;
			} else if (c === '"') {
				if (!this.readDouble()) return false;
				quoted = true;
			} else if (c === "\\") {
				if (!this.readEscape("")) return false;
				quoted = true;
			} else if (c === "$") {
				if (!this.readVariable()) return false;
			} else if ((c === "*" || c === "?" || c === "[") && !this.partial) {
				this.fail(`there are no files for ${c} to match; write '${c}' for the character`);
				return false;
			} else if (c === "`") {
				this.fail("command substitution is not supported");
				return false;
			} else this.word += c;
			if (this.word.length > MAX_WORD) {
				this.fail("a word is too long");
				return false;
			}
		}
		if (quoted || this.word !== "") this.words.push(this.word);
		return true;
	}

	private readSingle(): boolean {
		const end = this.line.indexOf("'", this.at);
		if (end < 0) return this.unterminated("'", this.at);
		this.word += this.line.slice(this.at, end);
		this.at = end + 1;
		return true;
	}

	private readDouble(): boolean {
		while (this.at < this.line.length && this.word.length <= MAX_WORD) {
			const c = this.line[this.at++];
			if (c === '"') return true;
			if (c === "\\") {
				if (!this.readEscape('"\\$`')) return false;
			} else if (c === "$") {
				if (!this.readVariable()) return false;
			} else if (c === "`") {
				this.fail("command substitution is not supported");
				return false;
			} else this.word += c;
		}
		return this.word.length > MAX_WORD || this.unterminated('"', this.line.length);
	}

	/** @param only the characters that a backslash quotes, "" for all; before others it is itself */
	private readEscape(only: string): boolean {
		if (this.at >= this.line.length) return this.unterminated(only === "" ? "\\" : '"', this.at);
		const c = this.line[this.at++];
		if (c === "\n") return true;
		if (only !== "" && !only.includes(c)) this.word += "\\";
		this.word += c;
		return true;
	}

	/** What follows "$". */
	private readVariable(): boolean {
		const c = this.line[this.at];
		if (c === "?") {
			this.at++;
			return this.replace("?");
		}
		const braced = c === "{";
		const start = this.at + (braced ? 1 : 0);
		let end = start;
		while (end < this.line.length && isNameCharacter(this.line[end], end > start)) end++;
		if (end > start && (!braced || this.line[end] === "}")) {
			this.at = braced ? end + 1 : end;
			return this.replace(this.line.slice(start, end));
		}
		if (!braced && (c === undefined || !"(@*#$!-0123456789'\"".includes(c))) {
			this.word += "$";
			return true;
		}
		this.fail(`$${c} is not supported: only $NAME, \${NAME} and $?`);
		return this.partial;
	}

	private replace(name: string): boolean {
		const value = this.lookup(name);
		if (value === undefined) {
			this.fail(`not enough memory for $${name}`);
			return false;
		}
		this.word += value;
		return true;
	}

	private unterminated(quote: string, from: number): boolean {
		if (this.partial) {
			this.quote = quote;
			this.word += this.line.slice(from);
			this.at = this.line.length;
			return true;
		}
		this.fail(quote === "\\" ? "nothing follows the last \\" : `unterminated ${quote}`);
		return false;
	}

	private fail(error: string): number {
		this.error = error;
		return INVALID;
	}
}

function isOperator(c: string): boolean {
	return c === ";" || c === "&" || c === "|" || c === "<" || c === ">" || c === "(" || c === ")";
}

function refusal(c: string): string {
	switch (c) {
		case ";":
			return "a command is missing before ;";
		case "&":
			return "background commands (&) are not supported";
		case "|":
			return "pipes (|) are not supported";
		case "<":
		case ">":
			return `redirection (${c}) is not supported`;
		default:
			return "subshells () are not supported";
	}
}

function isNameCharacter(c: string, digits: boolean): boolean {
	return (c >= "A" && c <= "Z") || (c >= "a" && c <= "z") || c === "_" || (digits && c >= "0" && c <= "9");
}
