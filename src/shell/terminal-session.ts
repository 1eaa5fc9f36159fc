/**
 * A session on a pty. While a line is edited, what arrives goes to the line editor; while a command runs, to its stdin
 * as cooked lines. What arrives faster than it is used stays behind the client's window.
 */
import type { Session } from "../connection/session.js";
import { CookedInput, type Typist } from "./cooked-input.js";
import { soon } from "./deferred.js";
import { MAX_PRINT } from "./dispatcher.js";
import { EDIT_COMPLETE, EDIT_EOF, EDIT_LINE, EDIT_MORE, type LineEditor } from "./editor/line-editor.js";
import { keep } from "./kept.js";
import type { Drained } from "./outlet.js";
import { type InteractiveHost, PromptSession } from "./prompt-session.js";
import { endingStatus, interrupts } from "./signals.js";

/** A line is being edited. */
const EDITING = 0;
/** A command has just begun: what was typed with it waits, since most commands end at once. */
const STARTING = 1;
/** A command runs, and is typed to. */
const RUNNING = 2;
/** A command was cancelled, or the first prompt is not there yet; its end, or the prompt, follows. */
const STOPPING = 3;
/** No more is read. */
const ENDED = 4;

/** How long what is typed ahead waits for a command's end before it is shown and given to the command, ms. */
const SHORT_COMMAND = 20;
/** What is forgotten of keys that were typed without echo ends where none have come for so long, ms. */
const SILENCE = 500;
const READ_SIZE = 256;
/** What a byte that was typed may take at the most, as a line of its own that waits, or of a line that is edited; in bytes. */
const BYTE_SIZE = 48;
/** Where there is no memory for all that has arrived, so much is taken at once; where there is none for that, it waits, ms. */
const FEW = 16;
const SHORTAGE = 1_000;
/** Echo that a client does not read is left out beyond this. */
const MAX_ECHO = 1024;

export class TerminalSession extends PromptSession implements Typist, Drained {
	private mode = STARTING;
	/** Stdin of the line that runs. */
	private cooked: CookedInput | undefined = undefined;
	private bytes: Uint8Array | undefined = undefined;
	private start = 0;
	private end = 0;
	private pumping = false;
	private timer = 0;
	/** Runs while what arrives is forgotten; else 0. */
	private deafness = 0;
	/** Runs while what has arrived waits for memory; else 0. */
	private shortage = 0;
	/** Bytes that are held for what was typed. */
	kept = 0;

	constructor(shell: InteractiveHost, session: Session) {
		super(shell, session);
		session.target = this;
		session.onReadable = session.onEnd = onInput;
		session.onWritable = onWritable;
		session.onWindowChange = onWindowChange;
		session.onSignal = onSignal;
		session.onBreak = onBreak;
		session.onClose = onClose;
	}

	protected get editing(): boolean {
		return this.mode === EDITING;
	}

	run(): void {
		if (this.session.type === "exec") this.execute(this.session.command);
		else if (this.interpreter.dispatcher === undefined) this.greet();
		else {
			// A packet has led here; what is not ours begins with the whole of a device's small stack.
			this.mode = STOPPING;
			soon(this.session, () => this.greet());
		}
	}

	private greet(): void {
		if (this.mode === ENDED) return;
		if (this.interpreter.exiting) {
			this.finish();
			return;
		}
		const greeting = this.shell.motd + (this.interpreter.dispatcher?.welcome() ?? "");
		if (greeting !== "") this.outlet.print(greeting, false);
		this.beginLine();
	}

	/** A command that lasts is typed to, from the first thing on that happens. */
	listen(): void {
		if (this.mode === STARTING) this.mode = RUNNING;
		if (this.deafness !== 0) this.turnDeaf();
		this.pump();
	}

	/** Moves what has arrived to where it belongs. */
	pump(): void {
		if (this.pumping) return;
		this.pumping = true;
		while (this.step());
		this.rest();
		this.pumping = false;
	}

	/** False when there is nothing to do before something happens. */
	private step(): boolean {
		if (this.deafness !== 0) return false;
		if (this.mode === EDITING) {
			// A client that does not read what it is shown is not read either.
			if (this.outlet.queued > 0) return false;
			this.fit();
		} else if (this.mode !== RUNNING || this.cooked!.full) return false;
		if (this.start === this.end && !this.fill()) return false;
		const end = this.affordable();
		if (end === this.start) return false;
		if (this.mode === EDITING) this.edit(end);
		else this.cook(end);
		return true;
	}

	/** The end of what can be taken now of what has arrived. */
	private affordable(): number {
		const { end, session, start } = this;
		if (keep(this, session, this.size + (end - start) * BYTE_SIZE)) return end;
		const few = Math.min(end, start + FEW);
		if (keep(this, session, this.size + (few - start) * BYTE_SIZE)) return few;
		if (this.shortage === 0)
			this.shortage = this.shell.device.hal.setTimer(SHORTAGE, () => {
				this.shortage = 0;
				this.pump();
			});
		return start;
	}

	/** Bytes that what was typed takes. */
	private get size(): number {
		return this.lineSize + (this.cooked === undefined ? 0 : this.cooked.size);
	}

	/** Gives back what a prompt that waits, or a command, does not need. */
	private rest(): void {
		if (this.start >= this.end && (this.mode !== EDITING || this.letGo())) this.bytes = undefined;
		if (this.mode !== ENDED) keep(this, this.session, this.size);
	}

	/**
	 * Echo is on again: what was typed without it and has arrived is forgotten. Where more was typed than was read, the
	 * rest of it may be on its way, of a paste say: what comes before a silence belongs to it.
	 */
	discard(more: boolean): void {
		if (this.drain() || more) this.turnDeaf();
	}

