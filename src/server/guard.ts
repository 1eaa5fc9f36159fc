/** What the shell's commands tell the server of: events for its log, and passwords that they look at. */

import type { ConnectionInfo } from "../connection/session.js";
import type { Guard, ShellEvent } from "../shell/device.js";
import type { Audit } from "./audit.js";
import type { ServerConnection } from "./connection.js";
import type { Guesses } from "./guesses.js";

export interface GuardOwner {
	find(connectionInstance: number): ServerConnection | undefined;
	/** Milliseconds until a password may be tried from its address. */
	guessWait(connection: ServerConnection): number;
	onWrongGuess(connection: ServerConnection): void;
}

export class CommandGuard implements Guard {
	private readonly owner: GuardOwner;
	private readonly audit: Audit;
	private readonly guesses: Guesses | undefined;

	constructor(owner: GuardOwner, audit: Audit, guesses: Guesses | undefined) {
		this.owner = owner;
		this.audit = audit;
		this.guesses = guesses;
	}

	record(event: ShellEvent, session: ConnectionInfo, fields: string, name = "", text = ""): void {
		this.audit.command(event, session, fields, name, text);
	}

	mayGuess({ id, user }: ConnectionInfo): boolean {
		const connection = this.owner.find(id);
		if (!connection || this.owner.guessWait(connection) > 0) return false;
		return this.guesses?.mayLookAtOnce(user) ?? true;
	}

	guessed({ id, user }: ConnectionInfo, command: string, right: boolean): void {
		if (right) {
			this.guesses?.right(user, new Uint8Array(0));
			return;
		}
		const connection = this.owner.find(id);
		if (!connection) return;
		this.owner.onWrongGuess(connection);
		this.audit.authentication(connection, "failed", user, command, "");
	}
}
