/** The server: a listener, a table of connections, and the pump between their sockets and their state machines. */
import type { Hal, TCP_SOCKET } from "../hal/hal.js";
import type { ConnectionInfo, Session } from "./connection/session.js";
import { ACCEPTED, CLOSING, ConnectionTable, NEGOTIATING, OPEN } from "./connection-table.js";
import type { Crypto } from "./crypto/port.js";
import { CLOSE_TIME, DEVICE_LIMITS, type Limits, limitsFault, STEPS_PER_TURN, TICK } from "./limits.js";
import {
	DISPLAY_ERROR,
	ERR_INTERNAL_ERROR,
	ERR_INVALID_ARG,
	ERR_SSH_BAD_ID,
	ERR_SSH_DISCONNECT_BY_APPLICATION,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	OK,
} from "./merrors.js";
import { SSH_DISCONNECT_BY_APPLICATION, SSH_DISCONNECT_TOO_MANY_CONNECTIONS } from "./messages.js";
import { type ConnectionOwner, type ConnectionSetup, ServerConnection } from "./server-connection.js";
import { disconnectReason, isSocketLost } from "./transport/disconnect.js";
import type { HostKey } from "./transport/host-key.js";
import { refusal } from "./transport/refusal.js";
import type { Authenticator, MethodName, Permit } from "./userauth/authenticator.js";
import { type AuthenticationRequest, CallbackAuthenticator } from "./userauth/callback-authenticator.js";
import { SIGNATURE_ALGORITHMS } from "./userauth/public-key.js";

export interface SSHServerOptions {
	readonly hal: Hal;
	readonly crypto: Crypto;
	/** At least one; the first is preferred. */
	readonly hostKeys: readonly HostKey[];

	/** Listens there; without a port, connections come by accept() alone. 0 picks a free one. */
	readonly port?: number;
	/** Of the interface to listen on; all of them by default. */
	readonly address?: string;
	/** Places in the table; default 4. */
	readonly maxConnections?: number;

	/** Who may log in; or, simpler, onAuthenticate. */
	readonly authenticator?: Authenticator;
	/** The methods that onAuthenticate is asked about, any one of which suffices; default publickey and password. */
	readonly methods?: readonly MethodName[];
	/** Called with what a client shows. True, or a Permit, lets it in. Not called with `authenticator`. */
	readonly onAuthenticate?: (request: AuthenticationRequest) => boolean | Permit | Promise<boolean | Permit>;
	/** Shown before authentication (RFC 4252 section 5.4). */
	readonly banner?: string;

	/** Over DEVICE_LIMITS, which is the default. */
	readonly limits?: Partial<Limits>;
	/** Environment variables that clients may set; a trailing * matches any rest. Default LANG and LC_*. */
	readonly environment?: readonly string[];
	/** Subsystems that onSession serves; none by default. */
	readonly subsystems?: readonly string[];
	/** Gets one line an event: accepted, logged in, what was run, closed and why. An EventLog, for the shell. */
	readonly log?: { add(text: string): void };

	/** A shell, a command or a subsystem begins. */
	readonly onSession: (session: Session) => void;
	/** A client has logged in. */
	readonly onConnection?: (connection: ConnectionInfo) => void;
	/** A connection has ended; its id is void. @param status why: OK or ERR_* of merrors.ts */
	readonly onClose?: (connection: ConnectionInfo, status: number) => void;
	/** The listener has failed, or a callback has thrown. */
	readonly onError?: (status: number, text: string) => void;
	readonly onListening?: (port: number) => void;
	/** The answer to a ping() of ours. */
	readonly onPingReply?: (connection: ConnectionInfo) => void;
}

const DEFAULT_ENVIRONMENT: readonly string[] = Object.freeze(["LANG", "LC_*"]);

export class SSHServer implements ConnectionOwner {
	private readonly options: SSHServerOptions;
	private readonly hal: Hal;
	private readonly setup: ConnectionSetup;
	private readonly table: ConnectionTable;
	/** Connections, newest first. */
	private first: ServerConnection | undefined;
	/** The connection that the pump is at. */
	private current: ServerConnection | undefined;
	private listener: TCP_SOCKET = 0;
	private listening = false;
	private ticking = 0;
	private working = 0;
	private closed: (() => void) | undefined;

