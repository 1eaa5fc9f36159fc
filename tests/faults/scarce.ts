/**
 * Memory that is refused: while a server's code runs, each typed array, buffer and growing list is counted, and one of
 * them, or all from one on until that code returns, is a RangeError, as on a board whose heap is full.
 */
import type { Ready, TCP_SOCKET } from "../../hal/hal.js";
import { SimHal } from "../../hal/sim/index.js";

const CLASSES = [
	"ArrayBuffer",
	"DataView",
	"Uint8Array",
	"Uint16Array",
	"Uint32Array",
	"Int32Array",
] as const;
const ARRAY_METHODS = ["push", "splice", "slice", "map", "filter", "concat", "unshift"] as const;
const BYTES_METHODS = ["slice", "subarray"] as const;

type Methods = Record<string, (...args: unknown[]) => unknown>;

export class Scarce {
	/** Allocations of the server's since it was set to 0. */
	count = 0;
	/** The one that is refused. */
	refused = Infinity;
	/** With it, all others until the server's code returns: memory comes back when what was being done is unwound. */
	lasting = false;
	private within = 0;
	private dry = false;

	/** Runs code of the server's. */
	run<T>(code: () => T): T {
		this.within++;
		try {
			return code();
		} finally {
			this.within--;
			if (this.within === 0) this.dry = false;
		}
	}

	/** Runs code that has memory of its own. */
	outside<T>(code: () => T): T {
		const { within } = this;
		this.within = 0;
		try {
			return code();
		} finally {
			this.within = within;
		}
	}

	/** An allocation. */
	take(): void {
		if (this.within === 0) return;
		if (this.count++ === this.refused) this.dry = this.lasting;
		else if (!this.dry) return;
		throw new RangeError("memory full");
	}

	/** Has the engine's classes ask here first, for as long as `body` runs. */
	during(body: () => void): void {
		const world = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
		const restore: (() => void)[] = [];
		for (const name of CLASSES) {
			const original = world[name];
			world[name] = new Proxy(original, {
				construct: (target, args, newTarget) => {
					this.take();
					return Reflect.construct(target, args, newTarget === world[name] ? target : newTarget);
				},
			});
			restore.push(() => {
				world[name] = original;
			});
		}
		const patch = (prototype: object, names: readonly string[]): void => {
			const methods = prototype as Methods;
			for (const name of names) {
				const original = methods[name];
				const scarce = this;
				methods[name] = function (...args) {
					scarce.take();
					return original.apply(this, args);
				};
				restore.push(() => {
					methods[name] = original;
				});
			}
		};
		patch(Array.prototype, ARRAY_METHODS);
		patch(Uint8Array.prototype, BYTES_METHODS);
		try {
			body();
		} finally {
			for (const each of restore) each();
		}
	}
}

/** A place to run whose callbacks to the server are counted, and what they let through is kept. */
export class ScarceHal extends SimHal {
	readonly uncaught: unknown[] = [];
	private readonly scarce: Scarce;

	constructor(scarce: Scarce) {
		super({});
		this.scarce = scarce;
	}

	private guard(code: () => void): void {
		try {
			this.scarce.run(code);
		} catch (error) {
			this.uncaught.push(error);
		}
	}

	// What a device's HAL allocates: a timer, a callback, a socket.

	override setTimer(milliseconds: number, callback: () => void): number {
		this.scarce.take();
		return this.scarce.outside(() => super.setTimer(milliseconds, () => this.guard(callback)));
	}

	override watch(socket: TCP_SOCKET, ready: Ready): void {
		this.scarce.take();
		this.scarce.outside(() => super.watch(socket, each => this.guard(() => ready(each))));
	}

	override accept(listener: TCP_SOCKET): TCP_SOCKET {
		this.scarce.take();
		return this.scarce.outside(() => super.accept(listener));
	}

	// And what it does not.

	override listen(address: string, port: number, ready: Ready): TCP_SOCKET {
		return this.scarce.outside(() => super.listen(address, port, each => this.guard(() => ready(each))));
	}

	override read(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		return this.scarce.outside(() => super.read(socket, bytes, offset, length));
	}

	override write(socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		return this.scarce.outside(() => super.write(socket, bytes, offset, length));
	}

	override close(socket: TCP_SOCKET): void {
		this.scarce.outside(() => super.close(socket));
	}

	override clearTimer(id: number): void {
		this.scarce.outside(() => super.clearTimer(id));
	}
}
