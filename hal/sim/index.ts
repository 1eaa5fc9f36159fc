/**
 * A place to run that exists in memory: the contract of hal.ts over a network, a clock and a storage that a test turns.
 * Nothing happens but in the loop, which goes when it is told to; the same seed gives the same run.
 */
import {
	ERR_RAND,
	ERR_TCP_BAD_ADDRESS,
	ERR_TCP_LISTEN_BIND_ERROR,
	ERR_TCP_NO_SUCH_SOCKET,
	ERR_TCP_WOULDBLOCK,
	ERR_UNSUPPORTED_OPERATION,
	OK,
} from "../../src/merrors.js";
import type { Hal, Heap, MemoryFigures, Ready, TCP_SOCKET } from "../hal.js";
import type { SimClient } from "./client.js";
import { SimNetwork } from "./network.js";
import { SimRandom } from "./random.js";
import { SimStorage } from "./storage.js";
import { type LinkOptions, SimConnection, SimListener, type SimPlace } from "./tcp.js";

export type { SimClient } from "./client.js";
export { SimHeap } from "./heap.js";
export { SimNetwork } from "./network.js";
export type { PipeOptions } from "./pipe.js";
export { SimRandom } from "./random.js";
export { SimStorage } from "./storage.js";
export type { LinkOptions } from "./tcp.js";

/** Connections that wait for accept(); more are broken off. */
const BACKLOG = 16;

/** Where port 0 begins to look for a free one: the dynamic ports of RFC 6335 section 6. */
const FIRST_DYNAMIC_PORT = 49_152;

export interface SimOptions {
	/** Of random(); 1 unless told. */
	readonly seed?: number;
	/** Seconds since 1970 at the start; 0, unknown, unless told. */
	readonly date?: number;
	readonly storage?: SimStorage;
	/** A SimHeap, say; without it the HAL does not tell. */
	readonly heap?: Heap;
	/** What reboot() does, as an event of the loop; without it reboot() is ERR_UNSUPPORTED_OPERATION. */
	readonly onReboot?: () => void;
	/** See SimNetwork.settle(). */
	readonly idle?: () => Promise<void>;
}

export function createSimHal(options: SimOptions = {}): SimHal {
	return new SimHal(options);
}

export class SimHal implements Hal {
	/** The loop, and the time that it goes by. */
	readonly network: SimNetwork;
	readonly storage: SimStorage;
	readonly heap: Heap | undefined;
	/** How many of the next calls of random() fail, once `goodRandoms` have not. */
	randomFailures = 0;
	goodRandoms = 0;
	/** What random() fills with. */
	entropy: SimRandom;
	/** What memory() tells. */
	figures: MemoryFigures = { total: 0, used: 0 };
	readonly #onReboot: (() => void) | undefined;
	/** The place of identifier n is at n - 1. */
	readonly #places: (SimPlace | undefined)[] = [];
	readonly #timers = new Map<number, () => void>();
	#lastTimer = 0;
	/** The date when the clock stood at 0. */
	#epoch: number;
	/** What now() is ahead of the loop's clock, which timers go by. */
	#ahead = 0;

	constructor(options: SimOptions) {
		this.network = new SimNetwork(options.idle);
		this.storage = options.storage ?? new SimStorage();
		this.heap = options.heap;
		this.entropy = new SimRandom(options.seed ?? 1);
		this.#onReboot = options.onReboot;
		this.#epoch = options.date ?? 0;
	}

	/** A client of whoever listens on that port. Throws where no one does. */
	connect(port: number, options: LinkOptions = {}): SimClient {
		const listener = this.#listener(port);
		if (listener === undefined) throw new Error(`connection refused: port ${port}`);
		const connection = new SimConnection(this.network.clock, options);
		if (listener.queue.length < BACKLOG) {
			listener.queue.push(connection);
			listener.tell();
		} else connection.lose();
		return connection.client;
	}

