/**
 * A session without a pty: exec runs its command; a shell reads lines from stdin, without prompt or echo, and ends
 * with the last status. What a command does not read of stdin is there for the next line.
 */
import type { Session } from "../connection/session.js";
import { StreamInput } from "./input.js";
import { Interpreter, type ShellHost } from "./interpreter.js";
import { Outlet } from "./outlet.js";
import { Cancelled } from "./registry.js";
import { endingStatus } from "./signals.js";

export class StreamSession {
	private readonly session: Session;
	private readonly input: StreamInput;
	private readonly outlet: Outlet;
	private readonly interpreter: Interpreter;

	constructor(shell: ShellHost, session: Session) {
		this.session = session;
		this.input = new StreamInput(session);
		this.outlet = new Outlet(session, false);
		this.interpreter = new Interpreter(shell, session, this.outlet, this.input);
		session.onReadable = session.onEnd = () => this.input.wake();
		session.onWritable = () => this.outlet.pump();
		session.onSignal = name => this.end(endingStatus(name));
		session.onClose = () => {
			this.end(endingStatus("HUP"));
			this.outlet.close();
		};
	}

	async run(): Promise<void> {
		if (this.session.type === "exec") await this.interpreter.execute(this.session.command);
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
				await interpreter.execute(line);
			} catch (error) {
				if (error instanceof Cancelled) return;
				interpreter.status = 2;
				this.outlet.write(`${(error as Error).message}\n`, true);
			}
		}
	}

	/** Ends what runs and the session; 0 for a signal that says nothing here. */
	private end(status: number): void {
		if (status === 0) return;
		this.interpreter.cancel(status);
		this.interpreter.exit(status);
		this.input.abort();
	}
}
