/** What the tests of the contract stand on: a HAL with its world, and bytes that tell where they belong. */
import type { Hal, TCP_SOCKET } from "../../hal/hal.js";
import { ERR_TCP_WOULDBLOCK } from "../../src/merrors.js";
import { assert } from "../harness.js";

/** The other end of a connection, outside the HAL. */
export interface Peer {
	write(bytes: Uint8Array): void;
	/** Takes what has come. While no one does, the connection fills. */
	read(): Uint8Array;
	end(): void;
	/** Breaks the connection. */
	abort(): void;
	/** The HAL's side has ended, and all was read. */
	readonly ended: boolean;
	/** The connection broke. */
	readonly lost: boolean;
}

/** What a rig takes of a heap, at least. */
export const HEAP_SLOTS = 100;
export const HEAP_BYTES = 5_000;

/** A HAL with its world. */
export interface Rig {
	readonly hal: Hal;
	/** Where it listens, and what its peers' addresses are then. */
	readonly address: string;
	/** Bytes that are more than fits between the HAL and a peer that does not read. */
	readonly flood: number;
	/** Whether the platform tells a peer's end from a broken connection, and lets us write behind the former. */
	readonly tellsEnds: boolean;
	/** Whether reboot() does something: nothing that ends the tests. */
	readonly reboots: boolean;
	/** Where the HAL tells what the heap has left: takes HEAP_SLOTS and HEAP_BYTES of it, and makes garbage of that. */
	readonly memory?: { take(): void; drop(): void };
	connect(port: number): Promise<Peer>;
	/** Lets the world go on until the condition holds; rejects when it never does. */
	until(done: () => boolean): Promise<void>;
	stop(): Promise<void>;
}

/** A listener with one accepted connection, and the count of calls of its `ready`. */
export interface Pair {
	readonly listener: TCP_SOCKET;
	readonly port: number;
	readonly socket: TCP_SOCKET;
	readonly peer: Peer;
	calls: number;
}

/** Makes a test of a title and what it does with a HAL of its own. */
export type Check = (title: string, body: (rig: Rig) => Promise<void>) => void;

/** Beyond what a desktop's sockets hold, both ends together. */
export const FLOOD = 24 * 1024 * 1024;

/** A prime, so that a lost or doubled block shows. */
export const PATTERN = 251;

export function pattern(length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let i = 0; i < length; i++) bytes[i] = i % PATTERN;
	return bytes;
}

/** The bytes of a pattern that stand from `start` on. */
export function assertPattern(bytes: Uint8Array, start: number): void {
	let value = start % PATTERN;
	for (let i = 0; i < bytes.length; i++) {
		if (bytes[i] !== value) assert.equal(bytes[i], value, `byte ${start + i}`);
		if (++value === PATTERN) value = 0;
	}
}

export async function connected(rig: Rig): Promise<Pair> {
	const { hal } = rig;
	const listener = hal.listen(rig.address, 0, () => undefined);
	await rig.until(() => hal.localPort(listener) > 0);
	const port = hal.localPort(listener);
	const peer = await rig.connect(port);
	let socket = 0;
	await rig.until(() => {
		socket = hal.accept(listener);
		return socket > 0;
	});
	const pair: Pair = { listener, port, socket, peer, calls: 0 };
	hal.watch(socket, () => pair.calls++);
	return pair;
}

export function finish(rig: Rig, pair: Pair): void {
	rig.hal.close(pair.socket);
	rig.hal.close(pair.listener);
	pair.peer.end();
}

export async function readBytes(rig: Rig, socket: TCP_SOCKET, length: number): Promise<Uint8Array> {
	const bytes = new Uint8Array(length);
	let at = 0;
	await rig.until(() => {
		const count = rig.hal.read(socket, bytes, at, length - at);
		if (count !== ERR_TCP_WOULDBLOCK) {
			assert.ok(count > 0, `read: ${count}`);
			at += count;
		}
		return at === length;
	});
	return bytes;
}

export async function receive(rig: Rig, peer: Peer, length: number): Promise<Uint8Array> {
	const bytes = new Uint8Array(length);
	let at = 0;
	await rig.until(() => {
		const piece = peer.read();
		bytes.set(piece, at);
		at += piece.length;
		return at === length;
	});
	return bytes;
}
