/**
 * Runs commands that were written for the Moddable SDK's `cli` module, as they are. Such a command is part of a handler,
 * a function (command, parts) that was given to CLI.install(). Its `this` is the connection: it writes there with
 * line() and write(), keeps there what lasts from one command to the next, and holds the prompt back from suspend()
 * to resume(). Handlers are asked from the last installed to the first, until one returns true.
 */

import { type Dispatcher, type DispatcherHost, UNKNOWN_COMMAND } from "../shell/dispatcher.js";
import { Cancelled, type Command, type Context } from "../shell/registry.js";
import { CliOutput, type CliValue } from "./cli-output.js";

/** A handler answers whether the command was one of its own; what it throws is shown. */
export type CliHandler = (this: CliConnection, command: string | symbol, parts: unknown) => unknown;

/** The default export of the SDK's `cli` module, as far as it is used. */
export interface Cli {
	/** All that are installed; CLI.install() puts another array here. */
	readonly handlers: readonly CliHandler[];
}

export interface CliOptions {
	/** Shows what the commands "welcome" and "prompt" of the handlers say, as telnet does; default false: the shell's. */
	readonly greeting?: boolean;
	/** Characters that a command may have waiting for the client; what it writes beyond them in one go throws. */
	readonly maxOutput?: number;
	/** Given to each connection as its `listener`. */
	readonly listener?: CliListener;
}

/** What telnet's connections know of the server. */
export interface CliListener {
	readonly connections: CliConnection[];
}

/** The send buffer that telnet has on an ESP32, where all that a command writes in one go must fit. */
const MAX_OUTPUT = 8 * 1024;

/** What ShellOptions.dispatcher wants. */
export function cliDispatcher(cli: Cli, options: CliOptions = {}): (host: DispatcherHost) => Dispatcher {
	return host => new CliSession(cli, options, host);
}

/** Names a member so that no handler's own is called the same; a private one, lowered, is a WeakMap of the module. */
const SESSION = Symbol("session");

/** `this` of the handlers: what they find on telnet's connection. They put members of their own beside these. */
export class CliConnection {
	/** True, or what suspend() was given, until resume(). */
	suspended: true | (() => void) | undefined = undefined;
	/** Of the command that the handlers get when the connection begins, with {remote}. */
	readonly initialize: symbol = Symbol();
	readonly listener: CliListener | undefined;
	readonly [SESSION]: CliSession;

	constructor(session: CliSession, listener: CliListener | undefined) {
		this[SESSION] = session;
		this.listener = listener;
	}

	/** Writes the items one after the other, then a line's end. */
	line(...items: CliValue[]): void {
		this[SESSION].write([...items, "\n"]);
	}

	/** Strings are written as UTF-8, numbers as bytes. Without items: how much may be written now. */
	write(...items: CliValue[]): number | undefined {
		return this[SESSION].write(items);
	}

	/** The command goes on when its handler has returned. @param cancel called on Ctrl-C and when the session ends */
	suspend(cancel?: () => void): void {
		this.suspended = cancel ?? true;
	}

	/** The command has ended. */
	resume(): void {
		this.suspended = undefined;
		this[SESSION].wake();
	}

	/** Of a socket: its "REMOTE_IP". */
	get(what: string): string | undefined {
		return what === "REMOTE_IP" ? this[SESSION].remote : undefined;
	}

	/** Ends the session, after what was written. */
	close(): void {
		this[SESSION].end();
	}
}

class CliSession implements Dispatcher {
	readonly remote: string;
	private readonly cli: Cli;
	private readonly host: DispatcherHost;
	private readonly greeting: boolean;
	private readonly output: CliOutput;
	private readonly connection: CliConnection;
	/** While a command runs. */
	private context: Context | undefined = undefined;
	private initialized = false;
	/** A handler is being called: what it throws is caught. */
	private calling = false;
	/** What a command wrote did not fit. */
	private lost = false;
	/** Gets what is written while the handlers are asked for a text. */
	private capture: CliOutput | undefined = undefined;
	private onWake: (() => void) | undefined = undefined;

	constructor(cli: Cli, options: CliOptions, host: DispatcherHost) {
		this.cli = cli;
		this.host = host;
		this.remote = host.session.connection.remoteAddress;
		this.greeting = options.greeting ?? false;
		this.output = new CliOutput(options.maxOutput ?? MAX_OUTPUT);
		this.connection = new CliConnection(this, options.listener);
		options.listener?.connections.push(this.connection);
	}

