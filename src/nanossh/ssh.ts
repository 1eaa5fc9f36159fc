/**
 * The integer API, after ssh.h of the NanoSSH synchronous server: handles above zero, statuses of merrors.h below, so
 * that a main loop written for it ports line by line. Where the original blocks, a Promise of the status is returned.
 *
 * These functions share one server, as the original's do. It is the one piece of state in src/ that a module holds, so
 * this module is not for preloading into flash; what it stands on is.
 */
import type { TCP_SOCKET } from "../../hal/hal.js";
import type { ConnectionInfo, Session } from "../connection/session.js";
import {
	DISPLAY_ERROR,
	ERR_INVALID_ARG,
	ERR_MEM_ALLOC_FAIL,
	ERR_MOCANA_NOT_INITIALIZED,
	ERR_RAND,
	ERR_SESSION_NOT_OPEN,
	ERR_SSH_BAD_ID,
	ERR_SSH_BAD_IOCTL_SELECTOR,
	ERR_SSH_CONFIG,
	OK,
} from "../merrors.js";
import {
	__ENABLE_MOCANA_SSH_ASYNC_SERVER_API__,
	__ENABLE_MOCANA_SSH_PING__,
	__ENABLE_MOCANA_SSH_SERVER__,
} from "../moptions.js";
import { SSHServer, type SSHServerOptions } from "../server/server.js";
import { Mailbox, type Out, SSH_SESSION_PING_REPLY } from "./mailbox.js";

export * from "../merrors.js";
export {
	type Out,
	SSH_SESSION_BREAK,
	SSH_SESSION_CHANNEL_CLOSED,
	SSH_SESSION_CLOSED,
	SSH_SESSION_DATA,
	SSH_SESSION_EOF,
	SSH_SESSION_EXEC,
	SSH_SESSION_NOTHING,
	SSH_SESSION_OPEN,
	SSH_SESSION_OPEN_PTY,
	SSH_SESSION_OPEN_SFTP,
	SSH_SESSION_OPEN_SHELL,
	SSH_SESSION_PING_REPLY,
	SSH_SESSION_STDERR,
	SSH_SESSION_WINDOW_CHANGE,
} from "./mailbox.js";
export type { TCP_SOCKET };
export { DISPLAY_ERROR };

/** SSH_ioctl: ends the connection when it has lasted `value` milliseconds from accept on; 0 lets it last. */
export const SET_SSH_MAX_SESSION_TIME_LIMIT = 1;
/** SSH_ioctl: the command of the session has ended with exit status `value`; its channel closes. */
export const SET_SSH_EXIT_STATUS = 2;

/** What the original takes from its build and its upcalls: the platform, the host keys, who may log in. */
export type SSHSettings = Omit<
	SSHServerOptions,
	"port" | "address" | "maxConnections" | "onSession" | "onListening" | "onPingReply"
>;

/** The instance behind the functions. */
const instance: {
	settings: SSHSettings | undefined;
	server: SSHServer | undefined;
	maxConnections: number;
	/** By connectionInstance; at most one a place in the table, and those whose last event was not fetched. */
	mailboxes: Map<number, Mailbox> | undefined;
} = { settings: undefined, server: undefined, maxConnections: 0, mailboxes: undefined };

function sshSettings(settings: SSHSettings): number {
	if (instance.server) return ERR_SSH_CONFIG;
	instance.settings = settings;
	return OK;
}

function init(sshMaxConnections: number): number {
	if (!Number.isInteger(sshMaxConnections) || sshMaxConnections < 1) return ERR_INVALID_ARG;
	const { settings, server } = instance;
	if (server) return sshMaxConnections > instance.maxConnections ? ERR_SSH_CONFIG : OK;
	if (!settings) return ERR_MOCANA_NOT_INITIALIZED;
	// Asked here, so that it has a status of its own; SSHServer refuses as well.
	if (settings.hal.random(new Uint8Array(16)) < OK) return ERR_RAND;
	const mailboxes = new Map<number, Mailbox>();
	try {
		instance.server = new SSHServer({
			...settings,
			// One session a connection, and the whole table for whoever comes, as the original has it; `limits` may say otherwise.
			limits: {
				channels: 1,
				waitingConnections: sshMaxConnections,
				waitingByAddress: sshMaxConnections,
				...settings.limits,
			},
			maxConnections: sshMaxConnections,
			onSession: session => onSession(mailboxes, session),
			onPingReply: ({ id }) => mailboxes.get(id)?.post(SSH_SESSION_PING_REPLY),
			onClose: (connection, status) => onClose(mailboxes, connection, status),
		});
	} catch (error) {
		if (error instanceof TypeError) return ERR_SSH_CONFIG;
		return ERR_MEM_ALLOC_FAIL;
	}
	instance.maxConnections = sshMaxConnections;
	instance.mailboxes = mailboxes;
	return OK;
}

