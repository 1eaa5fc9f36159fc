/**
 * A prompt and a line on a terminal, kept up to date with few bytes: what stands there is compared with what shall
 * stand there, and only from the first difference on is it written anew. A key at the end of a line sends itself.
 *
 * Positions are (row, column) from the start of the prompt, which stands in column 0. The terminal wraps by itself and
 * keeps the cursor in the last column until the next character (xterm's pending wrap, terminfo's xenl); the wrap is
 * forced with " \r" where the text ends there, so that the place of the cursor is never in doubt. Where the text has
 * more rows than the terminal, those around the cursor are shown.
 */
import { ByteBuilder } from "../byte-builder.js";
import type { LineBuffer } from "./line-buffer.js";
import { pointWidth } from "./width.js";

const BS = 0x08;
const CR = 0x0d;
const SPACE = 0x20;

export class LineView {
	readonly out: ByteBuilder = new ByteBuilder();
	private columns = 80;
	private rows = 24;
	/** What the terminal shows: the points, and how many of them got there. */
	private shown = new Uint32Array(0);
	private drawn = 0;
	/** Where the terminal's cursor is, and where what was drawn ends. */
	private row = 0;
	private column = 0;
	private endRow = 0;
	private endColumn = 0;
	/** The first row that may still be on the screen. */
	private top = 0;
	/** Where a walk over the points stands; the result of locate(). */
	private walkRow = 0;
	private walkColumn = 0;
	private next = new Uint32Array(0);

	/** Sizes of 0 are unknown, and taken as 80 by 24. */
	resize(columns: number, rows: number): void {
		this.columns = columns === 0 ? 80 : Math.max(columns, 2);
		this.rows = rows || 24;
	}

	get width(): number {
		return this.columns;
	}

	/** The first rows of what is shown have left the screen at its top. */
	get scrolled(): boolean {
		return this.top > 0;
	}

	/** Nothing is shown; the cursor is in column 0 of a fresh row. */
	reset(): void {
		this.drawn = this.row = this.column = this.endRow = this.endColumn = this.top = 0;
	}

	/** Clears the screen; update() then draws all. */
	clearScreen(): void {
		this.out.text("\x1b[H\x1b[2J");
		this.reset();
	}

	/**
	 * Takes a new size and goes to the start of what is shown; update() then draws all, and erases what is after it:
	 * erased before, from the first row, tmux would keep it as history. Terminals that wrap their lines anew on a
	 * change of width move the cursor along with its text, so its row is counted in the new width.
	 * @param cursor the place of the cursor among the points that are shown, the prompt's included
	 */
	rewrap(columns: number, rows: number, cursor: number): void {
		this.resize(columns, rows);
		this.locate(this.shown, this.drawn, Math.min(cursor, this.drawn));
		this.out.byte(CR);
		this.out.control(Math.min(this.walkRow, this.rows - 1), "A");
		this.reset();
		this.endRow = Number.POSITIVE_INFINITY;
	}

	/** Moves after all that is shown, adds an ASCII text there, and goes on to a fresh row. */
	leave(text = ""): void {
		this.move(this.endRow, this.endColumn);
		this.out.text(text);
		// Where the text has just filled a row, the cursor is on a fresh one already.
		if (text !== "" || this.endColumn > 0 || this.endRow === 0) this.out.text("\r\n");
		this.reset();
	}

	/** Takes what is shown off the terminal, as far as it is on the screen; update() then draws all. */
	erase(): void {
		this.move(this.top, 0);
		this.out.text("\x1b[J");
		this.reset();
	}

	/** Shows prompt and line, with the cursor where the line has it. */
	update(prompt: Uint32Array, line: LineBuffer): void {
		const length = prompt.length + line.length;
		if (this.next.length < length) this.next = new Uint32Array(length + 32);
		const next = this.next;
		next.set(prompt);
		next.set(line.points.subarray(0, line.length), prompt.length);

		this.locate(next, length, prompt.length + line.cursor);
		const cursorRow = this.walkRow;
		const cursorColumn = this.walkColumn;
		let from = this.firstDifference(next, length);
		if (cursorRow < this.top) {
			// Rows come back from above: the same places on the screen now have smaller numbers.
			const by = this.top - cursorRow;
			this.top -= by;
			this.row -= by;
			this.endRow -= by;
			from = 0;
		}
		if (from < length || from < this.drawn || cursorRow > this.endRow)
			this.draw(next, length, from, cursorRow);
		this.move(cursorRow, cursorColumn);

		this.next = this.shown;
		this.shown = next;
	}

