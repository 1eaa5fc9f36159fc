/** Ctrl-R: the newest line of the history that holds what is typed, and from there to older ones. */
import type { History } from "./history.js";

const MAX_QUERY = 64;

export class HistorySearch {
	/** The line that is shown: the match, or what was there before. */
	text: string;
	/** Where the match begins in it, in UTF-16 units. */
	offset = 0;
	/** What was there before. */
	readonly original: string;
	private readonly history: History;
	private query = "";
	private found: number;
	private failed = false;

	constructor(history: History, original: string) {
		this.history = history;
		this.original = this.text = original;
		this.offset = original.length;
		this.found = history.length;
	}

	get prompt(): string {
		return `(${this.failed ? "failed " : ""}reverse-i-search)\`${this.query}': `;
	}

	add(character: string): void {
		if (this.query.length >= MAX_QUERY) return;
		this.query += character;
		this.find(this.found);
	}

	/** Takes the last character back and begins at the newest line again. */
	shorten(): void {
		const last = this.query.length - 1;
		const pair = last > 0 && this.query.charCodeAt(last) >= 0xdc00 && this.query.charCodeAt(last) < 0xe000;
		this.query = this.query.slice(0, pair ? last - 1 : Math.max(last, 0));
		this.find(this.history.length);
	}

	older(): void {
		if (this.query !== "") this.find(this.found - 1);
	}

	private find(from: number): void {
		if (this.query === "") {
			this.failed = false;
			this.found = this.history.length;
			this.text = this.original;
			this.offset = this.text.length;
			return;
		}
		const found = this.history.search(this.query, from);
		this.failed = found < 0;
		if (found < 0) return;
		this.found = found;
		this.text = this.history.at(found);
		this.offset = this.text.lastIndexOf(this.query);
	}
}
