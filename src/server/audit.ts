/**
 * The audit log: what happened, a line an event, into the server's EventLog (docs/security.md has the format). What a
 * peer chose stands in quotes, its control characters visible, and last, so that it is the peer's text that is cut.
 * No line holds a password, a key or what a session carries.
 *
 * What strangers can cause as often as they like is minor: its rate is bounded, and it cannot push out what matters.
 */

import { printable } from "../base/utf8.js";
import type { ConnectionInfo, Session } from "../connection/session.js";
import { DISPLAY_ERROR } from "../merrors.js";
import type { ShellEvent } from "../shell/device.js";
import type { AuthOutcome } from "../userauth/userauth.js";
import type { ServerConnection } from "./connection.js";
import type { EventLog } from "./event-log.js";

/** Characters of one text of a peer. */
const MAX_TEXT = 64;
/** Of a command line: as much as a line has room for. */
const MAX_COMMAND = 160;

export class Audit {
	readonly log: EventLog;

	constructor(log: EventLog) {
		this.log = log;
	}

	/** A connection has a place. */
	accept({ id, remoteAddress }: ServerConnection): void {
		if (this.log.takesMinor()) this.log.add(`accept id=${id} ${from(remoteAddress)}`, true, "");
	}

	/** A connection has none. @param why as Admission says it  @param wait milliseconds until that is over, or 0 */
	refuse(address: string, why: string, wait: number): void {
		if (!this.log.takesMinor()) return;
		const left = wait > 0 ? ` wait=${Math.ceil(wait / 1000)}` : "";
		this.log.add(`refuse ${from(address)} why=${why}${left}`, true, "");
	}

	/** A request of authentication has ended. */
	authentication({ id, remoteAddress }: ServerConnection, outcome: AuthOutcome): void {
		const { event, user, method, detail } = outcome;
		const minor = event !== "accepted";
		if (minor && !this.log.takesMinor()) return;
		const who = `id=${id} ${from(remoteAddress)}`;
		// The method's name is the peer's too, unless it was passed.
		const passed = `method=${method}${detail && ` key=${detail}`}`;
		if (event === "accepted") this.log.add(`auth ${who} ${passed} user=${quoted(user)}`, false, user);
		else if (event === "partial") this.log.add(`partial ${who} ${passed} user=${quoted(user)}`, true, user);
		else {
			const why = detail || (event === "failed" ? "wrong" : event);
			const tried = `method=${quoted(method)} why=${quoted(why)}`;
			this.log.add(`fail ${who} user=${quoted(user)} ${tried}`, true, user);
		}
	}

	/** A shell, a command or a subsystem begins. */
	session({ id, user }: ServerConnection, { type, command, originalCommand, terminal }: Session): void {
		let line = `session id=${id} type=${type} pty=${terminal ? "yes" : "no"} user=${quoted(user)}`;
		if (type !== "shell") line += ` command=${quoted(command, MAX_COMMAND)}`;
		if (originalCommand !== undefined) line += ` asked=${quoted(originalCommand)}`;
		this.log.add(line, false, user);
	}

	/** What a command of the shell has done, or was refused: that may be as often as the client likes. */
	command(event: ShellEvent, { id, user }: ConnectionInfo, fields: string, name: string, text: string): void {
		const minor = event === "denied";
		if (minor && !this.log.takesMinor()) return;
		let line = `${event} id=${id}${fields && ` ${fields}`} user=${quoted(user)}`;
		if (name !== "") line += ` ${name}=${quoted(text, minor ? MAX_COMMAND : MAX_TEXT)}`;
		this.log.add(line, minor, user);
	}

	/** A connection has ended, or begins to: what is still to be sent is not in its count. */
	close(connection: ServerConnection, status: number, now: number): void {
		const { id, remoteAddress, user, since, bytesReceived, bytesSent } = connection;
		if (user === "" && !this.log.takesMinor()) return;
		const seconds = ((now - since) / 1000).toFixed(3);
		const counts = `seconds=${seconds} in=${bytesReceived} out=${bytesSent}`;
		const line = `close id=${id} ${from(remoteAddress)} why=${DISPLAY_ERROR(status)} ${counts}`;
		if (user === "") this.log.add(line, true, user);
		else this.log.add(`${line} user=${quoted(user)}`, false, user);
	}

	/** What a peer did that is worth a line, and ends nothing. */
	notice({ id, user }: ServerConnection, text: string): void {
		if (this.log.takesMinor()) this.log.add(`notice id=${id} text=${quoted(text, MAX_COMMAND)}`, true, user);
	}
}

function from(address: string): string {
	return `from=${address || "unknown"}`;
}

/** In quotes; a backslash or a quote within has a backslash before it, so that nobody forges a field. */
function quoted(text: string, limit = MAX_TEXT): string {
	let shown = "";
	for (const character of text) {
		const piece = character === "\\" || character === '"' ? `\\${character}` : printable(character);
		if (shown.length + piece.length > limit) return `"${shown}"...`;
		shown += piece;
	}
	return `"${shown}"`;
}
