/**
 * A session tied to a serial line, as consoles are reached in the field. Nothing here knows a platform: main.ts brings the
 * SDK's serial port, a test one in memory.
 */
import type { Session } from "../../src/index.js";

/** A serial port of ECMA-419, with buffers as its format. What is more than its callbacks have told of throws. */
export interface SerialPort {
	read(count: number): ArrayBuffer | undefined;
	write(bytes: ArrayBuffer): void;
	/** Not on every platform; nor does each that has it know `break`. */
	set?(signals: { break: boolean }): void;
	close(): void;
}

export interface SerialCallbacks {
	/** So many bytes have arrived, and are unread. */
	onReadable(count: number): void;
	/** So many bytes may be written at once. */
	onWritable(count: number): void;
	onError(): void;
}

export interface BridgeOptions {
	/** Opens the port, for one session at a time. What it throws ends that session, with status 1. */
	readonly open: (baud: number, callbacks: SerialCallbacks) => SerialPort;
	/** Where the client names none: `ssh admin@device 9600` does. */
	readonly baud: number;
	/** Calls back once after so many milliseconds; the function returned prevents it. */
	readonly after: (milliseconds: number, callback: () => void) => () => void;
}

/** Holds what the line sends while the client's window is shut: a fifth of a second at 115,200 baud. */
const HELD = 2048;
/** Bytes from the client that are on their way to the line: as large as the UART's own FIFO on an ESP32. */
const PIECE = 128;
/** As telnet and its kin have it, Ctrl-]: on a terminal it ends the session. */
const ESCAPE = 0x1d;
/** Where the client leaves it to us (RFC 4335 section 3), and at most, in milliseconds. */
const BREAK_TIME = 500;
const MAX_BREAK_TIME = 3000;
/** When a script has sent all, the line has so long to say nothing until the session ends, in milliseconds. */
const LINGER = 500;
const MAX_BAUD = 5_000_000;

export class SerialBridge {
	private readonly options: BridgeOptions;
	private line: Line | undefined = undefined;

	constructor(options: BridgeOptions) {
		this.options = options;
	}

	/** For onSession. */
	run(session: Session): void {
		const baud = session.command === "" ? this.options.baud : baudOf(session.command);
		if (session.type === "subsystem" || baud === 0) refuse(session, "usage: BAUD", 2);
		else if (this.line !== undefined) refuse(session, `in use by ${this.line.user}`, 1);
		else this.start(session, baud);
	}

	private start(session: Session, baud: number): void {
		const line = new Line(session, this.options);
		line.onClose = () => {
			this.line = undefined;
		};
		this.line = line;
		try {
			line.open(baud);
		} catch (error) {
			line.close();
			refuse(session, error instanceof Error ? error.message : String(error), 1);
		}
	}
}

/** 0 for what is no whole number of baud. */
function baudOf(text: string): number {
	const baud = /^\d{1,7}$/.test(text.trim()) ? Number(text) : 0;
	return baud <= MAX_BAUD ? baud : 0;
}

function refuse(session: Session, why: string, status: number): void {
	const text = `serial line: ${why}\r\n`;
	const bytes = new Uint8Array(text.length);
	for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at) & 0x7f;
	session.writeError(bytes);
	session.exit(status);
}

/** The port and its session, until either ends. */
class Line implements SerialCallbacks {
	readonly user: string;
	onClose: () => void = () => undefined;
	private readonly session: Session;
	private readonly options: BridgeOptions;
	private port: SerialPort | undefined = undefined;
	/** What the port has told last. */
	private readable = 0;
	private writable = 0;
	/** A ring of what the line has sent: `count` bytes from `start` on. */
	private readonly held = new Uint8Array(HELD);
	private start = 0;
	private count = 0;
	private readonly piece = new Uint8Array(PIECE);
	private endBreak: (() => void) | undefined = undefined;
	private stopLinger: (() => void) | undefined = undefined;

