/** What one line leaves to the next: those that were entered, oldest first, bounded in number and in characters. */
export class History {
	/** What was cut last, which Ctrl-Y inserts, in a later line as well. */
	killed = "";
	private readonly lines: string[] = [];
	private characters = 0;
	private readonly maximumLines: number;
	private readonly maximumCharacters: number;

	constructor(maximumLines = 64, maximumCharacters = 4096) {
		this.maximumLines = maximumLines;
		this.maximumCharacters = maximumCharacters;
	}

	get length(): number {
		return this.lines.length;
	}

	/** Bytes that the lines take, each an item of a list. */
	get size(): number {
		return 32 * this.lines.length + 3 * this.characters;
	}

	/** @param index 0 is the oldest; "" outside */
	at(index: number): string {
		return index >= 0 && index < this.lines.length ? this.lines[index] : "";
	}

	/** Blank lines, and one equal to the line before it, are not kept; the oldest make room. */
	add(line: string): void {
		if (line.trim() === "" || line.length > this.maximumCharacters) return;
		if (this.at(this.lines.length - 1) === line) return;
		this.lines.push(line);
		this.characters += line.length;
		while (this.lines.length > this.maximumLines || this.characters > this.maximumCharacters)
			this.characters -= this.lines.shift()!.length;
	}

	/** The newest line at or before `index` that holds `text`: its index, or -1. */
	search(text: string, index: number): number {
		for (let at = Math.min(index, this.lines.length - 1); at >= 0; at--)
			if (this.lines[at].includes(text)) return at;
		return -1;
	}
}
