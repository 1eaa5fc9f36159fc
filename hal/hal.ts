/**
 * The contract between the server and a place to run: sockets, clock, timers, entropy, storage. A HAL is one object
 * of this shape; hal/node, hal/sim and hal/moddable are such, and tests/hal/contract.ts is what each must pass.
 *
 * Sockets are named by TCP_SOCKET, the integer that a C stack would call a socket or a TCB (transmission control
 * block) identifier. Nothing here blocks: what cannot be done now returns ERR_TCP_WOULDBLOCK and is tried again after
 * the socket's `ready` callback.
 */

/** A TCB identifier: an integer of 1 to 2^31 - 1, unique among the sockets that are open, listeners included. */
export type TCP_SOCKET = number;

/** Called, never from within a call to the HAL, when a socket may have become readable, writable or closed. */
export type Ready = (socket: TCP_SOCKET) => void;

/** Heap figures of the engine, bytes. What an engine does not tell is 0. */
export interface MemoryFigures {
	readonly total: number;
	readonly used: number;
}

/**
 * What the engine's heap has left, on an engine that tells: XS has two heaps of a fixed size, and ends the program when
 * either is full. Asking takes nothing of them.
 */
export interface Heap {
	/** Slots (an object's properties, a closure, a number in an array) that can still be taken; garbage counts as taken. */
	freeSlots(): number;
	/** Bytes of chunks (buffers, strings, large numbers) that can still be taken; garbage counts as taken. */
	freeBytes(): number;
	/** Gives back what is garbage. It holds the event loop for a millisecond or so. */
	collect(): void;
}

export interface Storage {
	/**
	 * What put() last stored under this name (a plain file name: [A-Za-z0-9._-]+), undefined where there is nothing, or
	 * a status below zero where there is something that cannot be read.
	 */
	get(name: string): Uint8Array | undefined | number;
	/** Stores the whole value, so that a crash leaves the old or the new, never half. OK or a status below zero. */
	put(name: string, value: Uint8Array): number;
	/** OK whether or not there was something. */
	remove(name: string): number;
}

export interface Hal {
	/**
	 * Opens a listening socket. Port 0 picks a free one.
	 * @returns the listener, or below zero ERR_TCP_LISTEN_BIND_ERROR (in use, not allowed), ERR_TCP_LISTEN_ERROR,
	 *   ERR_TCP_BAD_ADDRESS. A HAL that learns of it only later reports it through `ready` and then accept().
	 */
	listen(address: string, port: number, ready: Ready): TCP_SOCKET;

	/** The port that a listener is bound to; 0 until it is, or a status below zero. */
	localPort(listener: TCP_SOCKET): number;

	/** The next connection of a listener, ERR_TCP_WOULDBLOCK, or a status below zero that ends the listener. */
	accept(listener: TCP_SOCKET): TCP_SOCKET;

	/** Whom to call about a connection. Calls it at once, later, if there is something to tell already. */
	watch(socket: TCP_SOCKET, ready: Ready): void;

	/**
	 * Reads up to `length` bytes to bytes[offset...].
	 * @returns a count above zero; ERR_TCP_WOULDBLOCK; ERR_TCP_SOCKET_CLOSED when the peer has ended its side and all it
	 *   sent was read; ERR_TCP_READ_ERROR when the connection broke; ERR_TCP_NO_SUCH_SOCKET. ECMA-419 tells both ends as
	 *   one error: a HAL over it says ERR_TCP_SOCKET_CLOSED for either, and takes no bytes after it.
	 */
	read(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number;

	/**
	 * Takes up to `length` bytes from bytes[offset...], copied before it returns.
	 * @returns a count above zero; ERR_TCP_WOULDBLOCK when nothing fits now; ERR_TCP_WRITE_ERROR; ERR_TCP_NO_SUCH_SOCKET
	 */
	write(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number;

	/** Sends what write() took, then closes. The identifier is free at once; no callback follows. */
	close(socket: TCP_SOCKET): void;

	/** The peer's address as text, without the port: "192.0.2.7", "fe80::1"; "" when unknown. */
	remoteAddress(socket: TCP_SOCKET): string;

	/** Milliseconds from an arbitrary start, never going back. */
	now(): number;

	/** Seconds since 1970-01-01T00:00Z, or 0 while the device does not know the date. */
	date(): number;

	/** Calls back once after at least `milliseconds`, never from within this call. Returns an id above 0. */
	setTimer(milliseconds: number, callback: () => void): number;

	/** Any number is taken; an id that has run or was cleared does nothing. */
	clearTimer(id: number): void;

	/** Fills the array with cryptographic randomness: OK, or a status of the ERR_RAND family. */
	random(bytes: Uint8Array): number;

	readonly storage: Storage;

	memory(): MemoryFigures;

	/** Undefined where the platform does not tell: the server then counts what it has handed out. */
	readonly heap?: Heap | undefined;

	/** Restarts the device; where that cannot be, ERR_UNSUPPORTED_OPERATION. */
	reboot(): number;
}