	constructor(session: Session, options: BridgeOptions) {
		const { user, remoteAddress } = session.connection;
		this.user = `${user} from ${remoteAddress}`;
		this.session = session;
		this.options = options;
	}

	/** @throws Error where the port does not open */
	open(baud: number): void {
		const { session } = this;
		this.port = this.options.open(baud, this);
		// A window's size means nothing to a line, and signals have no one to go to: neither is listened to.
		session.onReadable = session.onEnd = () => this.toLine();
		session.onWritable = () => this.toClient();
		session.onBreak = milliseconds => this.sendBreak(milliseconds);
		session.onClose = () => this.close();
	}

	close(): void {
		this.stopLinger?.();
		this.endBreak?.();
		this.stopLinger = this.endBreak = undefined;
		this.port?.close();
		this.port = undefined;
		this.onClose();
	}

	// --- from the port

	onReadable(count: number): void {
		this.readable = count;
		this.toClient();
	}

	onWritable(count: number): void {
		this.writable = count;
		this.toLine();
	}

	onError(): void {
		this.finish(1);
	}

	// ---

	private finish(status: number): void {
		if (this.port === undefined) return;
		this.close();
		if (!this.session.closed) this.session.exit(status);
	}

	/** What does not fit here stays in the port, and then is lost to it: without flow control no one can stop the line. */
	private toClient(): void {
		const { session, held } = this;
		for (let moved = true; moved && this.port !== undefined; ) {
			moved = this.hold();
			const sent = session.write(held, this.start, Math.min(this.count, HELD - this.start));
			if (sent <= 0) continue;
			this.start = (this.start + sent) % HELD;
			this.count -= sent;
			moved = true;
			if (this.stopLinger !== undefined) this.linger();
		}
	}

	private hold(): boolean {
		const wanted = Math.min(this.readable, HELD - this.count);
		if (wanted === 0) return false;
		const buffer = this.port!.read(wanted);
		if (buffer === undefined || buffer.byteLength === 0) {
			this.readable = 0;
			return false;
		}
		const bytes = new Uint8Array(buffer);
		const end = (this.start + this.count) % HELD;
		const first = bytes.subarray(0, HELD - end);
		this.held.set(first, end);
		this.held.set(bytes.subarray(first.length), 0);
		this.count += bytes.length;
		this.readable -= bytes.length;
		return true;
	}

	/** Takes from the client no more than the line does: the rest waits in the client, whose window stays shut. */
	private toLine(): void {
		const { session, piece } = this;
		if (this.port === undefined || this.endBreak !== undefined) return;
		if (this.writable > 0 && session.readable > 0) {
			const count = session.read(piece, 0, Math.min(this.writable, PIECE));
			const end = session.terminal === undefined ? -1 : piece.subarray(0, count).indexOf(ESCAPE);
			// The port tells when it takes more; ports differ in what they take before.
			this.writable = 0;
			if (end !== 0) this.port.write(piece.slice(0, end < 0 ? count : end).buffer);
			if (end >= 0) {
				this.finish(0);
				return;
			}
		}
		if (session.ended && this.stopLinger === undefined) this.linger();
	}

	private linger(): void {
		this.stopLinger?.();
		this.stopLinger = this.options.after(LINGER, () => {
			if (this.count > 0) this.linger();
			else this.finish(0);
		});
	}

	/** Holds the line in the state that is a break, and what is to be sent back until that is over. */
	private sendBreak(milliseconds: number): void {
		const { port } = this;
		if (port?.set === undefined || this.endBreak !== undefined) return;
		port.set({ break: true });
		const time = Math.min(milliseconds || BREAK_TIME, MAX_BREAK_TIME);
		const stop = this.options.after(time, () => {
			this.endBreak?.();
			this.toLine();
		});
		this.endBreak = () => {
			this.endBreak = undefined;
			stop();
			port.set!({ break: false });
		};
	}
}
