/** The peers of tests/xs/firmware/contract.ts: sockets of this process that a board gives orders to. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

type Order =
	| { readonly connect: number; readonly port: number }
	| { readonly go: number }
	| { readonly end: number; readonly after: number }
	| { readonly abort: number };

/** Obeys the board whose control listener is there, until it closes. */
export async function servePeers(controlPort: number): Promise<void> {
	const orders = await link(controlPort, 0);
	const peers = new Map<number, RemotePeer>();
	const answer = (line: object): void => {
		orders.write(`${JSON.stringify(line)}\n`);
	};
	orders.on("error", () => undefined);
	for await (const line of createInterface({ input: orders })) {
		const order = JSON.parse(line) as Order;
		if ("connect" in order) {
			const socket = connect({ host: "127.0.0.1", port: order.port, allowHalfOpen: true });
			socket.once("connect", async () => {
				const peer = new RemotePeer(socket, await link(controlPort, order.connect));
				peers.set(order.connect, peer);
			});
			socket.on("error", () => {
				answer(peers.has(order.connect) ? { lost: order.connect } : { failed: order.connect });
			});
		} else if ("go" in order) peers.get(order.go)!.go();
		else if ("end" in order) peers.get(order.end)!.end(order.after);
		else peers.get(order.abort)!.abort();
	}
	for (const peer of peers.values()) peer.destroy();
}

/** A connection to the board that begins with the number of whose it is. */
async function link(port: number, id: number): Promise<Socket> {
	const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
	await once(socket, "connect");
	socket.setNoDelay(true);
	const head = Buffer.alloc(4);
	head.writeUInt32BE(id);
	socket.write(head);
	return socket;
}

/** Joins a socket that the HAL accepted with the board's link, each with the other's back-pressure. */
class RemotePeer {
	private readonly socket: Socket;
	private readonly link: Socket;
	/** Bytes that have come from the board, and how many must have before the socket ends. */
	private passed = 0;
	private last = Number.POSITIVE_INFINITY;

	constructor(socket: Socket, link: Socket) {
		this.socket = socket;
		this.link = link;
		link.on("error", () => undefined);
		// Its end is an order, not the link's.
		link.pipe(socket, { end: false });
		link.on("data", bytes => {
			this.passed += bytes.length;
			this.endOnceAllHasPassed();
		});
	}

	/** The board has read the head of the link: what comes from now on is the socket's. */
	go(): void {
		this.socket.pipe(this.link);
	}

	end(after: number): void {
		this.last = after;
		this.endOnceAllHasPassed();
	}

	abort(): void {
		this.socket.resetAndDestroy();
	}

	destroy(): void {
		this.socket.destroy();
		this.link.destroy();
	}

	private endOnceAllHasPassed(): void {
		if (this.passed >= this.last) this.socket.end();
	}
}
