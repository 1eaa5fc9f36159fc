/** The rules that the platform makes (docs: how the core is driven), as far as reading the source can hold them. */
import { blank } from "./source.js";
import type { SourceFile } from "./tree.js";

const MAX_LINES = 400;

/** What Node has and XS has not, and what would bring time, chance or output of its own into the core. */
const GLOBALS = [
	"setTimeout setInterval setImmediate clearTimeout clearInterval queueMicrotask Date performance",
	"console process Buffer TextEncoder TextDecoder URL URLSearchParams structuredClone",
	"require eval Function globalThis crypto fetch AbortController Event EventTarget WebAssembly",
	"SharedArrayBuffer Atomics WeakRef FinalizationRegistry Intl",
].flatMap(line => line.split(" "));

/**
 * src/nanossh/ssh.ts is the C API: its functions take a handle and no instance, so the instance is the module's. It is an
 * application's main program in another shape, and is not preloaded.
 */
const KEEPS_STATE: readonly string[] = ["src/nanossh/ssh.ts"];

/** What breaks a rule in a file of src/, a line each. */
export function brokenRules(file: SourceFile): string[] {
	const code = blank(file.source);
	const broken: string[] = [];
	const complain = (at: number, what: string) => {
		broken.push(`${file.path}:${code.slice(0, at).split("\n").length}: ${what}`);
	};

	for (const name of GLOBALS) {
		// Not a member (hal.setTimer), not a property's name, and not the name of a method that is declared.
		const use = new RegExp(`(?<![\\w$.]|\\bfunction )${name}\\b(?!\\s*\\??:)`, "g");
		for (const match of code.matchAll(use)) {
			if (isMethod(code, match.index)) continue;
			if (name === "Function" || name === "Event" || name === "crypto") {
				// A type, a parameter or a member may be called so; the global is reached by `new`, a call or a dot.
				const before = code.slice(0, match.index);
				const after = code.slice(match.index + name.length);
				const used = /\bnew\s+$/.test(before) || (name === "Function" && after.startsWith("("));
				const global = name === "crypto" && /^\.(getRandomValues|randomUUID|subtle)\b/.test(after);
				if (!used && !global) continue;
			}
			complain(match.index, `uses ${name}`);
		}
	}
	for (const match of code.matchAll(/\bMath\s*\.\s*random\b/g)) complain(match.index, "uses Math.random");
	for (const match of code.matchAll(/(?<![\w$.])enum\s+\w/g)) complain(match.index, "declares an enum");

	// The SDK's linker makes no constant of it: it would take RAM.
	for (const match of code.matchAll(/^import\s*\*\s*as\s+(\w+)/gm)) {
		complain(match.index, `imports all as ${match[1]}`);
	}
	if (!KEEPS_STATE.includes(file.path)) {
		for (const { at, what } of moduleState(code)) complain(at, what);
	}

	const lines = file.source.split("\n").length - 1;
	if (lines > MAX_LINES) broken.push(`${file.path}: has ${lines} lines, more than ${MAX_LINES}`);
	return broken;
}

