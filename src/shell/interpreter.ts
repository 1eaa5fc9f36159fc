/** Runs command lines in a session, one after the other. */
import type { ConnectionInfo, Session, Terminal } from "../connection/session.js";
import type { Device } from "./device.js";
import { type Dispatcher, type DispatcherHost, dispatching, notFound, withListed } from "./dispatcher.js";
import type { WaitingInput } from "./input.js";
import type { Outlet } from "./outlet.js";
import { type Command, findCommand } from "./registry.js";
import { Run, type RunHost } from "./run.js";
import { COMMAND, INVALID, Tokenizer } from "./tokenizer.js";

/** What the sessions of one shell share. */
export interface ShellHost {
	readonly device: Device;
	readonly commands: readonly Command[];
	readonly startTime: number;
	/** Makes what serves a session before the commands do. */
	readonly dispatcher: ((host: DispatcherHost) => Dispatcher) | undefined;
}

export class Interpreter implements RunHost {
	/** Exit status of the last command; what $? stands for. */
	status = 0;
	/** The session shall end with this status. */
	exiting = false;
	readonly outlet: Outlet;
	readonly dispatcher: Dispatcher | undefined;
	private readonly shell: ShellHost;
	private readonly channel: Session;
	private current: Run | undefined;
	private stopped = false;

	constructor(shell: ShellHost, host: DispatcherHost, outlet: Outlet) {
		this.shell = shell;
		this.channel = host.session;
		this.outlet = outlet;
		this.dispatcher = shell.dispatcher?.(host);
	}

	/** Made when it is asked for: a session waits at its prompt for hours, and needs none there. */
	get environment(): ReadonlyMap<string, string> {
		const { environment, connection, terminal, originalCommand } = this.channel;
		const variables = new Map(environment);
		variables.set("USER", connection.user);
		if (terminal !== undefined) variables.set("TERM", terminal.type);
		if (originalCommand !== undefined) variables.set("SSH_ORIGINAL_COMMAND", originalCommand);
		return variables;
	}

	get device(): Device {
		return this.shell.device;
	}
	get commands(): readonly Command[] {
		const { commands } = this.shell;
		return this.dispatcher === undefined ? commands : withListed(commands, this.dispatcher);
	}
	get startTime(): number {
		return this.shell.startTime;
	}
	get session(): ConnectionInfo {
		return this.channel.connection;
	}
	get user(): string {
		return this.channel.connection.user;
	}
	get terminal(): Terminal | undefined {
		return this.channel.terminal;
	}

	exit(status: number): void {
		this.exiting = true;
		this.status = status;
	}

	/**
	 * Runs a line, as far as nothing stops it; the exit status is then in `status`. It rejects
	 * where there is no memory to go on with.
	 * @param input what its commands read
	 */
	async execute(line: string, input: WaitingInput): Promise<void> {
		this.stopped = false;
		// A packet has led here, through all layers: a command begins anew, with the whole of a device's small stack.
		await undefined;
		if (this.stopped) return;
		// All of it must be understood before any of it runs.
		const check = new Tokenizer(line, noVariable);
		let token = check.next();
		while (token === COMMAND) token = check.next();
		if (token === INVALID) return this.complain(check.error, 2);

		const environment = this.environment;
		const lookup = (name: string): string =>
			name === "?" ? String(this.status) : (environment.get(name) ?? "");
		const tokenizer = new Tokenizer(line, lookup);
		let operator = ";";
		for (;;) {
			token = tokenizer.next();
			if (token === INVALID) return this.complain(tokenizer.error, 2);
			if (token !== COMMAND) return;
			const skipped = operator === "&&" ? this.status !== 0 : operator === "||" && this.status === 0;
			if (!skipped && tokenizer.words.length > 0) await this.runCommand(tokenizer.words, input);
			if (this.stopped || this.exiting) return;
			operator = tokenizer.operator;
		}
	}

	/** Stops what runs, and the rest of its line; the status is set at once. */
	cancel(status: number): void {
		this.stopped = true;
		this.status = status;
		this.current?.cancel(status);
	}

	private async runCommand(words: readonly string[], input: WaitingInput): Promise<void> {
		const { commands } = this.shell;
		const [name] = words;
		const command =
			this.dispatcher === undefined
				? findCommand(commands, name)
				: dispatching(this.dispatcher, commands, name);
		if (command === undefined) return this.complain(notFound(name), 127);
		const run = new Run(this, words, input);
		this.current = run;
		const status = await run.start(command);
		this.current = undefined;
		if (!this.exiting || run.cancelled) this.status = status;
	}

	private async complain(message: string, status: number): Promise<void> {
		this.status = status;
		try {
			await this.outlet.write(`${message}\n`, true);
		} catch {
			// Cancelled, or the channel is gone: no one is left to tell.
		}
	}
}

function noVariable(): string {
	return "";
}