	/** @throws TypeError for options that make no server, Error where the HAL has no cryptographic randomness */
	constructor(options: SSHServerOptions) {
		const { hal, maxConnections = 4, environment = DEFAULT_ENVIRONMENT, subsystems = [] } = options;
		const limits: Limits = Object.freeze({ ...DEVICE_LIMITS, ...options.limits });
		const fault = limitsFault(limits);
		if (fault) throw new TypeError(fault);
		if (!Number.isInteger(maxConnections) || maxConnections < 1)
			throw new TypeError("maxConnections: not above 0");
		if (options.hostKeys.length === 0) throw new TypeError("hostKeys: none given");
		const entropy = hal.random(new Uint8Array(16));
		if (entropy < OK) throw new Error(`no cryptographic randomness: ${DISPLAY_ERROR(entropy)}`);
		this.options = options;
		this.hal = hal;
		this.table = new ConnectionTable(maxConnections);
		this.setup = Object.freeze({
			crypto: options.crypto,
			random: (bytes: Uint8Array) => hal.random(bytes),
			limits,
			hostKeys: options.hostKeys,
			signatureAlgorithms: SIGNATURE_ALGORITHMS,
			authenticator: authenticatorOf(options),
			banner: options.banner,
			environment,
			subsystems,
			date: () => hal.date(),
		});
		if (options.port !== undefined) this.listen(options.address ?? "0.0.0.0", options.port);
	}

	// --- connections

	/**
	 * Registers a connection; nothing is sent before negotiate().
	 *
	 * @returns its instance id; ERR_INVALID_ARG for what is no socket; ERR_SSH_TOO_MANY_CONNECTIONS when the table is
	 *   full: the socket is still the caller's
	 */
	accept(socket: TCP_SOCKET): number {
		if (!Number.isInteger(socket) || socket < 1) return ERR_INVALID_ARG;
		const { hal, table } = this;
		const place = table.add(socket);
		if (place < 0) return place;
		try {
			const id = table.instance(place);
			const address = hal.remoteAddress(socket);
			const connection = new ServerConnection(this.setup, this, id, place, address, hal.now());
			connection.next = this.first;
			this.first = connection;
			this.onEvent(connection, `accepted from ${address || "unknown"}`);
			this.tick();
			return id;
		} catch (error) {
			table.release(place);
			throw error;
		}
	}

	/**
	 * Exchanges keys and authenticates.
	 *
	 * @param done called once: with OK when the client has opened its first session channel, or with the status that
	 *   ended the connection before that
	 * @returns OK, or ERR_SSH_BAD_ID for what accept() did not give or was negotiated already
	 */
	negotiate(connectionInstance: number, done?: (status: number) => void): number {
		const connection = this.find(connectionInstance);
		if (!connection || this.table.state(connection.place) !== ACCEPTED) return ERR_SSH_BAD_ID;
		this.table.setState(connection.place, NEGOTIATING);
		connection.onNegotiated = done;
		connection.transport.start();
		this.hal.watch(this.table.socket(connection.place), () => this.pump(connection));
		this.wake(connection);
		return OK;
	}

	/** Sends keepalive@openssh.com. ERR_SSH_BAD_ID unless open; ERR_SSH_KEYEX_IN_PROGRESS during a re-key. */
	ping(connectionInstance: number): number {
		const connection = this.find(connectionInstance);
		if (!connection || this.table.state(connection.place) !== OPEN) return ERR_SSH_BAD_ID;
		return connection.ping();
	}

	/** CHANNEL_CLOSE and DISCONNECT(by application); the id is void at once. OK or ERR_SSH_BAD_ID. */
	closeConnection(connectionInstance: number): number {
		const connection = this.find(connectionInstance);
		if (!connection) return ERR_SSH_BAD_ID;
		this.finish(connection, OK);
		return OK;
	}

	/** Ends a connection that has lasted this many milliseconds from accept on; 0 lets it last. OK or ERR_SSH_BAD_ID. */
	limitSessionTime(connectionInstance: number, milliseconds: number): number {
		const connection = this.find(connectionInstance);
		if (!connection) return ERR_SSH_BAD_ID;
		connection.sessionTime = milliseconds;
		return OK;
	}

	/** Live connections, the oldest first. */
	connections(): ConnectionInfo[] {
		const live: ConnectionInfo[] = [];
		for (let each = this.first; each; each = each.next)
			if (this.table.state(each.place) !== CLOSING) live.unshift(each);
		return live;
	}

	/** Places in use, of `maxConnections`. */
	get connectionCount(): number {
		return this.table.count;
	}

	/** One a host key, as ssh shows them: "SHA256:... (ED25519)". */
	hostKeyFingerprints(): string[] {
		return this.options.hostKeys.map(({ algorithm, fingerprint }) =>
			algorithm === "ssh-ed25519" ? `${fingerprint} (ED25519)` : `${fingerprint} (ECDSA)`,
		);
	}

