/** A session channel of the client of the tests. */
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_EOF,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
	SSH_MSG_CHANNEL_FAILURE,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
	SSH_MSG_CHANNEL_OPEN_FAILURE,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_CHANNEL_SUCCESS,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
} from "../../src/messages.js";
import { concat } from "../crypto/helpers.js";
import { bytesOf, type Field, type Fields, fields, message, raw, textOf } from "./wire.js";

export class ClientChannel {
	readonly id: number;
	/** The server's number; -1 until it has confirmed. */
	recipient = -1;
	/** reason code of CHANNEL_OPEN_FAILURE. */
	refused = 0;
	/** Answers to requests: true for CHANNEL_SUCCESS. */
	readonly answers: boolean[] = [];
	exitStatus: number | undefined;
	exitSignal = "";
	ended = false;
	closed = false;
	/** Sends CLOSE when the server does. */
	answersClose = true;
	/** Gives back what has come, at once. */
	adjusts = true;
	/** What the server may still send. */
	window: number;
	/** What we may still send. */
	peerWindow = 0;
	private peerMaximum = 0;
	private readonly received: Uint8Array[] = [];
	private readonly errors: Uint8Array[] = [];
	private waiting: Uint8Array = new Uint8Array(0);
	private endWaits = false;
	private closeSent = false;
	private readonly send: (payload: Uint8Array) => void;

	constructor(id: number, window: number, send: (payload: Uint8Array) => void) {
		this.id = id;
		this.window = window;
		this.send = send;
	}

	get data(): Uint8Array {
		return concat(...this.received);
	}

	get text(): string {
		return textOf(this.data);
	}

	get errorText(): string {
		return textOf(concat(...this.errors));
	}

	/** What write() was given and the window has not let out. */
	get unsent(): number {
		return this.waiting.length;
	}

	write(bytes: Uint8Array | string): void {
		this.waiting = concat(this.waiting, typeof bytes === "string" ? bytesOf(bytes) : bytes);
		this.flush();
	}

	request(type: string, wantReply: boolean, ...values: readonly Field[]): void {
		this.send(message(SSH_MSG_CHANNEL_REQUEST, this.recipient, type, wantReply, raw(fields(...values))));
	}

	/** EOF, behind all that was written. */
	end(): void {
		this.endWaits = true;
		this.flush();
	}

	close(): void {
		if (this.closeSent) return;
		this.closeSent = true;
		// What the window has held back is not sent any more.
		this.waiting = new Uint8Array(0);
		this.endWaits = false;
		this.send(message(SSH_MSG_CHANNEL_CLOSE, this.recipient));
	}

	/** Lets the server send so much more. */
	adjust(count: number): void {
		this.window += count;
		this.send(message(SSH_MSG_CHANNEL_WINDOW_ADJUST, this.recipient, count));
	}

	private flush(): void {
		for (;;) {
			const count = Math.min(this.waiting.length, this.peerWindow, this.peerMaximum);
			if (count === 0) break;
			const piece = this.waiting.slice(0, count);
			this.waiting = this.waiting.slice(count);
			this.peerWindow -= count;
			this.send(message(SSH_MSG_CHANNEL_DATA, this.recipient, piece));
		}
		if (this.waiting.length > 0 || !this.endWaits) return;
		this.endWaits = false;
		this.send(message(SSH_MSG_CHANNEL_EOF, this.recipient));
	}

	/** Takes a message of this channel; `reader` stands behind the recipient channel. */
	take(number: number, reader: Fields): void {
		if (this.closed) throw new Error(`message ${number} behind CHANNEL_CLOSE`);
		switch (number) {
			case SSH_MSG_CHANNEL_OPEN_CONFIRMATION:
				this.recipient = reader.uint32();
				this.peerWindow = reader.uint32();
				this.peerMaximum = reader.uint32();
				break;
			case SSH_MSG_CHANNEL_OPEN_FAILURE:
				this.refused = reader.uint32();
				break;
			case SSH_MSG_CHANNEL_WINDOW_ADJUST:
				this.peerWindow += reader.uint32();
				this.flush();
				break;
			case SSH_MSG_CHANNEL_DATA:
				this.takeData(reader.string(), this.received);
				break;
			case SSH_MSG_CHANNEL_EXTENDED_DATA:
				if (reader.uint32() !== 1) throw new Error("extended data that is not stderr");
				this.takeData(reader.string(), this.errors);
				break;
			case SSH_MSG_CHANNEL_SUCCESS:
			case SSH_MSG_CHANNEL_FAILURE:
				this.answers.push(number === SSH_MSG_CHANNEL_SUCCESS);
				break;
			case SSH_MSG_CHANNEL_REQUEST:
				this.takeRequest(reader);
				break;
			case SSH_MSG_CHANNEL_EOF:
				this.ended = true;
				break;
			case SSH_MSG_CHANNEL_CLOSE:
				this.closed = true;
				if (this.answersClose) this.close();
		}
	}

	private takeRequest(reader: Fields): void {
		const type = reader.text();
		if (reader.boolean()) throw new Error(`${type} wants a reply`);
		if (type === "exit-status") this.exitStatus = reader.uint32();
		else if (type === "exit-signal") this.exitSignal = reader.text();
		else throw new Error(`request ${type}`);
	}

	private takeData(data: Uint8Array, target: Uint8Array[]): void {
		if (this.ended) throw new Error("data behind EOF");
		this.window -= data.length;
		if (this.window < 0) throw new Error("data beyond the window");
		target.push(data);
		if (this.adjusts && !this.closeSent) this.adjust(data.length);
	}
}
