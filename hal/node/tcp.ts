/** The sockets of the contract over node:net. Node tells events; the contract asks. This is what stands between. */
import { createServer, isIP, type Server, type Socket } from "node:net";
import {
	ERR_TCP_BAD_ADDRESS,
	ERR_TCP_LISTEN_BIND_ERROR,
	ERR_TCP_LISTEN_ERROR,
	ERR_TCP_NO_SUCH_SOCKET,
	ERR_TCP_READ_ERROR,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	ERR_TCP_WRITE_ERROR,
	OK,
} from "../../src/merrors.js";
import type { Ready, TCP_SOCKET } from "../hal.js";

/**
 * Bytes that node holds for us in each direction. Reading stops at this (and at most one read of the system, 64 KB,
 * above it), so that the kernel's window closes and the peer waits.
 */
const BUFFER_SIZE = 64 * 1024;

/** Connections that wait for accept(); more are reset, for node cannot leave them in the kernel's queue. */
const BACKLOG = 16;

/** How long a closed socket may still hand over what write() took, and hear the peer out. Milliseconds. */
const LINGER_TIME = 3_000;

/** A place in the table: who is called, and whether that call is under way. */
abstract class Place {
	id: TCP_SOCKET = 0;
	ready: Ready | undefined;
	#told = false;

	/** Calls `ready` once this turn's work is done: never inside a call to the HAL, never after close(). */
	tell(): void {
		if (this.#told) return;
		this.#told = true;
		queueMicrotask(() => {
			this.#told = false;
			if (this.id !== 0) this.ready?.(this.id);
		});
	}

	abstract close(): void;
}

class Listener extends Place {
	readonly queue: Connection[] = [];
	/** OK, or why there is no listener. */
	status: number = OK;
	readonly #server: Server;

	constructor(address: string, port: number) {
		super();
		this.#server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: BUFFER_SIZE });
		this.#server.on("connection", socket => {
			if (this.queue.length >= BACKLOG) socket.resetAndDestroy();
			else {
				this.queue.push(new Connection(socket));
				this.tell();
			}
		});
		this.#server.on("listening", () => {
			// Node looks the address up first, and opens the port even if close() came before that.
			if (this.id === 0) this.#server.close();
			else this.tell();
		});
		this.#server.on("error", (error: NodeJS.ErrnoException) => {
			// One connection that could not be accepted (EMFILE and the like) does not end the listener.
			if (this.#server.listening) return;
			this.status = listenStatus(error.code);
			this.tell();
		});
		this.#server.listen({ host: address, port, backlog: BACKLOG });
	}

	get port(): number {
		const bound = this.#server.address();
		return bound === null || typeof bound === "string" ? this.status : bound.port;
	}

	close(): void {
		this.#server.close();
		for (const connection of this.queue) connection.reset();
	}
}

class Connection extends Place {
	readonly remoteAddress: string;
	readonly #socket: Socket;
	#ended = false;
	#broken = false;

	constructor(socket: Socket) {
		super();
		this.#socket = socket;
		this.remoteAddress = plainAddress(socket.remoteAddress ?? "");
		socket.on("readable", () => this.tell());
		socket.on("drain", () => this.tell());
		socket.on("end", () => {
			this.#ended = true;
			this.tell();
		});
		socket.on("error", () => {
			this.#broken = true;
			this.tell();
		});
	}

	get news(): boolean {
		return this.#socket.readableLength > 0 || this.#ended || this.#broken;
	}