	/** Stops listening and closes every connection; resolves when the last byte is out or CLOSE_TIME has passed. */
	close(): Promise<void> {
		if (this.listener > 0) this.hal.close(this.listener);
		this.listener = 0;
		return new Promise(resolve => {
			this.closed = resolve;
			for (let each = this.first; each; ) {
				const { next } = each;
				this.finish(each, OK);
				each = next;
			}
			this.settleClose();
		});
	}

	// --- listener

	private listen(address: string, port: number): void {
		this.listener = this.hal.listen(address, port, () => this.onListenerReady());
		if (this.listener < OK) this.listenerFailed(this.listener);
	}

	private onListenerReady(): void {
		if (this.listener <= 0) return;
		if (!this.listening) {
			const port = this.hal.localPort(this.listener);
			if (port > 0) {
				this.listening = true;
				this.options.onListening?.(port);
			}
		}
		for (;;) {
			const socket = this.hal.accept(this.listener);
			if (socket === ERR_TCP_WOULDBLOCK) return;
			if (socket < OK) {
				this.listenerFailed(socket);
				return;
			}
			this.admit(socket);
		}
	}

	private listenerFailed(status: number): void {
		if (this.listener > 0) this.hal.close(this.listener);
		this.listener = 0;
		this.options.onError?.(status, `cannot listen: ${DISPLAY_ERROR(status)}`);
	}

	/** A connection of the listener: negotiated at once, or refused with a word of why. */
	private admit(socket: TCP_SOCKET): void {
		try {
			const id = this.accept(socket);
			if (id > 0) {
				this.negotiate(id);
				return;
			}
			const bytes = refusal(SSH_DISCONNECT_TOO_MANY_CONNECTIONS, "Too many connections");
			this.hal.write(socket, bytes, 0, bytes.length);
			this.options.log?.add(`refused ${this.hal.remoteAddress(socket)}: too many connections`);
		} catch (error) {
			// No memory for one more: the listener and those who are in stay as they were.
			this.options.onError?.(ERR_INTERNAL_ERROR, `accept: ${error}`);
		}
		this.hal.close(socket);
	}

	// --- pump

	/** Steps a connection until nothing moves, or its turn is over. */
	private pump(connection: ServerConnection): void {
		if (this.current === connection || connection.gone) return;
		const before = this.current;
		this.current = connection;
		connection.awake = false;
		try {
			const status = this.turn(connection);
			if (status < OK) this.finish(connection, status);
		} catch (error) {
			this.options.onError?.(ERR_INTERNAL_ERROR, `connection ${connection.id}: ${error}`);
			this.finish(connection, ERR_SSH_DISCONNECT_BY_APPLICATION);
		}
		this.current = before;
	}

	private turn(connection: ServerConnection): number {
		const { hal, table } = this;
		for (let steps = 0; steps < STEPS_PER_TURN; steps++) {
			if (connection.gone) return OK;
			const state = table.state(connection.place);
			if (state === CLOSING) return this.drain(connection);
			const stepped = connection.step(hal.now());
			if (stepped < OK) return stepped;
			if (state === NEGOTIATING && (connection.protocol?.open ?? 0) > 0) this.opened(connection);
			if (stepped === 1) continue;
			const written = this.write(connection);
			if (written < OK) return written;
			if (stepped === 2) break;
			const read = this.read(connection);
			if (read < OK) return read;
			if (read + written === 0) return connection.inputEnded ? ERR_TCP_SOCKET_CLOSED : OK;
		}
		this.wake(connection);
		return OK;
	}

	/** Bytes read, or a status. */
	private read(connection: ServerConnection): number {
		const { packets } = connection.transport;
		const space = packets.inputSpace();
		if (space === 0 || connection.inputEnded) return 0;
		const socket = this.table.socket(connection.place);
		const count = this.hal.read(socket, packets.input, packets.inputEnd, space);
		if (count === ERR_TCP_WOULDBLOCK) return 0;
		if (count === ERR_TCP_SOCKET_CLOSED) {
			connection.inputEnded = true;
			return 0;
		}
		if (count > 0) connection.received(count, this.hal.now());
		return count;
	}

	/** Bytes written, or a status. */
	private write(connection: ServerConnection): number {
		const { packets } = connection.transport;
		if (packets.pending === 0) return 0;
		const socket = this.table.socket(connection.place);
		const count = this.hal.write(socket, packets.output, packets.outputStart, packets.pending);
		if (count === ERR_TCP_WOULDBLOCK) return 0;
		if (count > 0) connection.sent(count);
		return count;
	}

