/**
 * Runs command lines in a session, one after the other. It waits by being called, not by promises: on XS each async
 * function that waits takes 55 slots and 300 bytes, and a command in a channel had four of them besides its own.
 */
import type { ConnectionInfo, Session, Terminal } from "../connection/session.js";
import { closeQuietly, soon } from "./deferred.js";
import type { Device } from "./device.js";
import { type Dispatcher, type DispatcherHost, dispatching, notFound, withListed } from "./dispatcher.js";
import type { WaitingInput } from "./input.js";
import { keep, weigh } from "./kept.js";
import type { Drained, Outlet } from "./outlet.js";
import { type Command, DENIED, findCommand, mayRun, refusal } from "./registry.js";
import { Run, type RunHost } from "./run.js";
import { COMMAND, INVALID, Tokenizer } from "./tokenizer.js";

const NO_MEMORY = "not enough memory for this line";

/** What the sessions of one shell share. */
export interface ShellHost {
	readonly device: Device;
	readonly commands: readonly Command[];
	readonly startTime: number;
	/** Makes what serves a session before the commands do. */
	readonly dispatcher: ((host: DispatcherHost) => Dispatcher) | undefined;
}

/** The session that lines come from. */
export interface InterpreterHost extends DispatcherHost {
	/** The line has ended; its exit status is in `status`. What is thrown closes the session. */
	executed(): void;
}

export class Interpreter implements RunHost, Drained {
	/** Exit status of the last command; what $? stands for. */
	status = 0;
	/** The session shall end with this status. */
	exiting = false;
	readonly outlet: Outlet;
	readonly dispatcher: Dispatcher | undefined;
	private readonly shell: ShellHost;
	private readonly host: InterpreterHost;
	/** Bytes that are held for the line and the words of its command. */
	kept = 0;
	/** Of them, those of what stands in the words in place of variables. */
	private replaced = 0;
	/** The line that shall run, until it does. */
	private line: string | undefined = undefined;
	/** What is left of it after the command that runs. */
	private tokenizer: Tokenizer | undefined = undefined;
	/** There while a line runs. */
	private input: WaitingInput | undefined = undefined;
	private current: Run | undefined = undefined;
	/** What the last command failed with. */
	private complaint = "";
	/** Within advance(), which goes on by itself. */
	private advancing = false;
	private stopped = false;

