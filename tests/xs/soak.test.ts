/**
 * A soak: 500 connections one after another, with an end of every kind, on the board with a device's heap. What a
 * connection leaves behind adds up: at the end the heap must be where it began.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import ssh2 from "ssh2";
import { SSH_MSG_KEX_ECDH_INIT } from "../../src/messages.js";
import type { Login } from "../interop/clients/client.js";
import { configuration, ssh2Client } from "../interop/clients/ssh2.js";
import { missing, startSimulator, type Target } from "../interop/harness.js";
import { kexInit } from "../peer/exchange.js";
import { Incoming, Outgoing } from "../peer/packets.js";
import { message } from "../peer/wire.js";
import { boardOrReason } from "./board.js";

const made = await boardOrReason("device");
const skip = missing("ssh-keygen") ?? ("reason" in made ? made.reason : false);

const CONNECTIONS = 500;
/** Turns before the first reading: they fill the event log, which keeps 200 lines and gets 60 in a turn. */
const TURNS_BEFORE = 4;
/** Bytes that the heap may have grown by, garbage among them: 4 for each connection. */
const TOLERANCE = 2_000;
/** Readings at one time: enough for some collections among them. */
const READINGS = 400;

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

/** A client that comes and goes. */
type Visit = (target: Target) => Promise<void>;
/** How a client without a login goes: with FIN, with RST, or when the server closes. */
type End = "end" | "reset" | "wait";
/** What is waited for before: nothing, the server's identification, or so many packets behind it. */
type Answer = "nothing" | number;

/** What a client sends up to its NEWKEYS, a piece for each phase. */
class Handshake {
	readonly identification = Buffer.from("SSH-2.0-soak\r\n");
	readonly kexInit: Uint8Array;
	readonly ecdhInit: Uint8Array;

	constructor() {
		const out = new Outgoing();
		this.kexInit = out.seal(kexInit(OFFER, randomBytes(16), false));
		this.ecdhInit = out.seal(message(SSH_MSG_KEX_ECDH_INIT, randomBytes(32)));
	}
}

/** A client that sends something unprotected, waits for an answer, and goes. */
function raw(send: (handshake: Handshake) => readonly Uint8Array[], answer: Answer, end: End): Visit {
	return ({ host, port, output }) =>
		new Promise<void>((resolve, reject) => {
			const socket = connect(port, host, () => {
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

function command(loginOf: (target: Target) => Login): Visit {
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

const byKey = (target: Target): Login => ({ method: "publickey", key: target.keys.ed25519 });
const byPassword = (target: Target): Login => ({ method: "password", password: target.password });

/** Logs in by key, and does with the client what it likes; over when the connection is. */
function loggedIn(target: Target, use: (client: ssh2.Client) => void): Promise<void> {
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

/** Where a packet belongs: its length is beyond any limit. */
const GARBAGE = new Uint8Array(64).fill(0xff);

/** One turn, in this order; what is logged of it tells how far each came. */
const TURN: readonly Visit[] = [
	raw(() => [], "nothing", "reset"),
	raw(() => [], "nothing", "end"),
	raw(({ identification }) => [identification.subarray(0, 7)], 0, "reset"),
	raw(({ identification }) => [identification.subarray(0, 7)], 0, "end"),
	raw(() => [Buffer.from("GET / HTTP/1.1\r\n\r\n")], 0, "wait"),
	command(byKey),
	raw(({ identification }) => [identification], 1, "reset"),
	raw(({ identification }) => [identification], 1, "end"),
	raw(({ identification, kexInit }) => [identification, kexInit.subarray(0, 100)], 1, "reset"),
	raw(({ identification, kexInit }) => [identification, kexInit.subarray(0, 100)], 1, "end"),
	raw(({ identification, kexInit }) => [identification, kexInit], 1, "reset"),
	raw(({ identification, kexInit }) => [identification, kexInit], 1, "end"),
	command(byPassword),
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

/**
 * Reads the heap in use, in one session. It counts what is no longer needed until the next collection, so the least of
 * many readings is taken.
 *
 * @throws where somebody else is connected
 */
async function heapInUse(target: Target): Promise<number> {
	let text = "";
	await loggedIn(target, client => {
		client.shell(false, (error, channel) => {
			assert.equal(error, undefined);
			channel.setEncoding("utf8").on("data", (more: string) => {
				text += more;
			});
			channel.on("close", () => client.end());
			// Lines of many lengths shift the readings against the collections, so that one of them comes right behind one.
			let lines = "uptime\n";
			for (let i = 0; i < READINGS; i++) lines += `true ${"x".repeat((i * 7) % 61)}\nfree\n`;
			channel.end(lines);
		});
	});
	assert.match(text, /, 1 connection\n/);
	const readings = [...text.matchAll(/^ +- +(\d+) +-$/gm)].map(([, used]) => Number(used));
	assert.equal(readings.length, READINGS, text);
	return Math.min(...readings);
}

test(`${CONNECTIONS} connections leave nothing on the heap`, { skip, timeout: 300_000 }, async context => {
	const target = await startSimulator({ args: ["--engine", "xs", "--limits", "device"] });
	const turn = async () => {
		for (const visit of TURN) await visit(target);
	};
	try {
		for (let before = 0; before < TURNS_BEFORE; before++) await turn();
		const readings = [await heapInUse(target)];
		for (let made = 0; made < CONNECTIONS; made += TURN.length) {
			await turn();
			if ((made / TURN.length) % 5 === 4) readings.push(await heapInUse(target));
		}
		context.diagnostic(`bytes in use: ${readings.join(", ")}`);
		assert.ok(readings.at(-1)! - readings[0] < TOLERANCE, `the heap has grown: ${readings.join(", ")}`);
		assert.doesNotMatch(target.output(), /memory full/);
		await command(byKey)(target);
	} finally {
		await target.stop();
	}
});
