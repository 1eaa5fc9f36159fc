/**
 * A session without a pty: exec runs its command; a shell reads lines from stdin, without prompt or echo, and ends
 * with the last status. What a command does not read of stdin is there for the next line.
 */
import type { Session } from "../connection/session.js";
import { type DispatcherHost, MAX_PRINT } from "./dispatcher.js";
import { StreamInput } from "./input.js";
import { Interpreter, type ShellHost } from "./interpreter.js";
import { Outlet } from "./outlet.js";
import { Cancelled } from "./registry.js";
import { endingStatus } from "./signals.js";

export class StreamSession implements DispatcherHost {
	readonly session: Session;
	private readonly input: StreamInput;
	private readonly outlet: Outlet;
	private readonly interpreter: Interpreter;

	constructor(shell: ShellHost, session: Session) {
		this.session = session;
		this.input = new StreamInput(session);
		this.outlet = new Outlet(session, false);
		this.interpreter = new Interpreter(shell, this, this.outlet);
		session.target = this;
		session.onReadable = session.onEnd = onInput;
		session.onWritable = onWritable;
		session.onSignal = onSignal;
		session.onClose = onClose;
	}

	wake(): void {
		this.input.wake();
	}

	pump(): void {
		this.outlet.pump();
	}

	close(): void {
		this.end(endingStatus("HUP"));
		this.outlet.close();
		this.interpreter.dispatcher?.close();
	}

	print(text: string | Uint8Array): void {
		if (this.outlet.queued < MAX_PRINT) this.outlet.write(text, false);
	}

	run(): void {
		// What finds no memory, not even to complain, must not leave the client waiting.
		this.serve().catch(() => this.session.close());
	}

	private async serve(): Promise<void> {
		if (this.session.type === "exec") await this.interpreter.execute(this.session.command, this.input);
		else await this.readLines();
		await this.outlet.drained();
		if (!this.session.closed) this.session.exit(this.interpreter.status);
	}

	private async readLines(): Promise<void> {
		const interpreter = this.interpreter;
		while (!interpreter.exiting) {
			try {
				// A client that does not read what commands say sends no more of them.
				await this.outlet.drained();
				const line = await this.input.readLine();
				if (line === undefined) return;
				await interpreter.execute(line, this.input);
			} catch (error) {
				if (error instanceof Cancelled) return;
				interpreter.status = 2;
				this.outlet.write(`${(error as Error).message}\n`, true);
			}
		}
	}

	/** Ends what runs and the session; 0 for a signal that says nothing here. */
	end(status: number): void {
		if (status === 0) return;
		this.interpreter.cancel(status);
		this.interpreter.exit(status);
		this.input.abort();
	}
}

// One function each for all sessions; `target` says whose it is.

function onInput(this: Session): void {
	(this.target as StreamSession).wake();
}

function onWritable(this: Session): void {
	(this.target as StreamSession).pump();
}

function onSignal(this: Session, name: string): void {
	(this.target as StreamSession).end(endingStatus(name));
}

function onClose(this: Session): void {
	(this.target as StreamSession).close();
}
