/**
 * Who holds the places of a server and makes it work: each attack is a client that connects, does what it does, and comes
 * again when it was sent away. They speak over whatever link they are given: the simulated network, or sockets.
 */
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_IGNORE,
	SSH_MSG_NEWKEYS,
	SSH_MSG_SERVICE_ACCEPT,
	SSH_MSG_SERVICE_REQUEST,
	SSH_MSG_USERAUTH_FAILURE,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import { noise, run } from "../crypto/helpers.js";
import type { ClientOptions, TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { fields, message, mpint, raw } from "../peer/wire.js";

/** The ciphers that cost most. */
const SLOW_CIPHERS: ClientOptions = {
	cipherC2s: ["aes256-ctr"],
	cipherS2c: ["aes256-ctr"],
	macC2s: ["hmac-sha2-512-etm@openssh.com"],
	macS2c: ["hmac-sha2-512-etm@openssh.com"],
};
const FAST_CIPHERS: ClientOptions = {
	cipherC2s: ["chacha20-poly1305@openssh.com"],
	cipherS2c: ["chacha20-poly1305@openssh.com"],
};

/** Bytes that lie ready for the server at most: it is never without. */
const AHEAD = 6_000;
/** Messages at once: whoever is not read any more would send them for ever. */
const BURST = 50;

/** Who logs in with a key: whose seed is this. */
export interface Login {
	readonly user: string;
	readonly seed: Uint8Array;
	readonly publicKey: Uint8Array;
}

export function loginOf(user: string, seed: Uint8Array): Login {
	return { user, seed, publicKey: run(testCrypto.ed25519PublicKey(seed)) };
}

function keyRequest(client: TestClient, { user, seed, publicKey }: Login, right = true): void {
	const blob = fields("ssh-ed25519", publicKey);
	const request = message(
		SSH_MSG_USERAUTH_REQUEST,
		...[user, "ssh-connection", "publickey", true, "ssh-ed25519", blob],
	);
	const signed = fields(client.sessionId, raw(request));
	const signature = run(testCrypto.ed25519Sign(seed, publicKey, signed));
	if (!right) signature[3] ^= 1;
	client.send(concatenated(request, fields(fields("ssh-ed25519", signature))));
}

function concatenated(one: Uint8Array, other: Uint8Array): Uint8Array {
	const both = new Uint8Array(one.length + other.length);
	both.set(one);
	both.set(other, one.length);
	return both;
}

/** What a client does to be logged in, message by message. True when it has just been. */
export function logIn(client: TestClient, number: number, login: Login): boolean {
	if (number === SSH_MSG_NEWKEYS && client.exchanges === 1)
		client.send(message(SSH_MSG_SERVICE_REQUEST, "ssh-userauth"));
	if (number === SSH_MSG_SERVICE_ACCEPT) keyRequest(client, login);
	return number === SSH_MSG_USERAUTH_SUCCESS;
}

export interface Attack {
	readonly name: string;
	readonly about: string;
	/** All of them come from one address; each from its own unless told. */
	readonly oneAddress?: boolean;
	readonly options: ClientOptions;
	/** The server has said something. */
	hear(client: TestClient, number: number, guest: Login): void;
	/** Called every few milliseconds while it is connected. */
	feed?(client: TestClient): void;
	/** Goes when this is true, and comes again. */
	done?(client: TestClient): boolean;
}

const IGNORE = message(SSH_MSG_IGNORE, noise(2_400));
const KEEPALIVE = message(SSH_MSG_GLOBAL_REQUEST, "keepalive@openssh.com", true);

const SMALL: readonly Uint8Array[] = [
	message(SSH_MSG_CHANNEL_WINDOW_ADJUST, 0, 1),
	message(SSH_MSG_CHANNEL_REQUEST, 0, "window-change", true, 80, 24, 0, 0),
	message(SSH_MSG_CHANNEL_REQUEST, 0, "x11-req", true, false, "", "", 0),
	message(SSH_MSG_CHANNEL_OPEN, "direct-tcpip", 7, 1000, 1000, "host", 80, "host", 80),
];

function began(client: TestClient): boolean {
	return client.heard.includes("SERVICE_ACCEPT");
}

function loggedIn(client: TestClient): boolean {
	return client.heard.includes("USERAUTH_SUCCESS");
}

/** Sends as long as little waits to be taken. */
function flood(client: TestClient, payload: Uint8Array): void {
	for (let count = 0; count < BURST && client.link.unsent < AHEAD && !client.exchange; count++)
		client.send(payload);
}

function askForService(client: TestClient, number: number): void {
	if (number === SSH_MSG_NEWKEYS && client.exchanges === 1)
		client.send(message(SSH_MSG_SERVICE_REQUEST, "ssh-userauth"));
}

const RSA_KEY = fields(
	"ssh-rsa",
	raw(mpint(Uint8Array.of(1, 0, 1))),
	raw(mpint(noise(512).fill(0xff, 0, 1))),
);

/** Opens a channel and runs a command, which `cat` stands for. */
function runCommand(client: TestClient, number: number): void {
	if (number === SSH_MSG_USERAUTH_SUCCESS) client.open();
	if (number === SSH_MSG_CHANNEL_OPEN_CONFIRMATION)
		client.channels[client.channels.length - 1].request("exec", true, "cat");
}

export const ATTACKS: readonly Attack[] = [
	{
		name: "ignore",
		about: "IGNORE of 2.4 KB under aes256-ctr with hmac-sha2-512-etm, before the login",
		options: SLOW_CIPHERS,
		hear: askForService,
		feed: client => began(client) && flood(client, IGNORE),
	},
	{
		name: "ignore-one",
		about: "the same from one address",
		oneAddress: true,
		options: SLOW_CIPHERS,
		hear: askForService,
		feed: client => began(client) && flood(client, IGNORE),
	},
	{
		name: "short-ignore",
		about: "as many IGNOREs as may be, as long as they may be, then a new connection",
		options: SLOW_CIPHERS,
		hear(client, number) {
			askForService(client, number);
			if (number !== SSH_MSG_SERVICE_ACCEPT) return;
			for (let count = 0; count < 16; count++) client.send(message(SSH_MSG_IGNORE, noise(480)));
		},
		done: began,
	},
	{
		name: "exchanges",
		about: "three key exchanges a connection, from one address",
		oneAddress: true,
		options: FAST_CIPHERS,
		hear(client, number) {
			askForService(client, number);
			if (number === SSH_MSG_SERVICE_ACCEPT || (number === SSH_MSG_NEWKEYS && client.exchanges > 1))
				again(client);
		},
		done: client => client.exchanges >= 3,
	},
	{
		name: "exchanges-many",
		about: "three key exchanges a connection, each from an address of its own",
		options: SLOW_CIPHERS,
		hear(client, number) {
			askForService(client, number);
			if (number === SSH_MSG_SERVICE_ACCEPT || (number === SSH_MSG_NEWKEYS && client.exchanges > 1))
				again(client);
		},
		done: client => client.exchanges >= 3,
	},
	{
		name: "queries",
		about: "questions about RSA keys that are not on file, under aes256-ctr with hmac-sha2-512-etm",
		options: SLOW_CIPHERS,
		hear(client, number) {
			askForService(client, number);
			if (number !== SSH_MSG_SERVICE_ACCEPT) return;
			const head = ["nobody", "ssh-connection", "publickey", false, "rsa-sha2-512"] as const;
			for (let count = 0; count < 7; count++)
				client.send(message(SSH_MSG_USERAUTH_REQUEST, ...head, RSA_KEY));
		},
	},
	{
		name: "signatures",
		about: "wrong signatures with a key that is on file",
		options: FAST_CIPHERS,
		hear(client, number, guest) {
			askForService(client, number);
			if (number === SSH_MSG_SERVICE_ACCEPT || number === SSH_MSG_USERAUTH_FAILURE)
				keyRequest(client, guest, false);
		},
	},
	{
		name: "passwords",
		about: "wrong passwords",
		options: FAST_CIPHERS,
		hear(client, number, { user }) {
			askForService(client, number);
			if (number === SSH_MSG_SERVICE_ACCEPT || number === SSH_MSG_USERAUTH_FAILURE)
				client.send(message(SSH_MSG_USERAUTH_REQUEST, user, "ssh-connection", "password", false, "no"));
		},
	},
	{
		name: "visits",
		about: "comes, has a key exchange begun, and goes",
		options: FAST_CIPHERS,
		hear: () => undefined,
		done: client => client.heard.includes("KEXINIT"),
	},
	{
		name: "data",
		about: "logged in, with data in aes256-ctr and hmac-sha2-512-etm without end, both ways",
		options: SLOW_CIPHERS,
		hear(client, number, guest) {
			logIn(client, number, guest);
			runCommand(client, number);
		},
		feed(client) {
			const channel = client.channels[0];
			if (channel?.answers[0] && channel.unsent < AHEAD && client.link.unsent < AHEAD)
				channel.write(noise(2_000));
		},
	},
	{
		name: "rekeys",
		about: "logged in, with key exchanges as often as they are answered",
		options: FAST_CIPHERS,
		hear(client, number, guest) {
			logIn(client, number, guest);
			if (number === SSH_MSG_USERAUTH_SUCCESS) client.rekey();
		},
		feed: client => loggedIn(client) && client.rekey(),
	},
	{
		name: "keepalives",
		about: "logged in, with questions that want answers without end",
		options: SLOW_CIPHERS,
		hear: (client, number, guest) => void logIn(client, number, guest),
		feed: client => loggedIn(client) && flood(client, KEEPALIVE),
	},
	{
		name: "commands",
		about: "logged in, with commands that begin and are closed without end",
		options: FAST_CIPHERS,
		hear: (client, number, guest) => void logIn(client, number, guest),
		feed(client) {
			if (!loggedIn(client) || client.link.unsent > AHEAD || client.exchange) return;
			client.send(message(SSH_MSG_CHANNEL_OPEN, "session", 0, 1000, 1000));
			client.send(message(SSH_MSG_CHANNEL_REQUEST, 0, "exec", true, "cat"));
			client.send(message(SSH_MSG_CHANNEL_CLOSE, 0));
		},
	},
	{
		name: "small",
		about:
			"logged in, with small packets without end: windows that open by one byte, resizes, requests that are refused, opens",
		options: SLOW_CIPHERS,
		hear(client, number, guest) {
			logIn(client, number, guest);
			runCommand(client, number);
		},
		feed(client) {
			if (client.channels[0]?.answers.length) for (const payload of SMALL) flood(client, payload);
		},
	},
];

/** The next key exchange, when the one under way is over. */
function again(client: TestClient): void {
	if (!client.exchange && client.exchanges < 3) client.rekey();
}

/** Each place has another of these. */
export const MIXES: Readonly<Record<string, readonly string[]>> = {
	...Object.fromEntries(ATTACKS.map(({ name }) => [name, [name]])),
	mixed: ["ignore", "data", "rekeys"],
	strangers: ["short-ignore", "exchanges-many", "signatures"],
	guests: ["data", "rekeys", "commands"],
	lane: ["exchanges-many", "data", "small"],
};

export type Dial = (address: string, options: ClientOptions) => TestClient;

/** One who holds a place as well as he can. */
export class Attacker {
	/** How often it has come. */
	visits = 0;
	private readonly dial: Dial;
	private readonly attack: Attack;
	private readonly guest: Login;
	private readonly address: string;
	private client: TestClient | undefined;

	constructor(dial: Dial, attack: Attack, guest: Login, address: string) {
		this.dial = dial;
		this.attack = attack;
		this.guest = guest;
		this.address = address;
	}

	/** To be called every few milliseconds. */
	tick(): void {
		const { client, attack } = this;
		if (!client || client.over || client.disconnect || attack.done?.(client)) {
			client?.link.end();
			this.come();
			return;
		}
		if (client.exchanges > 0) attack.feed?.(client);
	}

	private come(): void {
		const { attack, guest } = this;
		this.visits++;
		const after = (client: TestClient, number: number): void => attack.hear(client, number, guest);
		this.client = this.dial(this.address, { ...attack.options, after, seed: this.visits });
		this.client.start();
	}
}

/**
 * Those who hold so many places.
 *
 * @param mix a name of MIXES  @param net the first three numbers of their addresses
 */
export function attackersOf(mix: string, places: number, dial: Dial, guest: Login, net: string): Attacker[] {
	const names = MIXES[mix];
	return Array.from({ length: places }, (_, index) => {
		const attack = ATTACKS.find(({ name }) => name === names[index % names.length])!;
		return new Attacker(dial, attack, guest, `${net}.${attack.oneAddress ? 1 : index + 1}`);
	});
}
