/** Who is connected, and what has happened. */
import type { ConnectionInfo } from "../../connection/session.js";
import { printable } from "../../utf8.js";
import {
	type Circumstances,
	type Command,
	type Context,
	failure,
	report,
	usageError,
	writeLines,
} from "../registry.js";
import { parseNumber } from "./basic.js";
import { duration } from "./system.js";

/** Lines that `log -f` keeps for a client that does not read them. */
const MAX_WAITING = 16;

export const ps: Command = Object.freeze({
	name: "ps",
	summary: "list the connections",
	usage: "ps",
	async run(context: Context) {
		if (context.args.length > 0) return usageError(context, ps);
		const { device } = context;
		const now = device.hal.now();
		const rows = [["ID", "USER", "FROM", "SINCE", "IN", "OUT", "CLIENT", "ALGORITHMS"]];
		device.server.connections().forEach(connection => {
			rows.push([
				String(connection.id),
				printable(connection.user) || "-",
				printable(connection.remoteAddress) || "-",
				duration(now - connection.since),
				String(connection.bytesReceived),
				String(connection.bytesSent),
				printable(connection.clientVersion) || "-",
				algorithmNames(connection.algorithms),
			]);
		});
		const widths = widthsOf(rows);
		await writeLines(context.stdout, rows.length, at => inColumns(rows[at], widths));
		return 0;
	},
});

export const kill: Command = Object.freeze({
	name: "kill",
	summary: "close a connection, by its id as ps shows it",
	usage: "kill CONNECTION",
	complete: (circumstances: Circumstances) =>
		circumstances.device.server.connections().map(connection => String(connection.id)),
	async run(context: Context) {
		const id = context.args.length === 1 ? parseNumber(context.args[0]) : -1;
		if (id < 0) return usageError(context, kill);
		const status = context.device.server.closeConnection(id);
		return status < 0 ? failure(context, `${id}: no such connection`) : 0;
	},
});

export const whoami: Command = Object.freeze(
	report("whoami", "show who is logged in here", ({ user }) => `${printable(user)}\n`),
);

export const log: Command = Object.freeze({
	name: "log",
	summary: "show the last events; -f: and those that follow",
	usage: "log [-f] [-n COUNT]",
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
		const entries = context.device.server.log.entries();
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
		const unsubscribe = context.device.server.log.subscribe(line => this.add(line));
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

function algorithmNames(algorithms: ConnectionInfo["algorithms"]): string {
	if (algorithms === undefined) return "-";
	const { kex, hostKey, cipherC2s, cipherS2c, macC2s, macS2c } = algorithms;
	const ciphers = cipherC2s === cipherS2c ? cipherC2s : `${cipherC2s}/${cipherS2c}`;
	const macs = macC2s === macS2c ? macC2s : `${macC2s}/${macS2c}`;
	return `${kex} ${hostKey} ${ciphers} ${macs}`;
}

/** Of columns: their widest text's. */
function widthsOf(rows: readonly (readonly string[])[]): number[] {
	const widths: number[] = [];
	rows.forEach(row => {
		row.forEach((text, i) => {
			widths[i] = Math.max(widths[i] ?? 0, text.length);
		});
	});
	return widths;
}

/** The last one is left as it is. */
function inColumns(row: readonly string[], widths: readonly number[]): string {
	let text = "";
	for (let i = 0; i < row.length - 1; i++) text += `${row[i].padEnd(widths[i])}  `;
	return text + row[row.length - 1];
}

export const CONNECTIONS: readonly Command[] = Object.freeze([ps, kill, whoami, log]);
