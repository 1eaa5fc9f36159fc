/**
 * A session on a pty. While a line is edited, what arrives goes to the line editor; while a command runs, to its stdin
 * as cooked lines. What arrives faster than it is used stays behind the client's window.
 */
import type { Session, Terminal } from "../connection/session.js";
import { printable } from "../utf8.js";
import type { CompletionPoint } from "./completion.js";
import { CookedInput } from "./cooked-input.js";
import { type DispatcherHost, MAX_PRINT } from "./dispatcher.js";
import { History } from "./history.js";
import { Interpreter, type ShellHost } from "./interpreter.js";
import { KeyDecoder } from "./keys.js";
import { EDIT_COMPLETE, EDIT_EOF, EDIT_LINE, EDIT_MORE, LineEditor } from "./line-editor.js";
import { Outlet } from "./outlet.js";
import { findCommand } from "./registry.js";
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
const READ_SIZE = 256;
/** Echo that a client does not read is left out beyond this. */
const MAX_ECHO = 1024;

export interface InteractiveHost extends ShellHost {
	readonly motd: string;
	prompt(session: Session): string;
}

export class TerminalSession implements DispatcherHost {
	private readonly shell: InteractiveHost;
	readonly session: Session;
	private readonly decoder = new KeyDecoder();
	private readonly history = new History();
	private readonly outlet: Outlet;
	private readonly interpreter: Interpreter;
	private mode = STARTING;
	/** There while something stands in the line, and made anew with the next key: it takes 1.4 KB on XS. */
	private editor: LineEditor | undefined = undefined;
	/** What stands before the line, and the size of the terminal that it was written for. */
	private promptText = "";
	private terminal: Terminal | undefined = undefined;
	/** Stdin of the line that runs. */
	private cooked: CookedInput | undefined = undefined;
	private bytes: Uint8Array | undefined = undefined;
	private start = 0;
	private end = 0;
	private pumping = false;
	private timer = 0;

	constructor(shell: InteractiveHost, session: Session) {
		this.shell = shell;
		this.session = session;
		this.outlet = new Outlet(session, true);
		this.interpreter = new Interpreter(shell, this, this.outlet);
		session.target = this;
		session.onReadable = session.onEnd = onInput;
		session.onWritable = onWritable;
		session.onWindowChange = onWindowChange;
		session.onSignal = onSignal;
		session.onBreak = onBreak;
		session.onClose = onClose;
	}

	run(): void {
		if (this.session.type === "exec") this.execute(this.session.command);
		else if (this.interpreter.dispatcher === undefined) this.greet();
		else {
			// A packet has led here; what is not ours begins with the whole of a device's small stack.
			this.mode = STOPPING;
			this.follow(Promise.resolve(), () => this.greet());
		}
	}

	private greet(): void {
		if (this.mode === ENDED) return;
		if (this.interpreter.exiting) {
			this.finish();
			return;
		}
		const greeting = this.shell.motd + (this.interpreter.dispatcher?.welcome() ?? "");
		if (greeting !== "") this.outlet.write(greeting, false);
		this.prompt();
		this.pump();
	}

