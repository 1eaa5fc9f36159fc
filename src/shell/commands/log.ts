/** What has happened. */
import { type Command, type Context, isAdmin, parseNumber, usageError, writeLines } from "../registry.js";

/** Lines that `log -f` keeps for a client that does not read them. */
const MAX_WAITING = 16;

/** No user's name. */
const NOBODY = " ";

/**
 * What tells of others, their command lines above all, is for admins. Who has logged in with a limited key is another than the user
 * whose account it is.
 */
function readerOf(context: Context): string | undefined {
	if (isAdmin(context)) return undefined;
	return context.session.permit.limited ? NOBODY : context.user;
}

export const log: Command = Object.freeze({
	name: "log",
	summary: "show the last events; -f: and those that follow",
	usage: "log [-f] [-n COUNT]",
	role: "viewer",
	complete: () => ["-f", "-n"],
	async run(context: Context) {
		let follow = false;
		let count = Number.MAX_SAFE_INTEGER;
		for (let i = 0; i < context.args.length; i++) {
			if (context.args[i] === "-f") follow = true;
			else if (context.args[i] === "-n" && i + 1 < context.args.length) {
				count = parseNumber(context.args[++i]);
				if (count < 0) return usageError(context, log);
			} else return usageError(context, log);
		}
		// From here on nothing is missed: what happens while the past is written waits.
		const follower = follow ? new Follower(context) : undefined;
		const entries = context.device.server.log.entries(readerOf(context));
		const first = Math.max(0, entries.length - count);
		await writeLines(context.stdout, entries.length - first, at => entries[first + at]);
		if (follower !== undefined) await follower.run();
		return 0;
	},
});

/** Writes events as they come, until the command is cancelled. */
class Follower {
	private readonly context: Context;
	private readonly waiting: string[] = [];
	private lost = 0;
	private wake: (() => void) | undefined;

	constructor(context: Context) {
		this.context = context;
		const unsubscribe = context.device.server.log.subscribe(line => this.add(line), readerOf(context));
		context.onCancel = () => {
			unsubscribe();
			this.wake?.();
		};
	}

	async run(): Promise<void> {
		while (!this.context.cancelled) {
			const lines = this.waiting.splice(0);
			if (this.lost > 0) lines.unshift(`... ${this.lost} more`);
			this.lost = 0;
			if (lines.length > 0) await writeLines(this.context.stdout, lines.length, at => lines[at]);
			else
				await new Promise<void>(resolve => {
					this.wake = resolve;
				});
		}
	}

	/** A client that does not read loses the oldest. */
	private add(line: string): void {
		if (this.waiting.length >= MAX_WAITING) {
			this.waiting.shift();
			this.lost++;
		}
		this.waiting.push(line);
		this.wake?.();
	}
}

export const EVENTS: readonly Command[] = Object.freeze([log]);
