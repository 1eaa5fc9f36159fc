/**
 * A small terminal in memory, against which the line editor's output is held: a grid of cells with automatic wrap
 * (pending until the next character, as xterm and its kin have it), cursor movement, erasing, scrolling, wide and
 * combining characters, and lines that are wrapped anew when the width changes.
 */

import { decodeUtf8 } from "../../src/base/utf8.js";
import { pointWidth } from "../../src/shell/editor/width.js";

interface Row {
	/** One a column; "" is the right half of a wide character, " " an empty cell. */
	cells: string[];
	/** The next row goes on where this one was full. */
	wrapped: boolean;
}

export class Terminal {
	columns: number;
	rows: number;
	row = 0;
	column = 0;
	bells = 0;
	/** What scrolled off at the top. */
	readonly history: Row[] = [];
	private pending = false;
	private grid: Row[] = [];

	constructor(columns: number, rows: number) {
		this.columns = columns;
		this.rows = rows;
		for (let i = 0; i < rows; i++) this.grid.push(this.blank());
	}

	write(bytes: Uint8Array): void {
		const text = decodeUtf8(bytes);
		for (let at = 0; at < text.length; ) {
			const point = text.codePointAt(at)!;
			at += point > 0xffff ? 2 : 1;
			if (point === 0x1b) at = this.escape(text, at);
			else if (point < 0x20) this.control(point);
			else this.print(String.fromCodePoint(point), pointWidth(point));
		}
	}

	/** The rows as text, without blanks at their ends. Not by trimEnd(): of blanks alone, XS 13 leaves one. */
	screen(): string[] {
		return this.grid.map(row => row.cells.join("").replace(/ +$/, ""));
	}

	/** Gets a new width; lines are wrapped anew and the cursor goes with its text. */
	reflow(columns: number): void {
		const all = [...this.history, ...this.grid.slice(0, this.lastUsed() + 1)];
		const cursorRow = this.history.length + this.row;
		this.history.length = 0;
		const rows: Row[] = [];
		let row = 0;
		let column = 0;
		for (let start = 0; start < all.length; ) {
			let end = start;
			while (all[end].wrapped && end + 1 < all.length) end++;
			const cells: string[] = [];
			let cursor = -1;
			for (let i = start; i <= end; i++) {
				if (i === cursorRow) cursor = cells.length + this.column;
				cells.push(...all[i].cells);
			}
			let used = cells.length;
			while (used > 0 && cells[used - 1] === " " && used - 1 >= cursor) used--;
			const first = rows.length;
			rows.push({ cells: [], wrapped: false });
			for (let i = 0; i <= used; i++) {
				const wide = i < used && cells[i + 1] === "" ? 2 : 1;
				let last = rows[rows.length - 1];
				if (last.cells.length + (i < used ? wide : 1) > columns && (i < used || i === cursor)) {
					while (last.cells.length < columns) last.cells.push(" ");
					last.wrapped = true;
					last = { cells: [], wrapped: false };
					rows.push(last);
				}
				if (i === cursor) {
					row = rows.length - 1;
					column = last.cells.length;
				}
				if (i < used) last.cells.push(cells[i]);
				if (i < used && wide === 2) last.cells.push(cells[++i]);
			}
			for (let i = first; i < rows.length; i++)
				while (rows[i].cells.length < columns) rows[i].cells.push(" ");
			start = end + 1;
		}
		this.columns = columns;
		this.pending = false;
		while (rows.length > this.rows) {
			this.history.push(rows.shift()!);
			row--;
		}
		while (rows.length < this.rows) rows.push(this.blank());
		this.grid = rows;
		this.row = Math.max(row, 0);
		this.column = Math.min(column, columns - 1);
	}

	private blank(): Row {
		const cells: string[] = [];
		for (let i = 0; i < this.columns; i++) cells.push(" ");
		return { cells, wrapped: false };
	}

	private lastUsed(): number {
		let last = this.rows - 1;
		while (last > this.row && this.grid[last].cells.join("").trim() === "") last--;
		return last;
	}

	private control(code: number): void {
		if (code === 7) this.bells++;
		else if (code === 8) {
			this.column = Math.max(this.column - 1, 0);
			this.pending = false;
		} else if (code === 10) {
			this.pending = false;
			this.lineFeed();
		} else if (code === 13) {
			this.pending = false;
			this.column = 0;
		} else throw new Error(`unexpected control ${code}`);
	}

	private lineFeed(): void {
		if (this.row + 1 < this.rows) this.row++;
		else {
			this.history.push(this.grid.shift()!);
			this.grid.push(this.blank());
		}
	}

	private print(character: string, width: number): void {
		if (width === 0) {
			const at = this.pending ? this.column : this.column - 1;
			if (at < 0) return;
			const cells = this.grid[this.row].cells;
			cells[cells[at] === "" ? at - 1 : at] += character;
			return;
		}
		if (this.pending || this.column + width > this.columns) {
			this.grid[this.row].wrapped = true;
			this.column = 0;
			this.pending = false;
			this.lineFeed();
		}
		for (let i = 0; i < width; i++) this.clear(this.row, this.column + i);
		const cells = this.grid[this.row].cells;
		cells[this.column] = character;
		if (width === 2) cells[this.column + 1] = "";
		this.column += width;
		if (this.column === this.columns) {
			this.column--;
			this.pending = true;
		}
	}

	/** Blanks a cell, and the other half of what stood in it. */
	private clear(row: number, column: number): void {
		const cells = this.grid[row].cells;
		if (cells[column] === "") cells[column - 1] = " ";
		if (cells[column + 1] === "") cells[column + 1] = " ";
		cells[column] = " ";
	}

	private escape(text: string, at: number): number {
		if (text[at++] !== "[") throw new Error("unexpected escape");
		let count = 0;
		while (text[at] >= "0" && text[at] <= "9") count = count * 10 + Number(text[at++]);
		const steps = count || 1;
		switch (text[at]) {
			case "A":
				this.row = Math.max(0, this.row - steps);
				break;
			case "B":
				this.row = Math.min(this.rows - 1, this.row + steps);
				break;
			case "C":
				this.column = Math.min(this.columns - 1, this.column + steps);
				break;
			case "D":
				this.column = Math.max(0, this.column - steps);
				break;
			case "H":
				this.row = this.column = 0;
				break;
			case "J":
				this.erase(count);
				break;
			default:
				throw new Error(`unexpected sequence ${text[at]}`);
		}
		this.pending = false;
		return at + 1;
	}

	private erase(what: number): void {
		if (what === 0) for (let i = this.column; i < this.columns; i++) this.clear(this.row, i);
		for (let row = what === 2 ? 0 : this.row + 1; row < this.rows; row++) this.grid[row] = this.blank();
		if (what === 0) this.grid[this.row].wrapped = false;
	}
}
