/** The contract of hal.ts on the Moddable SDK, and on the XS board, which has the same modules. */
import fill from "fieldssh/entropy";
import { collect, freeBytes, freeSlots, totalBytes, usedBytes } from "fieldssh/heap";
import Time from "time";
import Timer from "timer";
import { ERR_RAND, ERR_UNSUPPORTED_OPERATION, OK } from "../../src/merrors.js";
import type { Hal, Heap, MemoryFigures, Ready, Storage, TCP_SOCKET } from "../hal.js";
import { Tcp } from "./tcp.js";

export interface ModdableHalOptions {
	/** What reboot() does, later than the call; by default the device restarts at once. */
	readonly onReboot?: () => void;
}

type Handle = ReturnType<typeof Timer.set>;

/** A device that does not know the date counts from 1970; no date of this software is before this. */
const SOFTWARE_DATE = Date.UTC(2025, 0, 1);

const HEAP: Heap = Object.freeze({ freeSlots, freeBytes, collect });

const LONGEST_TIMEOUT = 2 ** 31 - 1;

interface Pending {
	readonly id: number;
	readonly handle: Handle;
	readonly callback: () => void;
}

/** All of a HAL but where its storage is: index.ts knows that, one for each platform. */
export class ModdableHal implements Hal {
	readonly storage: Storage;
	/** Simulators of the SDK have none whose heaps grow. */
	readonly heap: Heap | undefined = totalBytes() > 0 ? HEAP : undefined;
	private readonly options: ModdableHalOptions;
	private readonly tcp = new Tcp();
	private pending: Pending[] = [];
	private lastTimer = 0;
	private ticks = Time.ticks;
	private elapsed = 0;

	constructor(storage: Storage, options: ModdableHalOptions) {
		this.storage = storage;
		this.options = options;
	}

	listen(address: string, port: number, ready: Ready): TCP_SOCKET {
		return this.tcp.listen(address, port, ready);
	}

	localPort(listener: TCP_SOCKET): number {
		return this.tcp.localPort(listener);
	}

	accept(listener: TCP_SOCKET): TCP_SOCKET {
		return this.tcp.accept(listener);
	}

	watch(socket: TCP_SOCKET, ready: Ready): void {
		this.tcp.watch(socket, ready);
	}

	read(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		return this.tcp.read(socket, bytes, offset, length);
	}

	write(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		return this.tcp.write(socket, bytes, offset, length);
	}

	close(socket: TCP_SOCKET): void {
		this.tcp.close(socket);
	}

	remoteAddress(socket: TCP_SOCKET): string {
		return this.tcp.remoteAddress(socket);
	}

	/** The SDK's ticks have 32 bits and wrap after 49 days; what has passed since the last look does not. */
	now(): number {
		const { ticks } = Time;
		this.elapsed += (ticks - this.ticks) >>> 0;
		this.ticks = ticks;
		return this.elapsed;
	}

	date(): number {
		const date = Date.now();
		return date < SOFTWARE_DATE ? 0 : Math.floor(date / 1000);
	}

	setTimer(milliseconds: number, callback: () => void): number {
		const id = ++this.lastTimer;
		const delay = Math.min(Math.max(Math.ceil(milliseconds), 0), LONGEST_TIMEOUT);
		this.pending.push({ id, handle: Timer.set(this.onTimer, delay), callback });
		return id;
	}

	clearTimer(id: number): void {
		const { pending } = this;
		let at = pending.length - 1;
		while (at >= 0 && pending[at].id !== id) at--;
		if (at >= 0) Timer.clear(this.take(at).handle);
	}

	/** One function for all timers. */
	private readonly onTimer = (handle: Handle): void => {
		const { pending } = this;
		let at = pending.length - 1;
		while (at >= 0 && pending[at].handle !== handle) at--;
		if (at >= 0) this.take(at).callback();
	};

	/** Without taking memory, so that no timer is lost where there is none; the last one takes its place. */
	private take(at: number): Pending {
		const { pending } = this;
		const taken = pending[at];
		pending[at] = pending[pending.length - 1];
		pending.length--;
		return taken;
	}

	random(bytes: Uint8Array): number {
		try {
			fill(bytes);
			return OK;
		} catch {
			return ERR_RAND;
		}
	}

	/** Of both heaps. */
	memory(): MemoryFigures {
		return { total: totalBytes(), used: usedBytes() };
	}

	reboot(): number {
		const restart = this.options.onReboot ?? restartOfSystem();
		if (restart === undefined) return ERR_UNSUPPORTED_OPERATION;
		Timer.set(() => restart());
		return OK;
	}
}

/** The SDK's simulators cannot restart. */
function restartOfSystem(): (() => void) | undefined {
	return typeof System === "undefined" ? undefined : System.restart;
}
