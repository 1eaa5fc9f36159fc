/** What the shell's commands tell the server of: events for its log, and passwords that they look at. */

import type { ConnectionInfo } from "../connection/session.js";
import type { Guard, ShellEvent } from "../shell/device.js";
import type { Parts } from "./parts.js";

export class CommandGuard implements Guard {
	private readonly parts: Parts;

	constructor(parts: Parts) {
		this.parts = parts;
	}

	record(event: ShellEvent, session: ConnectionInfo, fields: string, name = "", text = ""): void {
		this.parts.audit.command(event, session, fields, name, text);
	}

	mayGuess({ id, user }: ConnectionInfo): boolean {
		const { scheduler, setup } = this.parts;
		if (!scheduler.find(id)?.mayGuess()) return false;
		return setup.guesses?.mayLookAtOnce(user) ?? true;
	}

	guessed({ id, user }: ConnectionInfo, command: string, right: boolean): void {
		const { audit, scheduler, setup } = this.parts;
		if (right) {
			setup.guesses?.right(user, new Uint8Array(0));
			return;
		}
		const connection = scheduler.find(id);
		if (!connection) return;
		connection.onWrongGuess();
		audit.authentication(connection, { event: "failed", user, method: command, detail: "" });
	}
}
