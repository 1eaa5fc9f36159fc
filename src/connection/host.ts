/** What the connection protocol asks of the server around it. */
import type { Job } from "../crypto/port.js";
import type { Cost, Limits } from "../limits.js";
import type { MessageSender } from "../transport/sender.js";
import type { Permit } from "../userauth/authenticator.js";
import type { ConnectionInfo, Session } from "./session.js";
import type { Subsystem } from "./subsystems.js";

/** Where what was granted is added up. */
export interface Charges {
	/** @param bytes of chunks, beyond the cost's own */
	add(cost: Cost, bytes?: number): void;
}

export interface ConnectionHost {
	readonly sender: MessageSender;
	readonly limits: Limits;
	/** Environment variables that a client may set; a `*` at the end stands for any rest, as in "LC_*". */
	readonly environmentNames: readonly string[];
	/** What a subsystem request is granted for. */
	readonly subsystems: readonly (string | Subsystem)[];

	info(): ConnectionInfo;
	/** What the login that was verified may do. */
	readonly permit: Permit;
	/** The exchange hash of the first key exchange (RFC 4253 section 7.2). */
	sessionId(): Uint8Array;

	/** Whether the device has the memory for this now. @param bytes beyond the cost's own */
	grants(cost: Cost, bytes?: number): boolean;

	/** A shell, command or subsystem was granted, and the client knows: the application's to serve from here on. */
	onSession(session: Session): void;
	/** The client has answered a keepalive. */
	onPingReply?(): void;

	/** Public host keys in SSH wire format (RFC 4253 section 6.6). */
	hostKeyBlobs(): readonly Uint8Array[];
	/**
	 * Signs `data` with the host key whose public part is `blob`, one of hostKeyBlobs(). The result is a signature in
	 * SSH wire format: string algorithm, string signature. Undefined where it cannot be done.
	 */
	proveHostKey(blob: Uint8Array, data: Uint8Array): Job<Uint8Array> | undefined;

	/** One line for the log about what was refused; printable. */
	onNotice?(text: string): void;
}
