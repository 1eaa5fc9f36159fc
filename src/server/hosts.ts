/** What authentication and the channels of a connection ask of it, and of its server. */
import type { ConnectionHost } from "../connection/host.js";
import type { ConnectionInfo, Session } from "../connection/session.js";
import type { Crypto, Job } from "../crypto/port.js";
import type { Cost, Limits } from "../limits.js";
import type { MessageSender } from "../transport/sender.js";
import type { AuthContext, Authenticator, Permit } from "../userauth/authenticator.js";
import type { AuthEvent, UserAuthHost } from "../userauth/userauth.js";
import type { ConnectionOwner, ConnectionSetup, ServerConnection } from "./connection.js";

/** What authentication asks of its connection. A class, as the next one. */
export class AuthHost implements UserAuthHost {
	private readonly connection: ServerConnection;
	private readonly setup: ConnectionSetup;
	private readonly owner: ConnectionOwner;

	constructor(connection: ServerConnection, setup: ConnectionSetup, owner: ConnectionOwner) {
		this.connection = connection;
		this.setup = setup;
		this.owner = owner;
	}

	get sender(): MessageSender {
		return this.connection.transport;
	}

	get authenticator(): Authenticator {
		return this.setup.authenticator;
	}

	get crypto(): Crypto {
		return this.setup.crypto;
	}

	get limits(): Limits {
		return this.setup.limits;
	}

	/** With a word for who cannot use a password now, and would not know why. */
	get banner(): string | undefined {
		const { banner } = this.setup;
		const wait = this.owner.guessWait(this.connection);
		if (wait === 0) return banner;
		const seconds = Math.ceil(wait / 1000);
		const text = `Too many wrong passwords from your address: keys alone for ${seconds} seconds\r\n`;
		return banner === undefined ? text : banner + text;
	}

	sessionId(): Uint8Array {
		return this.connection.transport.sessionId;
	}

	context(): AuthContext {
		return { remoteAddress: this.connection.remoteAddress, date: this.setup.date() };
	}

	wake(): void {
		this.owner.wake(this.connection);
	}

	mayGuess(): boolean {
		return this.owner.guessWait(this.connection) === 0;
	}

	onWrongGuess(): void {
		this.owner.onWrongGuess(this.connection);
	}

	mayLook(user: string, key: Uint8Array): boolean {
		return this.setup.guesses?.mayLook(this.connection.id, user, key) ?? true;
	}

	lookedRight(user: string, key: Uint8Array): void {
		this.setup.guesses?.right(user, key);
	}

	stopWaiting(): void {
		this.setup.guesses?.leave(this.connection.id);
	}

	report(event: AuthEvent, user: string, method: string, detail: string): void {
		this.owner.onAuthentication(this.connection, event, user, method, detail);
	}
}

/** What the channels ask of their connection. A class, for on XS a closure costs nine slots and a method none. */
export class ProtocolHost implements ConnectionHost {
	readonly sender: MessageSender;
	private readonly connection: ServerConnection;
	private readonly setup: ConnectionSetup;
	private readonly owner: ConnectionOwner;

	constructor(connection: ServerConnection, setup: ConnectionSetup, owner: ConnectionOwner) {
		this.sender = connection.transport;
		this.connection = connection;
		this.setup = setup;
		this.owner = owner;
	}

	get limits(): Limits {
		return this.setup.limits;
	}

	get environmentNames(): readonly string[] {
		return this.setup.environment;
	}

	get subsystems(): readonly string[] {
		return this.setup.subsystems;
	}

	info(): ConnectionInfo {
		return this.connection;
	}

	permit(): Permit {
		return this.connection.permit;
	}

	sessionId(): Uint8Array {
		return this.connection.transport.sessionId;
	}

	grants(cost: Cost, bytes?: number): boolean {
		return this.owner.grants(this.connection, cost, bytes);
	}

	onSession(session: Session): void {
		this.owner.onSession(this.connection, session);
	}

	onPingReply(): void {
		this.owner.onPingReply(this.connection);
	}

	hostKeyBlobs(): readonly Uint8Array[] {
		return this.setup.hostKeys.map(({ publicBlob }) => publicBlob);
	}

	proveHostKey(blob: Uint8Array, data: Uint8Array): Job<Uint8Array> | undefined {
		return this.setup.hostKeys.find(({ publicBlob }) => sameBlob(publicBlob, blob))?.sign(data);
	}

	report(text: string): void {
		this.owner.onNotice(this.connection, text);
	}
}

function sameBlob(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
