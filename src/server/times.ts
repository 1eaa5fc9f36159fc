/** The times that a connection is allowed, looked at once a TICK: what has run out ends it, or has it do something. */
import { IDENTIFIED } from "../base/stages.js";
import { TICK } from "../limits.js";
import {
	ERR_SSH_DISCONNECT_CONNECTION_LOST,
	ERR_SSH_KEYEX_IN_PROGRESS,
	ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED,
	ERR_TCP_READ_TIMEOUT,
	OK,
} from "../merrors.js";
import type { ServerConnection } from "./connection.js";

/** Acts on whatever time has run out. OK, or a status that ends the connection. */
export function checkTime(connection: ServerConnection, now: number): number {
	const { lastActivity, limits, protocol, sessionTime, since, stage, transport } = connection;
	const { exchangeSince } = transport;
	if (stage < IDENTIFIED && now - since >= limits.identificationTime) return ERR_TCP_READ_TIMEOUT;
	if (exchangeSince !== undefined && now - exchangeSince >= limits.keyExchangeTime)
		return ERR_TCP_READ_TIMEOUT;
	if (sessionTime > 0 && now - since >= sessionTime) return ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED;
	if (!protocol) {
		// It may wait for a moment that nobody tells it of (Guesses).
		if (connection.auth?.busy) connection.wake();
		return now - since >= limits.authenticationTime ? ERR_TCP_READ_TIMEOUT : OK;
	}
	if (limits.idleTime > 0 && now - lastActivity >= limits.idleTime)
		return ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED;
	if (limits.keepaliveInterval > 0 && now - connection.lastHeard >= limits.keepaliveInterval) {
		const status = keepAlive(connection, now);
		if (status < OK) return status;
	}
	return transport.rekeyIfDue(now);
}

/** Asks a client that is silent for a sign of life. */
function keepAlive(connection: ServerConnection, now: number): number {
	const { limits, stuck } = connection;
	const protocol = connection.protocol!;
	if (protocol.unanswered >= limits.keepaliveCount) return ERR_SSH_DISCONNECT_CONNECTION_LOST;
	connection.lastHeard = now;
	connection.taken = false;
	if (stuck) {
		// After what cannot be sent no question is asked: an answer to it would be made up.
		protocol.unanswered++;
		return OK;
	}
	const status = connection.ping();
	return status === ERR_SSH_KEYEX_IN_PROGRESS ? OK : status;
}

/**
 * Gives back memory that a silent connection does not need; the next byte takes it again. Where there was none for that,
 * it is tried again here.
 */
export function rest(connection: ServerConnection, now: number): void {
	if (connection.refused) connection.wake();
	if (connection.protocol && now - connection.lastHeard >= TICK) connection.transport.rest();
}
