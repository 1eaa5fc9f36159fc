/** The client of the tests over a real socket: what it waits for comes, or its connection ends, or nobody answers. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { SimClient } from "../../hal/sim/index.js";
import {
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_REQUEST_FAILURE,
	SSH_MSG_SERVICE_ACCEPT,
	SSH_MSG_SERVICE_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import type { ClientChannel } from "./channel.js";
import { type ClientOptions, TestClient } from "./client.js";
import { message } from "./wire.js";

/** Milliseconds after which nobody will answer any more. */
const PATIENCE = 20_000;

export interface Address {
	readonly host: string;
	readonly port: number;
	/** Where the connection comes from. */
	readonly from?: string | undefined;
}

export class SocketClient {
	readonly client: TestClient;
	readonly socket: Socket;
	/** The connection has ended. */
	over = false;
	/** What the server sent that it must not. */
	fault: unknown;
	private readonly patience: number;
	private readonly watchers = new Set<() => void>();

	constructor({ host, port, from }: Address, options: ClientOptions = {}, patience = PATIENCE) {
		const socket = connect({ host, port, localAddress: from });
		const link = {
			onData: undefined as ((bytes: Uint8Array) => void) | undefined,
			write: (bytes: Uint8Array) => {
				if (!socket.destroyed) socket.write(bytes);
			},
		};
		this.socket = socket;
		this.patience = patience;
		this.client = new TestClient(link as unknown as SimClient, () => {}, options);
		socket.setNoDelay(true);
		socket.on("data", bytes => {
			try {
				link.onData?.(new Uint8Array(bytes));
			} catch (error) {
				this.fault ??= error;
				socket.destroy();
			}
			this.look();
		});
		socket.on("error", () => {});
		socket.on("close", () => {
			this.over = true;
			this.look();
		});
	}

	private look(): void {
		for (const watcher of [...this.watchers]) watcher();
	}

	/** False where the connection ends before, or nothing comes for a long time. */
	until(done: () => boolean, patience = this.patience): Promise<boolean> {
		return new Promise(resolve => {
			const end = (result: boolean): void => {
				this.watchers.delete(watcher);
				clearTimeout(timer);
				resolve(result);
			};
			const watcher = (): void => {
				if (done()) end(true);
				else if (this.over) end(false);
			};
			const timer = setTimeout(() => end(false), patience);
			this.watchers.add(watcher);
			watcher();
		});
	}

	/** The first key exchange. */
	async exchange(): Promise<boolean> {
		const { client } = this;
		client.start();
		return this.until(() => client.exchanges === 1);
	}

	/**
	 * Behind the first key exchange.
	 *
	 * @param request a USERAUTH_REQUEST
	 * @param answer that it is to get
	 */
	async authenticate(
		request: (sessionId: Uint8Array) => Uint8Array,
		answer = SSH_MSG_USERAUTH_SUCCESS,
	): Promise<boolean> {
		const { client } = this;
		client.send(message(SSH_MSG_SERVICE_REQUEST, "ssh-userauth"));
		if (!(await this.until(() => client.has(SSH_MSG_SERVICE_ACCEPT)))) return false;
		client.send(request(client.sessionId));
		return this.until(() => client.has(answer));
	}

	/** Undefined where it was refused, or the connection has ended. */
	async open(window?: number): Promise<ClientChannel | undefined> {
		const channel = this.client.open(window);
		const isOpen = await this.until(() => channel.recipient >= 0 || channel.refused > 0);
		return isOpen && channel.recipient >= 0 ? channel : undefined;
	}

	/** A request with an answer: whether it was granted. */
	async ask(channel: ClientChannel, ...request: Parameters<ClientChannel["request"]>): Promise<boolean> {
		const before = channel.answers.length;
		channel.request(...request);
		return (await this.until(() => channel.answers.length > before)) && channel.answers.at(-1)!;
	}

	/** Something that costs the server nothing, and that it answers after all that was asked before. */
	async ping(): Promise<boolean> {
		const { client } = this;
		client.send(message(SSH_MSG_GLOBAL_REQUEST, "ping@tests", true));
		if (!(await this.until(() => client.has(SSH_MSG_REQUEST_FAILURE)))) return false;
		client.take(SSH_MSG_REQUEST_FAILURE);
		return true;
	}

	/** Exchanges keys anew. */
	rekey(): Promise<boolean> {
		const { client } = this;
		const { exchanges } = client;
		client.rekey();
		return this.until(() => client.exchanges > exchanges);
	}

	async leave(): Promise<void> {
		this.socket.destroy();
		if (!this.over) await once(this.socket, "close");
	}
}
