/** Commands of another registry, one that is asked by running them: it need not say beforehand which it has. */

import { type Role, reaches } from "../base/roles.js";
import { printable } from "../base/utf8.js";
import type { Session } from "../connection/session.js";
import { type Command, type Context, findCommand } from "./registry.js";

/** What Dispatcher.run() resolves with for a command that it does not know. */
export const UNKNOWN_COMMAND = -1;

/** Bytes that wait for the client, from which on no more is printed: it does not read. */
export const MAX_PRINT = 4096;

/** Characters of a name that is not known: control characters are four each when they are shown. */
const MAX_SAID = 64;

/** Serves one session. */
export interface Dispatcher {
	/** Runs context.name: resolves with its exit status; with UNKNOWN_COMMAND where it did nothing. */
	run(context: Context): Promise<number>;
	/** What is known of its commands, for help and completion. */
	list(): readonly Command[];
	/** Shown when an interactive session begins, after the motd. */
	welcome(): string;
	/** In place of the shell's prompt; undefined leaves that. */
	prompt(): string | undefined;
	/** The session has ended. */
	close(): void;
}

/** What a dispatcher is given of its session. */
export interface DispatcherHost {
	readonly session: Session;
	/** Shows what comes while no command of the dispatcher runs: above the line that is being edited. */
	print(text: string | Uint8Array): void;
}

/**
 * Asks the dispatcher first, so that what a firmware installs there is what runs; then the shell's own commands. Its commands
 * are the firmware's, for operators, and one that is called as a command of the shell's needs no less than that does.
 */
export function dispatching(
	dispatcher: Dispatcher,
	commands: readonly Command[],
	name: string,
	role: Role,
): Command | undefined {
	const known = findCommand(commands, name);
	if (!reaches(role, "operator")) return known ?? findCommand(dispatcher.list(), name);
	return {
		name,
		summary: "",
		usage: name,
		role: known?.role ?? "operator",
		async run(context: Context): Promise<number | undefined> {
			const status = await dispatcher.run(context);
			if (status !== UNKNOWN_COMMAND) return status;
			// Awaited only where it is a promise: XS makes one of what is none, and where that finds no memory nobody is told.
			const answer = known?.run(context);
			if (known !== undefined) return (answer instanceof Promise ? await answer : answer) ?? undefined;
			await context.stderr.write(`${notFound(name)}\n`);
			return 127;
		},
	};
}

export function notFound(name: string): string {
	return `${printable(name.slice(0, MAX_SAID))}: command not found`;
}

/** Sorted by name; of two that are called the same, the dispatcher's. */
export function withListed(commands: readonly Command[], dispatcher: Dispatcher): readonly Command[] {
	const listed = dispatcher.list();
	const own = commands.filter(({ name }) => findCommand(listed, name) === undefined);
	return [...own, ...listed].sort(byName);
}

export function byName(a: Command, b: Command): number {
	return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