	/** Sets what date() tells from now on; 0 for unknown. */
	setDate(seconds: number): void {
		this.#epoch = seconds === 0 ? 0 : seconds - Math.floor(this.network.now / 1000);
	}

	/** now() jumps forward by so much, and timers do not: a clock that was set, or whose hardware slept. */
	jump(milliseconds: number): void {
		this.#ahead += Math.max(0, milliseconds);
	}

	/** Sockets that are open, listeners included. */
	get openSockets(): number {
		return this.#places.filter(place => place !== undefined).length;
	}

	/** Timers that will call back. */
	get pendingTimers(): number {
		return this.#timers.size;
	}

	listen(address: string, port: number, ready: Ready): TCP_SOCKET {
		if (!isAddress(address)) return ERR_TCP_BAD_ADDRESS;
		if (!Number.isInteger(port) || port < 0 || port > 65_535) return ERR_TCP_BAD_ADDRESS;
		let bound = port === 0 ? FIRST_DYNAMIC_PORT : port;
		while (port === 0 && this.#listener(bound) !== undefined) bound++;
		if (this.#listener(bound) !== undefined) return ERR_TCP_LISTEN_BIND_ERROR;
		const listener = new SimListener(this.network.clock, bound);
		listener.ready = ready;
		return this.#add(listener);
	}

	localPort(socket: TCP_SOCKET): number {
		const place = this.#places[socket - 1];
		return place instanceof SimListener ? place.port : ERR_TCP_NO_SUCH_SOCKET;
	}

	accept(socket: TCP_SOCKET): TCP_SOCKET {
		const place = this.#places[socket - 1];
		if (!(place instanceof SimListener)) return ERR_TCP_NO_SUCH_SOCKET;
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
		if (place instanceof SimConnection) place.close();
		if (place instanceof SimListener) for (const connection of place.queue) connection.lose();
	}

	remoteAddress(socket: TCP_SOCKET): string {
		return this.#connection(socket)?.remoteAddress ?? "";
	}

	now(): number {
		return this.network.now + this.#ahead;
	}

	date(): number {
		return this.#epoch === 0 ? 0 : this.#epoch + Math.floor(this.network.now / 1000);
	}

	setTimer(milliseconds: number, callback: () => void): number {
		const id = ++this.#lastTimer;
		const due = () => {
			this.#timers.delete(id);
			callback();
		};
		this.#timers.set(id, this.network.clock.after(milliseconds, due, true));
		return id;
	}

	clearTimer(id: number): void {
		this.#timers.get(id)?.();
		this.#timers.delete(id);
	}

	random(bytes: Uint8Array): number {
		if (this.randomFailures > 0 && this.goodRandoms-- <= 0) {
			this.randomFailures--;
			return ERR_RAND;
		}
		this.entropy.fill(bytes);
		return OK;
	}

	memory(): MemoryFigures {
		return this.figures;
	}

	reboot(): number {
		if (this.#onReboot === undefined) return ERR_UNSUPPORTED_OPERATION;
		this.network.clock.after(0, this.#onReboot);
		return OK;
	}

	#listener(port: number): SimListener | undefined {
		for (const place of this.#places) if (place instanceof SimListener && place.port === port) return place;
		return undefined;
	}

	#connection(socket: TCP_SOCKET): SimConnection | undefined {
		const place = this.#places[socket - 1];
		return place instanceof SimConnection ? place : undefined;
	}

	#add(place: SimPlace): TCP_SOCKET {
		let at = this.#places.indexOf(undefined);
		if (at < 0) at = this.#places.length;
		this.#places[at] = place;
		place.id = at + 1;
		return place.id;
	}
}

/** Something that could be a numeric address, or "localhost"; there is no interface that it must belong to. */
function isAddress(text: string): boolean {
	if (text === "localhost") return true;
	for (const character of text) if (!"0123456789abcdefABCDEF.:".includes(character)) return false;
	return text.includes(".") || text.includes(":");
}
