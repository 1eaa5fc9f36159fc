/** Clients that come and go, with an end of every kind: what the soak and the load let loose on a server. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import ssh2 from "ssh2";
import { SSH_MSG_IGNORE, SSH_MSG_KEX_ECDH_INIT } from "../../src/messages.js";
import type { Login } from "../interop/clients/client.js";
import { configuration, ssh2Client } from "../interop/clients/ssh2.js";
import type { Target } from "../interop/harness.js";
import { kexInit } from "../peer/exchange.js";
import { Incoming, Outgoing } from "../peer/packets.js";
import { message } from "../peer/wire.js";

const OFFER = {
	kex: ["curve25519-sha256"],
	hostKeys: ["ssh-ed25519"],
	cipherC2s: ["chacha20-poly1305@openssh.com"],
	cipherS2c: ["chacha20-poly1305@openssh.com"],
	macC2s: [],
	macS2c: [],
};
/** The server's packets in clear: KEXINIT, KEX_ECDH_REPLY, NEWKEYS. */
const UNPROTECTED = 3;

/** A client that comes and goes; it rejects where the server was another than the visit was made for. */
export type Visit = (target: Target) => Promise<void>;
/** How a client without a login goes: with FIN, with RST, or when the server closes. */
type End = "end" | "reset" | "wait";
/** What is waited for before: nothing, the server's identification, or so many packets behind it. */
type Answer = "nothing" | number;

/** What a client sends up to its NEWKEYS, a piece for each phase. */
class Handshake {
	readonly identification = Buffer.from("SSH-2.0-soak\r\n");
	readonly kexInit: Uint8Array;
	readonly ecdhInit: Uint8Array;
	private readonly out = new Outgoing();

	constructor() {
		const { out } = this;
		this.kexInit = out.seal(kexInit(OFFER, randomBytes(16), false));
		this.ecdhInit = out.seal(message(SSH_MSG_KEX_ECDH_INIT, randomBytes(32)));
	}

	/** Packets that may stand anywhere in a first key exchange that is not strict. */
	get ignores(): Uint8Array[] {
		return Array.from({ length: FLOOD }, () => this.out.seal(message(SSH_MSG_IGNORE, "nothing")));
	}
}

/** A client that sends something unprotected, waits for an answer, and goes. */
function raw(send: (handshake: Handshake) => readonly Uint8Array[], answer: Answer, end: End): Visit {
	return ({ host, port, from, output }) =>
		new Promise<void>((resolve, reject) => {
			const socket = connect({ port, host, localAddress: from }, () => {
				socket.write(Buffer.concat(send(new Handshake())));
				if (answer === "nothing") leave(socket, end);
			});
			const received: Buffer[] = [];
			let met = answer === "nothing";
			socket.on("data", (chunk: Buffer) => {
				received.push(chunk);
				if (met || packetsOf(Buffer.concat(received)) < Number(answer)) return;
				met = true;
				leave(socket, end);
			});
			socket.on("error", () => undefined);
			socket.on("close", () => {
				if (met) resolve();
				else reject(new Error(`closed before its answer: ${answer}\n${output().slice(-500)}`));
			});
		});
}

/** How many whole packets, none of them protected, stand behind the identification; -1 without that. */
function packetsOf(bytes: Buffer): number {
	const end = bytes.indexOf("\n");
	if (end < 0) return -1;
	const incoming = new Incoming();
	incoming.add(bytes.subarray(end + 1));
	let packets = 0;
	// What follows NEWKEYS is protected: nobody asks for it.
	while (packets < UNPROTECTED && incoming.next()) packets++;
	return packets;
}

function leave(socket: Socket, end: End): void {
	if (end === "end") socket.end();
	else if (end === "reset") socket.resetAndDestroy();
}

export function command(loginOf: (target: Target) => Login): Visit {
	return async target => {
		const { status, stdout, stderr } = await ssh2Client.run(target, {
			login: loginOf(target),
			command: "echo in",
		});
		assert.equal(stdout.toString(), "in\n", stderr);
		assert.equal(status, 0);
	};
}

function refused(loginOf: (target: Target) => Login): Visit {
	return async target => {
		const result = await ssh2Client.run(target, { login: loginOf(target), command: "echo no" });
		assert.ok(result.refused, result.stderr);
	};
}

export const byKey = (target: Target): Login => ({ method: "publickey", key: target.keys.ed25519 });
const byPassword = (target: Target): Login => ({ method: "password", password: target.password });

/** Logs in by key, and does with the client what it likes; over when the connection is. */
export function loggedIn(target: Target, use: (client: ssh2.Client) => void): Promise<void> {
	return until("ready", target, byKey(target), use);
}

/** Goes as far as an event of ssh2, and does with the client what it likes; over when the connection is. */
function until(
	event: "handshake" | "ready",
	target: Target,
	login: Login,
	use: (client: ssh2.Client) => void,
): Promise<void> {
	return new Promise((resolve, reject) => {
		const client = new ssh2.Client();
		let reached = false;
		client.on(event as "ready", () => {
			reached = true;
			use(client);
		});
		client.on("error", error => reject(error));
		client.on("close", () => {
			if (reached) resolve();
			else reject(new Error(`closed before its event: ${event}`));
		});
		client.connect(configuration(target, login, undefined));
	});
}

