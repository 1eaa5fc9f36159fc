/**
 * tests/harness.ts for the XS board, which has no node:test: what our tests use of it and of node:assert/strict. Results
 * go to standard output, a line of JSON each; board.test.ts on the other side makes subtests of them.
 */

type Body = () => unknown;

interface Registered {
	readonly file: string;
	readonly name: string;
	readonly body: Body;
}

/** What the board writes about one test. */
export interface Result {
	readonly file: string;
	readonly name: string;
	readonly milliseconds: number;
	/** Absent when it passed. */
	readonly error?: string;
}

const state: { file: string; readonly tests: Registered[] } = { file: "", tests: [] };

/** Whose tests follow: the bundle calls it at the head of each file. */
export function setFile(file: string): void {
	state.file = file;
}

export function test(name: string, body: Body): void {
	state.tests.push({ file: state.file, name, body });
}

/** Not every byte, where a test does the same at each: primes meet every kind of place. */
export const EACH = 31;

/** Runs all tests, one after another: the firmware's entry. */
export async function runTests(): Promise<void> {
	for (const { file, name, body } of state.tests) {
		const start = Date.now();
		let failure: { readonly error?: string } = {};
		try {
			await body();
		} catch (error) {
			failure = { error: describe(error) };
		}
		const result: Result = { file, name, milliseconds: Date.now() - start, ...failure };
		trace(JSON.stringify(result), "\n");
	}
}

function describe(error: unknown): string {
	return error instanceof Error ? `${error}\n${error.stack ?? ""}` : `thrown: ${show(error)}`;
}

class AssertionError extends Error {
	override readonly name = "AssertionError";
}

type Message = string | Error | undefined;
type Expected = RegExp | object | ((error: never) => boolean);

function fail(message: Message, otherwise: string): never {
	if (message instanceof Error) throw message;
	throw new AssertionError(message === undefined ? otherwise : `${message}: ${otherwise}`);
}

function equal(actual: unknown, expected: unknown, message?: Message): void {
	if (!Object.is(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
}

function throws(body: Body, expected?: Expected | string, message?: Message): void {
	try {
		body();
	} catch (error) {
		judge(error, expected, message);
		return;
	}
	fail(typeof expected === "string" ? expected : message, "nothing was thrown");
}

async function rejects(
	promise: Promise<unknown> | (() => Promise<unknown>),
	expected?: Expected | string,
	message?: Message,
): Promise<void> {
	try {
		await (typeof promise === "function" ? promise() : promise);
	} catch (error) {
		judge(error, expected, message);
		return;
	}
	fail(typeof expected === "string" ? expected : message, "nothing was rejected");
}

/** Whether an error is what throws() or rejects() was told to expect: a pattern, a class, properties, or a function. */
function judge(error: unknown, expected: Expected | string | undefined, message: Message): void {
	if (expected === undefined || typeof expected === "string") return;
	if (expected instanceof RegExp) {
		if (!expected.test(String(error))) fail(message, `${error} does not match ${expected}`);
	} else if (typeof expected === "function") {
		const isClass = expected === Error || expected.prototype instanceof Error;
		const fits = isClass ? error instanceof (expected as never) : expected(error as never) === true;
		if (!fits) fail(message, `${error} is not what was expected`);
	} else {
		for (const [name, value] of Object.entries(expected)) {
			const actual = (error as Record<string, unknown>)[name];
			const fits = value instanceof RegExp ? value.test(String(actual)) : isDeepEqual(actual, value);
			if (!fits) fail(message, `${name}: ${show(actual)} is not ${show(value)}`);
		}
	}
}

function isDeepEqual(a: unknown, b: unknown): boolean {
	if (Object.is(a, b)) return true;
	if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
	if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
	if (a instanceof Map && b instanceof Map) return isDeepEqual([...a], [...b]);
	if (a instanceof Set && b instanceof Set) return isDeepEqual([...a], [...b]);
	if (a instanceof Error && b instanceof Error && a.message !== b.message) return false;
	const names = Object.keys(a);
	if (names.length !== Object.keys(b).length) return false;
	const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
	return names.every(name => Object.hasOwn(right, name) && isDeepEqual(left[name], right[name]));
}

/** The longest text of a value in a message. */
const LONGEST_SHOWN = 400;

function show(value: unknown): string {
	let text: string;
	if (typeof value === "string") text = JSON.stringify(value);
	else if (typeof value === "bigint") text = `${value}n`;
	else if (value instanceof Uint8Array) text = `bytes [${value.join(" ")}]`;
	else if (typeof value === "object" && value !== null) text = showObject(value);
	else text = String(value);
	return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}

function showObject(value: object): string {
	try {
		return JSON.stringify(value, (_name, each) => (typeof each === "bigint" ? `${each}n` : each));
	} catch {
		return String(value);
	}
}

function ok(value: unknown, message?: Message): void {
	if (!value) fail(message, `${show(value)} is not true`);
}

/** The part of node:assert/strict that our tests use. */
export const assert = Object.freeze(
	Object.assign((value: unknown, message?: Message) => ok(value, message), {
		ok,
		equal,
		notEqual(actual: unknown, expected: unknown, message?: Message): void {
			if (Object.is(actual, expected)) fail(message, `both are ${show(actual)}`);
		},
		deepEqual(actual: unknown, expected: unknown, message?: Message): void {
			if (!isDeepEqual(actual, expected)) fail(message, `${show(actual)} is not ${show(expected)}`);
		},
		notDeepEqual(actual: unknown, expected: unknown, message?: Message): void {
			if (isDeepEqual(actual, expected)) fail(message, `both are ${show(actual)}`);
		},
		match(text: string, pattern: RegExp, message?: Message): void {
			if (!pattern.test(text)) fail(message, `${show(text)} does not match ${pattern}`);
		},
		doesNotMatch(text: string, pattern: RegExp, message?: Message): void {
			if (pattern.test(text)) fail(message, `${show(text)} matches ${pattern}`);
		},
		throws,
		rejects,
		fail(message?: Message): never {
			return fail(message, "failed");
		},
	}),
);
