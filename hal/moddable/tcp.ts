/** The sockets of the contract over ECMA-419's. They tell how much there is and how much fits; more of either throws. */
import ListenerIO from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import {
	ERR_TCP_BAD_ADDRESS,
	ERR_TCP_LISTEN_BIND_ERROR,
	ERR_TCP_NO_SUCH_SOCKET,
	ERR_TCP_READ_ERROR,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	ERR_TCP_WRITE_ERROR,
} from "../../src/merrors.js";
import type { Ready, TCP_SOCKET } from "../hal.js";

/** With what the SDK's own declarations lack. */
type ListenerSocket = ListenerIO & { readonly target: unknown; close(): void };
type TcpSocket = TCP & { readonly target: unknown };

class Listener {
	id: TCP_SOCKET = 0;
	readonly ready: Ready;
	readonly io: ListenerSocket;
	/** Connections that accept() has not given yet, the oldest first. */
	readonly waiting: Connection[] = [];

	constructor(address: string, port: number, ready: Ready) {
		this.ready = ready;
		this.io = new ListenerIO({
			address,
			port,
			target: this,
			onReadable: onConnection,
		}) as ListenerSocket;
	}

	/** Takes over what has come. A connection is given to accept() once it takes bytes: before, a refusal would be lost. */
	take(): void {
		for (let io = this.io.read(); io !== undefined; io = this.io.read()) {
			try {
				new Connection(io, this);
			} catch {
				// No memory for one more: those who are in, and the listener, stay.
				io.close();
			}
		}
	}

	close(): void {
		for (const connection of this.waiting) connection.close();
		this.io.close();
	}
}

class Connection {
	id: TCP_SOCKET = 0;
	/** Where it is to be accepted, until it takes bytes. */
	private listener: Listener | undefined;
	ready: Ready | undefined = undefined;
	/** Asked once: the SDK cannot tell it of a connection that has broken. */
	readonly remoteAddress: string;
	/** There from the start on: once the socket exists no memory may be wanted to keep it. */
	private io: TCP | undefined = undefined;
	/** Bytes that can be read, and that can be written, at the least. */
	readable = 0;
	writable = 0;
	/** The peer has closed, or the connection broke: ECMA-419 calls both an error. */
	ended = false;
	/** The SDK calls, and does so again with what else it has to tell, even where the socket was closed meanwhile. */
	private isCalled = false;
	private isClosed = false;

	constructor(from: TCP, listener: Listener) {
		this.listener = listener;
		this.remoteAddress = from.remoteAddress ?? "";
		this.io = new TCP({ from, nodelay: true, target: this, onReadable, onWritable, onError });
	}

	/** Whether what the SDK calls about is still of interest; leave() follows then. */
	enter(): boolean {
		this.isCalled = !this.isClosed;
		return this.isCalled;
	}

	leave(): void {
		this.isCalled = false;
	}

	onReadable(bytes: number): void {
		this.readable = bytes;
		this.ready?.(this.id);
	}

	onWritable(bytes: number): void {
		this.writable = bytes;
		this.ready?.(this.id);
		const { listener } = this;
		if (listener === undefined) return;
		if (listener.id === 0) this.close();
		else listener.waiting.push(this);
		this.listener = undefined;
		if (listener.id !== 0) listener.ready(listener.id);
	}

	onError(): void {
		this.ended = true;
		this.ready?.(this.id);
		if (this.listener !== undefined) this.close();
		this.listener = undefined;
	}

	read(bytes: Uint8Array, offset: number, length: number): number {
		if (this.readable === 0) return this.ended ? ERR_TCP_SOCKET_CLOSED : ERR_TCP_WOULDBLOCK;
		const count = Math.min(length, this.readable);
		try {
			this.io!.read(new Uint8Array(bytes.buffer, bytes.byteOffset + offset, count));
		} catch {
			return ERR_TCP_READ_ERROR;
		}
		this.readable -= count;
		return count;
	}

