/** A line under edit: code points and a cursor between two of them. */
import { pointWidth } from "./width.js";

const SPACE = 0x20;

export class LineBuffer {
	/** The points are the first `length` of these. */
	points: Uint32Array = new Uint32Array(32);
	length = 0;
	cursor = 0;
	private readonly maximum: number;

	/** @param maximum the longest line, in code points */
	constructor(maximum: number) {
		this.maximum = maximum;
	}

	/** Bytes that it takes. */
	get size(): number {
		return this.points.byteLength;
	}

	/** Inserts before the cursor; false when the line is full. */
	insert(point: number): boolean {
		if (this.length >= this.maximum) return false;
		if (this.length === this.points.length) {
			const larger = new Uint32Array(Math.min(2 * this.length, this.maximum));
			larger.set(this.points);
			this.points.fill(0);
			this.points = larger;
		}
		this.points.copyWithin(this.cursor + 1, this.cursor, this.length);
		this.points[this.cursor++] = point;
		this.length++;
		return true;
	}

	/** Inserts as much of a text as fits; false when some did not. */
	insertText(text: string): boolean {
		for (const character of text) if (!this.insert(character.codePointAt(0)!)) return false;
		return true;
	}

	/** Removes [from, to) and leaves the cursor there; returns what was removed. */
	remove(from: number, to: number): string {
		const removed = this.text(from, to);
		this.points.copyWithin(from, to, this.length);
		this.length -= to - from;
		this.cursor = from;
		return removed;
	}

	/** Replaces the line; the cursor stands at its end. */
	setText(text: string): void {
		this.length = this.cursor = 0;
		this.insertText(text);
	}

	text(from = 0, to = this.length): string {
		let text = "";
		for (let at = from; at < to; at++) text += String.fromCodePoint(this.points[at]);
		return text;
	}

	/** Overwrites what was typed: it may have been a secret. */
	clear(): void {
		this.points.fill(0);
		this.length = this.cursor = 0;
	}

	/** The place one character before `at`; combining marks go with the character that they stand on. */
	before(at: number): number {
		while (at > 0 && pointWidth(this.points[--at]) === 0);
		return at;
	}

	/** The place one character after `at`. */
	after(at: number): number {
		if (at < this.length) at++;
		while (at < this.length && pointWidth(this.points[at]) === 0) at++;
		return at;
	}

	/** The start of the word before the cursor. */
	wordBefore(): number {
		let at = this.cursor;
		while (at > 0 && !isWord(this.points[at - 1])) at--;
		while (at > 0 && isWord(this.points[at - 1])) at--;
		return this.whole(at);
	}

	/** The end of the word after the cursor. */
	wordAfter(): number {
		let at = this.cursor;
		while (at < this.length && !isWord(this.points[at])) at++;
		while (at < this.length && isWord(this.points[at])) at++;
		return at;
	}

	/** The start of the run of non-blanks before the cursor, as Ctrl-W has it. */
	blankWordBefore(): number {
		let at = this.cursor;
		while (at > 0 && this.points[at - 1] === SPACE) at--;
		while (at > 0 && this.points[at - 1] !== SPACE) at--;
		return this.whole(at);
	}

	/** `at`, or the start of the character whose combining marks begin there. */
	private whole(at: number): number {
		while (at > 0 && at < this.length && pointWidth(this.points[at]) === 0) at--;
		return at;
	}

	/** Swaps the characters on both sides of the cursor and steps over; at the end, the last two. */
	transpose(): boolean {
		const middle = this.cursor < this.length ? this.cursor : this.before(this.length);
		const from = this.before(middle);
		const to = this.after(middle);
		if (from === middle) return false;
		const first = this.remove(from, middle);
		this.cursor = from + (to - middle);
		this.insertText(first);
		return true;
	}
}

/** Letters, digits and all beyond ASCII. */
function isWord(point: number): boolean {
	return (
		point >= 0x80 ||
		(point >= 0x30 && point <= 0x39) ||
		(point >= 0x41 && point <= 0x5a) ||
		(point >= 0x61 && point <= 0x7a)
	);
}
