/**
 * What is typed, before a model of a terminal: whatever comes, the screen shows the line, and the line is no longer than
 * allowed. The first two bytes are the terminal's size; 0xfe, which no text has, and a byte behind it give it a new width.
 */
import type { LineBuffer } from "../../../src/shell/editor/line-buffer.js";
import { Rig } from "../../shell/editor-rig.js";

const RESIZE = 0xfe;
const MAXIMUM = 300;
const CANDIDATES: readonly string[] = ["uptime", "uptake", "übung", "a b", "kill"];

/** Of the editor, what a screen is held to. */
interface Inner {
	readonly line: LineBuffer;
	shownPrompt(): Uint32Array;
}

export function fuzz(data: Uint8Array): void {
	if (data.length < 2) return;
	const columns = 2 + (data[0] % 100);
	const rig = new Rig(columns, 1 + (data[1] % 40), columns < 4 ? ">" : "$ ", MAXIMUM);
	rig.candidates = [...CANDIDATES];
	const inner = rig.editor as unknown as Inner;
	let resized = false;
	for (let at = 2; at < data.length; ) {
		if (data[at] === RESIZE) {
			rig.resize(2 + ((data[at + 1] ?? 0) % 100), rig.terminal.rows);
			resized = true;
			at += 2;
			continue;
		}
		let end = at + 1;
		while (end < data.length && data[end] !== RESIZE && end - at < 16) end++;
		rig.type(data.subarray(at, end), (data[0] & 0x80) !== 0);
		at = end;
		if (inner.line.length > MAXIMUM) throw new Error(`a line of ${inner.line.length}`);
		if (inner.line.cursor < 0 || inner.line.cursor > inner.line.length)
			throw new Error("the cursor has left the line");
		// What scrolled away before a change of width is the terminal's to wrap, each in its way.
		if (!resized) rig.check(rig.editor.text, inner.line.cursor, String.fromCodePoint(...inner.shownPrompt()));
	}
}