function onSession(mailboxes: Map<number, Mailbox>, session: Session): void {
	const mailbox = mailboxes.get(session.connection.id);
	if (mailbox?.free) mailbox.attach(session);
	else session.close();
}

function onClose(mailboxes: Map<number, Mailbox>, connection: ConnectionInfo, status: number): void {
	mailboxes.get(connection.id)?.close();
	instance.settings?.onClose?.(connection, status);
}

function acceptConnection(socket: TCP_SOCKET): number {
	const { server, mailboxes } = instance;
	if (!server || !mailboxes) return ERR_MOCANA_NOT_INITIALIZED;
	let connectionInstance: number;
	try {
		connectionInstance = server.accept(socket);
	} catch {
		return ERR_MEM_ALLOC_FAIL;
	}
	if (connectionInstance > 0) {
		// Last events that nobody fetched are kept for no more handles than there are places.
		for (const [id, mailbox] of mailboxes) {
			if (mailboxes.size < 2 * instance.maxConnections) break;
			if (mailbox.closed) mailboxes.delete(id);
		}
		mailboxes.set(connectionInstance, new Mailbox());
	}
	return connectionInstance;
}

function negotiateConnection(connectionInstance: number): Promise<number> {
	return new Promise(resolve => {
		const status = instance.server?.negotiate(connectionInstance, resolve) ?? ERR_SSH_BAD_ID;
		if (status < OK) resolve(status);
	});
}

function sendPing(connectionInstance: number): number {
	return instance.server?.ping(connectionInstance) ?? ERR_SSH_BAD_ID;
}

function closeConnection(connectionInstance: number): number {
	const status = instance.server?.closeConnection(connectionInstance) ?? ERR_SSH_BAD_ID;
	if (status === OK) instance.mailboxes?.delete(connectionInstance);
	return status;
}

function sendMessage(
	connectionInstance: number,
	buffer: Uint8Array,
	bufferSize: number,
	bytesSent: Out,
): number {
	bytesSent.value = 0;
	const mailbox = instance.mailboxes?.get(connectionInstance);
	if (!mailbox || mailbox.closed) return ERR_SSH_BAD_ID;
	if (!Number.isInteger(bufferSize) || bufferSize < 0 || bufferSize > buffer.length) return ERR_INVALID_ARG;
	if (!mailbox.session || mailbox.session.closed) return ERR_SESSION_NOT_OPEN;
	bytesSent.value = mailbox.session.write(buffer, 0, bufferSize);
	return OK;
}

function sendReady(connectionInstance: number): Promise<number> {
	return instance.mailboxes?.get(connectionInstance)?.sendReady() ?? Promise.resolve(ERR_SSH_BAD_ID);
}

async function recvMessage(
	connectionInstance: number,
	messageType: Out,
	buffer: Uint8Array,
	bytesReceived: Out,
): Promise<number> {
	const mailbox = instance.mailboxes?.get(connectionInstance);
	if (!mailbox) return ERR_SSH_BAD_ID;
	const status = await mailbox.receive(messageType, buffer, bytesReceived);
	if (mailbox.over) instance.mailboxes?.delete(connectionInstance);
	return status;
}

function ioctl(connectionInstance: number, selector: number, value: number): number {
	const mailbox = instance.mailboxes?.get(connectionInstance);
	if (!mailbox || mailbox.closed) return ERR_SSH_BAD_ID;
	if (!Number.isInteger(value) || value < 0) return ERR_INVALID_ARG;
	switch (selector) {
		case SET_SSH_MAX_SESSION_TIME_LIMIT:
			return instance.server!.limitSessionTime(connectionInstance, value);
		case SET_SSH_EXIT_STATUS:
			if (!mailbox.session || mailbox.session.closed) return ERR_SESSION_NOT_OPEN;
			mailbox.session.exit(value);
			return OK;
		default:
			return ERR_SSH_BAD_IOCTL_SELECTOR;
	}
}

async function shutdown(): Promise<number> {
	const { server } = instance;
	instance.server = undefined;
	instance.mailboxes = undefined;
	instance.maxConnections = 0;
	if (server !== undefined) await server.close();
	return OK;
}

