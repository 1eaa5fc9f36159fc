/**
 * A server that is fuzzed, over the network in memory and without encryption, and its attacker. Checked behind each step:
 * nothing was thrown, and the connection holds no more than its budget; at the end: every place in the table is free, and
 * a good login works.
 */
import type { SimClient } from "../../hal/sim/index.js";
import { equalBytes } from "../../src/base/wire.js";
import type { Session } from "../../src/connection/session.js";
import type { Job } from "../../src/crypto/port.js";
import { DEVICE_LIMITS, type Limits } from "../../src/limits.js";
import type { ServerConnection } from "../../src/server/connection.js";
import {
	type Authenticator,
	FULL_PERMIT,
	type Permit,
	type Prompts,
} from "../../src/userauth/authenticator.js";
import { concat } from "../crypto/helpers.js";
import { kexInit } from "../peer/exchange.js";
import { Outgoing } from "../peer/packets.js";
import { echo, Place, PORT } from "../peer/place.js";
import { bytesOf, message, textOf } from "../peer/wire.js";
import { excess, holding } from "./budget.js";
import { identityCrypto, identityHostKeys } from "./identity.js";
import * as input from "./input.js";

/** How far the attacker gets as an honest client, before the input begins. */
export type Stage = "connected" | "keyed" | "authenticating" | "logged in";

/** A device's, with counts and times that an input comes to: what is beyond each is in reach. */
const LIMITS: Limits = Object.freeze({
	...DEVICE_LIMITS,
	channels: 3,
	heldReplies: 128,
	commandLength: 64,
	environmentVariables: 2,
	rekeyPackets: 200,
	rekeyBytes: 64 * 1024,
	rekeyTime: 10_000,
	keepaliveInterval: 5_000,
	idleTime: 60_000,
});

class Later<T> implements Job<T> {
	readonly result: T;
	private left = 2;

	constructor(result: T) {
		this.result = result;
	}

	step(): boolean {
		return --this.left <= 0;
	}
}

const isSecret = (password: Uint8Array): boolean => equalBytes(password, bytesOf("secret"));

/** A Promise would need more than the loop in memory; jobs of several slices do not. */
const authenticator: Authenticator = {
	chains: [["publickey", "password"], ["password"], ["keyboard-interactive"]],
	authorizedKey: (user, blob): Job<Permit | undefined> => {
		if (user !== "admin") return new Later(undefined);
		const command = blob[blob.length - 1] === 0x63 ? "forced" : undefined;
		return new Later({ pty: command === undefined, command, fingerprint: "SHA256:none" });
	},
	password: (user, password) => new Later(user === "admin" && isSecret(password)),
	interactive: (user, round, responses): Job<Prompts | boolean | Permit> => {
		if (round === 0)
			return new Later({ name: "", instruction: "", prompts: [{ text: "Password: ", echo: false }] });
		if (user !== "admin") return new Later(false);
		return new Later(responses.some(isSecret) ? FULL_PERMIT : false);
	},
};

const OFFER = {
	kex: ["curve25519-sha256", "ext-info-c", "kex-strict-c-v00@openssh.com"],
	hostKeys: ["ssh-ed25519"],
	cipherC2s: ["chacha20-poly1305@openssh.com"],
	cipherS2c: ["chacha20-poly1305@openssh.com"],
	macC2s: [],
	macS2c: [],
};

const IDENTIFICATION = bytesOf("SSH-2.0-fuzz\r\n");
const KEXINIT = kexInit(OFFER, new Uint8Array(16), false);
const ECDH_INIT = message(30, new Uint8Array(32).fill(9));
const NEWKEYS = message(21);
const SERVICE_REQUEST = message(5, "ssh-userauth");
const PASSWORD = message(50, "admin", "ssh-connection", "password", false, "secret");
const GREETING = "still here";

export class Victim {
	readonly place: Place;
	readonly sessions: Session[] = [];
	/** The most that a connection has held. */
	most = { bytes: 0, characters: 0, places: 0 };
	private readonly shared: ReadonlySet<unknown>;

	constructor() {
		this.place = new Place({
			crypto: identityCrypto,
			hostKeys: identityHostKeys(),
			authenticator,
			limits: LIMITS,
			banner: "for the tests\r\n",
			environment: ["LANG", "LC_*"],
			subsystems: ["sftp"],
			onSession: session => this.serve(session),
		});
		const { parts } = this.place;
		this.shared = new Set<unknown>([parts, parts.setup, LIMITS]);
	}

