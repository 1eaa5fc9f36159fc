/**
 * One connection of the server: transport, authentication and channels put together, still without I/O. Bytes go in
 * and out of `transport.packets`, time is an argument, and what happens is told to the owner.
 */

import { STEP_DONE, STEP_SLICE, STEP_WAITS } from "../base/steps.js";
import type { Reader } from "../base/wire.js";
import { ConnectionProtocol } from "../connection/connection.js";
import type { ConnectionInfo, Session } from "../connection/session.js";
import { COST_CONNECTION, type Cost, NOTHING, TICK } from "../limits.js";
import {
	ERR_SSH_DISCONNECT_CONNECTION_LOST,
	ERR_SSH_KEYEX_IN_PROGRESS,
	ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED,
	ERR_TCP_READ_TIMEOUT,
	OK,
} from "../merrors.js";
import {
	PHASE_AUTH,
	PHASE_AUTH_INFO,
	PHASE_CONNECTED,
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_USERAUTH_REQUEST,
} from "../messages.js";
import type { Algorithms } from "../transport/algorithms.js";
import { Transport, type TransportSetup } from "../transport/transport.js";
import { type Authenticator, NO_PERMIT, type Rights } from "../userauth/authenticator.js";
import { type AuthEvent, UserAuth } from "../userauth/userauth.js";
import type { Guesses } from "./guesses.js";
import { AuthHost, ProtocolHost } from "./hosts.js";
import type { MemoryBudget } from "./memory-budget.js";

/** What all connections of a server share. */
export interface ConnectionSetup extends TransportSetup {
	readonly authenticator: Authenticator;
	readonly banner: string | undefined;
	/** Names of environment variables that clients may set; a trailing * matches any rest. */
	readonly environment: readonly string[];
	readonly subsystems: readonly string[];
	/** Undefined where there are no passwords. */
	readonly guesses: Guesses | undefined;
	/** Seconds since 1970, 0 when unknown. */
	date(): number;
}

/** What a connection tells the server. */
export interface ConnectionOwner {
	/** Something is to be done that no arriving byte will cause: step, or write output. */
	wake(connection: ServerConnection): void;
	/** Milliseconds until passwords may be tried from its address; 0 where they may now. */
	guessWait(connection: ServerConnection): number;
	/** A password, or the answer to a prompt, was wrong. */
	onWrongGuess(connection: ServerConnection): void;
	/** Whether the device has the memory for this now. @param bytes beyond the cost's own */
	grants(connection: ServerConnection, cost: Cost, bytes?: number): boolean;
	/** Whether a computation that takes memory of its own may go on now; else the connection is woken when it may. */
	computes(connection: ServerConnection): boolean;
	/** It has ended. */
	onComputed(connection: ServerConnection): void;
	/** OK, or a status that ends the connection: there is no memory for one more that has logged in so. */
	onAuthenticated(connection: ServerConnection): number;
	onSession(connection: ServerConnection, session: Session): void;
	onPingReply(connection: ServerConnection): void;
	/** For the log: a request of authentication has ended. */
	onAuthentication(
		connection: ServerConnection,
		event: AuthEvent,
		user: string,
		method: string,
		detail: string,
	): void;
	/** For the log: what the peer did, its own words perhaps. */
	onNotice(connection: ServerConnection, text: string): void;
}

export class ServerConnection implements ConnectionInfo {
	readonly id: number;
	readonly remoteAddress: string;
	readonly since: number;
	readonly transport: Transport;
	/** Where it stands in the table. */
	readonly place: number;
	/** The next connection: the server keeps them as a list. */
	next: ServerConnection | undefined;
	/** It asks for a turn. */
	awake = false;
	/** The work that was done for it, as the scheduler counts it. */
	tag = 0;
	/** The peer has ended its side of the TCP connection. */
	inputEnded = false;
	/** The server has let go of it; its place may be another's. */
	gone = false;
	/** When it began to close, in the HAL's milliseconds. */
	closingSince = 0;
	/** Waits for the first session channel (SSH_negotiateConnection). */
	onNegotiated: ((status: number) => void) | undefined;
	bytesReceived = 0;
	bytesSent = 0;
	/** Ends the connection when it has lasted this long; 0 for no limit (SSH_ioctl). */
	sessionTime = 0;

