/**
 * A line editor with the keys of Emacs, as people know it from readline: bytes in, bytes out, no I/O and no clock of
 * its own. The caller feeds what arrives, sends what view.out has gathered, and acts on `event`.
 */
import { type CompletionPoint, completeWord, completionPoint, inColumns } from "./completion.js";
import type { History } from "./history.js";
import { HistorySearch } from "./history-search.js";
import {
	CTRL_C,
	CTRL_D,
	CTRL_G,
	CTRL_H,
	CTRL_L,
	CTRL_N,
	CTRL_P,
	CTRL_R,
	CTRL_T,
	CTRL_Y,
	DEL,
	KEY_DELETE,
	KEY_DOWN,
	KEY_ENTER,
	KEY_PASTE_END,
	KEY_PASTE_START,
	KEY_UP,
	type KeyDecoder,
	type KeyReceiver,
	TAB,
} from "./keys.js";
import { LineBuffer } from "./line-buffer.js";
import { LineView } from "./line-view.js";
import { destination, killBound } from "./motions.js";

/** All that was fed is taken, and the line goes on. */
export const EDIT_MORE = 0;
/** Enter: `text` is the line. */
export const EDIT_LINE = 1;
/** Ctrl-C: the line is given up. */
export const EDIT_INTERRUPT = 2;
/** Ctrl-D on an empty line. */
export const EDIT_EOF = 3;
/** Tab: the caller finds the candidates for completionPoint() and calls complete(), at once or later. */
export const EDIT_COMPLETE = 4;

/** A line, what the terminal shows of it, and what it is to show. */
const SHOWN = 3;
const BELL = 7;
const SPACE = 0x20;

export class LineEditor implements KeyReceiver {
	readonly view: LineView = new LineView();
	event = EDIT_MORE;
	/** Changes whenever the line does, so that an answer that comes late can be told. */
	version = 0;

	private readonly decoder: KeyDecoder;
	private readonly history: History;
	private readonly line: LineBuffer;
	private prompt: Uint32Array = new Uint32Array(0);
	/** Which line of the history is shown; its length stands for the line that is new. */
	private place = 0;
	private draft = "";
	/** Whether the last key killed: kills in a row are yanked as one. */
	private killing = false;
	/** How often Tab was pressed in a row. */
	private tabs = 0;
	private pasting = false;
	private bell = false;
	private search: HistorySearch | undefined;

	/** @param maximumLength code points of a line; what is typed beyond is refused with a bell */
	constructor(decoder: KeyDecoder, history: History, maximumLength = 1024) {
		this.decoder = decoder;
		this.history = history;
		this.line = new LineBuffer(maximumLength);
	}

	/** Begins a line; the cursor must stand in column 0. @param prompt plain text, without control characters */
	start(prompt: string): void {
		this.prompt = toPoints(prompt);
		this.line.clear();
		this.place = this.history.length;
		this.draft = "";
		this.killing = false;
		this.tabs = 0;
		this.pasting = false;
		this.view.reset();
		this.show();
	}

	get text(): string {
		return this.line.text();
	}

	/** Bytes that the line takes, here and as it is shown. */
	get size(): number {
		return SHOWN * this.line.size;
	}

	/** Nothing is typed, begun or scrolled away: an editor that begins with the same prompt is as good. */
	get blank(): boolean {
		return (
			this.line.length === 0 &&
			this.place === this.history.length &&
			this.tabs === 0 &&
			!this.killing &&
			!this.pasting &&
			this.search === undefined &&
			!this.view.scrolled
		);
	}

	/** Overwrites what was typed: it may have been a secret. */
	wipe(): void {
		this.line.clear();
	}

	/** Takes bytes[offset, end) until there is an event; returns the offset of the first byte not taken. */
	feed(bytes: Uint8Array, offset: number, end: number): number {
		this.event = EDIT_MORE;
		const taken = this.decoder.feed(bytes, offset, end, this);
		if (this.search !== undefined && this.decoder.escaping) {
			// Nothing follows the ESC yet, so it was the key and not the start of another.
			this.decoder.settleEscape();
			this.abandonSearch();
		}
		if (this.event === EDIT_MORE || this.event === EDIT_COMPLETE) this.show();
		this.ring();
		return taken;
	}

	/** Gives the line up, as Ctrl-C does. */
	interrupt(): void {
		this.search = undefined;
		this.leave(EDIT_INTERRUPT, "^C");
	}

	/** The terminal's size, before a line begins. */
	resize(columns: number, rows: number): void {
		this.view.resize(columns, rows);
	}

	/** The terminal has a new size while a line is being edited. */
	resizeAndRedraw(columns: number, rows: number): void {
		this.view.rewrap(columns, rows, this.shownPrompt().length + this.line.cursor);
		this.show();
	}

	/** Takes prompt and line off the terminal; unhide() shows them again where the cursor then is, in column 0. */
	hide(): void {
		this.view.erase();
	}

	unhide(): void {
		this.show();
	}

	/** Where Tab was pressed; undefined where there is nothing to complete. */
	completionPoint(): CompletionPoint | undefined {
		return completionPoint(this.line.text(0, this.line.cursor));
	}