	/** The newest connection. */
	get connection(): ServerConnection | undefined {
		return this.place.parts.scheduler.first;
	}

	private serve(session: Session): void {
		this.sessions.push(session);
		if (session.command.startsWith("deaf")) return;
		echo(session);
		session.onSignal = name => void session.writeError(bytesOf(name));
		session.onBreak = () => session.exit(1);
		session.onWindowChange = ({ columns }) => void session.write(new Uint8Array(columns).fill(0x2e));
	}

	/** @throws Error where an invariant is broken */
	check(): void {
		const { errors } = this.place;
		if (errors.length > 0) throw new Error(`thrown: ${errors.join("; ")}`);
		for (const session of this.sessions) this.checkSession(session);
		for (let each = this.connection; each; each = each.next) {
			const held = holding(each, new Set([...this.shared, each.next]));
			for (const name of ["bytes", "characters", "places"] as const)
				this.most[name] = Math.max(this.most[name], held[name]);
			const wrong = excess(held, LIMITS);
			if (wrong) throw new Error(wrong);
			this.checkBuffers(each);
			const open = each.protocol?.open ?? 0;
			if (open > LIMITS.channels || open < 0) throw new Error(`${open} channels`);
			if (each.transport.clientVersion.length > 4 * LIMITS.identificationLength)
				throw new Error("a long version");
		}
	}

	private checkBuffers({ transport }: ServerConnection): void {
		const { packets } = transport;
		const { held } = transport as unknown as { readonly held: { readonly bytes: Uint8Array } | undefined };
		if (packets.input.length > LIMITS.packetSize) throw new Error(`${packets.input.length} bytes of input`);
		if (packets.output.length > LIMITS.sendBufferSize)
			throw new Error(`${packets.output.length} bytes of output`);
		if (held && held.bytes.length > LIMITS.heldReplies)
			throw new Error(`${held.bytes.length} bytes are held back`);
	}

	private checkSession({ environment, command, terminal, readable }: Session): void {
		if (readable > LIMITS.initialWindowSize) throw new Error(`${readable} bytes wait to be read`);
		if (environment.size > LIMITS.environmentVariables) throw new Error(`${environment.size} variables`);
		if (command.length > LIMITS.commandLength) throw new Error(`a command of ${command.length}`);
		if (terminal === undefined) return;
		const { columns, rows, modes, type } = terminal;
		if (Math.max(columns, rows) > LIMITS.terminalSize) throw new Error(`${columns} columns, ${rows} rows`);
		if (type.length > LIMITS.terminalTypeLength) throw new Error(`a terminal type of ${type.length}`);
		if (modes.length > LIMITS.terminalModesLength) throw new Error(`terminal modes of ${modes.length}`);
	}

	/** All are gone, and the server serves on. @throws Error where it does not */
	checkEnd(): void {
		const { place } = this;
		place.pass(LIMITS.keyExchangeTime + 10_000);
		if (place.server.connectionCount !== 0)
			throw new Error(`${place.server.connectionCount} places are lost`);
		if (this.connection !== undefined) throw new Error("a connection without a place is left");
		this.check();
		const client = new Attacker(this, "192.0.2.1");
		client.reach("logged in");
		client.packet(message(90, "session", 0, 65_536, 32_768));
		client.packet(message(98, 0, "exec", true, "cat"));
		client.packet(message(94, 0, GREETING));
		client.packet(message(96, 0));
		if (!client.text().includes(GREETING)) throw new Error("a good login fails");
		client.link.end();
		place.run();
		if (place.server.connectionCount !== 0) throw new Error("a good login leaves its place taken");
		this.check();
	}
}

export class Attacker {
	readonly link: SimClient;
	private readonly victim: Victim;
	private readonly received: Uint8Array[] = [];
	private queue: Uint8Array[] = [];
	private holds = false;

	/** @param address an owner comes from elsewhere: what an attacker's address has earned is the attacker's */
	constructor(victim: Victim, address = "192.0.2.66") {
		this.victim = victim;
		this.link = victim.place.hal.connect(PORT, { address, sendBuffer: 4096, s2c: { receiveBuffer: 4096 } });
		this.listen();
		victim.place.run();
	}

