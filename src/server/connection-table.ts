/**
 * The connection table: one block of memory, taken once, 9 bytes a connection. It gives out instance ids, which an
 * application holds, and places, which the server uses, and has the stage of each connection: the only one that there is.
 */
import { ACCEPTED, CLOSING, follows, GONE } from "../base/stages.js";
import { ERR_SSH_TOO_MANY_CONNECTIONS } from "../merrors.js";

/** Bytes of the table for one connection: instance id, TCB identifier, stages. */
export const TABLE_BYTES_PER_CONNECTION = 4 + 4 + 1;

/** Instance ids begin after this, and begin here again when the sign would wrap. */
const FIRST_INSTANCE = 0x1000;
const LAST_INSTANCE = 0x7fffffff;

// A byte of stages: the one that a connection has, and above it the last before it began to close.
const FREE = 0;
const STAGE = 0x0f;
const REACHED_SHIFT = 4;

export class ConnectionTable {
	readonly size: number;
	private readonly instances: Int32Array;
	private readonly sockets: Int32Array;
	private readonly stages: Uint8Array;
	private lastInstance = FIRST_INSTANCE;

	/** @param size connections; the memory for all of them is taken here */
	constructor(size: number) {
		const block = new ArrayBuffer(size * TABLE_BYTES_PER_CONNECTION);
		this.size = size;
		this.instances = new Int32Array(block, 0, size);
		this.sockets = new Int32Array(block, size * 4, size);
		this.stages = new Uint8Array(block, size * 8, size);
	}

	/** Registers a socket: a place from 0 on, or ERR_SSH_TOO_MANY_CONNECTIONS. */
	add(socket: number): number {
		const place = this.stages.indexOf(FREE);
		if (place < 0) return ERR_SSH_TOO_MANY_CONNECTIONS;
		this.instances[place] = this.nextInstance();
		this.sockets[place] = socket;
		this.stages[place] = ACCEPTED | (ACCEPTED << REACHED_SHIFT);
		return place;
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

	/** Where the connection stands that has, or had, this place: GONE when the place is no longer its own. */
	stage(place: number, instance: number): number {
		return this.instances[place] === instance ? this.stages[place] & STAGE : GONE;
	}

	/** How far the holder of a place has come; while it closes, how far it had come before. 0 for a free place. */
	reached(place: number): number {
		return this.stages[place] >> REACHED_SHIFT;
	}

	/**
	 * Moves a connection to another stage; GONE gives its place back.
	 *
	 * @throws Error for a stage that does not follow on its own: that is a fault of the server
	 */
	move(place: number, instance: number, stage: number): void {
		const from = this.stage(place, instance);
		if (!follows(from, stage)) throw new Error(`connection ${instance}: stage ${stage} after ${from}`);
		if (stage === GONE) this.stages[place] = this.instances[place] = this.sockets[place] = 0;
		else if (stage === CLOSING) this.stages[place] = (this.stages[place] & ~STAGE) | CLOSING;
		else this.stages[place] = stage | (stage << REACHED_SHIFT);
	}

	/** Places in use. */
	get count(): number {
		let count = 0;
		for (let place = 0; place < this.size; place++) if (this.stages[place] !== FREE) count++;
		return count;
	}

	private nextInstance(): number {
		do this.lastInstance = this.lastInstance === LAST_INSTANCE ? FIRST_INSTANCE : this.lastInstance + 1;
		while (this.instances.indexOf(this.lastInstance) >= 0);
		return this.lastInstance;
	}
}
