/** The test's side of a connection: a client without a kernel. */
import type { Pipe } from "./pipe.js";
import type { SimConnection } from "./tcp.js";

export class SimClient {
	/** The server has ended its side, and all before it was read. */
	onEnd: (() => void) | undefined;
	/** The connection broke. */
	onLost: (() => void) | undefined;
	readonly #connection: SimConnection;
	readonly #input: Pipe;
	readonly #output: Pipe;
	#onData: ((bytes: Uint8Array) => void) | undefined;
	#lost = false;
	#endTold = false;

	constructor(connection: SimConnection, input: Pipe, output: Pipe) {
		this.#connection = connection;
		this.#input = input;
		this.#output = output;
	}

	/** Bytes written that the server's socket has not got: they are on their way, or it reads too slowly. */
	get unsent(): number {
		return this.#output.unsent;
	}

	/** Bytes that read() has. */
	get readable(): number {
		return this.#input.readable;
	}

	/** Bytes that have come since the beginning. */
	get received(): number {
		return this.#input.total;
	}

	get ended(): boolean {
		return this.#input.ended;
	}

	get lost(): boolean {
		return this.#lost;
	}

	/** Who gets each piece as it comes. With no one here, bytes wait for read(), and the server in the end for them. */
	set onData(listener: ((bytes: Uint8Array) => void) | undefined) {
		this.#onData = listener;
		if (listener !== undefined && this.#input.readable > 0)
			this.#connection.clock.after(0, () => this.arrived());
	}

	/** Sends bytes, as many as there are: a test has memory. */
	write(bytes: Uint8Array): void {
		this.#output.send(bytes, 0, bytes.length);
	}

	/** What has come, up to `length` bytes. */
	read(length = Infinity): Uint8Array {
		const bytes = new Uint8Array(Math.min(length, this.#input.readable));
		this.#input.read(bytes, 0, bytes.length);
		return bytes;
	}

	/** Ends this side, after all that was written. */
	end(): void {
		this.#output.end();
	}

	/** Breaks the connection: what is on its way is lost. */
	abort(): void {
		this.#connection.lose();
	}

	/** Goes away without a word, like a machine that has lost its power: nothing arrives any more on either side. */
	vanish(): void {
		this.#input.stall();
		this.#output.stall();
	}

	/** For the connection: bytes, or the end, have come. */
	arrived(): void {
		if (this.#onData !== undefined && this.#input.readable > 0) this.#onData(this.read());
		if (!this.#input.ended || this.#endTold) return;
		this.#endTold = true;
		this.onEnd?.();
	}

	/** For the connection: it is gone. */
	lose(): void {
		this.#lost = true;
		this.onLost?.();
	}
}
