/** Programs that tests run: to their end, or until they say something. */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { Writable } from "node:stream";
import { killAll } from "../simulator/boards/xs/lifeline.js";
import { launch } from "./minder.js";

export interface Outcome {
	/** Exit status; -1 where a signal ended it, or it could not be started. */
	readonly status: number;
	readonly stdout: Buffer;
	readonly stderr: string;
}

/** Milliseconds after which something hangs: far beyond what it takes on a machine that does much else. */
export const HANG = 180_000;

export interface RunOptions {
	readonly stdin?: Uint8Array | string;
	/** On top of this process's own. */
	readonly env?: Record<string, string>;
	readonly cwd?: string;
	/** What the file descriptor 3 gives: a board's configuration. */
	readonly config?: string;
	/** Milliseconds after which it is killed, and says so in stderr. */
	readonly limit?: number;
}

/** Runs a program to its end; a status other than 0 is a result as any other. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
	const { stdin = "", env, cwd, limit = HANG } = options;
	return new Promise(resolve => {
		const stdout: Buffer[] = [];
		const stderr: Buffer[] = [];
		const child = launch(file, args, { cwd, env }, () => Buffer.concat([...stdout, ...stderr]).toString());
		const timer = setTimeout(() => {
			stderr.push(Buffer.from(`\n${file}: killed after ${limit} ms`));
			killAll(child);
			// Somebody else may hold their other end, and they would not close then.
			child.stdout.destroy();
			child.stderr.destroy();
		}, limit);
		child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
		child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
		// A program that ends before it has read all is no failure of the test.
		child.stdin.on("error", () => {});
		child.stdin.end(stdin);
		child.on("error", error => stderr.push(Buffer.from(error.message)));
		child.on("close", status => {
			clearTimeout(timer);
			const text = Buffer.concat(stderr).toString();
			resolve({ status: status ?? -1, stdout: Buffer.concat(stdout), stderr: text });
		});
	});
}

/** As run(), where anything but status 0 is the test's failure. Yields standard output. */
export async function succeed(file: string, args: readonly string[], options?: RunOptions): Promise<string> {
	const { status, stdout, stderr } = await run(file, args, options);
	if (status !== 0) throw new Error(`${file} ${args.join(" ")}: status ${status}: ${stderr || stdout}`);
	return stdout.toString();
}

/** A program that goes on running. */
export class Running {
	readonly child: ChildProcessWithoutNullStreams;
	/** Its status once it has ended, -1 after a signal. */
	readonly ended: Promise<number>;
	readonly #name: string;
	#stdout = "";
	#stderr = "";
	#over = false;
	readonly #watchers = new Set<() => void>();

	constructor(file: string, args: readonly string[], options: RunOptions = {}) {
		this.#name = file;
		const { cwd, env, config } = options;
		const stdio: "pipe"[] = ["pipe", "pipe", "pipe"];
		if (config !== undefined) stdio.push("pipe");
		this.child = launch(file, args, { cwd, env, stdio }, () => this.#stdout + this.#stderr);
		if (config !== undefined) (this.child.stdio[3] as Writable).on("error", () => {}).end(config);
		this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
			this.#stdout += text;
			this.#wake();
		});
		this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
			this.#stderr += text;
			this.#wake();
		});
		this.child.stdin.on("error", () => {});
		this.ended = new Promise(resolve => {
			this.child.on("error", error => {
				this.#stderr += error.message;
			});
			this.child.on("close", status => {
				this.#over = true;
				this.#wake();
				resolve(status ?? -1);
			});
		});
	}

	get stdout(): string {
		return this.#stdout;
	}

	get stderr(): string {
		return this.#stderr;
	}

	/** Waits until `look` finds something in standard output, or standard error. */
	async waitFor<T>(
		what: string,
		look: (stdout: string, stderr: string) => T | undefined | false | null,
		limit = HANG,
	): Promise<T> {
		return new Promise((resolve, reject) => {
			const stop = () => {
				clearTimeout(timer);
				this.#watchers.delete(watcher);
			};
			const fail = (why: string) => {
				stop();
				reject(new Error(`${this.#name}: ${why} ${what}\n${this.#stdout}\n${this.#stderr}`));
			};
			const watcher = () => {
				const found = look(this.#stdout, this.#stderr);
				if (found) {
					stop();
					resolve(found);
				} else if (this.#over) fail("ended before");
			};
			const timer = setTimeout(() => fail(`after ${limit} ms no`), limit);
			this.#watchers.add(watcher);
			watcher();
		});
	}

	/** Asks it to end and waits for that; for so long, and then it is killed, which is status -1. */
	async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
		if (!this.#over) this.child.kill(signal);
		const timer = setTimeout(() => {
			this.#stderr += `\n${this.#name}: killed ${HANG} ms after ${signal}`;
			killAll(this.child);
			this.child.stdout.destroy();
			this.child.stderr.destroy();
		}, HANG);
		const status = await this.ended;
		clearTimeout(timer);
		return status;
	}

	#wake(): void {
		for (const watcher of [...this.#watchers]) watcher();
	}
}
