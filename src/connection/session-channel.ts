/** A session channel (RFC 4254 section 6): terminal, environment, a command and how it ends, on top of a channel. */

import { cutOf, encodeUtf8 } from "../base/utf8.js";
import type { Reader } from "../base/wire.js";
import {
	COST_COMMAND,
	COST_ENVIRONMENT,
	COST_TERMINAL,
	MAX_DESCRIPTION_LENGTH,
	MAX_NAME_LENGTH,
	NOTHING,
} from "../limits.js";
import { Channel } from "./channel.js";
import type { Charges } from "./host.js";
import { type Outcome, outcomeLength, sendOutcome } from "./outgoing.js";
import type { ConnectionInfo, Session, Terminal } from "./session.js";
import { sessionRequest } from "./session-requests.js";
import { variablesOf } from "./variables.js";

export class SessionChannel extends Channel implements Session {
	/** exit-status or exit-signal, until it was sent. */
	private outcome: Outcome | undefined = undefined;
	/** Bytes that are kept for it besides what any command takes: its command line, and what the application holds. */
	held = 0;
	/** Environment variables set so far. */
	variables: Uint8Array | undefined = undefined;

	type: Session["type"] = "shell";
	command = "";
	originalCommand: string | undefined = undefined;
	terminal: Terminal | undefined = undefined;

	target: unknown = undefined;
	onWindowChange: Session["onWindowChange"] = undefined;
	onSignal: Session["onSignal"] = undefined;
	onBreak: Session["onBreak"] = undefined;

	override charge(budget: Charges): void {
		const { terminal, variables } = this;
		super.charge(budget);
		if (terminal !== undefined) budget.add(COST_TERMINAL, terminal.modes.length);
		if (variables !== undefined) budget.add(COST_ENVIRONMENT, variables.length);
		if (this.started) budget.add(COST_COMMAND, this.held);
	}

	// ---- the application's side

	get connection(): ConnectionInfo {
		return this.host.info();
	}

	get environment(): Map<string, string> {
		return variablesOf(this.variables);
	}

	hold(more: number): boolean {
		if (more > 0 && !this.host.grants(NOTHING, more)) return false;
		this.held += more;
		return true;
	}

	exit(status: number): void {
		this.finishWith(status >>> 0);
	}

	exitSignal(name: string, message = "", coreDumped = false): void {
		// In bytes: what is longer than the smallest room there may be would never be sent, and the channel never closed.
		const text = encodeUtf8(message.slice(0, MAX_DESCRIPTION_LENGTH));
		this.finishWith({
			name: name.slice(0, MAX_NAME_LENGTH),
			message: text.subarray(0, cutOf(text, MAX_DESCRIPTION_LENGTH)),
			coreDumped,
		});
	}

	private finishWith(outcome: Outcome): void {
		if (this.closed) return;
		this.outcome = outcome;
		this.conclude();
	}

	// ---- what a channel asks of the class on top of it

	request(reader: Reader): number {
		return sessionRequest(this, reader);
	}

	protected override sendLast(): boolean {
		const { outcome } = this;
		if (outcome === undefined) return true;
		const { sender } = this.host;
		if (sender.room() < outcomeLength(outcome)) return false;
		this.outcome = undefined;
		this.status = sendOutcome(sender, this.peerChannel, outcome);
		return this.status >= 0;
	}

	override finish(): void {
		this.onWindowChange = undefined;
		this.onSignal = undefined;
		this.onBreak = undefined;
		super.finish();
	}
}
