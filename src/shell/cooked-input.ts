/**
 * Stdin of a command on a pty: lines with echo, as a terminal driver in its cooked mode has them. Backspace, Ctrl-U
 * and Ctrl-W edit, Ctrl-D ends the input or hands on what is typed so far, Ctrl-C interrupts; sequences of other keys
 * are swallowed. What is typed ahead is kept, up to a bound.
 */
import { encodeUtf8 } from "../utf8.js";
import { ByteBuilder } from "./byte-builder.js";
import { NOTHING, type Taken, WaitingInput } from "./input.js";
import {
	CTRL_C,
	CTRL_D,
	CTRL_H,
	CTRL_U,
	CTRL_W,
	DEL,
	KEY_ENTER,
	type KeyDecoder,
	type KeyReceiver,
	TAB,
} from "./keys.js";
import { LineBuffer } from "./line-buffer.js";
import { pointWidth } from "./width.js";

/** Characters of a line, which may be an RSA key of 4,096 bits with its comment, and of all lines that wait. */
const MAX_LINE = 1024;
const MAX_HELD = 1024;
const BELL = 7;
const SPACE = 0x20;

export class CookedInput extends WaitingInput implements KeyReceiver {
	/** What the terminal shall show. */
	readonly out: ByteBuilder = new ByteBuilder();
	/** Ctrl-C was pressed. */
	interrupted = false;
	private readonly decoder: KeyDecoder;
	private readonly line = new LineBuffer(MAX_LINE);
	/** Lines with their LF, parts of lines, and "" for an end of input. */
	private ready: string[] = [];
	private held = 0;
	private ended = false;

	constructor(decoder: KeyDecoder) {
		super();
		this.decoder = decoder;
	}

	/** Takes no more until a read makes room. */
	get full(): boolean {
		return this.held >= MAX_HELD;
	}

	/** A command has ended: what it did not read, for the line editor; what was typed without echo is forgotten. */
	finish(): Uint8Array {
		let left = "";
		if (this.echo && !this.interrupted) {
			left = this.ready.join("") + this.line.text();
		}
		this.ready = [];
		this.held = 0;
		this.line.clear();
		return encodeUtf8(left);
	}

	/** No more will be typed. */
	end(): void {
		this.ended = true;
		if (this.line.length > 0) this.hand(this.line.text());
		this.wake();
	}

	/** Takes bytes[offset, end) until Ctrl-C or a bound; returns the offset of the first byte not taken. */
	feed(bytes: Uint8Array, offset: number, end: number): number {
		return this.decoder.feed(bytes, offset, end, this);
	}

	key(key: number): boolean {
		const line = this.line;
		if (key === KEY_ENTER) {
			if (this.echo) this.out.text("\r\n");
			this.hand(`${line.text()}\n`);
		} else if (key === CTRL_C) {
			this.out.text("^C\r\n");
			this.interrupted = true;
			return false;
		} else if (key === CTRL_D) this.hand(line.text());
		else if (key === DEL || key === CTRL_H) this.erase(line.before(line.length));
		else if (key === CTRL_U) this.erase(0);
		else if (key === CTRL_W) this.erase(line.blankWordBefore());
		else if ((key >= SPACE && key < KEY_ENTER) || key === TAB) this.type(key);
		return !this.full;
	}

	protected take(line: boolean): Taken {
		const item = this.ready.shift();
		if (item === undefined) return this.ended ? undefined : NOTHING;
		this.held -= item.length + 1;
		if (item === "") return undefined;
		if (!line) return encodeUtf8(item);
		return item.endsWith("\n") ? item.slice(0, -1) : item;
	}

	private type(point: number): void {
		if (!this.line.insert(point)) this.out.byte(BELL);
		else if (this.echo) this.out.point(point === TAB ? SPACE : point);
	}

	private hand(item: string): void {
		this.ready.push(item);
		this.held += item.length + 1;
		this.line.clear();
		this.wake();
	}

	/** Erases from there to the end of the line, on the screen too. */
	private erase(from: number): void {
		const line = this.line;
		if (this.echo)
			for (let at = from; at < line.length; at++) {
				const width = line.points[at] === TAB ? 1 : pointWidth(line.points[at]);
				for (let i = 0; i < width; i++) this.out.text("\b \b");
			}
		line.remove(from, line.length);
	}
}