	async run(context: Context): Promise<number> {
		// Each handler answers "help" with a part of it; list() gathers them.
		if (context.name === "help") return UNKNOWN_COMMAND;
		this.context = context;
		this.lost = false;
		context.onCancel = () => this.cancel();
		try {
			// Handlers, and what is sent, each begin with the whole of a device's small stack.
			await Promise.resolve();
			if (context.cancelled) throw new Cancelled();
			const known = this.execute(context.name.toLowerCase(), [...context.args]);
			await this.flush(context);
			if (this.lost) throw new Error("output was lost: the client did not read it in time");
			if (known) return 0;
			context.onCancel = undefined;
			return UNKNOWN_COMMAND;
		} catch (error) {
			// What it wrote before it threw stands before its complaint.
			this.release();
			await this.flush(context);
			throw error;
		} finally {
			if (this.context === context) this.context = undefined;
		}
	}

	list(): readonly Command[] {
		const run = (context: Context): Promise<number> => this.run(context);
		return commandsOf(
			this.ask(() => this.distribute("help", [])),
			run,
		);
	}

	welcome(): string {
		return this.greeting ? this.ask(() => this.execute("welcome", [])) : "";
	}

	prompt(): string | undefined {
		if (!this.greeting) return undefined;
		const lines = this.ask(() => this.execute("prompt", []))
			.trimEnd()
			.split("\n");
		return `${lines[lines.length - 1]} `;
	}

	close(): void {
		const connections = this.connection.listener?.connections;
		const place = connections?.indexOf(this.connection) ?? -1;
		if (place >= 0) connections!.splice(place, 1);
	}

	// --- for the connection

	write(values: readonly CliValue[]): number | undefined {
		const output = this.capture ?? this.output;
		if (values.length === 0) return output.room;
		if (output.add(values)) this.wake();
		else if (this.calling) throw new Error("more output than the session can hold");
		// A timer or the like has called, and would take the device down with what is thrown at it.
		else this.lost = true;
		return undefined;
	}

	wake(): void {
		if (this.capture !== undefined) return;
		const { onWake } = this;
		this.onWake = undefined;
		if (onWake !== undefined) onWake();
		else if (this.context === undefined) this.print();
	}

	end(): void {
		if (this.context !== undefined) {
			this.context.exit(0);
			this.release();
			this.wake();
		} else if (!this.host.session.closed) this.host.session.exit(0);
	}

	// ---

	/** Sends what is written, and waits while the command is suspended. */
	private async flush(context: Context): Promise<void> {
		await Promise.resolve();
		for (;;) {
			if (context.cancelled) throw new Cancelled();
			const piece = this.output.take();
			if (piece !== undefined) await context.stdout.write(piece);
			else if (this.connection.suspended === undefined) return;
			else
				await new Promise<void>(resolve => {
					this.onWake = resolve;
				});
		}
	}

	/** What is written while no command runs. */
	private print(): void {
		for (let piece = this.output.take(); piece !== undefined; piece = this.output.take())
			this.host.print(piece);
	}

	/** Ctrl-C, a signal, or the end of the channel. */
	private cancel(): void {
		this.output.clear();
		this.context = undefined;
		const { suspended } = this.connection;
		this.release();
		this.wake();
		if (typeof suspended === "function") suspended();
	}

	private release(): void {
		this.connection.suspended = undefined;
	}

	private execute(command: string, parts: string[]): boolean {
		this.initialize();
		this.calling = true;
		try {
			const { handlers } = this.cli;
			for (let at = handlers.length - 1; at >= 0; at--)
				if (handlers[at].call(this.connection, command, parts)) return true;
			return false;
		} finally {
			this.calling = false;
		}
	}

	/** Tells the handlers of the connection, before they get their first command. */
	private initialize(): void {
		if (this.initialized) return;
		this.initialized = true;
		this.distribute(this.connection.initialize, { remote: this.remote });
	}

	/** To every handler, whatever each of them makes of it. */
	private distribute(command: string | symbol, parts: unknown): void {
		this.initialize();
		this.calling = true;
		for (const handler of this.cli.handlers) {
			try {
				handler.call(this.connection, command, parts);
			} catch {
				// It knows nothing of this command.
			}
		}
		this.calling = false;
	}

	/** What the handlers write to that. */
	private ask(call: () => void): string {
		const capture = new CliOutput(this.output.room);
		this.capture = capture;
		try {
			call();
		} catch {
			// Then there is what was written before.
		}
		this.capture = undefined;
		return capture.text().replaceAll("\r", "");
	}
}

/**
 * By the lines that handlers write for "help": "wifi scan - list visible Wi-Fi access points". Lines that begin with the
 * same word are one command.
 */
function commandsOf(help: string, run: Command["run"]): readonly Command[] {
	const found: { name: string; summary: string; usage: string; run: Command["run"] }[] = [];
	for (const line of help.split("\n")) {
		const [usage, ...rest] = line.trim().split(" - ");
		const name = usage.split(" ")[0];
		if (name === "") continue;
		const summary = rest.join(" - ");
		const known = found.find(command => command.name === name);
		if (known === undefined) found.push({ name, summary, usage, run });
		else {
			known.summary += `; ${summary}`;
			known.usage += `\n       ${usage}`;
		}
	}
	return found;
}