	write(bytes: Uint8Array, offset: number, length: number): number {
		if (this.ended) return ERR_TCP_WRITE_ERROR;
		if (this.writable === 0) return ERR_TCP_WOULDBLOCK;
		const count = Math.min(length, this.writable);
		try {
			const view = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, count);
			const left = this.io!.write(view) as unknown as number | undefined;
			// Where a socket is broken the SDK says so by saying nothing; its simulators never call onError then.
			if (left === undefined) this.ended = true;
			else this.writable = left;
		} catch {
			this.ended = true;
		}
		return this.ended ? ERR_TCP_WRITE_ERROR : count;
	}

	/** Within a call of the SDK the socket must live on until that returns. */
	close(): void {
		this.isClosed = true;
		try {
			if (this.isCalled) {
				Timer.set(() => this.io!.close());
				return;
			}
		} catch {
			// No memory to close it later, which a board tells of, and takes now; the SDK ends the machine where there is none.
		}
		this.io!.close();
	}
}

// One function each for all sockets; `target` says whose it is.

function onConnection(this: ListenerIO): void {
	((this as ListenerSocket).target as Listener).take();
}

function onReadable(this: TCP, bytes: number): void {
	const connection = connectionOf(this);
	if (!connection.enter()) return;
	connection.onReadable(bytes);
	connection.leave();
}

function onWritable(this: TCP, bytes: number): void {
	const connection = connectionOf(this);
	if (!connection.enter()) return;
	connection.onWritable(bytes);
	connection.leave();
}

function onError(this: TCP): void {
	const connection = connectionOf(this);
	if (!connection.enter()) return;
	connection.onError();
	connection.leave();
}

function connectionOf(socket: TCP): Connection {
	return (socket as TcpSocket).target as Connection;
}

/** The sockets of one HAL. Identifiers are the lowest that are free, from 1. */
export class Tcp {
	/** The place of identifier n is at n - 1. */
	private readonly places: (Listener | Connection | undefined)[] = [];

	listen(address: string, port: number, ready: Ready): TCP_SOCKET {
		if (!isAddress(address) || !Number.isInteger(port) || port < 0 || port > 65_535)
			return ERR_TCP_BAD_ADDRESS;
		try {
			const listener = new Listener(address, port, ready);
			const id = this.add(listener);
			// The port is known at once; whoever waits for that is told, later.
			Timer.set(() => {
				if (listener.id === id) ready(id);
			});
			return id;
		} catch {
			return ERR_TCP_LISTEN_BIND_ERROR;
		}
	}

	localPort(socket: TCP_SOCKET): number {
		const place = this.places[socket - 1];
		return place instanceof Listener ? place.io.port : ERR_TCP_NO_SUCH_SOCKET;
	}

	accept(socket: TCP_SOCKET): TCP_SOCKET {
		const place = this.places[socket - 1];
		if (!(place instanceof Listener)) return ERR_TCP_NO_SUCH_SOCKET;
		const connection = place.waiting.shift();
		return connection === undefined ? ERR_TCP_WOULDBLOCK : this.add(connection);
	}

	watch(socket: TCP_SOCKET, ready: Ready): void {
		const connection = this.connection(socket);
		if (connection === undefined) return;
		connection.ready = ready;
		if (connection.readable === 0 && !connection.ended) return;
		Timer.set(() => {
			if (connection.id === socket) connection.ready?.(socket);
		});
	}

	read(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		const connection = this.connection(socket);
		return connection === undefined ? ERR_TCP_NO_SUCH_SOCKET : connection.read(bytes, offset, length);
	}

	write(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		const connection = this.connection(socket);
		return connection === undefined ? ERR_TCP_NO_SUCH_SOCKET : connection.write(bytes, offset, length);
	}

	close(socket: TCP_SOCKET): void {
		const place = this.places[socket - 1];
		if (place === undefined) return;
		this.places[socket - 1] = undefined;
		place.id = 0;
		place.close();
	}

	remoteAddress(socket: TCP_SOCKET): string {
		return this.connection(socket)?.remoteAddress ?? "";
	}

	private connection(socket: TCP_SOCKET): Connection | undefined {
		const place = this.places[socket - 1];
		return place instanceof Connection ? place : undefined;
	}

	private add(place: Listener | Connection): TCP_SOCKET {
		let at = this.places.indexOf(undefined);
		if (at < 0) at = this.places.length;
		this.places[at] = place;
		place.id = at + 1;
		return place.id;
	}
}

/** An IP address as far as a glance can tell, or localhost; the SDK would take any text, and listen everywhere. */
function isAddress(text: string): boolean {
	if (text === "localhost") return true;
	let separators = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		const isDigit = code >= 0x30 && code <= 0x39;
		const isHex = (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
		if (code === 0x2e || code === 0x3a) separators++;
		else if (!isDigit && !isHex) return false;
	}
	return separators >= 2;
}
