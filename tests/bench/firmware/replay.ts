/**
 * A recorded connection, played to a server: a HAL with one socket, on which each piece of the client comes when the
 * server has sent all that it had sent before it in the recording. So nothing but the server runs, and every run is the
 * same; a server that sends other bytes than the recorded one is an error.
 */
import type { Hal, MemoryFigures, Ready, Storage, TCP_SOCKET } from "../../../hal/hal.js";
import { SimRandom, SimStorage } from "../../../hal/sim/index.js";
import { ERR_TCP_WOULDBLOCK, ERR_UNSUPPORTED_OPERATION, OK } from "../../../src/merrors.js";
import { hex } from "../../crypto/helpers.js";
import { type Cost, PHASES, type Phase, type Turn } from "../recording.js";

const LISTENER = 1;
const SOCKET = 2;

interface Timer {
	readonly id: number;
	readonly due: number;
	readonly callback: () => void;
}

/** One direction: turns of it, as bytes when they are due. */
class Direction {
	private readonly turns: readonly Turn[];
	private next = 0;
	private bytes: Uint8Array = new Uint8Array(0);
	private at = 0;

	constructor(turns: readonly Turn[]) {
		this.turns = turns;
	}

	/** Bytes of the turn under way. */
	get left(): number {
		return this.bytes.length - this.at;
	}

	/** Undefined behind the last. */
	get nextTurn(): Turn | undefined {
		return this.turns[this.next];
	}

	advance(): void {
		this.bytes = hex(this.turns[this.next++].bytes);
		this.at = 0;
	}

	take(target: Uint8Array, offset: number, length: number): number {
		const count = Math.min(length, this.left);
		target.set(this.bytes.subarray(this.at, this.at + count), offset);
		this.at += count;
		return count;
	}

	/** Whether these bytes are the next ones. */
	matches(source: Uint8Array, offset: number, length: number): boolean {
		for (let i = 0; i < length; i++) {
			while (this.left === 0) {
				if (this.nextTurn === undefined) return false;
				this.advance();
			}
			if (source[offset + i] !== this.bytes[this.at++]) return false;
		}
		return true;
	}
}

export class ReplayHal implements Hal {
	readonly storage: Storage = new SimStorage();
	readonly costs: Record<Phase, Cost>;
	private readonly fromClient: Direction;
	private readonly fromServer: Direction;
	/** For each turn of the client, how many bytes the server has sent before. */
	private readonly due: readonly number[];
	private readonly instructions: () => number;
	private readonly perMillisecond: number;
	private entropy = new SimRandom(1);
	private timers: Timer[] = [];
	private lastTimer = 0;
	private onListener: Ready = () => {};
	private onSocket: Ready = () => {};
	/** A connection waits for accept(). */
	private waiting = false;
	private news = false;
	private started = 0;
	private sent = 0;
	private phase: Phase = PHASES[0];
	/** What the server has done that it did not do in the recording. */
	private fault: string | undefined;
	/** A callback is under way, and when it began. */
	private running = false;
	private began = 0;
	/** In callbacks that have ended. */
	private spent = 0;
	/** In this HAL, which is no part of the server, during the callback under way. */
	private own = 0;

	/** @param instructions a counter of them  @param perMillisecond how many make a millisecond of now() */
	constructor(turns: readonly Turn[], instructions: () => number, perMillisecond: number) {
		this.fromClient = new Direction(turns.filter(turn => turn.fromClient));
		this.fromServer = new Direction(turns.filter(turn => !turn.fromClient));
		const due: number[] = [];
		let sent = 0;
		for (const { fromClient, bytes } of turns) {
			if (fromClient) due.push(sent);
			else sent += bytes.length / 2;
		}
		this.due = due;
		this.instructions = instructions;
		this.perMillisecond = perMillisecond;
		const costs: Partial<Record<Phase, Cost>> = {};
		for (const phase of PHASES) costs[phase] = { instructions: 0, longest: 0 };
		this.costs = costs as Record<Phase, Cost>;
	}

	/** From accept on, until nothing more is to happen. @param seed of the server's random numbers */
	play(seed: number): void {
		this.runTimers();
		this.entropy = new SimRandom(seed);
		this.waiting = true;
		this.call(() => this.onListener(LISTENER));
		while (!this.fault) {
			if (this.fromClient.left === 0 && this.sent >= this.due[this.started]) {
				this.phase = this.fromClient.nextTurn!.phase;
				this.fromClient.advance();
				this.started++;
				this.news = true;
			}
			if (this.news) {
				this.news = false;
				this.call(() => this.onSocket(SOCKET));
			} else if (!this.runTimers()) break;
		}
		if (this.fault) throw new Error(this.fault);
		if (
			this.fromClient.nextTurn ||
			this.fromServer.nextTurn ||
			this.fromClient.left + this.fromServer.left > 0
		)
			throw new Error(`${this.phase}: the server waits, and should not`);
	}

	/** Runs what is due; false where nothing is. */
	private runTimers(): boolean {
		const now = this.now();
		const due = this.timers.filter(timer => timer.due <= now);
		this.timers = this.timers.filter(timer => timer.due > now);
		for (const { callback } of due) this.call(callback);
		return due.length > 0;
	}

	private call(callback: () => void): void {
		this.own = 0;
		this.running = true;
		this.began = this.instructions();
		callback();
		const spent = this.instructions() - this.began - this.own;
		this.running = false;
		this.spent += spent;
		const cost = this.costs[this.phase];
		cost.instructions += spent;
		cost.longest = Math.max(cost.longest, spent);
	}

	// --- Hal

	listen(_address: string, _port: number, ready: Ready): TCP_SOCKET {
		this.onListener = ready;
		return LISTENER;
	}

	localPort(_listener: TCP_SOCKET): number {
		return 22;
	}

	accept(_listener: TCP_SOCKET): TCP_SOCKET {
		if (!this.waiting) return ERR_TCP_WOULDBLOCK;
		this.waiting = false;
		return SOCKET;
	}

	watch(_socket: TCP_SOCKET, ready: Ready): void {
		this.onSocket = ready;
	}

	read(_socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		const before = this.instructions();
		const count = this.fromClient.take(bytes, offset, length);
		this.own += this.instructions() - before;
		return count > 0 ? count : ERR_TCP_WOULDBLOCK;
	}

	write(_socket: TCP_SOCKET, bytes: Uint8Array, offset: number, length: number): number {
		const before = this.instructions();
		if (!this.fromServer.matches(bytes, offset, length))
			this.fault ??= `${this.phase}: not what the server had sent`;
		this.sent += length;
		this.own += this.instructions() - before;
		return length;
	}

	close(_socket: TCP_SOCKET): void {}

	remoteAddress(socket: TCP_SOCKET): string {
		return socket === SOCKET ? "192.0.2.1" : "";
	}

	now(): number {
		const running = this.running ? this.instructions() - this.began - this.own : 0;
		return Math.floor((this.spent + running) / this.perMillisecond);
	}

	date(): number {
		return 0;
	}

	setTimer(milliseconds: number, callback: () => void): number {
		const id = ++this.lastTimer;
		this.timers.push({ id, due: this.now() + milliseconds, callback });
		return id;
	}

	clearTimer(id: number): void {
		this.timers = this.timers.filter(timer => timer.id !== id);
	}

	random(bytes: Uint8Array): number {
		this.entropy.fill(bytes);
		return OK;
	}

	memory(): MemoryFigures {
		return { total: 0, used: 0 };
	}

	reboot(): number {
		return ERR_UNSUPPORTED_OPERATION;
	}
}
