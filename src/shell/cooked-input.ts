/**
 * Stdin of a command on a pty: lines with echo, as a terminal driver in its cooked mode has them. Backspace, Ctrl-U
 * and Ctrl-W edit, Ctrl-D ends the input or hands on what is typed so far, Ctrl-C interrupts; sequences of other keys
 * are swallowed. What is typed ahead is kept, up to a bound.
 */
import { encodeUtf8 } from "../base/utf8.js";
import { ByteBuilder } from "./byte-builder.js";
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
} from "./editor/keys.js";
import { LineBuffer } from "./editor/line-buffer.js";
import { pointWidth } from "./editor/width.js";
import { NOTHING, type Taken, WaitingInput } from "./input.js";

/** Characters of a line, which may be an RSA key of 4,096 bits with its comment, and of all lines that wait. */
const MAX_LINE = 1024;
const MAX_HELD = 1024;
const ITEM = 32;
const BELL = 7;
const SPACE = 0x20;

/** The session that keys come from. */
export interface Typist {
	/** A command reads. */
	listen(): void;
	/** Forgets what has arrived and was not fed yet. @param more whether some was fed that nobody read, so that its rest may follow */
	discard(more: boolean): void;
}

export class CookedInput extends WaitingInput implements KeyReceiver {
	/** Ctrl-C was pressed. */
	interrupted = false;
	private readonly decoder: KeyDecoder;
	private readonly typist: Typist;
	private echo = true;
	/** What the terminal shall show, and the line that is typed: there from the first key on. */
	private out: ByteBuilder | undefined = undefined;
	private line: LineBuffer | undefined = undefined;
	/** Lines with their LF, parts of lines, and "" for an end of input. */
	private ready: string[] = [];
	private held = 0;
	/** Lines were typed without echo that nobody will read. */
	private lost = false;
	private ended = false;

	constructor(decoder: KeyDecoder, typist: Typist) {
		super();
		this.decoder = decoder;
		this.typist = typist;
	}

	/**
	 * Takes no more until a read makes room. What is typed without echo is taken all the same, and what does not fit is
	 * lost: left where it is, it would be shown and run when echo is on again.
	 */
	get full(): boolean {
		return this.echo && this.held >= MAX_HELD;
	}

	/** What is typed is not shown, for it may be a password. */
	get hidden(): boolean {
		return !this.echo;
	}

	/** Bytes that it takes: each line that waits is an item of a list. */
	get size(): number {
		return ITEM * this.ready.length + 3 * this.held + (this.line === undefined ? 0 : this.line.size);
	}

	/** With echo on again, what was typed without is forgotten: nobody read it, and it is not to be shown or run. */
	override setEcho(on: boolean): void {
		if (on && !this.echo) {
			const more = this.lost || this.ready.length > 0 || (this.line?.length ?? 0) > 0;
			this.lost = false;
			this.clear();
			// What follows a Ctrl-C was typed to whom it leads to.
			if (!this.interrupted) this.typist.discard(more);
		}
		this.echo = on;
	}

	/** A command has ended: what it did not read, for the line editor. */
	finish(): Uint8Array {
		let left = "";
		if (!this.interrupted) left = this.ready.join("") + (this.line?.text() ?? "");
		this.clear();
		return encodeUtf8(left);
	}

	private clear(): void {
		this.ready = [];
		this.held = 0;
		this.line?.clear();
		this.line = undefined;
	}

	/** No more will be typed. */
	end(): void {
		this.ended = true;
		if (this.line !== undefined && this.line.length > 0) this.hand(this.line.text());
		this.wake();
	}

	/** Takes bytes[offset, end) until Ctrl-C or a bound; returns the offset of the first byte not taken. */
	feed(bytes: Uint8Array, offset: number, end: number): number {
		return this.decoder.feed(bytes, offset, end, this);
	}

	/** What the terminal shall show of that. */
	takeEcho(): Uint8Array | undefined {
		const { out } = this;
		this.out = undefined;
		return out?.take();
	}

	key(key: number): boolean {
		this.line ??= new LineBuffer(MAX_LINE);
		this.out ??= new ByteBuilder();
		const { line, out } = this;
		if (key === KEY_ENTER) {
			if (this.echo) out.text("\r\n");
			this.hand(`${line.text()}\n`);
		} else if (key === CTRL_C) {
			out.text("^C\r\n");
			this.interrupted = true;
			return false;
		} else if (key === CTRL_D) this.hand(line.text());
		else if (key === DEL || key === CTRL_H) this.erase(line, out, line.before(line.length));
		else if (key === CTRL_U) this.erase(line, out, 0);
		else if (key === CTRL_W) this.erase(line, out, line.blankWordBefore());
		else if ((key >= SPACE && key < KEY_ENTER) || key === TAB) this.type(line, out, key);
		return !this.full;
	}

	protected override asked(): void {
		this.typist.listen();
	}

	protected take(line: boolean): Taken {
		const item = this.ready.shift();
		if (item === undefined) return this.ended ? undefined : NOTHING;
		this.held -= item.length + 1;
		if (item === "") return undefined;
		if (!line) return encodeUtf8(item);
		return item.endsWith("\n") ? item.slice(0, -1) : item;
	}

	private type(line: LineBuffer, out: ByteBuilder, point: number): void {
		if (!line.insert(point)) out.byte(BELL);
		else if (this.echo) out.point(point === TAB ? SPACE : point);
	}

	private hand(item: string): void {
		this.line?.clear();
		this.line = undefined;
		if (!this.echo && this.held >= MAX_HELD) {
			this.lost = true;
			return;
		}
		this.ready.push(item);
		this.held += item.length + 1;
		this.wake();
	}

	/** Erases from there to the end of the line, on the screen too. */
	private erase(line: LineBuffer, out: ByteBuilder, from: number): void {
		if (this.echo)
			for (let at = from; at < line.length; at++) {
				const width = line.points[at] === TAB ? 1 : pointWidth(line.points[at]);
				for (let i = 0; i < width; i++) out.text("\b \b");
			}
		line.remove(from, line.length);
	}
}
