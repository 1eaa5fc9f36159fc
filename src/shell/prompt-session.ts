/**
 * The prompt of a session on a pty, and the line that is being edited after it: how they get onto the terminal and off it,
 * are completed, and drawn again in another size. What is typed and what happens to a line is for who extends this.
 */

import { printable } from "../base/utf8.js";
import type { Session, Terminal } from "../connection/session.js";
import type { CompletionPoint } from "./editor/completion.js";
import { History } from "./editor/history.js";
import { KeyDecoder } from "./editor/keys.js";
import { LineEditor } from "./editor/line-editor.js";
import { Interpreter, type InterpreterHost, type ShellHost } from "./interpreter.js";
import { Outlet } from "./outlet.js";
import { findCommand, mayRun } from "./registry.js";

export interface InteractiveHost extends ShellHost {
	readonly motd: string;
	prompt(session: Session): string;
}

/** A class to be extended and no object of its own, which would take 100 bytes more of each session on XS. */
export abstract class PromptSession implements InterpreterHost {
	protected readonly shell: InteractiveHost;
	readonly session: Session;
	protected readonly decoder: KeyDecoder = new KeyDecoder();
	protected readonly outlet: Outlet;
	protected readonly interpreter: Interpreter;
	/** There from the first prompt on. */
	private history: History | undefined = undefined;
	/** There while something stands in the line, and made anew with the next key: it takes 1.4 KB on XS. */
	private editor: LineEditor | undefined = undefined;
	/** What stands before the line, and the size of the terminal that it was written for. */
	private promptText = "";
	private terminal: Terminal | undefined = undefined;

	constructor(shell: InteractiveHost, session: Session) {
		this.shell = shell;
		this.session = session;
		this.outlet = new Outlet(session, true);
		this.interpreter = new Interpreter(shell, this, this.outlet);
	}

	abstract print(text: string | Uint8Array): void;
	abstract executed(): void;

	/** A line is being edited. */
	protected abstract get editing(): boolean;

	/** A prompt on a fresh row, with an empty line. Without a text, the one of the moment. */
	protected showPrompt(text: string = this.newPrompt()): void {
		if (!this.outlet.atLineStart) this.outlet.print("\n", false);
		this.terminal = this.session.terminal;
		this.promptText = text;
		this.show(this.open());
	}

	/** The same prompt, for the next line. */
	protected repeatPrompt(): void {
		this.showPrompt(this.promptText);
	}

	private newPrompt(): string {
		return printable(this.interpreter.dispatcher?.prompt() ?? this.shell.prompt(this.session));
	}

	/** An editor at the start of a line; what it shows has yet to be sent. */
	private open(): LineEditor {
		this.history ??= new History();
		const line = new LineEditor(this.decoder, this.history);
		line.resize(this.terminal?.columns ?? 0, this.terminal?.rows ?? 0);
		line.start(this.promptText);
		this.editor = line;
		return line;
	}

	/** Bytes that the line and those before it take. */
	protected get lineSize(): number {
		return (
			(this.editor === undefined ? 0 : this.editor.size) +
			(this.history === undefined ? 0 : this.history.size)
		);
	}

	/** The editor of the line that the terminal shows. */
	protected resume(): LineEditor {
		if (this.editor !== undefined) return this.editor;
		const line = this.open();
		line.view.out.take();
		return line;
	}

	/** Lets go of an editor in which nothing stands; false where something does. */
	protected letGo(): boolean {
		if (this.editor?.blank === false) return false;
		this.editor = undefined;
		return true;
	}

	/** The line is ended: its text, of which nothing is left here. */
	protected take(line: LineEditor): string {
		const { text } = line;
		line.wipe();
		this.editor = undefined;
		return text;
	}

	/** Draws prompt and line again where the terminal has another size than they were drawn for. */
	protected fit(): void {
		if (this.terminal === this.session.terminal) return;
		const line = this.resume();
		this.terminal = this.session.terminal;
		line.resizeAndRedraw(this.terminal?.columns ?? 0, this.terminal?.rows ?? 0);
		this.show(line);
	}

	/** Takes the line away for what is to stand above it. */
	protected printAbove(text: string | Uint8Array): void {
		const line = this.resume();
		line.hide();
		this.show(line);
		this.outlet.print(text, false);
		if (!this.outlet.atLineStart) this.outlet.print("\n", false);
		line.unhide();
		this.show(line);
	}

	protected show(line: LineEditor): void {
		this.outlet.show(line.view.out.take());
	}

	/** Tab. */
	protected complete(line: LineEditor): void {
		const point = line.completionPoint();
		if (point === undefined) return;
		const words = point.words;
		const command = words.length > 0 ? findCommand(this.shell.commands, words[0]) : undefined;
		let candidates: string[] | Promise<string[]> = [];
		try {
			if (words.length === 0) candidates = this.commandNames();
			else if (command?.complete !== undefined && mayRun(command, this.session.connection.permit.role))
				candidates = command.complete(this.interpreter, [...words.slice(1), point.word]);
		} catch {
			// Then there is nothing to offer.
		}
		if (Array.isArray(candidates)) {
			this.offer(line, point, candidates);
			return;
		}
		const { version } = line;
		const offer = (late: string[]): void => {
			if (!this.editing || this.editor !== line || line.version !== version) return;
			try {
				this.offer(line, point, late);
			} catch {
				// What a command of JavaScript answers with may be anything.
			}
		};
		// Both handlers in one call, which leaves no promise without one.
		Promise.resolve(candidates).then(offer, () => undefined);
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
}