	/** Answers EDIT_COMPLETE: inserts what is common; where nothing is, a second Tab lists what there is. */
	complete(point: CompletionPoint, candidates: readonly string[]): void {
		const completion = completeWord(point, candidates);
		if (completion !== undefined && completion.replacement !== point.typed) {
			const from = this.line.cursor - toPoints(point.typed).length;
			this.line.remove(from, this.line.cursor);
			if (!this.line.insertText(completion.replacement)) this.view.out.byte(BELL);
			this.version++;
		} else if (completion !== undefined && this.tabs > 1) {
			this.view.leave();
			this.view.out.text(inColumns(completion.matches, this.view.width).replaceAll("\n", "\r\n"));
		} else this.view.out.byte(BELL);
		this.show();
	}

	/** One key; false when there is an event. */
	key(key: number): boolean {
		this.version++;
		if (this.search !== undefined && this.searchKey(key)) return true;
		const killing = this.killing;
		this.killing = false;
		if (key !== TAB) this.tabs = 0;
		if (this.pasting && key !== CTRL_C) this.pasted(key);
		else if (key >= SPACE && key < KEY_ENTER && key !== DEL) this.insert(key);
		else if (!this.moveKey(key) && !this.killKey(key, killing)) this.otherKey(key);
		return this.event === EDIT_MORE;
	}

	private insert(point: number): void {
		if (!this.line.insert(point)) this.bell = true;
	}

	/** Nothing in a bracketed paste runs or edits: an Enter or Tab in it is a space. */
	private pasted(key: number): void {
		if (key === KEY_PASTE_END) this.pasting = false;
		else if (key === KEY_ENTER || key === TAB) this.insert(SPACE);
		else if (key >= SPACE && key < KEY_ENTER && key !== DEL) this.insert(key);
	}

	/** A key that goes to another line of the history, or to another place of this one. */
	private moveKey(key: number): boolean {
		if (key === CTRL_P || key === KEY_UP) this.recall(this.place - 1);
		else if (key === CTRL_N || key === KEY_DOWN) this.recall(this.place + 1);
		else {
			const place = destination(this.line, key);
			if (place < 0) return false;
			this.line.cursor = place;
		}
		return true;
	}

	private killKey(key: number, again: boolean): boolean {
		const { line } = this;
		const place = killBound(line, key);
		if (place < 0) return false;
		this.kill(Math.min(place, line.cursor), Math.max(place, line.cursor), again);
		return true;
	}

	private kill(from: number, to: number, again: boolean): void {
		const before = from < this.line.cursor;
		const text = this.line.remove(from, to);
		const { history } = this;
		if (!again) history.killed = text;
		else if (before) history.killed = text + history.killed;
		else history.killed += text;
		this.killing = true;
	}

	private otherKey(key: number): void {
		const line = this.line;
		switch (key) {
			case KEY_ENTER:
				this.history.add(line.text());
				this.leave(EDIT_LINE, "");
				break;
			case CTRL_C:
				this.interrupt();
				break;
			case CTRL_D:
				if (line.length === 0) this.leave(EDIT_EOF, "");
				else line.remove(line.cursor, line.after(line.cursor));
				break;
			case KEY_DELETE:
				line.remove(line.cursor, line.after(line.cursor));
				break;
			case CTRL_H:
			case DEL:
				line.remove(line.before(line.cursor), line.cursor);
				break;
			case CTRL_Y:
				if (!line.insertText(this.history.killed)) this.bell = true;
				break;
			case CTRL_T:
				if (!line.transpose()) this.bell = true;
				break;
			case CTRL_L:
				this.view.clearScreen();
				break;
			case CTRL_R:
				this.search = new HistorySearch(this.history, line.text());
				break;
			case TAB:
				this.tabs++;
				this.event = EDIT_COMPLETE;
				break;
			case KEY_PASTE_START:
				this.pasting = true;
				break;
		}
	}

	/** Shows a line of the history; what was typed is kept after the newest. */
	private recall(place: number): void {
		if (place < 0 || place > this.history.length) {
			this.bell = true;
			return;
		}
		if (this.place === this.history.length) this.draft = this.line.text();
		this.place = place;
		this.line.setText(place === this.history.length ? this.draft : this.history.at(place));
	}

	/** A key while searching; false when it ends the search and has its own meaning for the line that was found. */
	private searchKey(key: number): boolean {
		const search = this.search!;
		if (key === CTRL_R) search.older();
		else if (key === CTRL_H || key === DEL) search.shorten();
		else if (key >= SPACE && key < KEY_ENTER) search.add(String.fromCodePoint(key));
		else if (key === CTRL_G) {
			this.abandonSearch();
			return true;
		} else {
			this.search = undefined;
			return false;
		}
		this.line.setText(search.text);
		this.line.cursor = toPoints(search.text.slice(0, search.offset)).length;
		return true;
	}

	private abandonSearch(): void {
		this.line.setText(this.search!.original);
		this.search = undefined;
	}

	/** One bell for all that a chunk has made wrong. */
	private ring(): void {
		if (this.bell) this.view.out.byte(BELL);
		this.bell = false;
	}

	/** Ends the line: the cursor goes to a fresh row below it. Nothing is sent after that, as the session looks for it. */
	private leave(event: number, mark: string): void {
		this.event = event;
		this.ring();
		this.line.cursor = this.line.length;
		this.show();
		this.view.leave(mark);
	}

	private shownPrompt(): Uint32Array {
		return this.search === undefined ? this.prompt : toPoints(this.search.prompt);
	}

	private show(): void {
		this.view.update(this.shownPrompt(), this.line);
	}
}

function toPoints(text: string): Uint32Array {
	const points = new Uint32Array(text.length);
	let count = 0;
	for (const character of text) points[count++] = character.codePointAt(0)!;
	return points.slice(0, count);
}
