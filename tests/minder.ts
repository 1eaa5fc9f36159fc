/**
 * Programs that tests start. Each has a process group of its own, which is killed when the program itself has ended, and
 * when the process of the tests ends, however that comes about. When the time of that process is over (--test-timeout) it says
 * which test hung and what its programs have said.
 */
import {
	type ChildProcess,
	type ChildProcessWithoutNullStreams,
	type SpawnOptions,
	spawn,
} from "node:child_process";
import { afterEach, beforeEach } from "node:test";
import { endWithUs } from "../simulator/boards/xs/lifeline.js";

/** How much is shown of what a program has said. */
const LONGEST_SAID = 2_000;
/** How often is looked whether the runner is there. Milliseconds. */
const LOOK_TIME = 1_000;
/** The part of its time after which a file ends by itself: the runner would not hear what it has to say. */
const TIME_USED = 0.95;

interface Program {
	readonly name: string;
	readonly said: () => string;
}

const programs = new Set<Program>();
/** The test that runs, after those that it is a part of, and their names. */
const tests = new Map<object, string>();

/**
 * Starts a program.
 *
 * @param options as of spawn(); stdio is "pipe" by default
 * @param said what is known of its output, for who asks what hung
 */
export function launch<T extends ChildProcess = ChildProcessWithoutNullStreams>(
	file: string,
	args: readonly string[],
	options: SpawnOptions = {},
	said: () => string = () => "",
): T {
	// A program is no test, though a test starts it.
	const env = { ...process.env, ...options.env, NODE_TEST_CONTEXT: undefined };
	const child = endWithUs(spawn(file, args, { stdio: "pipe", ...options, env, detached: true }), true);
	const program = { name: [file, ...args].join(" "), said };
	programs.add(program);
	child.on("exit", () => programs.delete(program));
	child.on("error", () => programs.delete(program));
	return child as T;
}

function report(): string {
	const running = [...programs].map(
		({ name, said }) => `still running: ${name}\n${said().slice(-LONGEST_SAID)}`,
	);
	return [`ended while it ran: ${[...tests.values()].join(" > ")}`, ...running, ""].join("\n");
}

const [, time] = /--test-timeout=(\d+)/.exec(process.execArgv.join(" ")) ?? [];

/** In a process of tests alone: elsewhere there are none, and others who see to its end. */
if (process.env.NODE_TEST_CONTEXT !== undefined || time !== undefined) {
	beforeEach(context => {
		tests.set(context, context.name);
	});
	afterEach(context => {
		tests.delete(context);
	});
	const runner = process.ppid;
	setInterval(() => {
		if (process.ppid !== runner) process.exit(1);
	}, LOOK_TIME).unref();
}

if (time !== undefined) {
	setTimeout(() => {
		process.stderr.write(report());
		process.exit(1);
	}, Number(time) * TIME_USED).unref();
}
