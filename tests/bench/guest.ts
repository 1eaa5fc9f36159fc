/** A client of the bench over a real socket, which waits for what the board does. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { SimClient } from "../../hal/sim/index.js";
import {
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_SERVICE_ACCEPT,
	SSH_MSG_SERVICE_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import type { ClientChannel } from "../peer/channel.js";
import { TestClient } from "../peer/client.js";
import { message } from "../peer/wire.js";
import { signedRequest } from "./keys.js";
import { OPENSSH } from "./openssh.js";

/** Longer than anything takes here. */
const PATIENCE = 20_000;

export class Guest {
	private readonly socket: Socket;
	private readonly client: TestClient;
	private channel: ClientChannel | undefined;
	private over = false;
	/** Called when something has changed. */
	private look: () => void = () => {};

	private constructor(socket: Socket) {
		this.socket = socket;
		socket.setNoDelay(true);
		const link = {
			onData: undefined as ((bytes: Uint8Array) => void) | undefined,
			write: (bytes: Uint8Array) => socket.write(bytes),
		};
		this.client = new TestClient(link as unknown as SimClient, () => {}, OPENSSH);
		socket.on("data", bytes => {
			link.onData?.(new Uint8Array(bytes));
			this.look();
		});
		socket.on("error", () => {});
		socket.on("close", () => {
			this.over = true;
			this.look();
		});
	}

	/** With a shell. Undefined where the server ends the connection before its prompt is there. */
	static async enter(port: number): Promise<Guest | undefined> {
		const guest = await Guest.visit(port);
		return (await guest?.shell()) ? guest : undefined;
	}

	/** Logged in, without a channel. Undefined where the server ends the connection before. */
	static async visit(port: number): Promise<Guest | undefined> {
		const guest = new Guest(connect(port, "127.0.0.1"));
		return (await guest.login()) ? guest : undefined;
	}

	private async login(): Promise<boolean> {
		const { client } = this;
		client.start();
		if (!(await this.until(() => client.exchanges === 1))) return false;
		client.send(message(SSH_MSG_SERVICE_REQUEST, "ssh-userauth"));
		if (!(await this.until(() => client.has(SSH_MSG_SERVICE_ACCEPT)))) return false;
		client.send(signedRequest(client.sessionId));
		return this.until(() => client.has(SSH_MSG_USERAUTH_SUCCESS));
	}

	private async shell(): Promise<boolean> {
		const channel = await this.open();
		this.channel = channel;
		if (channel === undefined) return false;
		channel.request("pty-req", true, "xterm-256color", 80, 24, 0, 0, "");
		channel.request("shell", true);
		return this.until(() => channel.text.endsWith("> "));
	}

	/** A session channel; undefined where the server has none, or ends the connection. */
	async open(window?: number): Promise<ClientChannel | undefined> {
		const channel = this.client.open(window);
		const answered = await this.until(() => channel.recipient >= 0 || channel.refused > 0);
		return answered && channel.refused === 0 ? channel : undefined;
	}

	/** Runs a command, on a pty where it is told so; false where the server grants that not. */
	async exec(channel: ClientChannel, command: string, pty = false): Promise<boolean> {
		const { answers } = channel;
		const wanted = answers.length + (pty ? 2 : 1);
		if (pty) channel.request("pty-req", true, "xterm-256color", 80, 24, 0, 0, "");
		channel.request("exec", true, command);
		return (await this.until(() => answers.length === wanted)) && answers[wanted - 1];
	}

	/** Whether the shell still answers. */
	async isServed(): Promise<boolean> {
		const before = this.channel!.data.length;
		this.channel!.write("\r");
		return this.until(() => this.channel!.data.length > before);
	}

	/** Whether the server still answers; what was sent before was taken then, as far as it can be. */
	async isAlive(): Promise<boolean> {
		const before = this.client.heard.length;
		this.client.send(message(SSH_MSG_GLOBAL_REQUEST, "keepalive@openssh.com", true));
		return this.until(() => this.client.heard.indexOf("REQUEST_SUCCESS", before) >= 0);
	}

	/** Exchanges keys anew; whether that went well. */
	async rekey(): Promise<boolean> {
		this.client.rekey();
		return (await this.until(() => this.client.exchanges === 2)) && this.isServed();
	}

	async leave(): Promise<void> {
		this.socket.destroy();
		if (!this.over) await once(this.socket, "close");
	}

	/** False when the connection ends before. */
	until(done: () => boolean): Promise<boolean> {
		return new Promise(resolve => {
			const end = (result: boolean): void => {
				this.look = () => {};
				clearTimeout(timer);
				resolve(result);
			};
			const timer = setTimeout(() => end(false), PATIENCE);
			this.look = () => {
				if (done()) end(true);
				else if (this.over) end(false);
			};
			this.look();
		});
	}
}