	constructor(shell: ShellHost, host: InterpreterHost, outlet: Outlet) {
		this.shell = shell;
		this.host = host;
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

	private get channel(): Session {
		return this.host.session;
	}
	get device(): Device {
		return this.shell.device;
	}
	get commands(): readonly Command[] {
		const { commands } = this.shell;
		const { role } = this.session.permit;
		const all = this.dispatcher === undefined ? commands : withListed(commands, this.dispatcher);
		return role === "admin" ? all : all.filter(command => mayRun(command, role));
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
	 * Runs a line, as far as nothing stops it; the host is told when it has ended.
	 * @param input what its commands read
	 */
	execute(line: string, input: WaitingInput): void {
		this.stopped = false;
		this.line = line;
		this.input = input;
		// A packet has led here, through all layers: the line runs in a job.
		try {
			this.later();
		} catch {
			closeQuietly(this.channel);
		}
	}

	/** Stops what runs, and the rest of its line; the status is set at once, and the host is told later. */
	cancel(status: number): void {
		this.stopped = true;
		this.status = status;
		this.current?.cancel(status);
		// Of a command that was not found, say: who stops it does not wait for the client to read that.
		if (this.input !== undefined) this.outlet.drop();
	}

	/** The session is gone: stops what runs, and tells nobody. */
	close(status: number): void {
		this.input = undefined;
		this.tokenizer = undefined;
		this.exiting = true;
		this.cancel(status);
	}

	ended(run: Run, status: number, complaint: string | undefined): void {
		this.current = undefined;
		if (!this.exiting || run.cancelled) this.status = status;
		if (complaint === undefined) {
			this.exiting = true;
			closeQuietly(this.channel);
		} else this.complaint = complaint;
		this.goOn();
	}

	/** The turn that has sent the last of it leads here, through all layers: what comes then runs in a job as well. */
	drained(): void {
		this.goOn(true);
	}

	/** Throws nothing. Who cancels has a packet at hand: what comes then is not to be put on top of it. */
	private goOn(deep = this.stopped): void {
		if (this.advancing) return;
		try {
			if (deep) this.later();
			else this.advance();
		} catch {
			closeQuietly(this.channel);
		}
	}

	private later(): void {
		if (this.input !== undefined) soon(this.channel, () => this.advance());
	}

	/** Runs what is left of the line until a command waits, or the client has yet to read what was said. */
	private advance(): void {
		const { input } = this;
		if (input === undefined) return;
		this.advancing = true;
		try {
			if (!this.runAll(input)) return;
		} finally {
			this.advancing = false;
		}
		this.tokenizer = undefined;
		this.input = undefined;
		keep(this, this.channel, 0);
		this.host.executed();
	}

	/** False where it has to wait: a client that does not read what commands say has no more of them run. */
	private runAll(input: WaitingInput): boolean {
		let first = this.line !== undefined;
		if (this.line !== undefined && !this.stopped) this.begin(this.line);
		for (; ; first = false) {
			this.say();
			if (this.tokenizer === undefined || this.stopped || this.exiting) return true;
			if (!first && !this.outlet.isDrained(this)) return false;
			this.runNext(this.tokenizer, input);
			if (this.current !== undefined) return false;
		}
	}

	/** All of a line must be understood before any of it runs. */
	private begin(line: string): void {
		this.line = undefined;
		if (!keep(this, this.channel, weigh(line))) {
			this.fail(NO_MEMORY, 1);
			return;
		}
		const check = new Tokenizer(line, noVariable);
		let token = check.next();
		while (token === COMMAND) token = check.next();
		if (token === INVALID) this.fail(check.error, 2);
		else this.tokenizer = new Tokenizer(line, name => this.variable(name));
	}

	private runNext(tokenizer: Tokenizer, input: WaitingInput): void {
		const { operator } = tokenizer;
		keep(this, this.channel, this.kept - this.replaced);
		this.replaced = 0;
		const token = tokenizer.next();
		// What nothing follows is not held while the command runs.
		if (token !== COMMAND || tokenizer.done) this.tokenizer = undefined;
		if (token === INVALID) this.fail(tokenizer.error, 2);
		const skipped = operator === "&&" ? this.status !== 0 : operator === "||" && this.status === 0;
		if (token === COMMAND && !skipped && tokenizer.words.length > 0) this.run(tokenizer.words, input);
	}

	private run(words: string[], input: WaitingInput): void {
		const { commands } = this.shell;
		const [name] = words;
		const { role } = this.session.permit;
		const command =
			this.dispatcher === undefined
				? findCommand(commands, name)
				: dispatching(this.dispatcher, commands, name, role);
		if (command === undefined) this.fail(notFound(name), 127);
		else if (!mayRun(command, role)) this.fail(refusal(this, words), DENIED);
		else {
			this.current = new Run(this, words, input);
			this.current.start(command);
		}
	}

	/** A line of a few hundred bytes may name a variable of as many a hundred times. */
	private variable(name: string): string | undefined {
		const value = name === "?" ? String(this.status) : (this.environment.get(name) ?? "");
		const weight = weigh(value);
		if (!keep(this, this.channel, this.kept + weight)) return undefined;
		this.replaced += weight;
		return value;
	}

	private fail(complaint: string, status: number): void {
		this.status = status;
		this.complaint = `${complaint}\n`;
	}

	private say(): void {
		const { complaint } = this;
		this.complaint = "";
		if (complaint !== "") this.outlet.print(complaint, true);
	}
}

function noVariable(): string {
	return "";
}