/** What a flag switches off is undefined here, as it is undeclared in the original. */
const SERVER = __ENABLE_MOCANA_SSH_SERVER__ && !__ENABLE_MOCANA_SSH_ASYNC_SERVER_API__;
const PING = SERVER && __ENABLE_MOCANA_SSH_PING__;

/**
 * Tells what the original has from its build: the HAL, the crypto, host keys, who may log in. Before SSH_init.
 *
 * @returns OK; ERR_SSH_CONFIG once SSH_init has succeeded
 */
export const SSH_sshSettings = (SERVER ? sshSettings : undefined) as typeof sshSettings;

/**
 * Prepares the server for at most `sshMaxConnections` connections, each of which takes 18 bytes until it is there.
 *
 * @returns OK; ERR_INVALID_ARG for what is no count; ERR_MOCANA_NOT_INITIALIZED before SSH_sshSettings; ERR_RAND where
 *   the platform has no cryptographic randomness; ERR_MEM_ALLOC_FAIL; ERR_SSH_CONFIG for settings that make no server,
 *   and when a later call asks for more than the first
 */
export const SSH_init = (SERVER ? init : undefined) as typeof init;

/**
 * Registers a connection; no I/O.
 *
 * @param socket from the HAL's accept()
 * @returns a handle above zero, the first is 0x1001; ERR_MOCANA_NOT_INITIALIZED before SSH_init; ERR_INVALID_ARG;
 *   ERR_MEM_ALLOC_FAIL; ERR_SSH_TOO_MANY_CONNECTIONS when the table is full, or as full as it may get with those who
 *   have not logged in: a later try may succeed; ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT, which the original has
 *   not, for what the peer's address has done. With either nothing was sent and the socket is still the caller's
 */
export const SSH_acceptConnection = (SERVER ? acceptConnection : undefined) as typeof acceptConnection;

/**
 * Exchanges versions and keys and authenticates, until the client opens its first session channel.
 *
 * @returns OK; ERR_SSH_BAD_ID for a wrong handle or state; ERR_TCP_READ_TIMEOUT when the client is too slow; whatever
 *   else ended the connection: the handle is then void
 */
export const SSH_negotiateConnection = (
	SERVER ? negotiateConnection : undefined
) as typeof negotiateConnection;

/**
 * Asks an open connection for a sign of life (keepalive@openssh.com) and does not wait; the answer comes as event
 * SSH_SESSION_PING_REPLY.
 *
 * @returns OK; ERR_SSH_BAD_ID unless the connection is open; ERR_SSH_KEYEX_IN_PROGRESS during a re-key
 */
export const SSH_sendPing = (PING ? sendPing : undefined) as typeof sendPing;

/**
 * Closes the channels, says good-bye (DISCONNECT, by application) and frees the connection; its socket is closed when
 * what was queued has gone out.
 *
 * @returns OK; ERR_SSH_BAD_ID, a second time too
 */
export const SSH_closeConnection = (SERVER ? closeConnection : undefined) as typeof closeConnection;

/**
 * Sends data to the session.
 *
 * @param bytesSent how many bytes were taken: as many as the client's window allows, 0 during a re-key
 * @returns OK; ERR_SSH_BAD_ID; ERR_INVALID_ARG; ERR_SESSION_NOT_OPEN while there is no shell or command
 */
export const SSH_sendMessage = (SERVER ? sendMessage : undefined) as typeof sendMessage;

/**
 * Waits until SSH_sendMessage takes bytes again, having taken fewer than it was given: where a main loop of the
 * original would try over and over.
 *
 * @returns OK; ERR_SSH_BAD_ID; ERR_SESSION_NOT_OPEN where there is no session to send to
 */
export const SSH_sendReady = (SERVER ? sendReady : undefined) as typeof sendReady;

/**
 * Waits for one event of the session; fetching data opens the client's window again.
 *
 * @param messageType SSH_SESSION_*  @param buffer takes the payload  @param bytesReceived bytes of payload
 * @returns OK; ERR_SSH_BAD_ID; ERR_BUFFER_TOO_SMALL for a payload other than data: the event is kept
 */
export const SSH_recvMessage = (SERVER ? recvMessage : undefined) as typeof recvMessage;

/** Settings of one connection: SET_SSH_*. OK; ERR_SSH_BAD_ID; ERR_INVALID_ARG; ERR_SSH_BAD_IOCTL_SELECTOR. */
export const SSH_ioctl = (SERVER ? ioctl : undefined) as typeof ioctl;

/** Closes every connection and forgets the server; SSH_init may be called again. Always OK. */
export const SSH_shutdown = (SERVER ? shutdown : undefined) as typeof shutdown;
