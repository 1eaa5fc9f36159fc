/** The contract of hal.ts on Node.js. */
import { randomFillSync } from "node:crypto";
import { performance } from "node:perf_hooks";
import { ERR_RAND, ERR_UNSUPPORTED_OPERATION, OK } from "../../src/merrors.js";
import type { Hal, MemoryFigures, Ready, Storage, TCP_SOCKET } from "../hal.js";
import { FolderStorage } from "./storage.js";
import { Tcp } from "./tcp.js";

export interface NodeHalOptions {
	/** The folder of `storage`; made, with mode 0700, when something is first stored. */
	readonly folder: string;
	/** What reboot() does, later than the call; without it reboot() is ERR_UNSUPPORTED_OPERATION. */
	readonly onReboot?: () => void;
}

export function createNodeHal(options: NodeHalOptions): Hal {
	return new NodeHal(options);
}

/** setTimeout holds its delay in 31 bits, and takes a longer one for 1. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

class NodeHal implements Hal {
	readonly storage: Storage;
	readonly #tcp = new Tcp();
	readonly #timers = new Map<number, NodeJS.Timeout>();
	#lastTimer = 0;
	readonly #onReboot: (() => void) | undefined;

	constructor(options: NodeHalOptions) {
		this.storage = new FolderStorage(options.folder);
		this.#onReboot = options.onReboot;
	}

	listen(address: string, port: number, ready: Ready): TCP_SOCKET {
		return this.#tcp.listen(address, port, ready);
	}

	localPort(listener: TCP_SOCKET): number {
		return this.#tcp.localPort(listener);
	}

	accept(listener: TCP_SOCKET): TCP_SOCKET {
		return this.#tcp.accept(listener);
	}

	watch(socket: TCP_SOCKET, ready: Ready): void {
		this.#tcp.watch(socket, ready);
	}

	read(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		return this.#tcp.read(socket, bytes, offset, length);
	}

	write(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		return this.#tcp.write(socket, bytes, offset, length);
	}

	close(socket: TCP_SOCKET): void {
		this.#tcp.close(socket);
	}

	remoteAddress(socket: TCP_SOCKET): string {
		return this.#tcp.remoteAddress(socket);
	}

	now(): number {
		return performance.now();
	}

	date(): number {
		return Math.floor(Date.now() / 1000);
	}

	setTimer(milliseconds: number, callback: () => void): number {
		const id = ++this.#lastTimer;
		this.#arm(id, performance.now() + milliseconds, callback);
		return id;
	}

	/** Node's timers count whole milliseconds of their own clock and may be early by one; then the rest is waited for. */
	#arm(id: number, due: number, callback: () => void): void {
		const left = Math.max(0, Math.ceil(due - performance.now()));
		const timeout = setTimeout(
			() => {
				if (performance.now() < due) this.#arm(id, due, callback);
				else {
					this.#timers.delete(id);
					callback();
				}
			},
			Math.min(left, LONGEST_TIMEOUT),
		);
		this.#timers.set(id, timeout);
	}

	clearTimer(id: number): void {
		clearTimeout(this.#timers.get(id));
		this.#timers.delete(id);
	}

	random(bytes: Uint8Array): number {
		try {
			randomFillSync(bytes);
			return OK;
		} catch {
			return ERR_RAND;
		}
	}

	/** With what V8 keeps outside of its heap: the buffers of connections, above all. */
	memory(): MemoryFigures {
		const { heapTotal, heapUsed, external } = process.memoryUsage();
		return { total: heapTotal + external, used: heapUsed + external };
	}

	reboot(): number {
		if (this.#onReboot === undefined) return ERR_UNSUPPORTED_OPERATION;
		setImmediate(this.#onReboot);
		return OK;
	}
}
