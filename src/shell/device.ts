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
}

/** The last events, oldest first. */
export interface LogSource {
	entries(): string[];
	/** Calls back on each event from now on; the function returned ends that. */
	subscribe(listener: (line: string) => void): () => void;
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
	setPassword(user: string, password: string): Promise<string | undefined>;
	/** Whether this is the user's password; false where none is set. */
	checkPassword(user: string, password: string): Promise<boolean>;
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
