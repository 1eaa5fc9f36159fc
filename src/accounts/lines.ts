/** Text files as bytes: lines are found and replaced without making a text of the whole. */
import { copyBytes } from "../base/wire.js";

const LINE_FEED = 10;

/** One line after another: `start` and `end` (without its line feed) hold the current one, `number` counts from 1. */
export class Lines {
	bytes: Uint8Array;
	start = 0;
	end = -1;
	number = 0;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}

	/** Moves to the next line; false after the last. */
	next(): boolean {
		this.start = this.end + 1;
		if (this.start >= this.bytes.length) return false;
		const feed = this.bytes.indexOf(LINE_FEED, this.start);
		this.end = feed < 0 ? this.bytes.length : feed;
		this.number++;
		return true;
	}

	/** Removes the current line, by a copy of the file; next() then moves to the line after it. */
	cut(): void {
		const behind = Math.min(this.end + 1, this.bytes.length);
		const kept = new Uint8Array(this.bytes.length - (behind - this.start));
		copyBytes(kept, 0, this.bytes, 0, this.start);
		copyBytes(kept, this.start, this.bytes, behind, this.bytes.length);
		this.bytes = kept;
		this.end = this.start - 1;
	}

	/** A copy of the file with another text in the current line's place. */
	replaced(line: Uint8Array): Uint8Array {
		const changed = new Uint8Array(this.bytes.length - (this.end - this.start) + line.length);
		copyBytes(changed, 0, this.bytes, 0, this.start);
		copyBytes(changed, this.start, line, 0, line.length);
		copyBytes(changed, this.start + line.length, this.bytes, this.end, this.bytes.length);
		return changed;
	}
}

/** A copy of a file with a line added after the last. */
export function appendLine(bytes: Uint8Array, line: Uint8Array): Uint8Array {
	const open = bytes.length > 0 && bytes[bytes.length - 1] !== LINE_FEED;
	const longer = new Uint8Array(bytes.length + (open ? 1 : 0) + line.length + 1);
	copyBytes(longer, 0, bytes, 0, bytes.length);
	if (open) longer[bytes.length] = LINE_FEED;
	copyBytes(longer, longer.length - line.length - 1, line, 0, line.length);
	longer[longer.length - 1] = LINE_FEED;
	return longer;
}

/** Whether bytes[start, end) holds these bytes anywhere. */
export function holdsBytes(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
	const last = end - wanted.length;
	for (let at = start; at <= last; at++) {
		at = bytes.indexOf(wanted[0], at);
		if (at < 0 || at > last) return false;
		let same = 1;
		while (same < wanted.length && bytes[at + same] === wanted[same]) same++;
		if (same === wanted.length) return true;
	}
	return false;
}
