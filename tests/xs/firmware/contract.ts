/**
 * The HAL contract on hal/moddable. The board cannot connect: its peers are sockets of the test's process, each with a link
 * to the board, over which its bytes go both ways; what else a peer does goes over a link of its own, as lines of JSON.
 * tests/xs/peers.ts is the other side.
 */
import ListenerIO from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import files from "embedded:storage/files";
import Timer from "timer";
import { createModdableHal } from "../../../hal/moddable/index.js";
import { HEAP_BYTES, HEAP_SLOTS, halContract, type Peer, type Rig } from "../../hal/contract.js";
import { test } from "../../harness.js";
import { bytesOf } from "../../peer/wire.js";

/** The board's stack of sockets holds 5,744 bytes each way; the host's, between two links and a peer, some megabytes. */
const FLOOD = 16 * 1024 * 1024;

const TIME_LIMIT = 180_000;

/** One TCP connection of the control listener, read and written as the SDK allows. */
class Link {
	readonly io: TCP;
	ended = false;
	private readable = 0;
	private writable = 0;
	private queue: Uint8Array[] = [];

	constructor(from: TCP) {
		this.io = new TCP({ from, target: this, onReadable, onWritable, onError });
	}

	/** All that has come. */
	read(): Uint8Array {
		const bytes = new Uint8Array(this.readable);
		if (bytes.length > 0) this.io.read(bytes);
		this.readable = 0;
		return bytes;
	}

	write(bytes: Uint8Array): void {
		this.queue.push(bytes);
		this.send();
	}

	onReadable(count: number): void {
		this.readable = count;
	}

	onWritable(count: number): void {
		this.writable = count;
		this.send();
	}

	private send(): void {
		while (this.queue.length > 0 && this.writable > 0) {
			const [first] = this.queue;
			const count = Math.min(first.length, this.writable);
			this.io.write(first.subarray(0, count));
			this.writable -= count;
			if (count === first.length) this.queue.shift();
			else this.queue[0] = first.subarray(count);
		}
	}
}

function onReadable(this: TCP, count: number): void {
	(this.target as Link).onReadable(count);
}

function onWritable(this: TCP, count: number): void {
	(this.target as Link).onWritable(count);
}

function onError(this: TCP): void {
	(this.target as Link).ended = true;
}

/** A socket in the test's process. */
class RemotePeer implements Peer {
	lost = false;
	failed = false;
	link: Link | undefined = undefined;
	readonly id: number;
	private written = 0;

	constructor(id: number) {
		this.id = id;
	}

	write(bytes: Uint8Array): void {
		this.written += bytes.length;
		this.link!.write(bytes);
	}

	read(): Uint8Array {
		return this.link!.read();
	}

	end(): void {
		tell({ end: this.id, after: this.written });
	}

	abort(): void {
		tell({ abort: this.id });
	}

	get ended(): boolean {
		return !this.lost && this.link!.ended;
	}
}

/** As a class: of a variable that nobody reads, rollup leaves nothing. */
class Memory {
	held: unknown[] = [];

	take(): void {
		this.held.push(new Uint8Array(HEAP_BYTES));
		for (let count = 0; count < HEAP_SLOTS; count++) this.held.push({});
	}

	drop(): void {
		this.held = [];
	}
}

/** The line that a link begins with says which peer's it is; 0 is the one for orders. */
const HEAD_LENGTH = 4;

const peers: RemotePeer[] = [];
const links: Link[] = [];
let orders: Link | undefined;
let answers = "";

function tell(order: object): void {
	orders!.write(bytesOf(`${JSON.stringify(order)}\n`));
}

function accept(this: ListenerIO): void {
	for (let io = this.read(); io !== undefined; io = this.read()) links.push(new Link(io));
}

/** Gives links to their peers, and tells peers what became of them. */
function turn(): void {
	for (let at = links.length - 1; at >= 0; at--) {
		const head = peek(links[at]);
		if (head === undefined) continue;
		if (head === 0) orders = links[at];
		else peers[head - 1].link = links[at];
		links.splice(at, 1);
	}
	if (orders === undefined) return;
	for (const byte of orders.read()) answers += String.fromCharCode(byte);
	for (let end = answers.indexOf("\n"); end >= 0; end = answers.indexOf("\n")) {
		const { lost, failed } = JSON.parse(answers.slice(0, end));
		if (lost) peers[lost - 1].lost = true;
		if (failed) peers[failed - 1].failed = true;
		answers = answers.slice(end + 1);
	}
}

/** The number that a link begins with, once it is there: the process sends it alone, and waits for an order. */
function peek(link: Link): number | undefined {
	const bytes = link.read();
	if (bytes.length === 0) return undefined;
	if (bytes.length !== HEAD_LENGTH) throw new Error(`a link began with ${bytes.length} bytes`);
	return (bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
}

function until(done: () => boolean): Promise<void> {
	const end = Date.now() + TIME_LIMIT;
	return new Promise((resolve, reject) => {
		const look = () => {
			try {
				turn();
				if (done()) resolve();
				else if (Date.now() > end) throw new Error("not done in time");
				else Timer.set(look, 1);
			} catch (error) {
				reject(error);
			}
		};
		look();
	});
}

async function makeRig(): Promise<Rig> {
	control ??= new ListenerIO({ address: "127.0.0.1", port: 0, onReadable: accept });
	if (orders === undefined) {
		trace(`${JSON.stringify({ control: control.port })}\n`);
		await until(() => orders !== undefined);
	}
	const hal = createModdableHal({ onReboot: () => undefined });
	return {
		hal,
		memory: new Memory(),
		address: "127.0.0.1",
		flood: FLOOD,
		tellsEnds: false,
		reboots: true,
		connect: async port => {
			const peer = new RemotePeer(peers.length + 1);
			peers.push(peer);
			tell({ connect: peer.id, port });
			await until(() => peer.link !== undefined || peer.failed);
			if (peer.failed) throw new Error("not connected");
			tell({ go: peer.id });
			return peer;
		},
		until,
		stop: async () => {
			for (let socket = 1; socket < 20; socket++) hal.close(socket);
			for (const name of [...files.scan()]) files.delete(name);
		},
	};
}

let control: ListenerIO | undefined;

halContract("moddable", makeRig);

// The board ends when nothing is left to wait for: no socket and no timer of the HAL is.
test("moddable: the HAL leaves nothing open", () => {
	control!.close();
	orders!.io.close();
	for (const { link } of peers) link?.io.close();
});
