/** Who is connected. */

import { reaches } from "../../base/roles.js";
import { printable } from "../../base/utf8.js";
import type { ConnectionInfo } from "../../connection/session.js";
import {
	type Circumstances,
	type Command,
	type Context,
	denied,
	failure,
	isAdmin,
	parseNumber,
	report,
	usageError,
	writeLines,
} from "../registry.js";
import { duration } from "./duration.js";

/** Characters of what a client calls itself, of 1,000 that it may be: whoever asks holds those of all connections. */
const MAX_VERSION = 40;

export const ps: Command = Object.freeze({
	name: "ps",
	summary: "list the connections",
	usage: "ps",
	role: "viewer",
	async run(context: Context) {
		if (context.args.length > 0) return usageError(context, ps);
		const { device, session } = context;
		const now = device.hal.now();
		// Where the others come from, and with what, is none of a guest's business.
		const all = reaches(session.permit.role, "operator");
		const rows = [["ID", "USER", "FROM", "SINCE", "IN", "OUT", "CLIENT", "ALGORITHMS"]];
		device.server.connections().forEach(connection => {
			if (!all && !isOurs(context, connection)) return;
			rows.push([
				String(connection.id),
				printable(connection.user) || "-",
				printable(connection.remoteAddress) || "-",
				duration(now - connection.since),
				String(connection.bytesReceived),
				String(connection.bytesSent),
				printable(connection.clientVersion.slice(0, MAX_VERSION)) || "-",
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
	role: "viewer",
	complete: (circumstances: Circumstances) =>
		circumstances.device.server
			.connections()
			.filter(connection => isOurs(circumstances, connection))
			.map(connection => String(connection.id)),
	async run(context: Context) {
		const id = context.args.length === 1 ? parseNumber(context.args[0]) : -1;
		if (id < 0) return usageError(context, kill);
		const { server } = context.device;
		const connection = server.connections().find(each => each.id === id);
		if (connection !== undefined && !isOurs(context, connection)) return denied(context);
		// Before it is closed, for it may be the one that this command is of.
		if (connection !== undefined) server.guard.record("kill", context.session, `target=${id}`);
		return server.closeConnection(id) < 0 ? failure(context, `${id}: no such connection`) : 0;
	},
});

/** All are an admin's, and a user's are his own; who has logged in with a limited key is not that user, and has this one alone. */
function isOurs(circumstances: Circumstances, { id, user }: ConnectionInfo): boolean {
	const { session } = circumstances;
	return (
		isAdmin(circumstances) || id === session.id || (user === circumstances.user && !session.permit.limited)
	);
}

export const whoami: Command = /* @__PURE__ */ Object.freeze(
	/* @__PURE__ */ report("whoami", "show who is logged in here", ({ user }) => `${printable(user)}\n`),
);

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

export const CONNECTIONS: readonly Command[] = Object.freeze([ps, kill, whoami]);