/** Gone when the keys are exchanged. */
const cutOffWithKeys: Visit = target => until("handshake", target, byKey(target), client => client.destroy());

/** Gone while its password is hashed. */
const cutOffAtPassword: Visit = target =>
	new Promise((resolve, reject) => {
		const client = new ssh2.Client();
		const { password } = target;
		client.on("error", reject);
		client.on("close", () => resolve());
		client.connect({
			...configuration(target, byPassword(target), undefined),
			authHandler: (_left, _partial, next) => {
				next({ type: "password", username: target.user, password });
				setImmediate(() => client.destroy());
			},
		});
	});

/** Logged in, but gone without a word. */
const cutOff: Visit = target => loggedIn(target, client => client.destroy());

/** Gone while a command runs. */
const cutOffAtWork: Visit = target =>
	loggedIn(target, client => {
		client.exec("echo in; sleep 60", (error, channel) => {
			assert.equal(error, undefined);
			channel.on("data", () => client.destroy());
		});
	});

/** What friends do. */
const commandByKey = command(byKey);
const commandByPassword = command(byPassword);
const FRIENDLY: readonly Visit[] = [commandByKey, commandByPassword];

/** Where a packet belongs: its length is beyond any limit. */
const GARBAGE = new Uint8Array(64).fill(0xff);

/** One turn of the soak, in this order; what is logged of it tells how far each came. */
export const TURN: readonly Visit[] = [
	raw(() => [], "nothing", "reset"),
	raw(() => [], "nothing", "end"),
	raw(({ identification }) => [identification.subarray(0, 7)], 0, "reset"),
	raw(({ identification }) => [identification.subarray(0, 7)], 0, "end"),
	raw(() => [Buffer.from("GET / HTTP/1.1\r\n\r\n")], 0, "wait"),
	commandByKey,
	raw(({ identification }) => [identification], 1, "reset"),
	raw(({ identification }) => [identification], 1, "end"),
	raw(({ identification, kexInit }) => [identification, kexInit.subarray(0, 100)], 1, "reset"),
	raw(({ identification, kexInit }) => [identification, kexInit.subarray(0, 100)], 1, "end"),
	raw(({ identification, kexInit }) => [identification, kexInit], 1, "reset"),
	raw(({ identification, kexInit }) => [identification, kexInit], 1, "end"),
	commandByPassword,
	raw(({ identification, kexInit, ecdhInit }) => [identification, kexInit, ecdhInit], 1, "reset"),
	raw(({ identification, kexInit, ecdhInit }) => [identification, kexInit, ecdhInit], 1, "end"),
	raw(({ identification, kexInit, ecdhInit }) => [identification, kexInit, ecdhInit], 3, "reset"),
	raw(({ identification, kexInit, ecdhInit }) => [identification, kexInit, ecdhInit], 3, "end"),
	raw(({ identification }) => [identification, GARBAGE], 1, "wait"),
	raw(({ identification, kexInit }) => [identification, kexInit, GARBAGE], 1, "wait"),
	cutOffWithKeys,
	cutOffAtPassword,
	refused(target => ({ method: "password", password: `${target.password}!` })),
	refused(target => ({ method: "publickey", key: target.strangeKey })),
	cutOff,
	cutOffAtWork,
];

/** What a client floods with: messages that are nothing but bytes to decrypt, or to answer. */
const FLOOD = 1_000;
/** How long it is left to go out. */
const FLOOD_TIME = 300;

/** Packets without end in the first key exchange, which is not strict. */
const floodBefore = raw(
	({ identification, kexInit, ignores }) => [identification, kexInit, ...ignores],
	1,
	"reset",
);

/** Logged in, it asks for more answers than anyone could want, and reads none. */
const floodOfRequests: Visit = target =>
	loggedIn(target, client => {
		client.exec("echo in; sleep 60", (error, channel) => {
			if (error) {
				client.destroy();
				return;
			}
			channel.pause();
			for (let count = 0; count < FLOOD; count++) channel.setWindow(24, 80, 0, 0);
			for (let count = 0; count < FLOOD; count++) channel.signal("USR1");
			setTimeout(() => client.destroy(), FLOOD_TIME);
		});
	});

/** A byte at a time, and then gone. */
const slow: Visit = ({ host, port, from }) =>
	new Promise(resolve => {
		const bytes = Buffer.from("SSH-2.0-slow");
		const socket = connect({ port, host, localAddress: from });
		let sent = 0;
		const timer = setInterval(() => {
			if (sent === bytes.length) socket.destroy();
			else socket.write(bytes.subarray(sent, ++sent));
		}, 100);
		socket.on("error", () => undefined);
		socket.on("close", () => {
			clearInterval(timer);
			resolve();
		});
	});

/** All of a turn that no friend would do, and more. */
export const HOSTILE: readonly Visit[] = [
	...TURN.filter(visit => !FRIENDLY.includes(visit)),
	floodBefore,
	floodOfRequests,
	slow,
];
