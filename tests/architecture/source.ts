/** What the architecture tests know of TypeScript: where comments and strings are, and what a file imports. */

/**
 * The source with comments, and the contents of strings, templates and regular expressions, turned into spaces; lines and
 * columns stay. Code within ${} of a template stays too.
 */
export function blank(source: string): string {
	return erase(source, true);
}

/** The source with its comments alone turned into spaces. */
export function blankComments(source: string): string {
	return erase(source, false);
}

function erase(source: string, texts: boolean): string {
	const output = source.split("");
	/** For each template that is open around us, the depth of braces at its ${. */
	const templates: number[] = [];
	let depth = 0;
	let at = 0;
	let previous = "";
	const eraseText = (from: number, to: number) => {
		if (texts) eraseRange(from, to);
	};
	const eraseRange = (from: number, to: number) => {
		for (let i = from; i < to && i < output.length; i++) if (output[i] !== "\n") output[i] = " ";
	};
	/** From inside a template: to its end, or to the next ${. */
	const template = () => {
		const start = at;
		while (at < source.length && source[at] !== "`" && !source.startsWith("${", at)) {
			at += source[at] === "\\" ? 2 : 1;
		}
		eraseText(start, at);
		if (source[at] === "`") at++;
		else {
			templates.push(depth);
			depth++;
			at += 2;
		}
	};
	while (at < source.length) {
		const character = source[at];
		if (source.startsWith("//", at)) {
			const start = at;
			while (at < source.length && source[at] !== "\n") at++;
			eraseRange(start, at);
			continue;
		}
		if (source.startsWith("/*", at)) {
			const end = source.indexOf("*/", at + 2);
			const start = at;
			at = end < 0 ? source.length : end + 2;
			eraseRange(start, at);
			continue;
		}
		if (character === '"' || character === "'") {
			const start = ++at;
			while (at < source.length && source[at] !== character) at += source[at] === "\\" ? 2 : 1;
			eraseText(start, at++);
		} else if (character === "`") {
			at++;
			template();
		} else if (character === "/" && (previous === "" || "(,=:[!&|?{};+<>".includes(previous))) {
			const start = ++at;
			for (let set = false; at < source.length && (set || source[at] !== "/"); at++) {
				if (source[at] === "\\") at++;
				else if (source[at] === "[") set = true;
				else if (source[at] === "]") set = false;
			}
			eraseText(start, at++);
		} else if (character === "}" && templates.at(-1) === depth - 1) {
			depth = templates.pop() as number;
			at++;
			template();
		} else {
			if (character === "{") depth++;
			if (character === "}") depth--;
			at++;
		}
		if (character.trim() !== "") previous = character;
	}
	return output.join("");
}

export interface Import {
	/** As it is written. */
	readonly specifier: string;
	/** What is taken, by its name over there; "*" for all of it or for its side effects. */
	readonly names: readonly string[];
	/** `import type`, `export type`: nothing of it is left at run time. */
	readonly typeOnly: boolean;
	readonly line: number;
}

/** The imports of a file: import and export ... from, import(), import types and require() in any form. */
export function importsOf(source: string): Import[] {
	const code = blank(source);
	const found: Import[] = [];
	const add = (at: number, names: readonly string[], typeOnly: boolean, quote: number) => {
		const end = source.indexOf(source[quote], quote + 1);
		const line = source.slice(0, at).split("\n").length;
		found.push({ specifier: source.slice(quote + 1, end), names, typeOnly, line });
	};
	for (const match of code.matchAll(/^(?:import|export)\b([^;"'=()]*?)(["'])/gm)) {
		const quote = match.index + match[0].length - 1;
		const clause = match[1].trim();
		if (match[0].startsWith("export") && !/\bfrom$/.test(clause)) continue;
		const typeOnly = /^type\b(?!\s*(?:,|from))/.test(clause);
		const braces = /\{([^}]*)\}/.exec(clause);
		// `import { type A }` leaves an import without names behind: it still runs the module.
		const listed = braces?.[1].split(",").map(name => name.trim()) ?? [];
		const values = listed.filter(name => name !== "" && (typeOnly || !/^type\s/.test(name)));
		const names = values.map(name => name.replace(/^type\s+/, "").split(/\s+as\s+/)[0]);
		add(match.index, names.length > 0 ? names : ["*"], typeOnly, quote);
	}
	for (const match of code.matchAll(/\b(import|require)\s*\(\s*(["'])/g)) {
		// `typeof import("x")` and `import("x").Y` in a type are as good as types; in doubt it counts as code.
		add(match.index, ["*"], false, match.index + match[0].length - 1);
	}
	return found;
}
