/** The lane of the XS board with a device's slots: what connections take of its heap, and how many fit. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { SimClient } from "../../hal/sim/index.js";
import {
	SSH_MSG_SERVICE_ACCEPT,
	SSH_MSG_SERVICE_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import type { ClientChannel } from "../peer/channel.js";
import { TestClient } from "../peer/client.js";
import { message } from "../peer/wire.js";
import { Board, type Heap, LARGE_HEAP } from "./board.js";
import { KEYS, signedRequest } from "./keys.js";
import type { Figures, Lane } from "./lane.js";
import { OPENSSH } from "./openssh.js";

/** Longer than anything takes here. */
const PATIENCE = 20_000;

/** A client over a real socket, which has logged in and opened a shell. */
class Guest {
	private readonly socket: Socket;
	private readonly client: TestClient;
	private channel: ClientChannel | undefined;
	private over = false;
	/** Called when something has changed. */
	private look: () => void = () => {};

	private constructor(socket: Socket) {
		this.socket = socket;
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

	/** Undefined where the server ends the connection before the prompt of its shell is there. */
	static async enter(port: number): Promise<Guest | undefined> {
		const socket = connect(port, "127.0.0.1");
		const guest = new Guest(socket);
		return (await guest.login()) ? guest : undefined;
	}

	private async login(): Promise<boolean> {
		const { client } = this;
		client.start();
		if (!(await this.until(() => client.exchanges === 1))) return false;
		client.send(message(SSH_MSG_SERVICE_REQUEST, "ssh-userauth"));
		if (!(await this.until(() => client.has(SSH_MSG_SERVICE_ACCEPT)))) return false;
		client.send(signedRequest(client.sessionId));
		if (!(await this.until(() => client.has(SSH_MSG_USERAUTH_SUCCESS)))) return false;
		const channel = client.open();
		this.channel = channel;
		if (!(await this.until(() => channel.recipient >= 0))) return false;
		channel.request("pty-req", true, "xterm-256color", 80, 24, 0, 0, "");
		channel.request("shell", true);
		return this.prompted();
	}

	private prompted(): Promise<boolean> {
		return this.until(() => this.channel!.text.endsWith("> "));
	}

	/** Whether the shell still answers. */
	async isServed(): Promise<boolean> {
		const before = this.channel!.data.length;
		this.channel!.write("\r");
		return this.until(() => this.channel!.data.length > before);
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
	private until(done: () => boolean): Promise<boolean> {
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

/** Connections that come and go first, so that what the server keeps for all of them is there. */
const BEFORE = 2;

/** A search ends when it is this close. */
const CLOSE_BYTES = 256;
const CLOSE_SLOTS = 8;

async function startWarm(): Promise<Board> {
	const board = await Board.start(LARGE_HEAP, KEYS);
	if (!board) throw new Error("the board does not start");
	for (let i = 0; i < BEFORE; i++) await (await mustEnter(board)).leave();
	return board;
}

async function mustEnter(board: Board): Promise<Guest> {
	const guest = await Guest.enter(board.port);
	if (!guest) throw new Error("no login in a large heap");
	return guest;
}

/** Of a connection more where there is one. */
async function idleOf(board: Board): Promise<Heap> {
	const first = await mustEnter(board);
	const before = await board.idleHeap();
	const second = await mustEnter(board);
	const after = await board.idleHeap();
	await first.leave();
	await second.leave();
	return {
		chunkBytes: after.chunkBytes - before.chunkBytes,
		slots: after.slots - before.slots,
		slotSize: after.slotSize,
	};
}

function bytesOf({ chunkBytes, slots, slotSize }: Heap): number {
	return chunkBytes + slots * slotSize;
}

/** Whether a board with this heap takes a login, a shell and a key exchange anew. */
async function copes(options: readonly string[]): Promise<boolean> {
	const board = await Board.start(options, KEYS);
	if (!board) return false;
	const guest = await Guest.enter(board.port);
	const good = guest !== undefined && (await guest.rekey());
	await board.end();
	return good;
}

/** The least value that does, between one that does not and one that does. */
async function least(
	from: number,
	to: number,
	close: number,
	does: (value: number) => Promise<boolean>,
): Promise<number> {
	let low = from;
	let high = to;
	while (high - low > close) {
		const middle = Math.floor((low + high) / 2);
		if (await does(middle)) high = middle;
		else low = middle;
	}
	return high;
}

/** What the heap must have beyond what the idle server holds, found by giving it less and less. */
async function peakOf(idle: Heap): Promise<Heap> {
	const chunks = await least(idle.chunkBytes, 100_000, CLOSE_BYTES, value =>
		copes(["--chunks", `${value}`, "--slots", "200000"]),
	);
	const slots = await least(idle.slots, 10_000, CLOSE_SLOTS, value =>
		copes(["--chunks", "8000000", "--slots", `${value}`]),
	);
	return { chunkBytes: chunks - idle.chunkBytes, slots: slots - idle.slots, slotSize: idle.slotSize };
}

/** Shells at once in the heap of an ESP32-C6, the board's default; all of them answer when the last has come. */
async function connections(): Promise<number> {
	const board = await Board.start([], KEYS);
	if (!board) return 0;
	const guests: Guest[] = [];
	for (;;) {
		const guest = await Guest.enter(board.port);
		if (!guest) break;
		guests.push(guest);
	}
	let served = 0;
	for (const guest of guests) if (await guest.isServed()) served++;
	for (const guest of guests) await guest.leave();
	await board.end();
	return served;
}

async function measure(): Promise<Figures> {
	const board = await startWarm();
	const idle = await board.idleHeap();
	const connection = await idleOf(board);
	await board.end();
	const peak = await peakOf(idle);
	return {
		"xs32.table.bytesPerConnection": idle.table,
		"xs32.server.idleBytes": bytesOf(idle),
		"xs32.connection.idleBytes": bytesOf(connection),
		"xs32.connection.idleBytes.chunks": connection.chunkBytes,
		"xs32.connection.peakBytes": bytesOf(peak),
		"xs32.connection.peakBytes.chunks": peak.chunkBytes,
		"xs32.connections": await connections(),
	};
}

export const MEMORY: Lane = { prefix: "xs32.", measure };