	/** What the server has sent, a character a byte: without encryption, texts can be read in it. */
	text(): string {
		return textOf(concat(...this.received));
	}

	/** Goes so far as an honest client would. */
	reach(stage: Stage): void {
		if (stage === "connected") return;
		this.raw(IDENTIFICATION);
		for (const payload of [KEXINIT, ECDH_INIT, NEWKEYS]) this.packet(payload);
		if (stage === "keyed") return;
		this.packet(SERVICE_REQUEST);
		if (stage === "authenticating") return;
		this.packet(PASSWORD);
	}

	play(bytes: Uint8Array): void {
		for (const step of input.steps(bytes)) {
			this.act(step);
			this.victim.check();
			if (this.victim.connection === undefined) return;
		}
		this.flush();
		this.victim.check();
	}

	private act({ kind, bytes, number }: input.Step): void {
		const { place } = this.victim;
		switch (kind) {
			case input.QUEUED:
				this.queue.push(this.frame(bytes));
				return;
			case input.PACKET:
				this.queue.push(this.frame(bytes));
				break;
			case input.RAW:
				this.queue.push(bytes);
				break;
			case input.TRICKLE:
				for (const byte of bytes) this.raw(Uint8Array.of(byte));
				return;
			case input.TIME:
				this.flush();
				place.pass((number & 0x1ff) * 100);
				return;
			case input.SESSION:
				this.command(number);
				break;
			case input.HOLD:
				this.holds = !this.holds;
				this.listen();
				break;
			case input.SERVER: {
				const id = place.server.connections()[0]?.id ?? 0;
				place.server.ping(id);
				break;
			}
		}
		this.flush();
	}

	/** @param number which session, what, and how much of it */
	private command(number: number): void {
		const session = this.victim.sessions[(number >>> 12) % Math.max(1, this.victim.sessions.length)];
		if (session === undefined) return;
		const size = number & 0x1ff;
		switch ((number >>> 9) & 7) {
			case 0:
				session.write(new Uint8Array(size).fill(0x61));
				break;
			case 1:
				session.writeError(new Uint8Array(size).fill(0x62));
				break;
			case 2:
				session.end();
				break;
			case 3:
				session.exit(size);
				break;
			case 4:
				session.exitSignal("TERM", "x".repeat(size));
				break;
			case 5:
				session.close();
				break;
			case 6:
				session.read(new Uint8Array(size));
				break;
			default:
				session.write(new Uint8Array(0));
		}
	}

	/** Sends bytes, and lets the server do what it does. */
	raw(bytes: Uint8Array): void {
		this.link.write(bytes);
		this.victim.place.run();
	}

	packet(payload: Uint8Array): void {
		this.raw(this.frame(payload));
	}

	private flush(): void {
		if (this.queue.length > 0) this.link.write(concat(...this.queue));
		this.queue = [];
		this.victim.place.run();
	}

	/** A packet as the server expects it now: its keys are no secret, and do nothing. */
	private frame(payload: Uint8Array): Uint8Array {
		const out = new Outgoing();
		const inForce = this.victim.connection?.transport.packets.c2s.protection;
		if (inForce) out.take(Object.create(inForce, { seal: { value: () => {} } }), true);
		return out.seal(payload);
	}

	private listen(): void {
		this.link.onData = this.holds ? undefined : bytes => void this.received.push(bytes);
	}

	/** @param politely with FIN, else with RST */
	leave(politely: boolean): void {
		this.holds = false;
		this.listen();
		if (politely) this.link.end();
		else this.link.abort();
		this.victim.place.run();
	}
}

/** A good login costs as much as an input: where the fuzzer is at work, every n-th has one behind it. */
const EVERY = "Fuzzer" in globalThis ? 16 : 1;

let inputs = 0;

/** One input against a server of its own. @throws Error where an invariant is broken */
export function besiege(stage: Stage, bytes: Uint8Array): Victim {
	const victim = new Victim();
	const attacker = new Attacker(victim);
	attacker.reach(stage);
	attacker.play(bytes);
	attacker.leave((bytes.length & 1) === 0);
	if (inputs++ % EVERY === 0) victim.checkEnd();
	return victim;
}