	/** How many points stand as they shall; a character counts whole, with its combining marks. */
	private firstDifference(next: Uint32Array, length: number): number {
		const common = Math.min(length, this.drawn);
		let from = 0;
		while (from < common && next[from] === this.shown[from]) from++;
		while (
			from > 0 &&
			((from < length && pointWidth(next[from]) === 0) ||
				(from < this.drawn && pointWidth(this.shown[from]) === 0))
		)
			from--;
		return from;
	}

	/** Writes the points from `from` on, as far down as the cursor or the screen reaches; erases what stood after. */
	private draw(next: Uint32Array, length: number, from: number, cursorRow: number): void {
		const screenBottom = this.top + this.rows - 1;
		let at = this.seek(next, length, from);
		while (this.walkRow > screenBottom && from > 0) {
			// The place is on a row that has yet to scroll in: write the character before it again to get there.
			do from--;
			while (from > 0 && pointWidth(next[from]) === 0);
			at = this.seek(next, length, from);
		}
		this.move(this.walkRow, this.walkColumn);

		const bottom = Math.max(screenBottom, cursorRow);
		let row = this.row;
		let column = this.column;
		for (; at < length; at++) {
			const width = pointWidth(next[at]);
			if (width > 0 && column + width > this.columns) {
				if (column < this.columns) this.out.byte(SPACE);
				column = this.columns;
				if (row === bottom) break;
				row++;
				column = 0;
			}
			this.out.point(next[at]);
			column += width;
		}
		const full = column === this.columns;
		const clipped = full && row === bottom;
		if (clipped) this.out.byte(CR);
		else if (full) {
			this.out.text(" \r");
			row++;
			column = 0;
		}
		if (!clipped && (this.endRow > row || (this.endRow === row && this.endColumn > column)))
			this.out.text("\x1b[J");
		this.drawn = at;
		this.row = this.endRow = row;
		this.endColumn = column;
		this.column = clipped ? 0 : column;
		this.top = Math.max(this.top, row - this.rows + 1);
	}

	/** Steps over a point: to the place after it, which may be the margin. */
	private step(point: number): void {
		const width = pointWidth(point);
		if (width > 0 && this.walkColumn + width > this.columns) {
			this.walkRow++;
			this.walkColumn = 0;
		}
		this.walkColumn += width;
	}

	/** Where the point at `at` is shown, or would be: walkRow and walkColumn. */
	private locate(points: Uint32Array, length: number, at: number): void {
		this.walkRow = this.walkColumn = 0;
		for (let i = 0; i < at; i++) this.step(points[i]);
		if (this.walkColumn + (at < length ? pointWidth(points[at]) : 1) > this.columns) {
			this.walkRow++;
			this.walkColumn = 0;
		}
		// Between a letter at the margin and its mark.
		this.walkColumn = Math.min(this.walkColumn, this.columns - 1);
	}

	/**
	 * Where drawing begins if the points before `from` stand: there, or at the first point that is on the screen.
	 * The place is in walkRow and walkColumn: after the point before, even if a wide one at `from` has to wrap, since
	 * the last column is then to be blanked.
	 */
	private seek(points: Uint32Array, length: number, from: number): number {
		this.walkRow = this.walkColumn = 0;
		let at = 0;
		for (; at < length; at++) {
			const wraps = this.walkColumn + pointWidth(points[at]) > this.columns;
			if (at >= from && this.walkRow + (wraps ? 1 : 0) >= this.top) break;
			this.step(points[at]);
		}
		if (this.walkColumn === this.columns || this.walkRow < this.top) {
			this.walkRow++;
			this.walkColumn = 0;
		}
		return at;
	}

	private move(row: number, column: number): void {
		this.out.control(this.row - row, "A");
		this.out.control(row - this.row, "B");
		if (column === 0 && this.column > 0) this.out.byte(CR);
		else if (column < this.column && this.column - column <= 3)
			for (let at = column; at < this.column; at++) this.out.byte(BS);
		else {
			this.out.control(this.column - column, "D");
			this.out.control(column - this.column, "C");
		}
		this.row = row;
		this.column = column;
	}
}
