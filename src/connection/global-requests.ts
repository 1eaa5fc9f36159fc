/** The global requests that a client may make (RFC 4254 section 4), a row each. What is not listed is refused. */
import type { Reader } from "../base/wire.js";
import { MAX_HOST_KEY_PROOFS } from "../limits.js";
import { ERR_SESSION_BAD_PAYLOAD, OK } from "../merrors.js";
import { __ENABLE_MOCANA_SSH_HOSTKEYS__ } from "../moptions.js";
import type { ConnectionHost } from "./host.js";
import { HOSTKEYS_PROVE, HostKeyProof } from "./hostkeys.js";
import { row } from "./table.js";

/** A reply that takes computing: no other message is taken until it is sent, so that replies keep their order. */
export interface LateReply {
	/** One slice of the work; true when reply() can be sent. */
	step(): boolean;
	/** Sends it. OK or the sender's status. */
	reply(): number;
	/** Gives up: the connection is gone. */
	wipe(): void;
}

/** What a global request may do to the connection that it came on. */
export interface RequestedConnection {
	readonly host: ConnectionHost;
	/** Late replies so far. */
	readonly lateReplies: number;
	refuseSessions(): void;
	/** The request is answered by this. */
	replyLate(reply: LateReply): void;
}

// What a request comes to; OK stands for a reply that comes later.
/** REQUEST_SUCCESS, where a reply is wanted. */
export const GRANTED = 1;
/** REQUEST_FAILURE, where a reply is wanted. */
export const DENIED = 2;

export interface GlobalRequest {
	readonly name: string;
	/**
	 * Does what is asked for.
	 *
	 * @param reader stands at the request-specific data
	 * @returns GRANTED or DENIED; OK when it was given a late reply; or a status below zero that ends the connection
	 */
	serve(connection: RequestedConnection, reader: Reader, wantReply: boolean): number;
}

export const KEEPALIVE = "keepalive@openssh.com";

export const GLOBAL_REQUESTS: readonly GlobalRequest[] = Object.freeze([
	row(KEEPALIVE, keepalive),
	row("no-more-sessions@openssh.com", noMoreSessions),
	...(__ENABLE_MOCANA_SSH_HOSTKEYS__ ? [row(HOSTKEYS_PROVE, proveHostKeys)] : []),
]);

function keepalive(): number {
	return GRANTED;
}

/** OpenSSH PROTOCOL 2.2: what steals the connection later shall get no session out of it. */
function noMoreSessions(connection: RequestedConnection): number {
	connection.refuseSessions();
	return GRANTED;
}

/** OpenSSH PROTOCOL 2.5. Signatures take long: no connection gets them without end. */
function proveHostKeys(connection: RequestedConnection, reader: Reader, wantReply: boolean): number {
	if (!wantReply || connection.lateReplies >= MAX_HOST_KEY_PROOFS) return DENIED;
	const proof = new HostKeyProof(connection.host, reader);
	if (reader.failed) return ERR_SESSION_BAD_PAYLOAD;
	connection.replyLate(proof);
	return OK;
}
