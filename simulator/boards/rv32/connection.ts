/** A TCP connection of a client, for the emulated board. Neither side sends more than the other has room for. */
import type { Socket } from "node:net";
import { FRAME_ROOM, Frame } from "./frames.js";

/** As many as the board has numbers for: posix-sockets.c. */
export const MAX_CONNECTIONS = 16;

/** Bytes of the board's that wait here for the client to take them, at most. */
const WINDOW = 16_384;

/** How long a client may take over the last bytes. Milliseconds. */
const LINGER = 3_000;

export type Send = (type: number, connection: number, bytes?: Uint8Array) => void;

export class Connection {
	private readonly number: number;
	private readonly socket: Socket;
	private readonly send: Send;
	/** What the board has room for. */
	private window = 0;
	private closed = false;

	constructor(number: number, socket: Socket, send: Send) {
		this.number = number;
		this.socket = socket;
		this.send = send;
		// Who dials an IPv4 address of a listener on "::" is not to look like someone else.
		const address = (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
		this.tell(Frame.OPEN, Buffer.from(address));
		this.grant(WINDOW);
		socket.on("readable", () => this.pump());
		socket.on("end", () => this.tell(Frame.END));
		socket.on("error", () => this.tell(Frame.RESET));
	}

	onFrame(type: number, bytes: Buffer): void {
		switch (type) {
			case Frame.DATA:
				this.socket.write(bytes, error => {
					if (!error) this.grant(bytes.length);
				});
				break;
			case Frame.WINDOW:
				this.window += bytes.readUInt16LE(0);
				this.pump();
				break;
			case Frame.END:
				this.socket.end();
		}
	}

	/** The client gets what is on its way, and the end; what it sends is dropped. */
	close(): void {
		this.closed = true;
		this.socket.resume();
		this.socket.destroySoon();
		setTimeout(() => this.socket.destroy(), LINGER).unref();
	}

	private pump(): void {
		if (this.closed) return;
		for (;;) {
			const count = Math.min(this.window, this.socket.readableLength, FRAME_ROOM);
			// Asked for nothing, at the end, a socket tells of it.
			const bytes: Buffer | null = this.socket.read(count);
			if (bytes === null || count === 0) return;
			this.window -= bytes.length;
			this.tell(Frame.DATA, bytes);
		}
	}

	private grant(count: number): void {
		this.tell(Frame.WINDOW, Uint8Array.of(count & 255, count >> 8));
	}

	private tell(type: number, bytes?: Uint8Array): void {
		if (!this.closed) this.send(type, this.number, bytes);
	}
}
