/**
 * An SSH client for tests, without a socket: it speaks over a SimClient, at once and whenever bytes come, and can be
 * told to behave badly. What a server must not send is thrown, through the loop of the simulator, at the test.
 */
import type { SimClient } from "../../hal/sim/index.js";
import { SimRandom } from "../../hal/sim/index.js";
import {
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
	SSH_MSG_DEBUG,
	SSH_MSG_DISCONNECT,
	SSH_MSG_EXT_INFO,
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_IGNORE,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_KEX_ECDH_REPLY,
	SSH_MSG_KEXINIT,
	SSH_MSG_NEWKEYS,
	SSH_MSG_REQUEST_SUCCESS,
	SSH_MSG_SERVICE_ACCEPT,
	SSH_MSG_SERVICE_REQUEST,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import { CIPHERS, MACS } from "../../src/transport/algorithms.js";
import { concat } from "../crypto/helpers.js";
import { ClientChannel } from "./channel.js";
import { ClientExchange, type ClientMethod, type Offer, readKexInit } from "./exchange.js";
import { messageName } from "./names.js";
import { Incoming, Outgoing, type Packet } from "./packets.js";
import { bytesOf, Fields, message, textOf } from "./wire.js";

export interface ClientOptions extends Partial<Offer> {
	/** Without CR LF. */
	readonly identification?: string;
	readonly strict?: boolean;
	readonly extInfo?: boolean;
	/** first_kex_packet_follows, with this message behind KEXINIT; "right" stands for the one that is meant. */
	readonly guess?: Uint8Array | "right";
	/** Stops short of this message of a key exchange; go() goes on. */
	readonly stopBefore?: number;
	/** In which key exchange it stops; 0, the first one, unless told. */
	readonly stopIn?: number;
	/** Sends EXT_INFO behind its first NEWKEYS. */
	readonly sendsExtInfo?: boolean;
	/** Answers keepalive@openssh.com; yes unless told. */
	readonly answers?: boolean;
	/** Called before each message; may call sendNow() or rekey(). Messages that it sends do not count. */
	readonly before?: (client: TestClient, number: number) => void;
	/** Called behind each message of the server that was taken. */
	readonly after?: (client: TestClient, number: number) => void;
	readonly seed?: number;
	/** The method that `kex` is to agree on; curve25519-sha256 unless told. */
	readonly method?: (random: (length: number) => Uint8Array) => ClientMethod;
	/** Who stands between this client and the server: what each sends goes through its hands. */
	readonly middle?: Middle;
}

export interface Middle {
	toServer(bytes: Uint8Array): Uint8Array;
	toClient(bytes: Uint8Array): Uint8Array;
}

export const IGNORE: Uint8Array = message(SSH_MSG_IGNORE, "nothing of importance");
export const DEBUG: Uint8Array = message(SSH_MSG_DEBUG, true, "nothing to show", "en");

export class TestClient {
	readonly link: SimClient;
	readonly outgoing = new Outgoing();
	readonly incoming = new Incoming();
	/** What the server has sent and nobody has taken. */
	inbox: Packet[] = [];
	/** Names of all that the server has sent, without "SSH_MSG_". */
	readonly heard: string[] = [];
	readonly channels: ClientChannel[] = [];
	serverLine = "";
	sessionId: Uint8Array = new Uint8Array(0);
	/** Key exchanges completed. */
	exchanges = 0;
	strict = false;
	/** reason code and description of the server's DISCONNECT. */
	disconnect: { reason: number; description: string } | undefined;
	exchange: ClientExchange | undefined;
	private readonly options: ClientOptions;
	private readonly random: SimRandom;
	private readonly run: () => void;
	private line: Uint8Array = new Uint8Array(0);
	private queue: Uint8Array[] = [];
	private stopped: Uint8Array | undefined;
	private asking = false;

	/** @param run lets the simulated world go on until it is idle */
	constructor(link: SimClient, run: () => void, options: ClientOptions = {}) {
		this.link = link;
		this.run = run;
		this.options = options;
		this.random = new SimRandom(options.seed ?? 7);
		link.onData = this.takeBytes;
	}

	private write(bytes: Uint8Array): void {
		this.link.write(this.options.middle?.toServer(bytes) ?? bytes);
	}

	get identification(): string {
		return this.options.identification ?? "SSH-2.0-TestClient_1.0";
	}

	/** Nothing comes any more: the server has closed the connection. */
	get over(): boolean {
		return this.link.ended || this.link.lost;
	}

	// --- by steps

	/** Identification and KEXINIT, and the rest of the key exchange as the server answers. */
	start(): this {
		this.write(bytesOf(`${this.identification}\r\n`));
		this.rekey();
		return this.go();
	}

	/** Lets the world go on; and this client, behind where it stopped. */
	go(): this {
		const { stopped } = this;
		this.stopped = undefined;
		if (stopped) this.sendKex(stopped, true);
		this.run();
		return this;
	}

	/** Starts a key exchange. */
	rekey(): void {
		if (this.exchange) return;
		const { guess } = this.options;
		const first = this.exchanges === 0;
		const follows = guess !== undefined && first;
		const random = (length: number) => this.bytes(length);
		this.exchange = new ClientExchange(this.offer(first), random, follows, this.options.method);
		this.send(this.exchange.clientInit);
		if (guess instanceof Uint8Array && first) this.sendNow(guess);
		if (guess === "right" && first) this.sendNow(this.exchange.ecdhInit);
	}

	/** Sends a message, behind the key exchange under way where it must (RFC 4253 section 7.1). */
	send(payload: Uint8Array): void {
		const number = payload[0];
		if (!this.asking) {
			this.asking = true;
			this.options.before?.(this, number);
			this.asking = false;
		}
		const free = number <= SSH_MSG_DEBUG || (number >= 20 && number <= 49);
		if (this.exchange && !this.exchange.finished && !free) this.queue.push(payload);
		else this.sendNow(payload);
	}

	/** Sends a message, whatever the moment. */
	sendNow(payload: Uint8Array): void {
		this.write(this.outgoing.seal(payload));
	}

	/** What the server has sent up to and with the next message of that number. Throws where there is none. */
	take(number: number): Fields {
		const at = this.inbox.findIndex(({ payload }) => payload[0] === number);
		if (at < 0) {
			const why = this.disconnect
				? `disconnected: ${this.disconnect.description}`
				: this.heard.slice(-8).join(" ");
			throw new Error(`no ${messageName(number)} has come; ${why}`);
		}
		const { payload } = this.inbox[at];
		this.inbox = this.inbox.slice(at + 1);
		const reader = new Fields(payload);
		reader.byte();
		return reader;
	}

	has(number: number): boolean {
		return this.inbox.some(({ payload }) => payload[0] === number);
	}

	// --- whole protocols

	requestAuthentication(): this {
		this.send(message(SSH_MSG_SERVICE_REQUEST, "ssh-userauth"));
		this.run();
		this.take(SSH_MSG_SERVICE_ACCEPT);
		return this;
	}

	password(user: string, password: string): void {
		this.send(message(SSH_MSG_USERAUTH_REQUEST, user, "ssh-connection", "password", false, password));
		this.run();
	}

	/** From the first byte to USERAUTH_SUCCESS. */
	login(user = "admin", password = "secret"): this {
		this.start().requestAuthentication().password(user, password);
		this.take(SSH_MSG_USERAUTH_SUCCESS);
		return this;
	}

	open(window = 1 << 20, maximum = 32_768): ClientChannel {
		const channel = new ClientChannel(this.channels.length, window, payload => this.send(payload));
		this.channels.push(channel);
		this.send(message(SSH_MSG_CHANNEL_OPEN, "session", channel.id, window, maximum));
		this.run();
		return channel;
	}

	exec(command: string, window?: number): ClientChannel {
		const channel = this.open(window);
		channel.request("exec", true, command);
		this.run();
		return channel;
	}

	// --- within

	private bytes(length: number): Uint8Array {
		const bytes = new Uint8Array(length);
		this.random.fill(bytes);
		return bytes;
	}

	private offer(first: boolean): Offer {
		const { options } = this;
		const markers: string[] = [];
		if (first && (options.extInfo ?? true)) markers.push("ext-info-c");
		if (first && (options.strict ?? true)) markers.push("kex-strict-c-v00@openssh.com");
		return {
			kex: [...(options.kex ?? ["curve25519-sha256"]), ...markers],
			hostKeys: options.hostKeys ?? ["ssh-ed25519"],
			cipherC2s: options.cipherC2s ?? CIPHERS,
			cipherS2c: options.cipherS2c ?? CIPHERS,
			macC2s: options.macC2s ?? MACS,
			macS2c: options.macS2c ?? MACS,
			compression: options.compression ?? ["none"],
		};
	}

	/** What is called with the bytes that come. */
	readonly takeBytes = (received: Uint8Array): void => {
		const bytes = this.options.middle?.toClient(received) ?? received;
		let rest = bytes;
		if (this.serverLine === "") {
			this.line = concat(this.line, bytes);
			const end = this.line.indexOf(10);
			if (end < 0) return;
			this.serverLine = textOf(this.line.subarray(0, end - 1));
			rest = this.line.slice(end + 1);
		}
		this.incoming.add(rest);
		for (let packet = this.incoming.next(); packet; packet = this.incoming.next()) this.takePacket(packet);
	};

	private takePacket(packet: Packet): void {
		const { payload } = packet;
		const number = payload[0];
		this.heard.push(messageName(number).replace("SSH_MSG_", ""));
		if (this.disconnect) throw new Error("a message behind DISCONNECT");
		if (number === SSH_MSG_KEXINIT) this.takeKexInit(payload);
		else if (number === SSH_MSG_KEX_ECDH_REPLY) this.takeReply(payload);
		else if (number === SSH_MSG_NEWKEYS) this.takeNewKeys();
		else this.inbox.push(packet);
		if (number === SSH_MSG_DISCONNECT) {
			const reader = new Fields(payload.slice(1));
			this.disconnect = { reason: reader.uint32(), description: reader.text() };
		}
		if (number === SSH_MSG_GLOBAL_REQUEST) this.answerGlobal(new Fields(payload.slice(1)));
		if (number >= SSH_MSG_CHANNEL_OPEN_CONFIRMATION && number <= 100) {
			const reader = new Fields(payload.slice(1));
			this.channels[reader.uint32()].take(number, reader);
		}
		this.options.after?.(this, number);
	}

	private answerGlobal(reader: Fields): void {
		reader.text();
		if (reader.boolean() && (this.options.answers ?? true)) this.send(message(SSH_MSG_REQUEST_SUCCESS));
	}

	private takeKexInit(payload: Uint8Array): void {
		if (this.stopsBefore(SSH_MSG_KEXINIT)) return;
		if (this.exchange?.serverInit) throw new Error("a second KEXINIT of the server");
		this.rekey();
		const exchange = this.exchange!;
		exchange.serverInit = payload;
		if (this.exchanges === 0) {
			const wanted = this.options.strict ?? true;
			this.strict = wanted && readKexInit(payload).kex.includes("kex-strict-s-v00@openssh.com");
		}
		if (this.options.guess !== "right" || this.exchanges > 0) this.sendKex(exchange.ecdhInit);
	}

	private stopsBefore(number: number): boolean {
		return number === this.options.stopBefore && this.exchanges === (this.options.stopIn ?? 0);
	}

	/** Sends a message of a key exchange, unless it is to be stopped before it. */
	private sendKex(payload: Uint8Array, regardless = false): void {
		const number = payload[0];
		if (this.stopsBefore(number) && !regardless) {
			this.stopped = payload;
			return;
		}
		this.send(payload);
		if (number === SSH_MSG_KEX_ECDH_INIT) return;
		const exchange = this.exchange!;
		this.outgoing.take(exchange.protection(true, this.sessionId), this.strict);
		exchange.finished = true;
		if (this.exchanges === 0 && this.options.sendsExtInfo) {
			this.sendNow(message(SSH_MSG_EXT_INFO, 1, "global-requests-ok", ""));
		}
		const { queue } = this;
		this.queue = [];
		for (const each of queue) this.sendNow(each);
		this.endExchange();
	}

	private takeReply(payload: Uint8Array): void {
		this.exchange!.takeReply(payload, this.identification, this.serverLine);
		if (this.sessionId.length === 0) this.sessionId = this.exchange!.exchangeHash;
		this.sendKex(message(SSH_MSG_NEWKEYS));
	}

	/** The server's NEWKEYS comes right behind its reply, before ours arrives there. */
	private takeNewKeys(): void {
		this.incoming.take(this.exchange!.protection(false, this.sessionId), this.strict);
		this.newKeysTaken = true;
		this.endExchange();
	}

	private newKeysTaken = false;

	private endExchange(): void {
		if (!this.newKeysTaken || !this.exchange?.finished) return;
		this.newKeysTaken = false;
		this.exchange = undefined;
		this.exchanges++;
	}
}
