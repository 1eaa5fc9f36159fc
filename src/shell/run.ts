/** One run of a command: its context, and its end, which comes once, by itself or by cancelling. */
import type { ConnectionInfo, Terminal } from "../connection/session.js";
import type { Device } from "./device.js";
import type { WaitingInput } from "./input.js";
import type { Outlet } from "./outlet.js";
import {
	Cancelled,
	type Circumstances,
	type Command,
	type Context,
	type Input,
	type Output,
	rejected,
	unwatched,
} from "./registry.js";

/** The session that a command runs in. */
export interface RunHost extends Circumstances {
	readonly outlet: Outlet;
	readonly terminal: Terminal | undefined;
	exit(status: number): void;
}

interface Sleep {
	timer: number;
	readonly reject: (reason: Cancelled) => void;
}

export class Run implements Context {
	readonly name: string;
	readonly args: readonly string[];
	readonly stdin: Input;
	readonly stdout: Output;
	readonly stderr: Output;
	cancelled = false;
	onCancel: (() => void) | undefined = undefined;
	/** Ended or cancelled. */
	over = false;
	private readonly host: RunHost;
	private readonly input: WaitingInput;
	private readonly sleeps: Sleep[] = [];
	private settle: ((status: number) => void) | undefined;

	/** @param words the command's name and its arguments */
	constructor(host: RunHost, words: readonly string[], input: WaitingInput) {
		this.host = host;
		this.input = input;
		this.name = words[0];
		this.args = words.slice(1);
		this.stdin = new RunInput(this, input);
		this.stdout = new RunOutput(this, host.outlet, false);
		this.stderr = new RunOutput(this, host.outlet, true);
	}

	/** Resolves with the exit status, at once when the run is cancelled. It rejects where a failure cannot even be told. */
	start(command: Command): Promise<number> {
		return new Promise((resolve, reject) => {
			this.settle = resolve;
			this.runCommand(command).catch(reject);
		});
	}

	/** Ends the run with this status; what the command still does goes nowhere. */
	cancel(status: number): void {
		if (this.over) return;
		this.cancelled = true;
		this.finish(status);
		this.host.outlet.drop();
		try {
			this.onCancel?.();
		} catch {
			// Its command is not heard any more.
		}
	}

	get device(): Device {
		return this.host.device;
	}
	get user(): string {
		return this.host.user;
	}
	get session(): ConnectionInfo {
		return this.host.session;
	}
	get environment(): ReadonlyMap<string, string> {
		return this.host.environment;
	}
	get commands(): readonly Command[] {
		return this.host.commands;
	}
	get startTime(): number {
		return this.host.startTime;
	}
	get terminal(): Terminal | undefined {
		return this.host.terminal;
	}

	setEcho(on: boolean): void {
		if (!this.over) this.input.echo = on;
	}

	exit(status: number): void {
		if (!this.over) this.host.exit(status & 0xff);
	}

	sleep(milliseconds: number): Promise<void> {
		if (this.over) return rejected();
		return unwatched(
			new Promise<void>((resolve, reject) => {
				const sleep: Sleep = { timer: 0, reject };
				this.sleeps.push(sleep);
				sleep.timer = this.device.hal.setTimer(milliseconds, () => {
					this.sleeps.splice(this.sleeps.indexOf(sleep), 1);
					resolve();
				});
			}),
		);
	}

	private async runCommand(command: Command): Promise<void> {
		try {
			const status = await command.run(this);
			this.finish(typeof status === "number" ? status & 0xff : 0);
		} catch (error) {
			await this.complain(error instanceof Error ? error.message : String(error));
			this.finish(1);
		}
	}

	private async complain(message: string): Promise<void> {
		try {
			await this.stderr.write(`${this.name}: ${message}\n`);
		} catch {
			// The run is over.
		}
	}

	private finish(status: number): void {
		if (this.over) return;
		this.over = true;
		try {
			this.sleeps.forEach(sleep => {
				this.device.hal.clearTimer(sleep.timer);
				if (this.cancelled) sleep.reject(new Cancelled());
			});
			this.sleeps.length = 0;
			// A read that it has left behind would be in the way of whoever reads next.
			this.input.abort();
		} finally {
			// Whoever waits for it is told, be there memory for the rest or not.
			this.settle?.(status);
		}
	}
}

class RunOutput implements Output {
	private readonly run: Run;
	private readonly outlet: Outlet;
	private readonly error: boolean;

	constructor(run: Run, outlet: Outlet, error: boolean) {
		this.run = run;
		this.outlet = outlet;
		this.error = error;
	}

	write(data: string | Uint8Array): Promise<void> {
		return this.run.over ? rejected() : this.outlet.write(data, this.error);
	}
}

class RunInput implements Input {
	private readonly run: Run;
	private readonly input: WaitingInput;

	constructor(run: Run, input: WaitingInput) {
		this.run = run;
		this.input = input;
	}

	read(): Promise<Uint8Array | undefined> {
		return this.run.over ? rejected() : this.input.read();
	}

	readLine(): Promise<string | undefined> {
		return this.run.over ? rejected() : this.input.readLine();
	}
}
