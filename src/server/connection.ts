/**
 * One connection of the server: transport, authentication and channels put together, still without I/O. Bytes go in
 * and out of `transport.packets`, time is an argument, and what happens is told to the owner.
 */

import type { TCP_SOCKET } from "../../hal/hal.js";
import { AUTHENTICATING, LOGGED_IN } from "../base/stages.js";
import { STEP_DONE, STEP_SLICE, STEP_WAITS } from "../base/steps.js";
import { equalBytes, type Reader } from "../base/wire.js";
import { ConnectionProtocol } from "../connection/connection.js";
import type { ConnectionHost } from "../connection/host.js";
import type { ConnectionInfo, Session } from "../connection/session.js";
import { type Subsystem, subsystemOf } from "../connection/subsystems.js";
import type { Crypto, Job } from "../crypto/port.js";
import { type Cost, type Limits, NOTHING } from "../limits.js";
import { ERR_SSH_KEYEX_IN_PROGRESS, OK } from "../merrors.js";
import {
	PHASE_AUTH,
	PHASE_AUTH_INFO,
	PHASE_CONNECTED,
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_USERAUTH_REQUEST,
} from "../messages.js";
import type { Algorithms } from "../transport/algorithms.js";
import type { MessageSender } from "../transport/sender.js";
import type { TransportOwner } from "../transport/setup.js";
import { Transport } from "../transport/transport.js";
import { type AuthContext, type Authenticator, NO_PERMIT, type Rights } from "../userauth/authenticator.js";
import { type AuthOutcome, UserAuth, type UserAuthHost } from "../userauth/userauth.js";
import type { Guesses } from "./guesses.js";
import { LIMITED, type MemoryBudget, OWNER, STRANGER } from "./memory-budget.js";
import type { Parts } from "./parts.js";

/** The host of all that it is made of: each asks the connection itself, and so costs no object of its own. */
export class ServerConnection implements ConnectionInfo, ConnectionHost, TransportOwner, UserAuthHost {
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
	/** When it began to close, in the HAL's milliseconds. */
	closingSince = 0;
	/** Waits for the first session channel (SSH_negotiateConnection). */
	onNegotiated: ((status: number) => void) | undefined;
	bytesReceived = 0;
	bytesSent = 0;
	/** Ends the connection when it has lasted this long; 0 for no limit (SSH_ioctl). */
	sessionTime = 0;

	/** "" until it has logged in. */
	user = "";
	permit: Rights = NO_PERMIT;
	/** From the first message of authentication to the login. */
	auth: UserAuth | undefined;
	/** Channels, from the login on. */
	protocol: ConnectionProtocol | undefined;
	/** Last bytes from a peer that takes ours, last keepalive where that is later: what the next one is counted from. */
	lastHeard: number;
	/** The socket has taken bytes since the last time that input or a keepalive was counted. */
	taken = false;
	/** It rests, has something to do, and found no memory for its buffers. */
	refused = false;
	/** The login, or the last message about a channel. */
	lastActivity: number;
	readonly parts: Parts;

	constructor(parts: Parts, place: number, address: string, now: number) {
		this.parts = parts;
		this.id = parts.table.instance(place);
		this.place = place;
		this.remoteAddress = address;
		this.since = now;
		this.lastHeard = now;
		this.lastActivity = now;
		this.transport = new Transport(parts.setup, this);
	}

	/** Where it stands (base/stages.ts). */
	get stage(): number {
		return this.parts.table.stage(this.place, this.id);
	}

	/** @throws Error for a stage that does not follow on its own */
	moveTo(stage: number): void {
		this.parts.table.move(this.place, this.id, stage);
	}

	get socket(): TCP_SOCKET {
		return this.parts.table.socket(this.place);
	}

	get clientVersion(): string {
		return this.transport.clientVersion;
	}

	get algorithms(): Algorithms | undefined {
		return this.transport.algorithms;
	}

