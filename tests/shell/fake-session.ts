/** A Session and a Device in memory, for tests of the shell. */

import type { Hal } from "../../hal/hal.js";
import { decodeUtf8, encodeUtf8 } from "../../src/base/utf8.js";
import type { ConnectionInfo, Session, Terminal } from "../../src/connection/session.js";
import { EventLog } from "../../src/server/event-log.js";
import type { Accounts, Device } from "../../src/shell/device.js";
import { FULL_PERMIT } from "../../src/userauth/authenticator.js";

export const CONNECTION: ConnectionInfo = Object.freeze({
	id: 4097,
	user: "admin",
	remoteAddress: "192.0.2.7",
	since: 1000,
	bytesReceived: 111,
	bytesSent: 222,
	clientVersion: "OpenSSH_9.2p1",
	algorithms: {
		kex: "curve25519-sha256",
		hostKey: "ssh-ed25519",
		cipherC2s: "aes128-ctr",
		cipherS2c: "aes128-ctr",
		macC2s: "hmac-sha2-256",
		macS2c: "hmac-sha2-256",
	},
	permit: FULL_PERMIT,
});

export interface FakeOptions {
	type?: Session["type"];
	command?: string;
	columns?: number;
	rows?: number;
	environment?: Record<string, string>;
	originalCommand?: string;
	/** Who is logged in, and what he may do. */
	connection?: Partial<ConnectionInfo>;
	/** What write() takes before it must be opened again. */
	writable?: number;
}

export class FakeSession implements Session {
	readonly connection: ConnectionInfo;
	readonly channel = 0;
	readonly type: Session["type"];
	readonly command: string;
	readonly originalCommand: string | undefined;
	readonly environment: ReadonlyMap<string, string>;
	terminal: Terminal | undefined;
	writable: number;
	ended = false;
	closed = false;
	status: number | undefined;
	out = "";
	errors = "";
	/** Bytes of both, as they came. */
	written: Uint8Array[] = [];
	target: unknown = undefined;
	onReadable: Session["onReadable"] = undefined;
	onWritable: Session["onWritable"] = undefined;
	onEnd: Session["onEnd"] = undefined;
	onWindowChange: Session["onWindowChange"] = undefined;
	onSignal: Session["onSignal"] = undefined;
	onBreak: Session["onBreak"] = undefined;
	onClose: Session["onClose"] = undefined;
	private input = new Uint8Array(0);
	private short = false;
	private readonly whenExited: ((status: number) => void)[] = [];

	constructor(options: FakeOptions = {}) {
		this.connection = { ...CONNECTION, ...options.connection };
		this.type = options.type ?? "shell";
		this.command = options.command ?? "";
		this.originalCommand = options.originalCommand;
		this.environment = new Map(Object.entries(options.environment ?? {}));
		this.writable = options.writable ?? Number.POSITIVE_INFINITY;
		if (options.columns !== undefined) this.terminal = terminal(options.columns, options.rows ?? 24);
	}

	get readable(): number {
		return this.input.length;
	}

	/** The client sends. */
	send(text: string | Uint8Array): void {
		const bytes = typeof text === "string" ? encodeUtf8(text) : text;
		const all = new Uint8Array(this.input.length + bytes.length);
		all.set(this.input);
		all.set(bytes, this.input.length);
		this.input = all;
		this.onReadable?.(all.length);
	}

	/** The client sends EOF. */
	endInput(): void {
		this.ended = this.input.length === 0;
		this.eof = true;
		this.onEnd?.();
	}
	private eof = false;

	/** The client's window opens. */
	open(count: number): void {
		this.writable += count;
		if (this.short) {
			this.short = false;
			this.onWritable?.(this.writable);
		}
	}

	resize(columns: number, rows: number): void {
		this.terminal = terminal(columns, rows);
		this.onWindowChange?.(this.terminal);
	}

	/** The channel goes away. */
	vanish(): void {
		this.closed = true;
		this.onClose?.();
	}

	exited(): Promise<number> {
		return new Promise(resolve => {
			if (this.status !== undefined) resolve(this.status);
			else this.whenExited.push(resolve);
		});
	}

	read(target: Uint8Array, offset = 0, length = target.length - offset): number {
		const count = Math.min(length, this.input.length);
		target.set(this.input.subarray(0, count), offset);
		this.input = this.input.slice(count);
		if (this.eof && this.input.length === 0) this.ended = true;
		return count;
	}

	write(source: Uint8Array, offset = 0, length = source.length - offset): number {
		const bytes = this.take(source, offset, length);
		this.out += decodeUtf8(bytes);
		return bytes.length;
	}

