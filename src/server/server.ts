/** The server: a listener, a table of connections, and the pump between their sockets and their state machines. */
import type { Hal, TCP_SOCKET } from "../../hal/hal.js";
import type { ConnectionInfo, Session } from "../connection/session.js";
import { COST_CONNECTION, type Cost, NOTHING } from "../limits.js";
import {
	DISPLAY_ERROR,
	ERR_INTERNAL_ERROR,
	ERR_INVALID_ARG,
	ERR_SSH_BAD_ID,
	ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
	ERR_SSH_TOO_MANY_CONNECTIONS,
	OK,
} from "../merrors.js";
import {
	SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
	SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
} from "../messages.js";
import { __ENABLE_MOCANA_SSH_ADMISSION__ } from "../moptions.js";
import { refusal } from "../transport/refusal.js";
import type { AuthEvent } from "../userauth/userauth.js";
import { Admission, refusalText } from "./admission.js";
import { Audit } from "./audit.js";
import { type ConnectionOwner, type ConnectionSetup, ServerConnection } from "./connection.js";
import { ACCEPTED, CLOSING, ConnectionTable, OPEN } from "./connection-table.js";
import { EventLog } from "./event-log.js";
import { CommandGuard, type GuardOwner } from "./guard.js";
import { Listener, type ListenerOwner } from "./listener.js";
import { LIMITED, MemoryBudget, OWNER, STRANGER } from "./memory-budget.js";
import {
	connectionSetup,
	DEFAULT_LOG_SIZE,
	DEFAULT_MAX_CONNECTIONS,
	type SSHServerOptions,
} from "./options.js";
import { Pump, type PumpOwner } from "./pump.js";

export type { SSHServerOptions };

export class SSHServer implements ConnectionOwner, ListenerOwner, PumpOwner, GuardOwner {
	/** The last events. */
	readonly log: EventLog;
	/** What the shell's commands tell the server of, and ask it for. */
	readonly guard: CommandGuard;
	private readonly audit: Audit;
	private readonly options: SSHServerOptions;
	private readonly hal: Hal;
	private readonly setup: ConnectionSetup;
	private readonly table: ConnectionTable;
	private readonly admission: Admission | undefined;
	/** Undefined where the heap has no end. */
	private readonly memory: MemoryBudget | undefined;
	private readonly pump: Pump;
	private readonly listener: Listener;
	/** Those who wait for close(). */
	private closed: (() => void)[] = [];

	/**
	 * @throws TypeError for options that make no server; Error where the HAL has no cryptographic randomness, and where the
	 *   port cannot be listened on and no onError is there to hear of it
	 */
	constructor(options: SSHServerOptions) {
		const { maxConnections = DEFAULT_MAX_CONNECTIONS } = options;
		if (!Number.isInteger(maxConnections) || maxConnections < 1)
			throw new TypeError("maxConnections: not above 0");
		this.setup = connectionSetup(options);
		this.options = options;
		this.hal = options.hal;
		this.log = options.log ?? new EventLog(DEFAULT_LOG_SIZE, () => options.hal.now());
		this.audit = new Audit(this.log);
		this.table = new ConnectionTable(maxConnections);
		const { authenticator, limits } = this.setup;
		const guessing = authenticator.chains.every(([first]) => first !== "publickey");
		this.admission = __ENABLE_MOCANA_SSH_ADMISSION__
			? new Admission(this.table, limits, options.ownerAddresses, guessing)
			: undefined;
		const { heap } = options.hal;
		this.memory =
			heap || limits.heapSlots > 0
				? new MemoryBudget(limits, heap, options.ownerAddresses !== undefined, maxConnections)
				: undefined;
		this.guard = new CommandGuard(this, this.audit, this.setup.guesses);
		this.pump = new Pump(this.hal, this.table, this.admission, this);
		this.listener = new Listener(this.hal, this);
		if (options.port !== undefined) this.listener.listen(options.address ?? "0.0.0.0", options.port);
	}

	// --- connections