	private readonly setup: ConnectionSetup;
	private readonly owner: ConnectionOwner;
	private auth: UserAuth | undefined;
	/** Channels, from the end of authentication on. */
	protocol: ConnectionProtocol | undefined;
	private authenticatedUser = "";
	private grantedPermit: Rights = NO_PERMIT;
	/** Last bytes from a peer that takes ours, last keepalive where that is later: what the next one is counted from. */
	private lastHeard: number;
	/** The socket has taken bytes since the last time that input or a keepalive was counted. */
	private taken = false;
	/** It rests, has something to do, and found no memory for its buffers. */
	private refused = false;
	/** The login, or the last message about a channel. */
	private lastActivity: number;

	constructor(
		setup: ConnectionSetup,
		owner: ConnectionOwner,
		id: number,
		place: number,
		address: string,
		now: number,
	) {
		this.setup = setup;
		this.owner = owner;
		this.id = id;
		this.place = place;
		this.remoteAddress = address;
		this.since = now;
		this.lastHeard = now;
		this.lastActivity = now;
		this.transport = new Transport(setup, this);
	}

	get user(): string {
		return this.authenticatedUser;
	}

	get permit(): Rights {
		return this.grantedPermit;
	}

	get clientVersion(): string {
		return this.transport.clientVersion;
	}

	get algorithms(): Algorithms | undefined {
		return this.transport.algorithms;
	}

	/** `count` bytes were put behind packets.inputEnd. */
	received(count: number, now: number): void {
		this.transport.packets.received(count);
		this.bytesReceived += count;
		// Who sends and sends, and takes nothing of what waits for him, is as good as silent.
		if (!this.stuck) this.lastHeard = now;
		this.taken = false;
	}

	/** The socket took `count` bytes of the output. */
	sent(count: number): void {
		this.transport.packets.sent(count);
		this.bytesSent += count;
		this.taken = true;
	}

	/** There are bytes for the peer, and the socket takes none of them. */
	private get stuck(): boolean {
		return !this.taken && this.transport.packets.pending > 0;
	}

	/**
	 * Does one thing.
	 * @returns STEP_SLICE, STEP_DONE or STEP_WAITS; a status below zero ends the connection
	 */
	step(now: number): number {
		const { packets } = this.transport;
		if (packets.unsealed) return packets.sealSlice();
		const { demanding } = this;
		if (demanding && !this.owner.computes(this)) return STEP_WAITS;
		const status = this.work(now);
		if (demanding && !this.demanding) this.owner.onComputed(this);
		return status === STEP_WAITS && packets.unsealed ? STEP_DONE : status;
	}

	/** The next step is a slice of a computation that takes memory of its own while it lasts. */
	get demanding(): boolean {
		return this.transport.demanding || this.auth?.demanding === true || this.protocol?.busy === true;
	}

	/** A step other than sealing what the ones before it have queued. */
	private work(now: number): number {
		const { auth, protocol, transport } = this;
		if (auth?.busy) {
			transport.renewShare();
			transport.packets.work = 0;
			return this.afterAuth(auth.work());
		}
		if (protocol?.busy) {
			const status = protocol.work();
			return status > 0 ? STEP_SLICE : status;
		}
		// Before the next packet, whose answer may take the room that KEXINIT needs, over and over.
		const rekeyed = transport.rekeyIfDue(now);
		if (rekeyed < OK) return rekeyed;
		// Our KEXINIT goes out with the identification: as long as a slice.
		const computing = transport.computing || !transport.identified;
		const status = transport.step(now);
		if (status < OK) return status;
		if (computing || transport.computing || this.auth?.busy) return status > 0 ? STEP_SLICE : STEP_WAITS;
		const flushed = protocol ? protocol.flush() : OK;
		return flushed < OK ? flushed : status;
	}

	/** A message of the authentication or connection protocol. */
	onMessage(number: number, payload: Reader): number {
		if (this.protocol) {
			// RFC 4252 section 5.1: requests behind a success are ignored. They hold passwords all the same.
			if (number === SSH_MSG_USERAUTH_REQUEST) {
				payload.bytes.fill(0, payload.position, payload.end);
				return OK;
			}
			if (number >= SSH_MSG_CHANNEL_OPEN) this.lastActivity = this.lastHeard;
			return this.protocol.onMessage(number, payload);
		}
		this.auth ??= this.startAuthentication();
		return Math.min(OK, this.afterAuth(this.auth.onMessage(number, payload)));
	}

	onNotice(text: string): void {
		this.owner.onNotice(this, text);
	}

	onQueued(): void {
		this.owner.wake(this);
	}

