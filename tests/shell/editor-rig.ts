/** A line editor in front of a terminal, and a model of what that terminal must show. */

import { encodeUtf8 } from "../../src/base/utf8.js";
import { History } from "../../src/shell/editor/history.js";
import { KeyDecoder } from "../../src/shell/editor/keys.js";
import { EDIT_COMPLETE, EDIT_MORE, LineEditor } from "../../src/shell/editor/line-editor.js";
import { pointWidth } from "../../src/shell/editor/width.js";
import { assert } from "../harness.js";
import { Terminal } from "./terminal.js";

export class Rig {
	readonly history = new History();
	readonly editor: LineEditor;
	readonly terminal: Terminal;
	readonly prompt: string;
	candidates: string[] = [];
	/** Bytes of the last type(). */
	sent = 0;
	/** Lines entered. */
	readonly lines: string[] = [];

	constructor(columns = 80, rows = 24, prompt = "$ ", maximum = 1024) {
		this.editor = new LineEditor(new KeyDecoder(), this.history, maximum);
		this.terminal = new Terminal(columns, rows);
		this.prompt = prompt;
		this.editor.resize(columns, rows);
		this.start();
	}

	start(): void {
		this.editor.start(this.prompt);
		this.flush();
	}

	/** Types a text, in one chunk or byte by byte; after a line's end the next begins. Returns the last event. */
	type(keys: string | Uint8Array, bytewise = false): number {
		const bytes = typeof keys === "string" ? encodeUtf8(keys) : keys;
		let event = EDIT_MORE;
		this.sent = 0;
		for (let at = 0; at < bytes.length; ) {
			at = this.editor.feed(bytes, at, bytewise ? at + 1 : bytes.length);
			if (this.editor.event === EDIT_MORE) continue;
			event = this.editor.event;
			this.flush();
			if (event === EDIT_COMPLETE) {
				const point = this.editor.completionPoint();
				if (point !== undefined) this.editor.complete(point, this.candidates);
			} else {
				this.lines.push(this.editor.text);
				this.editor.start(this.prompt);
			}
		}
		this.flush();
		return event;
	}

	resize(columns: number, rows: number): void {
		this.terminal.reflow(columns);
		this.editor.resizeAndRedraw(columns, rows);
		this.flush();
	}

	flush(): void {
		const bytes = this.editor.view.out.take();
		this.sent += bytes.length;
		this.terminal.write(bytes);
	}

	/** Holds the screen to the line: text and cursor, the cursor counted in code points. */
	check(text: string, cursor: number, prompt = this.prompt): void {
		assert.equal(this.editor.text, text);
		const points = [...prompt, ...text];
		const { rows, row, column } = layout(points, [...prompt].length + cursor, this.terminal.columns);
		assert.deepEqual([this.terminal.row >= 0, this.terminal.column], [true, column]);
		const screen = this.terminal.screen();
		const expected = screen.map((shown, i) => {
			const at = row - this.terminal.row + i;
			return at < 0 ? shown : (rows[at] ?? "").replace(/ +$/, "");
		});
		assert.deepEqual(screen, expected);
	}
}

/** Rows of a text on a terminal that wraps, and the place of a cursor before points[cursor]. */
function layout(points: string[], cursor: number, columns: number) {
	const rows = [""];
	let used = 0;
	let place: [number, number] | undefined;
	for (let i = 0; i < points.length; i++) {
		const width = pointWidth(points[i].codePointAt(0)!);
		if (used + width > columns) {
			rows.push("");
			used = 0;
		}
		if (i === cursor) place = [rows.length - 1, Math.min(used, columns - 1)];
		rows[rows.length - 1] += points[i];
		used += width;
	}
	place ??= used === columns ? [rows.length, 0] : [rows.length - 1, used];
	return { rows, row: place[0], column: place[1] };
}

/** Numbers that look random and are the same in every run. */
export class Sequence {
	private state: number;

	constructor(seed: number) {
		this.state = seed;
	}

	/** 0 to below `bound`. */
	next(bound: number): number {
		this.state = (Math.imul(this.state, 1103515245) + 12345) & 0x7fffffff;
		return (this.state >>> 8) % bound;
	}
}