/** Whether the name at this place is that of a method in a class or an object: name(...) {, or name(...): type. */
function isMethod(code: string, at: number): boolean {
	const start = code.lastIndexOf("\n", at) + 1;
	if (
		!/^\t+(?:(?:private|protected|public|static|async|override|get|set|readonly)\s+)*$/.test(
			code.slice(start, at),
		)
	) {
		return false;
	}
	const open = code.indexOf("(", at);
	if (open < 0 || !/^[\w$]+\??$/.test(code.slice(at, open))) return false;
	return /^\s*[{:]/.test(code.slice(closing(code, open) + 1));
}

/** Where the bracket that opens at `open` closes. */
function closing(code: string, open: number): number {
	let depth = 0;
	for (let at = open; at < code.length; at++) {
		if ("([{".includes(code[at])) depth++;
		if (")]}".includes(code[at]) && --depth === 0) return at;
	}
	return code.length;
}

/** Mutable state of the module itself: what a preload into flash would make read-only, or cost RAM for. */
function moduleState(code: string): { at: number; what: string }[] {
	const found: { at: number; what: string }[] = [];
	for (const match of code.matchAll(/^(?:export\s+)?(let|var)\b/gm)) {
		found.push({ at: match.index, what: `module-level ${match[1]}` });
	}
	for (const match of code.matchAll(/^(?:export\s+)?const\s+([\w$]+)/gm)) {
		const from = initializer(code, match.index + match[0].length);
		for (const what of mutable(code, from))
			found.push({ at: match.index, what: `const ${match[1]} ${what}` });
	}
	for (const match of code.matchAll(
		/^\t(?:(?:private|public|protected)\s+)?static\s+[\w$#]+\s*(?::[^=;()]*)?=/gm,
	)) {
		found.push({ at: match.index, what: "static field" });
	}
	return found;
}

/** Where the value of a declaration starts: behind its type, if it has one. */
function initializer(code: string, at: number): number {
	for (let i = at; i < code.length; i++) {
		if ("([{".includes(code[i])) i = closing(code, i);
		else if (code[i] === "=" && code[i + 1] === ">") i++;
		else if (code[i] === "=") return i + 1;
	}
	return code.length;
}

/** What of an initializer that starts at `at` could change later. Functions are left out with all that is in them. */
function mutable(code: string, at: number): string[] {
	const complaints: string[] = [];
	let end = at;
	for (; end < code.length && code[end] !== ";"; end++) {
		const rest = code.slice(end);
		const before = code.slice(at, end).trimEnd();
		if (/[\w$.]$/.test(code[end - 1]) && /^\w/.test(rest)) continue; // within a name
		if (/^(?:async\s+)?function\b/.test(rest)) {
			end = closing(code, code.indexOf("{", closing(code, code.indexOf("(", end))));
		} else if (/^class\b/.test(rest)) {
			end = closing(code, code.indexOf("{", end));
		} else if (code[end] === "(" && /^\s*(?::[^={;]*)?=>/.test(code.slice(closing(code, end) + 1))) {
			end = closing(code, end);
		} else if (rest.startsWith("=>")) {
			end = arrowEnd(code, end + 2);
		} else if (/^new\s/.test(rest)) {
			complaints.push(`holds ${/^new\s+[\w$.]*/.exec(rest)?.[0]}`);
		} else if (code[end] === "[" || code[end] === "{") {
			if (isMethodBody(before)) end = closing(code, end);
			else if (!isIndex(before) && !isFrozen(before)) complaints.push("holds what is not frozen");
		}
	}
	const call = /^\s*(?!async\b)([\w$.]+)(?=\()/.exec(code.slice(at, end));
	if (call && !PURE_CALLS.test(call[1])) {
		const rest = code.slice(closing(code, at + call[0].length) + 1, end);
		if (/^(?:\s+as\s.*)?\s*$/.test(rest)) complaints.push(`is made by ${call[1]}(), which may be mutable`);
	}
	return complaints;
}

// What stands before a bracket says what it opens.
const isMethodBody = (before: string) =>
	/\)(?:\s*:[^=,;(){}?]*)?$/.test(before) && !/\bfreeze\($/.test(before);
const isIndex = (before: string) => /[\w$)\]]$/.test(before) && !/\b(?:return|of|in)$/.test(before);
/** Object.freeze([...]), and arrays that are only spread into another: ...(FLAG ? ["a"] : []). */
const isFrozen = (before: string) =>
	/\bObject\.freeze\($/.test(before) || /\.\.\.\([^()[\]{}]*$/.test(before.replace(/\[[^[\]{}]*\]/g, ""));

/** Calls whose results cannot change: frozen, or a primitive. */
const PURE_CALLS = /^(?:Object\.freeze|Symbol(?:\.for)?|String(?:\.fromCharCode)?|Number|BigInt|Math\.\w+)$/;

/** The end of an arrow function's body that starts at `at`. */
function arrowEnd(code: string, at: number): number {
	let i = at;
	while (/\s/.test(code[i])) i++;
	if (code[i] === "{") return closing(code, i);
	for (; i < code.length; i++) {
		if ("([{".includes(code[i])) i = closing(code, i);
		else if (",;)]}".includes(code[i])) return i - 1;
	}
	return i;
}

/** A file says what it is before anything but its imports. */
export function leadingComment(file: SourceFile): string[] {
	const code = file.source.replace(/^(?:import\b[^;]*;\s*)*/, "");
	return /^\/[*/]/.test(code) ? [] : [`${file.path}: does not start with a comment that says what it is`];
}
