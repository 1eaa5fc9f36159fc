/**
 * Serves sessions with /bin/sh of this machine, for tests with real programs (scp, rsync, git) alone: whoever logs in
 * is the user that this process runs as. There is no terminal; what asks for one gets pipes, and is told.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { encodeUtf8 } from "../src/base/utf8.js";
import type { Session } from "../src/connection/session.js";

export const POSIX_WARNING =
	"--backend posix IS FOR TESTS ONLY: WHOEVER LOGS IN RUNS PROGRAMS ON THIS MACHINE AS YOU";

/** Bytes that go from the session to the program at once. */
const CHUNK_SIZE = 32 * 1024;

/** What a program gets to clean up after SIGHUP, before SIGKILL. Milliseconds. */
const HANGUP_TIME = 1_000;

/** Runs the session's command, or a shell that reads its commands from the session. */
export function serveWithShell(session: Session): void {
	if (session.type === "subsystem") session.exit(1);
	else new PosixSession(session).run();
}

class PosixSession {
	readonly #session: Session;
	readonly #child: ChildProcessWithoutNullStreams;
	readonly #stdout: Outflow;
	readonly #stderr: Outflow;
	/** The program's end: a status, or the name of a signal. */
	#result: number | NodeJS.Signals | undefined;

	constructor(session: Session) {
		this.#session = session;
		const args = session.type === "exec" ? ["-c", session.command] : [];
		// A process group of its own, so that what the shell has started can be told with it.
		this.#child = spawn("/bin/sh", args, { detached: true, env: environmentOf(session), stdio: "pipe" });
		const { stdout, stderr } = this.#child;
		this.#stdout = new Outflow(
			stdout,
			bytes => session.write(bytes),
			() => this.#finish(),
		);
		this.#stderr = new Outflow(
			stderr,
			bytes => session.writeError(bytes),
			() => this.#finish(),
		);
	}

	run(): void {
		const session = this.#session;
		const child = this.#child;
		if (session.terminal !== undefined)
			session.writeError(encodeUtf8("no terminal: the posix backend gives pipes\r\n"));
		session.onReadable = () => this.#feed();
		session.onEnd = () => this.#feed();
		session.onWritable = () => {
			this.#stdout.pump();
			this.#stderr.pump();
		};
		session.onSignal = name => this.#kill(`SIG${name}`);
		session.onClose = () => this.#hangUp();
		child.stdin.on("drain", () => this.#feed());
		// A program may end, or close its input, before it has read all.
		child.stdin.on("error", () => this.#feed());
		child.on("error", () => session.exit(127));
		child.on("exit", (status, signal) => {
			this.#result = signal ?? status ?? 255;
			this.#finish();
		});
		this.#feed();
	}

	/** Session to program, as fast as it reads. Input that it does not want any more is dropped. */
	#feed(): void {
		const session = this.#session;
		const { stdin } = this.#child;
		while (session.readable > 0 && !stdin.writableNeedDrain) {
			const bytes = new Uint8Array(Math.min(session.readable, CHUNK_SIZE));
			session.read(bytes);
			if (stdin.writable) stdin.write(bytes);
		}
		if (session.ended && session.readable === 0) stdin.end();
	}

	/** Tells the result once all output has gone. */
	#finish(): void {
		if (this.#session.closed || this.#result === undefined) return;
		if (!this.#stdout.done || !this.#stderr.done) return;
		if (typeof this.#result === "number") this.#session.exit(this.#result);
		else this.#session.exitSignal(this.#result.slice("SIG".length));
	}

	#hangUp(): void {
		this.#stdout.drop();
		this.#stderr.drop();
		this.#child.stdin.destroy();
		if (this.#result !== undefined) return;
		this.#kill("SIGHUP");
		const timer = setTimeout(() => this.#kill("SIGKILL"), HANGUP_TIME);
		this.#child.on("exit", () => clearTimeout(timer));
	}

	#kill(signal: string): void {
		const { pid } = this.#child;
		if (pid === undefined || this.#result !== undefined || !isSignal(signal)) return;
		try {
			process.kill(-pid, signal);
		} catch {
			// It has ended, and node has yet to say so.
		}
	}
}

/** Program to session: what the session does not take waits here, and the program with it. */
class Outflow {
	readonly #stream: Readable;
	readonly #write: (bytes: Uint8Array) => number;
	readonly #onDone: () => void;
	#rest: Uint8Array | null = null;
	#ended = false;

	constructor(stream: Readable, write: (bytes: Uint8Array) => number, onDone: () => void) {
		this.#stream = stream;
		this.#write = write;
		this.#onDone = onDone;
		stream.on("readable", () => this.pump());
		stream.on("end", () => {
			this.#ended = true;
			onDone();
		});
		stream.on("error", () => this.drop());
	}

	get done(): boolean {
		return this.#ended && this.#rest === null;
	}

	pump(): void {
		for (;;) {
			this.#rest ??= this.#stream.read() as Uint8Array | null;
			if (this.#rest === null) break;
			const taken = this.#write(this.#rest);
			if (taken < this.#rest.length) {
				this.#rest = this.#rest.subarray(taken);
				return;
			}
			this.#rest = null;
		}
		if (this.#ended) this.#onDone();
	}

	/** Nobody listens any more. */
	drop(): void {
		this.#rest = null;
		this.#ended = true;
		this.#stream.destroy();
	}
}

function environmentOf(session: Session): NodeJS.ProcessEnv {
	const { PATH, HOME, TMPDIR } = process.env;
	const { user } = session.connection;
	const environment: NodeJS.ProcessEnv = { PATH, HOME, TMPDIR, SHELL: "/bin/sh", USER: user, LOGNAME: user };
	for (const [name, value] of session.environment) environment[name] = value;
	if (session.originalCommand !== undefined) environment.SSH_ORIGINAL_COMMAND = session.originalCommand;
	return environment;
}

function isSignal(name: string): name is NodeJS.Signals {
	return Object.hasOwn(constants.signals, name);
}