	/** `count` bytes were put after packets.inputEnd. */
	received(count: number, now: number): void {
		this.transport.packets.received(count);
		this.bytesReceived += count;
		// A peer that keeps sending but never reads is treated as silent.
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
	get stuck(): boolean {
		return !this.taken && this.transport.packets.pending > 0;
	}

	/** The next step is a slice of a computation that takes memory of its own while it lasts. */
	get demanding(): boolean {
		return this.transport.demanding || this.auth?.demanding === true || this.protocol?.busy === true;
	}

	/** A message of the authentication or connection protocol. */
	onMessage(number: number, payload: Reader): number {
		if (this.protocol) {
			// RFC 4252 section 5.1: requests after a success are ignored. They hold passwords all the same.
			if (number === SSH_MSG_USERAUTH_REQUEST) {
				payload.bytes.fill(0, payload.position, payload.end);
				return OK;
			}
			if (number >= SSH_MSG_CHANNEL_OPEN) this.lastActivity = this.lastHeard;
			return this.protocol.onMessage(number, payload);
		}
		this.auth ??= new UserAuth(this);
		return Math.min(OK, this.afterAuth(this.auth.onMessage(number, payload)));
	}

	/** Adds what it was granted. */
	charge(budget: MemoryBudget): void {
		budget.addConnection(this.transport.packets.resting, this.standing === OWNER);
		// A request that waits for its turn is a copy of its packet.
		if (this.auth?.busy) budget.add(NOTHING, this.limits.packetSize);
		this.protocol?.charge(budget);
	}

	/** keepalive@openssh.com, answered or not (SSH_sendPing). */
	ping(): number {
		if (!this.protocol || this.transport.exchangeSince !== undefined) return ERR_SSH_KEYEX_IN_PROGRESS;
		return this.protocol.keepalive();
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

	/** Keeps the phase in step with the authentication. @param status of the call that went before; passed on */
	afterAuth(status: number): number {
		const auth = this.auth!;
		if (status < OK) return status;
		if (!auth.done) {
			this.transport.servicePhase = auth.expectsInfo ? PHASE_AUTH_INFO : PHASE_AUTH;
			return status > 0 ? STEP_SLICE : STEP_WAITS;
		}
		// A listener of the log may have closed it when it heard of the login.
		if (this.stage !== AUTHENTICATING) return STEP_WAITS;
		this.user = auth.user;
		this.permit = auth.permit;
		this.auth = undefined;
		this.transport.servicePhase = PHASE_CONNECTED;
		this.lastActivity = this.lastHeard;
		this.protocol = new ConnectionProtocol(this);
		const { admission, options } = this.parts;
		const admitted = this.parts.admitsLogin(this);
		if (admitted < OK) return admitted;
		this.moveTo(LOGGED_IN);
		admission?.loggedIn(this.place);
		options.onConnection?.(this);
		const announced = this.protocol.announceHostKeys();
		return announced < OK ? announced : STEP_DONE;
	}

	// --- the host of transport, authentication and channels

	get sender(): MessageSender {
		return this.transport;
	}

	get limits(): Limits {
		return this.parts.setup.limits;
	}

	get crypto(): Crypto {
		return this.parts.setup.crypto;
	}

	sessionId(): Uint8Array {
		return this.transport.sessionId;
	}

	/** Something is to be done that no arriving byte will cause: step, or write output. */
	wake(): void {
		this.parts.scheduler.wake(this);
	}

	onNotice(text: string): void {
		this.parts.audit.notice(this, text);
	}

	/** How much of what memory is left it may take (memory-budget.ts). */
	get standing(): number {
		if (this.user === "") return this.parts.admission?.isOwner(this.place) ? OWNER : STRANGER;
		return this.permit.role === "admin" && !this.permit.limited ? OWNER : LIMITED;
	}

	grants(cost: Cost, bytes?: number): boolean {
		const { memory, scheduler } = this.parts;
		return memory?.admits(this.standing, scheduler.first, cost, bytes) ?? true;
	}

	mayWake(): boolean {
		const { packetSize, sendBufferSize } = this.limits;
		this.refused = !this.grants(NOTHING, packetSize + sendBufferSize);
		return !this.refused;
	}

	/** Whether a computation that takes memory of its own may go on now; else it is woken when it may. */
	mayCompute(): boolean {
		return this.parts.memory?.computes(this, this.standing) ?? true;
	}

	// --- of authentication

	get authenticator(): Authenticator {
		return this.parts.setup.authenticator;
	}

	/** With a word for who cannot use a password now, and would not know why. */
	get banner(): string | undefined {
		const { banner } = this.parts.setup;
		const wait = this.guessWait;
		if (wait === 0) return banner;
		const seconds = Math.ceil(wait / 1000);
		const text = `Too many wrong passwords from your address: keys alone for ${seconds} seconds\r\n`;
		return banner === undefined ? text : banner + text;
	}

	context(): AuthContext {
		return { remoteAddress: this.remoteAddress, date: this.parts.setup.date() };
	}

	/** Milliseconds until passwords may be tried from its address; 0 where they may now. */
	private get guessWait(): number {
		const { admission, hal } = this.parts;
		return admission?.guessWait(this.place, hal.now()) ?? 0;
	}

	mayGuess(): boolean {
		return this.guessWait === 0;
	}

	onWrongGuess(): void {
		const { admission, hal } = this.parts;
		admission?.guessedWrong(this.place, hal.now());
	}

	get guesses(): Guesses | undefined {
		return this.parts.setup.guesses;
	}

	onAuthentication(outcome: AuthOutcome): void {
		const { admission, audit } = this.parts;
		if (outcome.event === "failed") admission?.refused(this.place);
		audit.authentication(this, outcome);
	}

	// --- of channels

	get environmentNames(): readonly string[] {
		return this.parts.setup.environment;
	}

	get subsystems(): readonly (string | Subsystem)[] {
		return this.parts.setup.subsystems;
	}

	info(): ConnectionInfo {
		return this;
	}

	onSession(session: Session): void {
		const { audit, options } = this.parts;
		audit.session(this, session);
		const subsystem = session.type === "subsystem" && subsystemOf(this.subsystems, session.command);
		if (typeof subsystem === "object") subsystem.serve(session);
		else options.onSession(session);
	}

	onPingReply(): void {
		this.parts.options.onPingReply?.(this);
	}

	hostKeyBlobs(): readonly Uint8Array[] {
		return this.parts.setup.hostKeys.map(({ publicBlob }) => publicBlob);
	}

	proveHostKey(blob: Uint8Array, data: Uint8Array): Job<Uint8Array> | undefined {
		return this.parts.setup.hostKeys.find(({ publicBlob }) => equalBytes(publicBlob, blob))?.sign(data);
	}
}
