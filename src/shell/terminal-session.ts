/**
 * A session on a pty. While a line is edited, what arrives goes to the line editor; while a command runs, to its stdin
 * as cooked lines. What arrives faster than it is used stays behind the client's window.
 */
import type { Session } from "../connection/session.js";
import { printable } from "../utf8.js";
import { CookedInput } from "./cooked-input.js";
import { History } from "./history.js";
import { Interpreter, type ShellHost } from "./interpreter.js";
import { KeyDecoder } from "./keys.js";
import * as editor from "./line-editor.js";
import { Outlet } from "./outlet.js";
import { findCommand } from "./registry.js";
import { endingStatus, interrupts } from "./signals.js";

/** A line is being edited. */
const EDITING = 0;
/** A command has just begun: what was typed with it waits, since most commands end at once. */
const STARTING = 1;
/** A command runs, and is typed to. */
const RUNNING = 2;
/** A command was cancelled; its end follows. */
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

export class TerminalSession {
	private readonly shell: InteractiveHost;
	private readonly session: Session;
	private readonly decoder = new KeyDecoder();
	private readonly editor = new editor.LineEditor(this.decoder, new History());
	private readonly cooked = new CookedInput(this.decoder);
	private readonly outlet: Outlet;
	private readonly interpreter: Interpreter;
	private mode = STARTING;
	private bytes: Uint8Array = new Uint8Array(READ_SIZE);
	private start = 0;
	private end = 0;
	private pumping = false;
	/** The terminal's size has changed while output waited. */
	private resized = false;
	private timer = 0;

	constructor(shell: InteractiveHost, session: Session) {
		this.shell = shell;
		this.session = session;
		this.outlet = new Outlet(session, true);
		this.interpreter = new Interpreter(shell, session, this.outlet, this.cooked);
		this.interpreter.onEcho = on => {
			this.cooked.echo = on;
		};
		this.cooked.onAsked = () => this.listen();
		session.onReadable = session.onEnd = () => this.listen();
		session.onWritable = () => {
			this.outlet.pump();
			this.pump();
		};
		session.onWindowChange = () => {
			this.resized = true;
			this.pump();
		};
		session.onSignal = name => this.signal(name);
		session.onBreak = () => this.signal("INT");
		session.onClose = () => this.closed();
	}

	run(): void {
		if (this.session.type === "exec") this.execute(this.session.command);
		else {
			if (this.shell.motd !== "") this.outlet.write(this.shell.motd, false);
			this.prompt();
			this.pump();
		}
	}

	/** A command that lasts is typed to, from the first thing on that happens. */
	private listen(): void {
		if (this.mode === STARTING) this.mode = RUNNING;
		this.pump();
	}

	/** Moves what has arrived to where it belongs. */
	private pump(): void {
		if (this.pumping) return;
		this.pumping = true;
		while (this.step());
		this.pumping = false;
	}

	/** False when there is nothing to do before something happens. */
	private step(): boolean {
		if (this.mode === EDITING) {
			// A client that does not read what it is shown is not read either.
			if (this.outlet.queued > 0) return false;
			if (this.resized) this.redraw();
		} else if (this.mode !== RUNNING || this.cooked.full) return false;
		if (this.start === this.end && !this.fill()) return false;
		if (this.mode === EDITING) this.edit();
		else this.cook();
		return true;
	}

	/** Reads what has arrived; at its end, false. */
	private fill(): boolean {
		if (this.bytes.length !== READ_SIZE) this.bytes = new Uint8Array(READ_SIZE);
		this.start = 0;
		this.end = this.session.read(this.bytes, 0, READ_SIZE);
		if (this.end > 0) return true;
		this.end = 0;
		if (this.session.ended) {
			if (this.mode === RUNNING) this.cooked.end();
			else this.finish();
		}
		return false;
	}

	private edit(): void {
		this.start = this.editor.feed(this.bytes, this.start, this.end);
		this.handleEdit();
	}

	private handleEdit(): void {
		const event = this.editor.event;
		this.show();
		if (event === editor.EDIT_LINE) this.execute(this.editor.text);
		else if (event === editor.EDIT_COMPLETE) this.complete();
		else if (event === editor.EDIT_EOF) this.finish();
		else if (event === editor.EDIT_INTERRUPT) {
			this.interpreter.status = 130;
			this.prompt();
		}
	}

	private cook(): void {
		this.start = this.cooked.feed(this.bytes, this.start, this.end);
		// What is not shown may be a password.
		if (!this.cooked.echo) this.bytes.fill(0, 0, this.start);
		const echo = this.cooked.out.take();
		if (this.outlet.queued < MAX_ECHO) this.outlet.show(echo);
		if (this.cooked.interrupted) this.stop(130);
	}

	private execute(line: string): void {
		this.mode = STARTING;
		this.cooked.begin();
		this.timer = this.shell.device.hal.setTimer(SHORT_COMMAND, () => this.listen());
		this.interpreter.execute(line).then(() => this.executed());
	}

	/** The line has ended: what its commands did not read is for the next one. */
	private executed(): void {
		this.shell.device.hal.clearTimer(this.timer);
		if (this.mode === ENDED) return;
		const left = this.cooked.finish();
		if (left.length > 0) {
			const bytes = new Uint8Array(left.length + this.end - this.start);
			bytes.set(left);
			bytes.set(this.bytes.subarray(this.start, this.end), left.length);
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

	private prompt(): void {
		this.mode = EDITING;
		this.resized = false;
		if (!this.outlet.atLineStart) this.outlet.write("\n", false);
		const terminal = this.session.terminal;
		this.editor.resize(terminal?.columns ?? 0, terminal?.rows ?? 0);
		this.editor.start(printable(this.shell.prompt(this.session)));
		this.show();
	}

	private redraw(): void {
		this.resized = false;
		const terminal = this.session.terminal;
		this.editor.resizeAndRedraw(terminal?.columns ?? 0, terminal?.rows ?? 0);
		this.show();
	}

	private show(): void {
		this.outlet.show(this.editor.view.out.take());
	}

	private complete(): void {
		const point = this.editor.completionPoint();
		if (point === undefined) return;
		const words = point.words;
		const command = words.length > 0 ? findCommand(this.shell.commands, words[0]) : undefined;
		let candidates: string[] | Promise<string[]> = [];
		try {
			if (words.length === 0) candidates = this.shell.commands.map(command => command.name);
			else if (command?.complete !== undefined)
				candidates = command.complete(this.interpreter, [...words.slice(1), point.word]);
		} catch {
			// Then there is nothing to offer.
		}
		if (Array.isArray(candidates)) {
			this.editor.complete(point, candidates);
			this.show();
			return;
		}
		const version = this.editor.version;
		candidates.then(
			late => {
				if (this.mode !== EDITING || this.editor.version !== version) return;
				this.editor.complete(point, late);
				this.show();
			},
			() => undefined,
		);
	}

	private signal(name: string): void {
		const status = endingStatus(name);
		if (status === 0 || this.mode === ENDED) return;
		const editing = this.mode === EDITING;
		if (!interrupts(name)) {
			this.interpreter.cancel(status);
			this.interpreter.exit(status);
			if (editing) this.finish();
		} else if (!editing) this.stop(status);
		else {
			this.editor.interrupt();
			this.handleEdit();
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
		this.outlet.drained().then(() => {
			if (!this.session.closed) this.session.exit(this.interpreter.status);
		});
	}

	private closed(): void {
		this.mode = ENDED;
		this.shell.device.hal.clearTimer(this.timer);
		this.interpreter.cancel(endingStatus("HUP"));
		this.outlet.close();
	}
}
