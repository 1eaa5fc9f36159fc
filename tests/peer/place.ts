/** A server in a simulated place, and clients of it. */

import { createSimHal, type LinkOptions, SimHal, SimRandom } from "../../hal/sim/index.js";
import { equalBytes } from "../../src/base/wire.js";
import type { Session } from "../../src/connection/session.js";
import { Done } from "../../src/crypto/port.js";
import { createHostKey, generateKey, type HostKey } from "../../src/keys/host-key.js";
import type { Limits } from "../../src/limits.js";
import { DISPLAY_ERROR } from "../../src/merrors.js";
import type { Parts } from "../../src/server/parts.js";
import { SSHServer, type SSHServerOptions } from "../../src/server/server.js";
import { type Authenticator, FULL_PERMIT, type Prompts } from "../../src/userauth/authenticator.js";
import { run } from "../crypto/helpers.js";
import { type ClientOptions, TestClient } from "./client.js";
import { testCrypto } from "./crypto.js";
import { bytesOf } from "./wire.js";

export const PORT = 22;

/** Lets in admin with the password "secret", whatever the method; answers at once, so that a test needs no promises. */
export const authenticator: Authenticator = {
	chains: [["publickey"], ["password"], ["keyboard-interactive"]],
	authorizedKey: user => new Done(user === "admin" ? FULL_PERMIT : undefined),
	password: (user, password) => new Done(user === "admin" && equalBytes(password, bytesOf("secret"))),
	interactive: (user, round, responses) =>
		new Done<Prompts | boolean>(
			round === 0
				? { name: "", instruction: "", prompts: [{ text: "Password: ", echo: false }] }
				: user === "admin" && equalBytes(responses[0], bytesOf("secret")),
		),
};

export function hostKey(seed = 5): HostKey {
	const bytes = new Uint8Array(48);
	new SimRandom(seed).fill(bytes);
	return createHostKey(testCrypto, run(generateKey(testCrypto, "ssh-ed25519", bytes)));
}

const HOST_KEY = hostKey();

/** A session that gives back what it gets, and ends with the client's EOF. */
export function echo(session: Session): void {
	const buffer = new Uint8Array(700);
	let start = 0;
	let end = 0;
	const move = (): void => {
		for (;;) {
			if (start === end) {
				start = 0;
				end = session.read(buffer);
				if (end === 0) break;
			}
			start += session.write(buffer, start, end - start);
			if (start < end) return;
		}
		if (session.ended) session.exit(0);
	};
	session.onReadable = move;
	session.onWritable = move;
	session.onEnd = move;
}

/** All clients have the same address, many of them no time between them, and the heap no end; who tests that says so. */
const UNCOUNTED: Partial<Limits> = {
	connectionsPerMinute: 0,
	addressDebt: 0,
	penaltyTime: 0,
	waitingConnections: 1000,
	waitingByAddress: 1000,
	heapSlots: 0,
	dropRate: 0,
	clientRekeys: 1000,
};

export interface PlaceOptions extends Partial<Omit<SSHServerOptions, "limits">> {
	readonly limits?: Partial<Limits>;
}

export class Place {
	readonly hal: SimHal;
	readonly server: SSHServer;
	readonly sessions: Session[] = [];
	/** Names of the statuses with which connections have ended. */
	readonly ends: string[] = [];
	readonly errors: string[] = [];

	/** @param asks `options` has onAuthenticate, and the authenticator of this file has no say */
	constructor(options: PlaceOptions = {}, asks = false) {
		this.hal = options.hal instanceof SimHal ? options.hal : createSimHal();
		this.server = new SSHServer({
			hal: this.hal,
			crypto: testCrypto,
			hostKeys: [HOST_KEY],
			port: PORT,
			...(asks ? {} : { authenticator }),
			onSession: echo,
			onClose: (_connection, status) => this.ends.push(DISPLAY_ERROR(status)),
			onError: (_status, text) => this.errors.push(text),
			...options,
			limits: { ...UNCOUNTED, ...options.limits },
		});
	}

	/** What only tests look at. */
	get parts(): Parts {
		return (this.server as unknown as { readonly parts: Parts }).parts;
	}

	/** A client that has not yet spoken. Where no other is there, the server's random numbers begin anew. */
	client(options: ClientOptions = {}, link: LinkOptions = {}): TestClient {
		if (this.server.connectionCount === 0) this.hal.entropy = new SimRandom(11);
		return new TestClient(this.hal.connect(PORT, link), () => this.run(), options);
	}

	/** Until nothing is on its way. */
	run(): void {
		this.hal.network.runUntilIdle();
	}

	pass(milliseconds: number): void {
		this.hal.network.advance(milliseconds);
	}

	/** What the server still holds when the last client has gone; nothing but its listener is right. "" then. */
	held(): string {
		const { hal, server } = this;
		const held: string[] = [];
		if (server.connectionCount > 0) held.push(`${server.connectionCount} places of the table`);
		if (server.connections().length > 0) held.push(`${server.connections().length} connections`);
		if (hal.openSockets !== 1) held.push(`${hal.openSockets} sockets`);
		if (hal.pendingTimers > 0) held.push(`${hal.pendingTimers} timers`);
		return held.join(", ");
	}

	/** A whole login with an echo, to see that the server serves on. Undefined, or what went wrong. */
	fault(): string | undefined {
		const before = this.server.connectionCount;
		const client = this.client().login();
		const channel = client.exec("echo");
		channel.write("still here");
		channel.end();
		this.run();
		if (channel.text !== "still here" || channel.exitStatus !== 0 || !channel.closed) return "no echo";
		client.link.end();
		this.run();
		return this.server.connectionCount === before ? undefined : "a place in the table is lost";
	}
}

/** A server without a listener of its own, and a listener beside it whose sockets a test hands over. */
export class Manual extends Place {
	readonly listener: number;

	constructor(options: PlaceOptions = {}) {
		super({ ...options, port: PORT + 1 });
		this.listener = this.hal.listen("0.0.0.0", PORT, () => {});
	}

	/** A client, and the server's socket of it. */
	dial(options: ClientOptions = {}, link: LinkOptions = {}): { client: TestClient; socket: number } {
		const client = this.client(options, link);
		return { client, socket: this.hal.accept(this.listener) };
	}
}