	/** Until nothing has arrived for a while. */
	private turnDeaf(): void {
		const { hal } = this.shell.device;
		hal.clearTimer(this.deafness);
		this.deafness = 0;
		this.drain();
		if (this.mode === ENDED || this.session.ended) return;
		this.deafness = hal.setTimer(SILENCE, () => {
			this.deafness = 0;
			this.pump();
		});
	}

	/** Overwrites what has arrived; whether there was something. */
	private drain(): boolean {
		const { session } = this;
		if (this.start === this.end && session.readable === 0) return false;
		const bytes = this.bytes ?? new Uint8Array(READ_SIZE);
		while (session.readable > 0 && session.read(bytes) > 0);
		bytes.fill(0);
		this.start = this.end = 0;
		return true;
	}

	/** Reads what has arrived; at its end, false. */
	private fill(): boolean {
		this.start = this.end = 0;
		if (this.session.readable > 0) {
			if (this.bytes?.length !== READ_SIZE) this.bytes = new Uint8Array(READ_SIZE);
			this.end = this.session.read(this.bytes, 0, READ_SIZE);
			return true;
		}
		if (this.session.ended) {
			if (this.mode === RUNNING) this.cooked!.end();
			else this.finish();
		}
		return false;
	}

	private edit(end: number): void {
		const line = this.resume();
		this.start = line.feed(this.bytes!, this.start, end);
		this.handleEdit(line);
	}

	private handleEdit(line: LineEditor): void {
		const { event } = line;
		this.show(line);
		if (event === EDIT_MORE) return;
		if (event === EDIT_COMPLETE) {
			this.complete(line);
			return;
		}
		const text = this.take(line);
		if (event === EDIT_LINE) this.execute(text);
		else if (event === EDIT_EOF) this.finish();
		else {
			this.interpreter.status = 130;
			this.repeatPrompt();
		}
	}

	private cook(end: number): void {
		const cooked = this.cooked!;
		this.start = cooked.feed(this.bytes!, this.start, end);
		// What is not shown may be a password.
		if (cooked.hidden) this.bytes!.fill(0, 0, this.start);
		const echo = cooked.takeEcho();
		if (echo !== undefined && this.outlet.queued < MAX_ECHO) this.outlet.show(echo);
		if (cooked.interrupted) this.stop(130);
	}

	private execute(line: string): void {
		this.mode = STARTING;
		this.cooked = new CookedInput(this.decoder, this);
		this.timer = this.shell.device.hal.setTimer(SHORT_COMMAND, () => this.listen());
		this.interpreter.execute(line, this.cooked);
	}

	/** The line has ended: what its commands did not read is for the next one. */
	executed(): void {
		this.shell.device.hal.clearTimer(this.timer);
		if (this.mode === ENDED) return;
		const left = this.cooked!.finish();
		this.cooked = undefined;
		if (left.length > 0) {
			const bytes = new Uint8Array(left.length + this.end - this.start);
			bytes.set(left);
			if (this.bytes !== undefined) bytes.set(this.bytes.subarray(this.start, this.end), left.length);
			this.bytes = bytes;
			this.start = 0;
			this.end = bytes.length;
		}
		if (this.interpreter.exiting || this.session.type === "exec") this.finish();
		else this.beginLine();
	}

	private beginLine(): void {
		this.showPrompt();
		this.mode = EDITING;
		this.pump();
	}

	signal(name: string): void {
		const status = endingStatus(name);
		if (status === 0 || this.mode === ENDED) return;
		const editing = this.mode === EDITING;
		if (!interrupts(name)) {
			this.interpreter.exit(status);
			this.interpreter.cancel(status);
			if (editing) this.finish();
		} else if (!editing) this.stop(status);
		else {
			const line = this.resume();
			line.interrupt();
			this.handleEdit(line);
			this.rest();
		}
	}

	/** Cancels what runs. */
	private stop(status: number): void {
		this.mode = STOPPING;
		this.interpreter.cancel(status);
	}

	/** Sends what waits, then the last status. */
	private finish(): void {
		this.mode = ENDED;
		if (this.outlet.isDrained(this)) this.drained();
	}

	drained(): void {
		if (!this.session.closed) this.session.exit(this.interpreter.status);
	}

	print(text: string | Uint8Array): void {
		if (this.outlet.queued >= MAX_PRINT) return;
		if (this.mode === EDITING) {
			this.printAbove(text);
			this.rest();
		} else this.outlet.print(text, false);
	}

	flush(): void {
		this.outlet.pump();
		this.pump();
	}

	closed(): void {
		this.mode = ENDED;
		this.shell.device.hal.clearTimer(this.timer);
		this.shell.device.hal.clearTimer(this.deafness);
		this.shell.device.hal.clearTimer(this.shortage);
		this.interpreter.close(endingStatus("HUP"));
		this.outlet.close();
		this.interpreter.dispatcher?.close();
	}
}

// One function each for all sessions; `target` says whose it is.

function onInput(this: Session): void {
	(this.target as TerminalSession).listen();
}

function onWritable(this: Session): void {
	(this.target as TerminalSession).flush();
}

function onWindowChange(this: Session): void {
	(this.target as TerminalSession).pump();
}

function onSignal(this: Session, name: string): void {
	(this.target as TerminalSession).signal(name);
}

function onBreak(this: Session): void {
	(this.target as TerminalSession).signal("INT");
}

function onClose(this: Session): void {
	(this.target as TerminalSession).closed();
}
