/** What a simulated device is told at its start; JSON can hold it, for that is how a board gets it. */
import type { Limits } from "../src/limits.js";

export type LogLevel = "error" | "info" | "debug";

/** A file of authorized keys, read: each character of `text` is a byte. */
export interface KeyFile {
	readonly path: string;
	readonly text: string;
}

export interface DeviceOptions {
	readonly host: string;
	readonly port: number;
	/** The folder of `hal.storage`, for messages. */
	readonly state: string;
	readonly user: string;
	/** Replaces the one that is kept. */
	readonly password: string | undefined;
	/** Replaces those that are kept. */
	readonly authorizedKeys: KeyFile | undefined;
	readonly maxConnections: number;
	/** As SSHServer has it. */
	readonly ownerAddresses: string | undefined;
	readonly limits: Limits;
	readonly log: LogLevel;
}

/** One line that says what is wrong: with an option, or with what it leads to. The program ends with status 2. */
export class StartError extends Error {}
