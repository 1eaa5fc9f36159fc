/**
 * A session without a pty: exec runs its command; a shell reads lines from stdin, without prompt or echo, and ends
 * with the last status. What a command does not read of stdin is there for the next line.
 */
import type { Session } from "../connection/session.js";
import { MAX_PRINT } from "./dispatcher.js";
import { NOTHING, StreamInput } from "./input.js";
import { Interpreter, type InterpreterHost, type ShellHost } from "./interpreter.js";
import { type Drained, Outlet } from "./outlet.js";
import { endingStatus } from "./signals.js";

/** A command runs. */
const RUNNING = 0;
/** The shell waits for its next line, or for the client to read what was said before. */
const READING = 1;
const DRAINING = 2;
/** All that is left is to send what waits, and the last status. */
const ENDING = 3;
const CLOSED = 4;

export class StreamSession implements InterpreterHost, Drained {
	readonly session: Session;
	private state = RUNNING;
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

	run(): void {
		if (this.session.type === "exec") this.interpreter.execute(this.session.command, this.input);
		else this.drained();
	}

	executed(): void {
		if (this.state === CLOSED) return;
		if (this.session.type === "exec") this.finish();
		else this.drained();
	}

	wake(): void {
		if (this.state === READING) this.drained();
		else this.input.wake();
	}

	pump(): void {
		this.outlet.pump();
	}

	close(): void {
		this.state = CLOSED;
		this.interpreter.close(endingStatus("HUP"));
		this.outlet.close();
		this.interpreter.dispatcher?.close();
	}

	print(text: string | Uint8Array): void {
		if (this.outlet.queued < MAX_PRINT) this.outlet.print(text, false);
	}

	/** Goes on with the next line, or with the end, when the client has read: else it sends no more of them. */
	drained(): void {
		while (this.state !== ENDING && !this.interpreter.exiting) {
			this.state = DRAINING;
			if (!this.outlet.isDrained(this)) return;
			const line = this.input.takeLine();
			this.state = READING;
			if (line === NOTHING) return;
			if (line === undefined) break;
			if (typeof line === "string") {
				this.state = RUNNING;
				this.interpreter.execute(line, this.input);
				return;
			}
			this.interpreter.status = 2;
			this.outlet.print(`${line.message}\n`, true);
		}
		this.finish();
	}

	/** Sends what waits, then the last status. */
	private finish(): void {
		this.state = ENDING;
		if (this.outlet.isDrained(this) && !this.session.closed) this.session.exit(this.interpreter.status);
	}

	/** Ends what runs and the session; 0 for a signal that says nothing here. */
	end(status: number): void {
		if (status === 0 || this.state >= ENDING) return;
		this.interpreter.exit(status);
		this.interpreter.cancel(status);
		if (this.state !== RUNNING) this.drained();
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
