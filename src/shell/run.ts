/**
 * One run of a command: its context, and its end, which comes once, by itself or by cancelling. It is stdin and stdout as
 * well: on XS an object takes four slots at least, and a command that has begun shall take few.
 */
import type { ConnectionInfo, Terminal } from "../connection/session.js";
import { Deferred, rejected } from "./deferred.js";
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
} from "./registry.js";

/** The session that a command runs in. */
export interface RunHost extends Circumstances {
	readonly outlet: Outlet;
	readonly terminal: Terminal | undefined;
	exit(status: number): void;
	/** The run is over: called once. @param complaint what is to be shown; undefined where there was no memory for it */
	ended(run: Run, status: number, complaint: string | undefined): void;
}

class Sleep extends Deferred<void> {
	timer = 0;
}

export class Run implements Context, Input, Output {
	readonly name: string;
	readonly args: readonly string[];
	cancelled = false;
	onCancel: (() => void) | undefined = undefined;
	/** Ended or cancelled. */
	over = false;
	/** What it answers with is not heard, for there was no memory to listen: it must not be told of its end. */
	private unheard = false;
	private readonly host: RunHost;
	private readonly input: WaitingInput;
	private errors: RunErrors | undefined = undefined;
	private sleeps: Sleep[] | undefined = undefined;

	/** @param words the command's name and its arguments: the run's own from here on */
	constructor(host: RunHost, words: string[], input: WaitingInput) {
		this.host = host;
		this.input = input;
		this.name = words.shift()!;
		this.args = words;
	}

	/** Runs until it ends or waits; the host is told of its end. */
	start(command: Command): void {
		let answer: unknown;
		try {
			answer = command.run(this);
		} catch (error) {
			this.fail(error);
			return;
		}
		if (typeof answer === "object" && answer !== null) this.follow(answer);
		else this.finish(answer);
	}

	/** Ends the run with this status; what the command still does goes nowhere. */
	cancel(status: number): void {
		if (this.over) return;
		this.cancelled = true;
		this.end(status, "");
		try {
			this.onCancel?.();
		} catch {
			// Its command is not heard any more.
		}
	}

	get stdin(): Input {
		return this;
	}
	get stdout(): Output {
		return this;
	}
	get stderr(): Output {
		this.errors ??= new RunErrors(this);
		return this.errors;
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

	read(): Promise<Uint8Array | undefined> {
		return this.over ? this.refuse() : this.input.read();
	}

	readLine(): Promise<string | undefined> {
		return this.over ? this.refuse() : this.input.readLine();
	}

	write(data: string | Uint8Array): Promise<void> {
		return this.send(data, false);
	}

	/** To stdout or stderr. */
	send(data: string | Uint8Array, error: boolean): Promise<void> {
		return this.over ? this.refuse() : this.host.outlet.write(data, error);
	}

	setEcho(on: boolean): void {
		if (!this.over) this.input.setEcho(on);
	}

	exit(status: number): void {
		if (!this.over) this.host.exit(status & 0xff);
	}

	sleep(milliseconds: number): Promise<void> {
		if (this.over) return this.refuse();
		const sleep = new Sleep();
		const sleeps = this.sleeps ?? [];
		this.sleeps = sleeps;
		sleeps.push(sleep);
		sleep.timer = this.device.hal.setTimer(milliseconds, () => {
			sleeps.splice(sleeps.indexOf(sleep), 1);
			sleep.resolve();
		});
		return sleep.promise;
	}

	/** What it gets that is over. */
	private refuse<T>(): Promise<T> {
		return this.unheard ? new Promise(nothing) : rejected();
	}

	/** Both handlers in one call, which leaves no promise without one. */
	private follow(answer: object): void {
		try {
			Promise.resolve(answer).then(
				status => this.finish(status),
				error => this.fail(error),
			);
		} catch (error) {
			// It waits for something perhaps, and nobody would hear that it failed: it is left where it is.
			this.unheard = true;
			this.input.forget();
			this.host.outlet.forget();
			this.sleeps?.forEach(({ timer }) => {
				this.device.hal.clearTimer(timer);
			});
			this.sleeps = undefined;
			throw error;
		}
	}

	private finish(status: unknown): void {
		this.end(typeof status === "number" ? status & 0xff : 0, "");
	}

	private fail(error: unknown): void {
		if (!this.over) this.end(1, complaintOf(this.name, error));
	}

	/** Throws nothing: the host is told, be there memory for the rest or not. */

	private end(status: number, complaint: string | undefined): void {
		if (this.over) return;
		this.over = true;
		try {
			this.wakeUp();
			// A read that it has left waiting would be in the way of whoever reads next.
			this.input.abort();
			this.input.setEcho(true);
			if (this.cancelled) this.host.outlet.drop();
		} catch {
			// What it waits for is let go of.
		}
		this.host.ended(this, status, complaint);
	}

	private wakeUp(): void {
		const { sleeps } = this;
		this.sleeps = undefined;
		sleeps?.forEach(sleep => {
			this.device.hal.clearTimer(sleep.timer);
			if (this.cancelled) sleep.fail(new Cancelled());
		});
	}
}

class RunErrors implements Output {
	private readonly run: Run;

	constructor(run: Run) {
		this.run = run;
	}

	write(data: string | Uint8Array): Promise<void> {
		return this.run.send(data, true);
	}
}

/** Undefined where there is no memory for one, or no text in what was thrown. */
function complaintOf(name: string, error: unknown): string | undefined {
	try {
		return `${name}: ${error instanceof Error ? error.message : String(error)}\n`;
	} catch {
		return undefined;
	}
}

function nothing(): void {}
