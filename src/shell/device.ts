/** What the built-in commands ask of the device that they run on; SSHServer and Credentials provide it. */
import type { Hal } from "../../hal/hal.js";
import type { ConnectionInfo } from "../connection/session.js";

/** The server, as far as commands need it. */
export interface ServerControl {
	connections(): ConnectionInfo[];
	/** OK or ERR_SSH_BAD_ID. */
	closeConnection(connectionInstance: number): number;
	/** "SHA256:... (ED25519)", one a host key. */
	hostKeyFingerprints(): string[];
	readonly log: LogSource;
	readonly guard: Guard;
}

/** What commands tell the server of, so that it can tell its owner. */
export interface Guard {
	/**
	 * Leaves an event in the audit log.
	 * @param session whose command it was
	 * @param fields "name=value" of the shell's own; "" for none
	 * @param name of a last field, whose `text` is the client's own: it is quoted
	 */
	record(event: ShellEvent, session: ConnectionInfo, fields: string, name?: string, text?: string): void;
	/**
	 * Asks, before a command looks at a password, whether it may: guesses count here as they do in a login, by address and by
	 * user. One that it lets pass counts as wrong until guessed() has been told.
	 */
	mayGuess(session: ConnectionInfo): boolean;
	/** Tells how the guess ended that mayGuess() let pass. @param command which looked at it */
	guessed(session: ConnectionInfo, command: string, right: boolean): void;
}

/** What a command has done that the owner wants to know later; "denied" is what it was not allowed to do. */
export type ShellEvent = "passwd" | "keys" | "kill" | "reboot" | "denied";

/** The last events, oldest first. */
export interface LogSource {
	/** @param user leaves out what tells of other users, and of strangers; all by default */
	entries(user?: string): string[];
	/** Calls back on each event from now on; the function returned ends that. */
	subscribe(listener: (line: string) => void, user?: string): () => void;
}

/** Whoever asks for work that takes time, such as a command's context: once that is cancelled, the work is given up. */
export interface Asker {
	readonly cancelled: boolean;
}

/** Keys and passwords. Those that change something return OK or a status below zero, and texts say what was wrong. */
export interface Accounts {
	/** The authorized_keys lines of a user, comments and blank lines left out. */
	keys(user: string): string[] | number;
	/** Adds a line in authorized_keys format. Undefined when done, else what is wrong with it. */
	addKey(user: string, line: string): string | undefined;
	/** Removes by fingerprint ("SHA256:...") or by comment. Undefined when done, else what is wrong. */
	removeKey(user: string, which: string): string | undefined;
	/** Hashes and stores. Undefined when done, else what is wrong. */
	setPassword(user: string, password: string, asker?: Asker): Promise<string | undefined>;
	/** Whether this is the user's password; false where none is set. A text says why nobody looked. */
	checkPassword(user: string, password: string, asker?: Asker): Promise<boolean | string>;
	/** "SHA256:..." of a line in authorized_keys format; undefined where it is none. */
	fingerprint(line: string): string | undefined;
}

export interface Device {
	readonly hal: Hal;
	readonly server: ServerControl;
	readonly accounts: Accounts;
	/** Shown in the prompt. */
	readonly hostname: string;
	/** What `version` prints first: the firmware's own name and version. */
	readonly firmware: string;
}