	/** Has a connection stepped soon; many calls before then are one. */
	wake(connection: ServerConnection): void {
		if (connection.awake) return;
		connection.awake = true;
		if (this.working === 0) this.working = this.hal.setTimer(0, this.work);
	}

	private readonly work = (): void => {
		this.working = 0;
		for (let each = this.first; each; ) {
			const { next } = each;
			if (each.awake) this.pump(each);
			each = next;
		}
	};

	private readonly tick = (): void => {
		this.hal.clearTimer(this.ticking);
		this.ticking = 0;
		const now = this.hal.now();
		for (let each = this.first; each; ) {
			const { next } = each;
			this.checkTime(each, now);
			each = next;
		}
		if (this.first) this.ticking = this.hal.setTimer(TICK, this.tick);
	};

	private checkTime(connection: ServerConnection, now: number): void {
		if (this.table.state(connection.place) === CLOSING) {
			if (now - connection.closingSince >= CLOSE_TIME) this.free(connection);
			return;
		}
		const status = connection.checkTime(now);
		if (status < OK) this.finish(connection, status);
	}

	// --- ends

	/** Ends a connection: the peer is told, what is queued goes out, the id is void. */
	private finish(connection: ServerConnection, status: number): void {
		const { table } = this;
		if (connection.gone) return;
		if (table.state(connection.place) === CLOSING) {
			if (status < OK) this.free(connection);
			return;
		}
		table.setState(connection.place, CLOSING);
		connection.closingSince = this.hal.now();
		const negotiated = connection.onNegotiated;
		connection.onNegotiated = undefined;
		this.onEvent(connection, `closed: ${DISPLAY_ERROR(status)}`);
		try {
			if (status === OK) connection.finish(SSH_DISCONNECT_BY_APPLICATION, "closed");
			else connection.finish(disconnectReason(status), DISPLAY_ERROR(status));
			negotiated?.(status === OK ? ERR_SSH_DISCONNECT_BY_APPLICATION : status);
			this.options.onClose?.(connection, status);
		} catch (error) {
			this.options.onError?.(ERR_INTERNAL_ERROR, `connection ${connection.id}: ${error}`);
		}
		if (isSocketLost(status)) this.free(connection);
		else if (this.drain(connection) < OK) this.free(connection);
	}

	/** Writes what is left; frees the connection when nothing is. */
	private drain(connection: ServerConnection): number {
		const written = this.write(connection);
		if (written < OK) return written;
		if (connection.transport.packets.pending === 0) this.free(connection);
		return OK;
	}

	private free(connection: ServerConnection): void {
		if (connection.gone) return;
		connection.gone = true;
		this.unlink(connection);
		this.hal.close(this.table.socket(connection.place));
		this.table.release(connection.place);
		connection.transport.wipe();
		this.settleClose();
	}

	private unlink(connection: ServerConnection): void {
		if (this.first === connection) this.first = connection.next;
		else {
			let before = this.first!;
			while (before.next !== connection) before = before.next!;
			before.next = connection.next;
		}
	}

	private settleClose(): void {
		if (this.first || !this.closed) return;
		this.hal.clearTimer(this.ticking);
		this.hal.clearTimer(this.working);
		this.closed();
		this.closed = undefined;
	}

	private find(connectionInstance: number): ServerConnection | undefined {
		const place = this.table.find(connectionInstance);
		if (place < 0) return undefined;
		let each = this.first;
		while (each && each.place !== place) each = each.next;
		return each;
	}

	private opened(connection: ServerConnection): void {
		this.table.setState(connection.place, OPEN);
		const negotiated = connection.onNegotiated;
		connection.onNegotiated = undefined;
		negotiated?.(OK);
	}

	// --- ConnectionOwner

	onAuthenticated(connection: ServerConnection): void {
		this.options.onConnection?.(connection);
	}

	onSession(connection: ServerConnection, session: Session): void {
		this.onEvent(connection, `${session.type} ${session.command}`.trimEnd());
		this.options.onSession(session);
	}

	onPingReply(connection: ServerConnection): void {
		this.options.onPingReply?.(connection);
	}

	onEvent(connection: ServerConnection, text: string): void {
		this.options.log?.add(`${connection.id} ${text}`);
	}
}

function authenticatorOf(options: SSHServerOptions): Authenticator {
	if (options.authenticator) return options.authenticator;
	if (!options.onAuthenticate) throw new TypeError("neither authenticator nor onAuthenticate given");
	return new CallbackAuthenticator(options.methods ?? ["publickey", "password"], options.onAuthenticate);
}