	mayWake(): boolean {
		const { packetSize, sendBufferSize } = this.setup.limits;
		this.refused = !this.owner.grants(this, NOTHING, packetSize + sendBufferSize);
		return !this.refused;
	}

	/** Adds what it was granted. */
	charge(budget: MemoryBudget): void {
		budget.add(COST_CONNECTION, this.transport.packets.resting ? 0 : budget.bufferBytes);
		this.protocol?.charge(budget);
	}

	/** keepalive@openssh.com, answered or not (SSH_sendPing). */
	ping(): number {
		if (!this.protocol || this.transport.exchangeSince !== undefined) return ERR_SSH_KEYEX_IN_PROGRESS;
		return this.protocol.keepalive();
	}

	/** Acts on whatever time has run out. OK, or a status that ends the connection. */
	checkTime(now: number): number {
		const { limits } = this.setup;
		const { exchangeSince, identified } = this.transport;
		if (!identified && now - this.since >= limits.identificationTime) return ERR_TCP_READ_TIMEOUT;
		if (exchangeSince !== undefined && now - exchangeSince >= limits.keyExchangeTime)
			return ERR_TCP_READ_TIMEOUT;
		if (this.sessionTime > 0 && now - this.since >= this.sessionTime)
			return ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED;
		if (!this.protocol) {
			// It may wait for a moment that nobody tells it of (mayLook).
			if (this.auth?.busy) this.owner.wake(this);
			return now - this.since >= limits.authenticationTime ? ERR_TCP_READ_TIMEOUT : OK;
		}
		if (limits.idleTime > 0 && now - this.lastActivity >= limits.idleTime)
			return ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED;
		if (limits.keepaliveInterval > 0 && now - this.lastHeard >= limits.keepaliveInterval) {
			if (this.protocol.unanswered >= limits.keepaliveCount) return ERR_SSH_DISCONNECT_CONNECTION_LOST;
			this.lastHeard = now;
			const { stuck } = this;
			this.taken = false;
			// Behind what cannot be sent no question is asked: an answer to it would be made up.
			if (stuck) this.protocol.unanswered++;
			const status = stuck ? OK : this.ping();
			if (status < OK && status !== ERR_SSH_KEYEX_IN_PROGRESS) return status;
		}
		return this.transport.rekeyIfDue(now);
	}

	/**
	 * Gives back memory that a silent connection does not need; the next byte takes it again. Where there was none for that,
	 * it is tried again here.
	 */
	rest(now: number): void {
		if (this.refused) this.owner.wake(this);
		if (this.protocol && now - this.lastHeard >= TICK) this.transport.rest();
	}

	/**
	 * Says good-bye: gives up an authentication under way, and queues DISCONNECT. Where the application ends it, the
	 * channels are closed before; else what they have received can be read to the last (endSessions).
	 */
	finish(reason: number, description: string, byApplication: boolean): void {
		this.auth?.close();
		this.transport.renewShare();
		if (byApplication) this.protocol?.closeChannels();
		this.transport.disconnect(reason, description);
	}

	get openChannels(): number {
		return this.protocol?.open ?? 0;
	}

	/** Tells the sessions that it is over. Where one's callback throws, call it again for those that are left. */
	endSessions(): void {
		this.protocol?.closeAll();
	}

	private startAuthentication(): UserAuth {
		return new UserAuth(new AuthHost(this, this.setup, this.owner));
	}

	/** Keeps the phase in step with the authentication. @param status of the call that went before; passed on */
	private afterAuth(status: number): number {
		const auth = this.auth!;
		if (status < OK) return status;
		if (!auth.done) {
			this.transport.servicePhase = auth.expectsInfo ? PHASE_AUTH_INFO : PHASE_AUTH;
			return status > 0 ? STEP_SLICE : STEP_WAITS;
		}
		this.authenticatedUser = auth.user;
		this.grantedPermit = auth.permit;
		this.auth = undefined;
		this.transport.servicePhase = PHASE_CONNECTED;
		this.lastActivity = this.lastHeard;
		this.protocol = this.startConnectionProtocol();
		const welcome = this.owner.onAuthenticated(this);
		if (welcome < OK) return welcome;
		const announced = this.protocol.announceHostKeys();
		return announced < OK ? announced : STEP_DONE;
	}

	private startConnectionProtocol(): ConnectionProtocol {
		return new ConnectionProtocol(new ProtocolHost(this, this.setup, this.owner));
	}
}