	writeError(source: Uint8Array, offset = 0, length = source.length - offset): number {
		const bytes = this.take(source, offset, length);
		this.errors += decodeUtf8(bytes);
		return bytes.length;
	}

	/** Bytes that may be held, and those that are. */
	memory = Number.POSITIVE_INFINITY;
	held = 0;

	hold(more: number): boolean {
		if (more > 0 && this.held + more > this.memory) return false;
		this.held += more;
		return true;
	}

	end(): void {}

	exit(status: number): void {
		if (this.closed) throw new Error("exit of a closed session");
		this.status = status;
		this.closed = true;
		for (const resolve of this.whenExited) resolve(status);
		this.onClose?.();
	}

	exitSignal(): void {
		this.exit(-1);
	}

	close(): void {
		this.closed = true;
	}

	private take(source: Uint8Array, offset: number, length: number): Uint8Array {
		if (this.closed) return new Uint8Array(0);
		const count = Math.min(length, this.writable);
		this.writable -= count;
		if (count < length) this.short = true;
		const bytes = source.slice(offset, offset + count);
		this.written.push(bytes);
		return bytes;
	}
}

function terminal(columns: number, rows: number): Terminal {
	return { type: "xterm", columns, rows, widthPixels: 0, heightPixels: 0, modes: new Uint8Array(0) };
}

/** A clock that tests turn. */
export class FakeClock {
	time = 5000;
	private timers: { id: number; at: number; callback: () => void }[] = [];
	private lastId = 0;

	setTimer(milliseconds: number, callback: () => void): number {
		this.timers.push({ id: ++this.lastId, at: this.time + milliseconds, callback });
		return this.lastId;
	}

	clearTimer(id: number): void {
		this.timers = this.timers.filter(timer => timer.id !== id);
	}

	get pending(): number {
		return this.timers.length;
	}

	turn(milliseconds: number): void {
		this.time += milliseconds;
		const due = this.timers.filter(timer => timer.at <= this.time);
		this.timers = this.timers.filter(timer => timer.at > this.time);
		for (const timer of due) timer.callback();
	}
}

export class FakeDevice implements Device {
	readonly clock = new FakeClock();
	readonly eventLog = new EventLog(4, () => this.clock.time);
	readonly hostname = "lamp";
	readonly firmware = "lamp 1.2.3";
	connections: ConnectionInfo[] = [CONNECTION];
	killed: number[] = [];
	seconds = 1795355248;
	rebootStatus = -6021;
	rebooted = 0;
	password = "old";
	/** What commands have recorded, and how guesses ended. */
	readonly events: string[] = [];
	readonly guesses: string[] = [];
	guessable = true;
	keyLines: string[] = [];
	readonly hal: Hal;
	readonly server: Device["server"];
	readonly accounts: Accounts;

	constructor() {
		this.hal = {
			now: () => this.clock.time,
			date: () => this.seconds,
			setTimer: (milliseconds: number, callback: () => void) => this.clock.setTimer(milliseconds, callback),
			clearTimer: (id: number) => this.clock.clearTimer(id),
			memory: () => ({ total: 1000, used: 400 }),
			reboot: () => {
				this.rebooted++;
				return this.rebootStatus;
			},
		} as unknown as Hal;
		this.server = {
			connections: () => this.connections,
			closeConnection: id => {
				if (!this.connections.some(connection => connection.id === id)) return -6305;
				this.killed.push(id);
				return 0;
			},
			hostKeyFingerprints: () => ["SHA256:abc (ED25519)"],
			log: this.eventLog,
			guard: {
				record: (event, { user }, fields, name, text) => {
					this.events.push(`${event} ${user} ${fields}${name === undefined ? "" : ` ${name}=${text}`}`);
				},
				mayGuess: () => this.guessable,
				guessed: (_session, command, right) => this.guesses.push(`${command} ${right}`),
			},
		};
		this.accounts = {
			keys: () => this.keyLines,
			addKey: (_user, line) => {
				if (!line.includes("AAAA")) return "that is no key";
				this.keyLines.push(line);
				return undefined;
			},
			removeKey: (_user, which) => {
				const kept = this.keyLines.filter(line => !line.endsWith(` ${which}`));
				if (kept.length === this.keyLines.length) return "no such key";
				this.keyLines = kept;
				return undefined;
			},
			setPassword: async (_user, password) => {
				if (password.length < 3) return "too short";
				this.password = password;
				return undefined;
			},
			checkPassword: async (_user, password) => password === this.password,
			fingerprint: line => `SHA256:${line.length}`,
		};
	}
}

/** Lets promises that are due settle: more turns than any chain here has links. */
export async function settle(): Promise<void> {
	for (let i = 0; i < 100; i++) await undefined;
}
