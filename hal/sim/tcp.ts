/** Sockets in memory, as the HAL has them. */
import {
	ERR_TCP_READ_ERROR,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	ERR_TCP_WRITE_ERROR,
} from "../../src/merrors.js";
import type { Ready, TCP_SOCKET } from "../hal.js";
import { SimClient } from "./client.js";
import type { SimClock } from "./clock.js";
import { Pipe, type PipeOptions } from "./pipe.js";

/** A connection as a test makes it. */
export interface LinkOptions {
	/** The address that the server sees; "192.0.2.1" unless told. */
	readonly address?: string;
	/** From the client to the server. */
	readonly c2s?: PipeOptions;
	/** From the server to the client. */
	readonly s2c?: PipeOptions;
	/** Bytes that the server's socket holds until they have gone; 65,536 unless told. */
	readonly sendBuffer?: number;
	/** How many of `length` bytes one write() of the server takes; 0 lets it wait for the next turn. */
	readonly takes?: (length: number) => number;
}

/** A place in the table of sockets. */
export class SimPlace {
	id: TCP_SOCKET = 0;
	ready: Ready | undefined;
	readonly clock: SimClock;
	#told = false;

	constructor(clock: SimClock) {
		this.clock = clock;
	}

	/** Calls `ready` as the loop's next event, unless the socket is closed by then. */
	tell(): void {
		if (this.#told) return;
		this.#told = true;
		this.clock.after(0, () => {
			this.#told = false;
			if (this.id !== 0) this.ready?.(this.id);
		});
	}
}

export class SimListener extends SimPlace {
	readonly port: number;
	readonly queue: SimConnection[] = [];

	constructor(clock: SimClock, port: number) {
		super(clock);
		this.port = port;
	}
}

/** The HAL's side of a connection. */
export class SimConnection extends SimPlace {
	readonly client: SimClient;
	readonly #options: LinkOptions;
	readonly #input: Pipe;
	readonly #output: Pipe;
	/** write() took less than it was given. */
	#blocked = false;
	#broken = false;
	#closed = false;

	constructor(clock: SimClock, options: LinkOptions) {
		super(clock);
		this.#options = options;
		const lost = () => this.lose();
		this.#input = new Pipe(clock, options.c2s ?? {}, { arrived: () => this.tell(), moved: () => {}, lost });
		this.#output = new Pipe(clock, options.s2c ?? {}, {
			arrived: () => this.client.arrived(),
			moved: () => this.#moved(),
			lost,
		});
		this.client = new SimClient(this, this.#output, this.#input);
	}

	get remoteAddress(): string {
		return this.#options.address ?? "192.0.2.1";
	}

	/** Whether there is something to tell one who begins to watch. */
	get news(): boolean {
		return this.#input.readable > 0 || this.#input.ended || this.#broken;
	}

	/** What arrived before the connection broke can be read, so that a test knows what the server has seen. */
	read(bytes: Uint8Array, offset: number, length: number): number {
		const count = this.#input.read(bytes, offset, length);
		if (count > 0) return count;
		if (this.#broken) return ERR_TCP_READ_ERROR;
		return this.#input.ended ? ERR_TCP_SOCKET_CLOSED : ERR_TCP_WOULDBLOCK;
	}

	write(bytes: Uint8Array, offset: number, length: number): number {
		if (this.#broken) return ERR_TCP_WRITE_ERROR;
		const room = (this.#options.sendBuffer ?? 65_536) - this.#output.unsent;
		const fits = Math.min(length, room);
		const count = fits > 0 ? Math.min(fits, this.#options.takes?.(fits) ?? fits) : 0;
		if (count < length) this.#blocked = true;
		// What `takes` alone has held back needs no room: the next turn is as good as any.
		if (count < fits) this.tell();
		if (count <= 0) return ERR_TCP_WOULDBLOCK;
		this.#output.send(bytes, offset, count);
		return count;
	}

	/** What was taken still goes to the client; what comes from it goes nowhere. */
	close(): void {
		this.#closed = true;
		this.#input.stop();
		this.#output.end();
	}

	/** Both sides learn that the connection is gone. */
	lose(): void {
		if (this.#broken || (this.#closed && this.#output.ended)) return;
		this.#broken = true;
		this.#input.stop();
		this.#output.stop();
		this.tell();
		this.clock.after(0, () => this.client.lose());
	}

	#moved(): void {
		if (!this.#blocked) return;
		this.#blocked = false;
		this.tell();
	}
}