	read(bytes: Uint8Array, offset: number, length: number): number {
		if (this.#broken) return ERR_TCP_READ_ERROR;
		const count = Math.min(length, this.#socket.readableLength);
		// A read of nothing asks node to go on: for more bytes, or to say that there are none.
		const chunk: Uint8Array | null = this.#socket.read(count);
		if (chunk === null) return this.#ended ? ERR_TCP_SOCKET_CLOSED : ERR_TCP_WOULDBLOCK;
		bytes.set(chunk, offset);
		return chunk.length;
	}

	write(bytes: Uint8Array, offset: number, length: number): number {
		if (this.#broken) return ERR_TCP_WRITE_ERROR;
		const count = Math.min(length, BUFFER_SIZE - this.#socket.writableLength);
		if (count <= 0) return ERR_TCP_WOULDBLOCK;
		const copy = new Uint8Array(count);
		copy.set(bytes.subarray(offset, offset + count));
		this.#socket.write(copy);
		return count;
	}

	/**
	 * Ends our side and hears the peer out: to drop a socket with bytes unread would reset the connection, and take
	 * from the peer what we sent last. Once all of it is with the kernel, node need not live on for this.
	 */
	close(): void {
		const socket = this.#socket;
		if (socket.destroyed) return;
		const linger = setTimeout(() => socket.destroy(), LINGER_TIME);
		socket.on("close", () => clearTimeout(linger));
		socket.removeAllListeners("readable");
		socket.resume();
		socket.end(() => {
			linger.unref();
			socket.unref();
		});
	}

	reset(): void {
		this.#socket.resetAndDestroy();
	}
}

/** The sockets of one HAL. Identifiers are the lowest that are free, from 1. */
export class Tcp {
	/** The place of identifier n is at n - 1. */
	readonly #places: (Place | undefined)[] = [];

	listen(address: string, port: number, ready: Ready): TCP_SOCKET {
		if (isIP(address) === 0 && address !== "localhost") return ERR_TCP_BAD_ADDRESS;
		if (!Number.isInteger(port) || port < 0 || port > 65_535) return ERR_TCP_BAD_ADDRESS;
		const listener = new Listener(address, port);
		listener.ready = ready;
		return this.#add(listener);
	}

	localPort(socket: TCP_SOCKET): number {
		const place = this.#places[socket - 1];
		return place instanceof Listener ? place.port : ERR_TCP_NO_SUCH_SOCKET;
	}

	accept(socket: TCP_SOCKET): TCP_SOCKET {
		const place = this.#places[socket - 1];
		if (!(place instanceof Listener)) return ERR_TCP_NO_SUCH_SOCKET;
		if (place.status < OK) return place.status;
		const connection = place.queue.shift();
		return connection === undefined ? ERR_TCP_WOULDBLOCK : this.#add(connection);
	}

	watch(socket: TCP_SOCKET, ready: Ready): void {
		const connection = this.#connection(socket);
		if (connection === undefined) return;
		connection.ready = ready;
		if (connection.news) connection.tell();
	}

	read(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		return this.#connection(socket)?.read(bytes, offset, length) ?? ERR_TCP_NO_SUCH_SOCKET;
	}

	write(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		return this.#connection(socket)?.write(bytes, offset, length) ?? ERR_TCP_NO_SUCH_SOCKET;
	}

	close(socket: TCP_SOCKET): void {
		const place = this.#places[socket - 1];
		if (place === undefined) return;
		this.#places[socket - 1] = undefined;
		place.id = 0;
		place.close();
	}

	remoteAddress(socket: TCP_SOCKET): string {
		return this.#connection(socket)?.remoteAddress ?? "";
	}

	#connection(socket: TCP_SOCKET): Connection | undefined {
		const place = this.#places[socket - 1];
		return place instanceof Connection ? place : undefined;
	}

	#add(place: Place): TCP_SOCKET {
		let at = this.#places.indexOf(undefined);
		if (at < 0) at = this.#places.length;
		this.#places[at] = place;
		place.id = at + 1;
		return place.id;
	}
}

function listenStatus(code: string | undefined): number {
	if (code === "EADDRINUSE" || code === "EACCES") return ERR_TCP_LISTEN_BIND_ERROR;
	if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return ERR_TCP_BAD_ADDRESS;
	return ERR_TCP_LISTEN_ERROR;
}

/** An IPv4 peer of a socket for both families is shown as the IPv4 address that it is. */
function plainAddress(address: string): string {
	return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
