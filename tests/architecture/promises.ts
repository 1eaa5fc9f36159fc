/**
 * How what runs on a device may use promises, as far as reading the source can hold it. Where memory is short XS forgets who
 * waits for what is no promise, and its list of rejections that nobody handles breaks (docs/xs-board.md); the SDK restarts the
 * device at such a rejection.
 */
import { blank } from "./source.js";
import { type SourceFile, sourceFiles } from "./tree.js";

/** Of the simulator, what runs on a board. */
const FIRMWARE = /^simulator\/((accounts|device|options)|boards\/xs\/(device|main(-native)?))\.ts$/;

/** All that a device runs, of src/ and of what a HAL and the simulator's firmware are. */
export function deviceFiles(): SourceFile[] {
	return [
		...sourceFiles("src", "hal/moddable"),
		...sourceFiles("simulator").filter(({ path }) => FIRMWARE.test(path)),
	];
}

/** What a command, a callback or a completion answers with may be a promise, or no promise. */
const EITHER = /^\(*(?:[\w.]+\.)?(?:(?:command|own)\.run|callback|onAuthenticate|complete)\(/;

/** What breaks the rules for promises in a file that a device runs, a line each. */
export function brokenPromises(file: SourceFile): string[] {
	const code = blank(file.source);
	const broken: string[] = [];
	const complain = (at: number, what: string) => {
		broken.push(`${file.path}:${code.slice(0, at).split("\n").length}: ${what}`);
	};
	for (const match of code.matchAll(/\bawait\s+([^;\n]*)/g)) {
		const [, awaited] = match;
		const isNone = /^(?:undefined|null|true|false|[\d"'`])/.test(awaited);
		if (isNone) complain(match.index, "awaits what is no promise");
		else if (/^[^(]*\?\./.test(awaited) || EITHER.test(awaited))
			complain(match.index, "may await what is no promise");
	}
	// The operator; `: void`, `<void>` and `=> void` are types.
	for (const match of code.matchAll(/(?:^|[;{]|=>)\s*void\s+[\w(]/gm))
		complain(match.index, "leaves a promise without a handler");
	for (const match of code.matchAll(/\basync\s*(?:\([^()]*\)|\w+)\s*(?::[^=]*)?=>/g))
		complain(match.index, "an async function where nobody need look at its promise");
	for (const match of code.matchAll(/\bPromise\.reject\b/g))
		complain(match.index, "rejects before there is a handler");
	return broken;
}