	/** A command that lasts is typed to, from the first thing on that happens. */
	listen(): void {
		if (this.mode === STARTING) this.mode = RUNNING;
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
		if (this.mode === EDITING) {
			// A client that does not read what it is shown is not read either.
			if (this.outlet.queued > 0) return false;
			if (this.terminal !== this.session.terminal) this.redraw();
		} else if (this.mode !== RUNNING || this.cooked!.full) return false;
		if (this.start === this.end && !this.fill()) return false;
		if (this.mode === EDITING) this.edit();
		else this.cook();
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

	private edit(): void {
		const line = this.resume();
		this.start = line.feed(this.bytes!, this.start, this.end);
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
		const { text } = line;
		line.wipe();
		this.editor = undefined;
		if (event === EDIT_LINE) this.execute(text);
		else if (event === EDIT_EOF) this.finish();
		else {
			this.interpreter.status = 130;
			this.prompt(this.promptText);
		}
	}

	private cook(): void {
		const cooked = this.cooked!;
		this.start = cooked.feed(this.bytes!, this.start, this.end);
		// What is not shown may be a password.
		if (!cooked.echo) this.bytes!.fill(0, 0, this.start);
		const echo = cooked.out.take();
		if (this.outlet.queued < MAX_ECHO) this.outlet.show(echo);
		if (cooked.interrupted) this.stop(130);
	}

	private execute(line: string): void {
		this.mode = STARTING;
		const cooked = new CookedInput(this.decoder);
		const listen = (): void => this.listen();
		cooked.onAsked = listen;
		this.cooked = cooked;
		this.timer = this.shell.device.hal.setTimer(SHORT_COMMAND, listen);
		this.follow(this.interpreter.execute(line, cooked), () => this.executed());
	}

	/** The line has ended: what its commands did not read is for the next one. */
	private executed(): void {
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
		else {
			this.prompt();
			this.pump();
		}
	}

	private prompt(text = this.newPrompt()): void {
		this.mode = EDITING;
		if (!this.outlet.atLineStart) this.outlet.write("\n", false);
		this.terminal = this.session.terminal;
		this.promptText = text;
		this.show(this.open());
	}

	private newPrompt(): string {
		return printable(this.interpreter.dispatcher?.prompt() ?? this.shell.prompt(this.session));
	}

	/** An editor at the start of a line; what it shows has yet to be sent. */
	private open(): LineEditor {
		const line = new LineEditor(this.decoder, this.history);
		line.resize(this.terminal?.columns ?? 0, this.terminal?.rows ?? 0);
		line.start(this.promptText);
		this.editor = line;
		return line;
	}

	/** The editor of the line that the terminal shows. */
	private resume(): LineEditor {
		if (this.editor !== undefined) return this.editor;
		const line = this.open();
		line.view.out.take();
		return line;
	}

	/** Gives back what a prompt that waits does not need. */
	private rest(): void {
		if (this.mode !== EDITING || this.start < this.end) return;
		if (this.editor?.blank === false) return;
		this.editor = undefined;
		this.bytes = undefined;
	}

	private redraw(): void {
		const line = this.resume();
		this.terminal = this.session.terminal;
		line.resizeAndRedraw(this.terminal?.columns ?? 0, this.terminal?.rows ?? 0);
		this.show(line);
	}

	private show(line: LineEditor): void {
		this.outlet.show(line.view.out.take());
	}

	private complete(line: LineEditor): void {
		const point = line.completionPoint();
		if (point === undefined) return;
		const words = point.words;
		const command = words.length > 0 ? findCommand(this.shell.commands, words[0]) : undefined;
		let candidates: string[] | Promise<string[]> = [];
		try {
			if (words.length === 0) candidates = this.commandNames();
			else if (command?.complete !== undefined)
				candidates = command.complete(this.interpreter, [...words.slice(1), point.word]);
		} catch {
			// Then there is nothing to offer.
		}
		if (Array.isArray(candidates)) {
			this.offer(line, point, candidates);
			return;
		}
		const { version } = line;
		Promise.resolve(candidates)
			.then(late => {
				if (this.mode === EDITING && this.editor === line && line.version === version)
					this.offer(line, point, late);
			})
			.catch(() => undefined);
	}

	/** @param candidates what a command has answered with, which in JavaScript may be nothing */
	private offer(line: LineEditor, point: CompletionPoint, candidates: readonly string[] | undefined): void {
		line.complete(point, candidates ?? []);
		this.show(line);
	}

	private commandNames(): string[] | Promise<string[]> {
		const names = (): string[] => this.interpreter.commands.map(command => command.name);
		return this.interpreter.dispatcher === undefined ? names() : Promise.resolve().then(names);
	}

	signal(name: string): void {
		const status = endingStatus(name);
		if (status === 0 || this.mode === ENDED) return;
		const editing = this.mode === EDITING;
		if (!interrupts(name)) {
			this.interpreter.cancel(status);
			this.interpreter.exit(status);
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
		this.follow(this.outlet.drained(), () => {
			if (!this.session.closed) this.session.exit(this.interpreter.status);
		});
	}

	/** Goes on behind a promise. What finds no memory, not even to complain, must not leave the client waiting. */
	private follow(promise: Promise<unknown>, goOn: () => void): void {
		promise.then(goOn).catch(() => this.session.close());
	}

	/** Takes the line that is edited away for what is to stand above it. */
	print(text: string | Uint8Array): void {
		if (this.outlet.queued >= MAX_PRINT) return;
		if (this.mode !== EDITING) {
			this.outlet.write(text, false);
			return;
		}
		const line = this.resume();
		line.hide();
		this.show(line);
		this.outlet.write(text, false);
		if (!this.outlet.atLineStart) this.outlet.write("\n", false);
		line.unhide();
		this.show(line);
		this.rest();
	}

	flush(): void {
		this.outlet.pump();
		this.pump();
	}

	closed(): void {
		this.mode = ENDED;
		this.shell.device.hal.clearTimer(this.timer);
		this.interpreter.cancel(endingStatus("HUP"));
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
