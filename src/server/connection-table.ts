/**
 * The connection table: one block of memory, taken once, 9 bytes a connection. It maps instance ids, which an
 * application holds, to places, which the server uses.
 */
import { ERR_SSH_TOO_MANY_CONNECTIONS } from "../merrors.js";

/** Bytes of the table for one connection: instance id, TCB identifier, state. */
export const TABLE_BYTES_PER_CONNECTION = 4 + 4 + 1;

/** States of a place. */
export const FREE = 0;
/** Registered; nothing was sent. */
export const ACCEPTED = 1;
export const NEGOTIATING = 2;
/** Authenticated, and a session channel was opened. */
export const OPEN = 3;
/** Its instance id is void; what was queued still goes out. */
export const CLOSING = 4;

/** Instance ids begin behind this, and begin here again when the sign would wrap. */
const FIRST_INSTANCE = 0x1000;
const LAST_INSTANCE = 0x7fffffff;

export class ConnectionTable {
	readonly size: number;
	private readonly instances: Int32Array;
	private readonly sockets: Int32Array;
	private readonly states: Uint8Array;
	private lastInstance = FIRST_INSTANCE;

	/** @param size connections; the memory for all of them is taken here */
	constructor(size: number) {
		const block = new ArrayBuffer(size * TABLE_BYTES_PER_CONNECTION);
		this.size = size;
		this.instances = new Int32Array(block, 0, size);
		this.sockets = new Int32Array(block, size * 4, size);
		this.states = new Uint8Array(block, size * 8, size);
	}

	/** Registers a socket: a place from 0 on, or ERR_SSH_TOO_MANY_CONNECTIONS. */
	add(socket: number): number {
		const place = this.states.indexOf(FREE);
		if (place < 0) return ERR_SSH_TOO_MANY_CONNECTIONS;
		this.instances[place] = this.nextInstance();
		this.sockets[place] = socket;
		this.states[place] = ACCEPTED;
		return place;
	}

	/** The place of an instance id, or -1: for ids of closed connections, and for whatever else is no id. */
	find(instance: number): number {
		for (let place = 0; place < this.size; place++) {
			const state = this.states[place];
			if (this.instances[place] === instance && state !== FREE && state !== CLOSING) return place;
		}
		return -1;
	}

	/** Whether a socket has a place. */
	holds(socket: number): boolean {
		return this.sockets.indexOf(socket) >= 0;
	}

	instance(place: number): number {
		return this.instances[place];
	}

	socket(place: number): number {
		return this.sockets[place];
	}

	state(place: number): number {
		return this.states[place];
	}

	setState(place: number, state: number): void {
		this.states[place] = state;
	}

	/** Gives the place back. */
	release(place: number): void {
		this.states[place] = FREE;
		this.instances[place] = 0;
		this.sockets[place] = 0;
	}

	/** Places in use. */
	get count(): number {
		let count = 0;
		for (let place = 0; place < this.size; place++) if (this.states[place] !== FREE) count++;
		return count;
	}

	private nextInstance(): number {
		do this.lastInstance = this.lastInstance === LAST_INSTANCE ? FIRST_INSTANCE : this.lastInstance + 1;
		while (this.instances.indexOf(this.lastInstance) >= 0);
		return this.lastInstance;
	}
}