	/**
	 * Registers a connection; nothing is sent before negotiate().
	 *
	 * @returns its instance id; ERR_INVALID_ARG for what is no socket, or has a connection already; ERR_SSH_TOO_MANY_CONNECTIONS when the table is
	 *   full, or as full as it may get with those who have not logged in;
	 *   ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT while its address has too many connections or wrong passwords. The
	 *   socket is still the caller's then
	 */
	accept(socket: TCP_SOCKET): number {
		if (!Number.isInteger(socket) || socket < 1 || this.table.holds(socket)) return ERR_INVALID_ARG;
		const { hal, table, admission } = this;
		const address = hal.remoteAddress(socket);
		const now = hal.now();
		const free = table.count < table.size ? OK : ERR_SSH_TOO_MANY_CONNECTIONS;
		const judged = admission?.judge(address, now, this.setup.random) ?? free;
		if (judged < OK) {
			this.audit.refuse(address, admission?.why ?? "table-full", admission?.wait ?? 0);
			return judged;
		}
		if (!this.admitsOneMore()) {
			this.audit.refuse(address, "memory", 0);
			return ERR_SSH_TOO_MANY_CONNECTIONS;
		}
		const place = table.add(socket);
		try {
			const id = table.instance(place);
			admission?.take(place);
			const connection = new ServerConnection(this.setup, this, id, place, address, now);
			this.audit.accept(connection);
			// The last that can fail: from here on it is the pump's to let go.
			this.pump.scheduler.add(connection);
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
		connection.onNegotiated = done;
		this.pump.start(connection);
		return OK;
	}

	/** Whether there is memory for a connection of whom admission has just judged. */
	private admitsOneMore(): boolean {
		const { memory } = this;
		if (memory === undefined) return true;
		const who = this.admission?.judgesOwner ? OWNER : STRANGER;
		return memory.admits(who, this.pump.scheduler.first, COST_CONNECTION, memory.bufferBytes);
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
		this.pump.finish(connection, OK);
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
		for (let each = this.pump.scheduler.first; each; each = each.next)
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
		this.listener.close();
		return new Promise(resolve => {
			this.closed.push(resolve);
			for (let each = this.pump.scheduler.first; each; ) {
				const { next } = each;
				this.pump.finish(each, OK);
				each = next;
			}
			if (!this.pump.scheduler.first) this.onEmpty();
		});
	}

	// --- listener

	onListening(port: number): void {
		this.options.onListening?.(port);
	}

	onListenerFailed(status: number): void {
		const { onError, port } = this.options;
		const text = `cannot listen on port ${port}: ${DISPLAY_ERROR(status)}`;
		// A device that nobody can reach, and that tells nobody, would be the worst of all ends.
		if (!onError) throw new Error(text);
		onError(status, text);
	}

	/** A connection of the listener: negotiated at once, or refused with a word of why. */
	admit(socket: TCP_SOCKET): void {
		let id = 0;
		try {
			id = this.accept(socket);
			if (id > 0) {
				this.negotiate(id);
				return;
			}
			const bytes = this.refusal(id);
			this.hal.write(socket, bytes, 0, bytes.length);
		} catch (error) {
			// No memory for one more: the listener and those who are in stay as they were.
			this.listener.failed(error);
			const connection = this.find(id);
			if (connection) {
				// It has its place, and the socket goes with it.
				this.pump.giveUp(connection, error);
				return;
			}
		}
		this.hal.close(socket);
	}

	/** What somebody reads whom accept() has refused with that status. */
	private refusal(status: number): Uint8Array {
		if (status === ERR_SSH_TOO_MANY_CONNECTIONS)
			return refusal(SSH_DISCONNECT_TOO_MANY_CONNECTIONS, "Too many connections");
		return refusal(SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT, refusalText(this.admission!));
	}

	find(connectionInstance: number): ServerConnection | undefined {
		const place = this.table.find(connectionInstance);
		if (place < 0) return undefined;
		let each = this.pump.scheduler.first;
		while (each && each.place !== place) each = each.next;
		return each;
	}

	onEmpty(): void {
		for (const resolve of this.closed.splice(0)) resolve();
	}

	// --- ConnectionOwner and PumpOwner

	wake(connection: ServerConnection): void {
		this.pump.scheduler.wake(connection);
	}

	onEnded(connection: ServerConnection, status: number): void {
		this.admission?.ended(connection.place, status, this.hal.now());
		this.options.onClose?.(connection, status);
	}

	onThrown(text: string): void {
		this.options.onError?.(ERR_INTERNAL_ERROR, text);
	}

	guessWait({ place }: ServerConnection): number {
		return this.admission?.guessWait(place, this.hal.now()) ?? 0;
	}

	onWrongGuess({ place }: ServerConnection): void {
		this.admission?.guessedWrong(place, this.hal.now());
	}

	grants(connection: ServerConnection, cost: Cost, bytes?: number): boolean {
		return this.memory?.admits(this.standing(connection), this.pump.scheduler.first, cost, bytes) ?? true;
	}

	computes(connection: ServerConnection): boolean {
		return this.memory?.computes(connection, this.standing(connection)) ?? true;
	}

	onComputed(connection: ServerConnection): void {
		if (this.memory?.computed(connection) !== true) return;
		for (let each = this.pump.scheduler.first; each; each = each.next)
			if (each.demanding) this.pump.scheduler.wake(each);
	}

	/** How much of what is left a connection may take. */
	private standing({ permit, place, user }: ServerConnection): number {
		if (user === "") return this.admission?.isOwner(place) ? OWNER : STRANGER;
		return permit.role === "admin" && !permit.limited ? OWNER : LIMITED;
	}

	onAuthenticated(connection: ServerConnection): number {
		// A stranger has had its place, and its memory, of what is kept for others to log in: who has less of a right to it goes.
		const { count, size } = this.table;
		const last = this.standing(connection) === LIMITED && count === size && size > 1;
		if (last || !this.grants(connection, NOTHING)) {
			this.audit.notice(
				connection,
				`not enough ${last ? "places" : "memory"} for a login with limited rights`,
			);
			return ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS;
		}
		this.admission?.loggedIn(connection.place);
		this.options.onConnection?.(connection);
		return OK;
	}

	onSession(connection: ServerConnection, session: Session): void {
		this.audit.session(connection, session);
		this.options.onSession(session);
	}

	onPingReply(connection: ServerConnection): void {
		this.options.onPingReply?.(connection);
	}

	onNotice(connection: ServerConnection, text: string): void {
		this.audit.notice(connection, text);
	}

	onAuthentication(
		connection: ServerConnection,
		event: AuthEvent,
		user: string,
		method: string,
		detail: string,
	): void {
		if (event === "failed") this.admission?.refused(connection.place);
		this.audit.authentication(connection, event, user, method, detail);
	}

	onClosing(connection: ServerConnection, status: number): void {
		this.onComputed(connection);
		this.audit.close(connection, status, this.hal.now());
	}
}
