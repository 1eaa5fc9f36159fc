/** The other end of the emulated board's wire: TCP, the state folder, randomness, and how the board is to start. */
import { randomFillSync } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Connection, MAX_CONNECTIONS } from "./connection.js";
import { Call, encodeFrame, FRAME_ROOM, Frame, FrameReader, resultOfError } from "./frames.js";
import { type Answer, StateFolder } from "./state-folder.js";

/** The heap that firmware gets once it is loaded. */
export interface Heap {
	readonly chunkBytes: number;
	readonly slots: number;
	readonly stackSlots: number;
	/** Whether the board ends when it is full, as with the SDK a device would; else it throws. */
	readonly endsWhenFull?: boolean;
}

export interface BridgeOptions {
	readonly firmwareLength: number;
	readonly heap: Heap;
	/** JSON: the default export of mc/config. */
	readonly config: string;
	/** The root of embedded:storage/files. */
	readonly state: string;
	onOutput(bytes: Buffer): void;
	onError(bytes: Buffer): void;
}

/** How often the board hears that the bridge is there; it ends by itself when that stops. Milliseconds. */
const ALIVE_INTERVAL = 5_000;

export class Bridge {
	private readonly wire: Duplex;
	private readonly options: BridgeOptions;
	private readonly config: Buffer;
	private readonly files: StateFolder;
	private readonly connections: (Connection | undefined)[] = [];
	private readonly alive: NodeJS.Timeout;
	private listener: Server | undefined = undefined;

	/** @param wire to the board */
	constructor(wire: Duplex, options: BridgeOptions) {
		this.wire = wire;
		this.options = options;
		this.config = Buffer.from(options.config);
		this.files = new StateFolder(options.state);
		this.alive = setInterval(() => this.send(Frame.ALIVE), ALIVE_INTERVAL);
		const reader = new FrameReader((type, connection, bytes) => this.onFrame(type, connection, bytes));
		wire.on("data", (bytes: Buffer) => reader.push(bytes));
		// The emulator's end says why.
		wire.on("error", () => undefined);
	}

	/** Asks the board to end. */
	signal(): void {
		this.send(Frame.SIGNAL);
	}

	/** What clients have not got yet, they still get. */
	close(): void {
		clearInterval(this.alive);
		this.listener?.close();
		for (const connection of this.connections) connection?.close();
		this.files.close();
	}

	private readonly send = (type: number, connection?: number, bytes?: Uint8Array): void => {
		if (!this.wire.destroyed) this.wire.write(encodeFrame(type, connection, bytes));
	};

	private onFrame(type: number, number: number, bytes: Buffer): void {
		if (type >= Call.BOOT) void this.answer(type, bytes);
		else if (type === Frame.STDOUT) this.options.onOutput(bytes);
		else if (type === Frame.STDERR) this.options.onError(bytes);
		else if (type === Frame.CLOSE) {
			this.connections[number]?.close();
			this.connections[number] = undefined;
		} else this.connections[number]?.onFrame(type, bytes);
	}

	private async answer(type: number, request: Buffer): Promise<void> {
		let answer: Answer;
		let bytes: Uint8Array | undefined;
		try {
			if (type === Call.BOOT) {
				const { chunkBytes, slots, stackSlots, endsWhenFull = false } = this.options.heap;
				answer = this.options.firmwareLength;
				bytes = new Uint8Array(Uint32Array.of(chunkBytes, slots, stackSlots, +endsWhenFull).buffer);
			} else answer = await this.call(type, request);
		} catch (error) {
			answer = resultOfError(error);
		}
		if (typeof answer !== "number") {
			bytes = answer;
			answer = 0;
		}
		const result = Buffer.alloc(4);
		result.writeInt32LE(answer);
		this.send(Frame.REPLY, 0, bytes === undefined ? result : Buffer.concat([result, bytes]));
	}

	private call(type: number, request: Buffer): Answer | Promise<Answer> {
		switch (type) {
			case Call.CONFIG:
				return this.config.subarray(request.readUInt32LE(0)).subarray(0, FRAME_ROOM - 4);
			case Call.RANDOM:
				return randomFillSync(new Uint8Array(Math.min(request.readUInt16LE(0), FRAME_ROOM - 4)));
			case Call.LISTEN:
				return this.listen(request.readUInt16LE(0), request.toString("utf8", 2));
			case Call.UNLISTEN:
				this.listener?.close();
				return 0;
			default:
				return this.files.call(type, request);
		}
	}

	private listen(port: number, host: string): Promise<number> {
		const listener = createServer({ allowHalfOpen: true, noDelay: true }, socket => this.accept(socket));
		this.listener = listener;
		return new Promise((resolve, reject) => {
			listener.on("error", reject);
			listener.listen(port, host, () => resolve((listener.address() as { port: number }).port));
		});
	}

	/** One more than there are numbers for is refused, as by a device that has no memory left for it. */
	private accept(socket: Socket): void {
		let number = 1;
		while (this.connections[number] !== undefined) number++;
		if (number > MAX_CONNECTIONS) socket.destroy();
		else this.connections[number] = new Connection(number, socket, this.send);
	}
}
