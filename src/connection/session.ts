/** A session channel (RFC 4254 section 6) as the application sees it: a stream with a terminal's trimmings. */
import type { Algorithms } from "../transport/algorithms.js";
import type { Rights } from "../userauth/authenticator.js";

/** What is known of a connection; for ps, logs and policy. */
export interface ConnectionInfo {
	/** connectionInstance of the integer API. */
	readonly id: number;
	/** "" until authenticated. */
	readonly user: string;
	readonly remoteAddress: string;
	/** When it was accepted, in the HAL's milliseconds. */
	readonly since: number;
	readonly bytesReceived: number;
	readonly bytesSent: number;
	/** softwareversion and comments of the peer's identification, such as "OpenSSH_9.2p1"; made printable. */
	readonly clientVersion: string;
	readonly algorithms: Algorithms | undefined;
	/** The login's rights. Before the login they are the least. */
	readonly permit: Rights;
}

/** A pseudo-terminal that the client asked for (RFC 4254 section 6.2); sizes of 0 are unknown. */
export interface Terminal {
	/** TERM, such as "xterm-256color". */
	readonly type: string;
	readonly columns: number;
	readonly rows: number;
	readonly widthPixels: number;
	readonly heightPixels: number;
	/** Encoded terminal modes (RFC 4254 section 8), as sent, as far as they are defined; without TTY_OP_END. */
	readonly modes: Uint8Array;
}

export interface Session {
	readonly connection: ConnectionInfo;
	/** Our channel number. */
	readonly channel: number;
	readonly type: "shell" | "exec" | "subsystem";
	/**
	 * exec: the command line; subsystem: its name; shell: "". A key's forced command stands here instead, and `type` is
	 * then "exec", so that nothing but the command runs whatever was asked for.
	 */
	readonly command: string;
	/** What the client asked for where a forced command took its place; else undefined. */
	readonly originalCommand: string | undefined;
	/** What the client has set, as it was allowed to; a copy each time. */
	readonly environment: ReadonlyMap<string, string>;
	/** Undefined without a pty. */
	readonly terminal: Terminal | undefined;

	/** Bytes that read() has now. */
	readonly readable: number;
	/**
	 * Bytes that write() takes now: 0 when the peer's window is shut, the send buffer full or keys are exchanged. read()
	 * may send a window adjustment, which takes of the same room: ask after it.
	 */
	readonly writable: number;
	/** The client has sent EOF and all before it was read. */
	readonly ended: boolean;
	/** The channel is gone, or we have closed it; nothing can be written. */
	readonly closed: boolean;

	/** Moves up to `length` received bytes to target[offset...] and returns how many; reading opens the window again. */
	read(target: Uint8Array, offset?: number, length?: number): number;
	/**
	 * Sends up to `length` bytes from source[offset...] and returns how many were taken; they are copied. With no bytes it
	 * asks: where none would be taken now, onWritable tells when.
	 */
	write(source: Uint8Array, offset?: number, length?: number): number;
	/** As write(), as extended data of type stderr. */
	writeError(source: Uint8Array, offset?: number, length?: number): number;
	/**
	 * Counts so many bytes of memory more, or less, that the application keeps for this session besides what any command
	 * takes: what a client can make grow is asked for before it does. False where the device has not that much left.
	 */
	hold(more: number): boolean;
	/** No more data follows (CHANNEL_EOF). */
	end(): void;
	/** The command has ended: exit-status, EOF, CLOSE. */
	exit(status: number): void;
	/** The command died of a signal: exit-signal, EOF, CLOSE. @param name without "SIG", as "TERM" */
	exitSignal(name: string, message?: string, coreDumped?: boolean): void;
	close(): void;

	/**
	 * The application's own; nothing here looks at it. Callbacks have the session as `this`, so with it one function serves
	 * all sessions, where a closure for each takes 144 bytes on XS.
	 */
	target: unknown;
	/** Data has arrived. Not called again for what is left unread until more arrives. */
	onReadable: ((this: Session, count: number) => void) | undefined;
	/** write() takes bytes again after it took fewer than it was given. */
	onWritable: ((this: Session, count: number) => void) | undefined;
	/** The client has sent EOF. What it sent before may still be unread. */
	onEnd: ((this: Session) => void) | undefined;
	onWindowChange: ((this: Session, terminal: Terminal) => void) | undefined;
	/** @param name without "SIG", as "INT" */
	onSignal: ((this: Session, name: string) => void) | undefined;
	/** RFC 4335; 0 asks for the device's own length. */
	onBreak: ((this: Session, milliseconds: number) => void) | undefined;
	/** The channel is gone, by whichever side; the last call, and the last moment to read what had arrived. */
	onClose: ((this: Session) => void) | undefined;
}
