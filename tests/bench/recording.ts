/** A connection as it was recorded, and is played again: what one side sent, then what the other did, in turns. */

/** The parts of a connection that are counted apart, in their order. Those up to "signature" are the login. */
export const PHASES = Object.freeze([
	"key exchange",
	"service request",
	"none",
	"query",
	"signature",
	"session",
	"data from the client",
	"data to the client",
	"re-key",
] as const);

export type Phase = (typeof PHASES)[number];

/** Phases that are part of a login. */
export const LOGIN: readonly Phase[] = PHASES.slice(0, PHASES.indexOf("signature") + 1);

/** Of the server's random numbers: a replay draws the same. */
export const SEED = 11;

/** Bytes one way, as hexadecimal digits. */
export interface Turn {
	readonly phase: Phase;
	readonly fromClient: boolean;
	readonly bytes: string;
}

/** What the server is made with. */
export interface ServerKeys {
	/** Of its Ed25519 key, as hexadecimal digits. */
	readonly hostSeed: string;
	readonly hostPublicKey: string;
	/** The user's file. */
	readonly authorizedKeys: string;
	/** The user's, where there is one. */
	readonly password?: string;
	/** Its server refuses nobody for want of memory: so that a heap can be made smaller until it does not suffice. */
	readonly unbounded?: boolean;
	/** Lines that its log keeps, where not the least. */
	readonly logSize?: number;
}

export interface Recording extends ServerKeys {
	readonly turns: readonly Turn[];
}

/** What a phase has cost. */
export interface Cost {
	instructions: number;
	/** The most that one callback of the event loop took. */
	longest: number;
}
