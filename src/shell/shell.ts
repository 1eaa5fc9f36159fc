/** The shell of a device: what an SSHServer's onSession hands its sessions to. Its commands are those that it is given. */
import type { Session } from "../connection/session.js";
import type { Device } from "./device.js";
import { byName, type Dispatcher, type DispatcherHost } from "./dispatcher.js";
import type { InteractiveHost } from "./prompt-session.js";
import type { Command } from "./registry.js";
import { StreamSession } from "./stream-session.js";
import { TerminalSession } from "./terminal-session.js";

export interface ShellOptions {
	readonly device: Device;
	/** Of a Shell, added to its built-in commands: one of the same name takes the place of the built-in. Of a BareShell, all. */
	readonly commands?: readonly Command[];
	/** Makes for each session what is asked before the commands are: cliDispatcher(CLI) runs those of the SDK's `cli`. */
	readonly dispatcher?: (host: DispatcherHost) => Dispatcher;
	/** Shown when an interactive session begins. */
	readonly motd?: string;
	/** Before each line: plain text, control characters are made visible. By default "USER@HOSTNAME> ". */
	readonly prompt?: string | ((session: Session) => string);
}

/** A Shell without built-in commands: the firmware names each that it wants, and what it does not name is not linked. */
export class BareShell implements InteractiveHost {
	readonly device: Device;
	readonly commands: readonly Command[];
	readonly startTime: number;
	readonly motd: string;
	readonly dispatcher: ((host: DispatcherHost) => Dispatcher) | undefined;
	private readonly promptOption: string | ((session: Session) => string) | undefined;

	/** @throws Error when a command has no name, or one with a blank, or two have the same */
	constructor(options: ShellOptions) {
		this.device = options.device;
		this.commands = sorted(options.commands ?? []);
		this.startTime = options.device.hal.now();
		this.motd = options.motd ?? "";
		this.dispatcher = options.dispatcher;
		this.promptOption = options.prompt;
	}

	/** Serves a session until it closes. A subsystem is none of the shell's: it ends with status 1. */
	run(session: Session): void {
		if (session.type === "subsystem") session.exit(1);
		else if (session.terminal !== undefined) new TerminalSession(this, session).run();
		else new StreamSession(this, session).run();
	}

	prompt(session: Session): string {
		try {
			if (typeof this.promptOption === "function") return this.promptOption(session);
		} catch {
			// A session without a prompt could not go on: it gets the usual one.
		}
		if (typeof this.promptOption === "string") return this.promptOption;
		return `${session.connection.user}@${this.device.hostname}> `;
	}
}

/** Sorted by name. */
function sorted(commands: readonly Command[]): readonly Command[] {
	const names = new Set<string>();
	commands.forEach(({ name }) => {
		if (name === "" || name.includes(" ") || names.has(name))
			throw new Error(`the command name "${name}" is empty, has a blank or is there twice`);
		names.add(name);
	});
	return Object.freeze(commands.slice().sort(byName));
}
