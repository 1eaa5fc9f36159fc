/**
 * Load: thousands of connections in turn, as many at once as the table has places, a tenth of them hostile; and the
 * owner's session all the while. Loopback alone; it ends by itself.
 */
import { Worker } from "node:worker_threads";
import ssh2 from "ssh2";
import { configuration } from "../interop/clients/ssh2.js";
import type { Target } from "../interop/harness.js";
import type { Order, Report } from "./owner.js";
import { byKey, command, HOSTILE } from "./visits.js";

export interface LoadOptions {
	/** How many come, the hostile ones among them. */
	readonly connections: number;
	/** Of the server's table; one of them is the owner's. */
	readonly places: number;
	/** Milliseconds after which nobody comes any more. */
	readonly time: number;
	/** Called behind each tenth. */
	readonly onProgress?: (line: string) => void;
}

export interface LoadFigures {
	/** Friends who logged in and had their command's output. */
	readonly served: number;
	/** How often friends were turned away, and came again. */
	readonly turnedAway: number;
	/** Friends who had nothing after many tries, and why. */
	readonly failures: readonly string[];
	readonly hostile: number;
	/** Hostile ones that did not get as far as they wanted. */
	readonly repelled: number;
	/** Sessions at once that were all served, the owner's included. */
	readonly atOnce: number;
	readonly seconds: number;
	/** Milliseconds from a key to its echo, in their order. */
	readonly echoes: readonly number[];
	/** Connections that came and went between two echoes, at the most. */
	readonly longestWait: number;
	/** The least that the heap held in each tenth. */
	readonly heap: readonly number[];
}

/** One in so many is hostile. */
const HOSTILE_EVERY = 10;
/** Addresses of those who attack: few, so that what an address has done can count against it. */
const ATTACKERS = 20;
/** A friend who was turned away comes so often again, and waits so long before. */
const TRIES = 40;
const RETRY = 250;
const TENTHS = 10;
/** Of the owner's answer to the last order. */
const PATIENCE = 60_000;

/** 127.NET.0.1 and on: on Linux all of them are this machine. */
function address(net: number, number: number): string {
	return `127.${net}.${(number >> 8) & 255}.${number & 255}`;
}

class Load {
	served = 0;
	turnedAway = 0;
	readonly failures: string[] = [];
	hostile = 0;
	repelled = 0;
	readonly echoes: number[] = [];
	longestWait = 0;
	readonly heap: number[] = [];
	/** Visits that have begun, and that are over. */
	private begun = 0;
	private over = 0;
	private overAtEcho = 0;
	private readonly started = performance.now();
	private readonly target: Target;
	private readonly options: LoadOptions;
	private readonly owner: Worker;
	private ready: () => void = () => undefined;
	private ended = false;
	private readonly end: Promise<void>;

	constructor(target: Target, options: LoadOptions) {
		this.target = target;
		this.options = options;
		const { host, port, user, keys } = target;
		const from = "127.0.0.1";
		this.owner = new Worker(new URL("./owner.js", import.meta.url), {
			workerData: { host, port, user, keys, from },
		});
		this.owner.on("message", (report: Report) => this.hear(report));
		this.end = new Promise(resolve => {
			this.owner.on("exit", () => {
				this.ended = true;
				this.ready();
				resolve();
			});
		});
		this.owner.on("error", error => this.failures.push(`owner: ${error}`));
	}

	private hear(report: Report): void {
		if (report.kind === "ready") this.ready();
		else if (report.kind === "end") {
			if (report.error) this.failures.push(`owner: ${report.error}`);
		} else if (report.kind === "heap") {
			const tenth = Math.min(TENTHS - 1, Math.floor((this.over * TENTHS) / this.options.connections));
			this.heap[tenth] = Math.min(this.heap[tenth] ?? Infinity, report.bytes);
		} else {
			this.echoes.push(report.milliseconds);
			this.longestWait = Math.max(this.longestWait, this.over - this.overAtEcho);
			this.overAtEcho = this.over;
		}
	}

	async run(): Promise<LoadFigures> {
		await new Promise<void>(resolve => {
			this.ready = resolve;
		});
		const visitors = Array.from({ length: this.options.places - 1 }, () => this.visitInTurn());
		await Promise.all(visitors);
		const seconds = (performance.now() - this.started) / 1000;
		const atOnce = await this.fill();
		this.longestWait = Math.max(this.longestWait, this.over - this.overAtEcho);
		this.owner.postMessage("stop" satisfies Order);
		const late = setTimeout(() => void this.owner.terminate(), PATIENCE);
		await this.end;
		clearTimeout(late);
		return { ...this.figures(), seconds, atOnce };
	}

	private figures() {
		const { served, turnedAway, failures, hostile, repelled, echoes, longestWait, heap } = this;
		return { served, turnedAway, failures, hostile, repelled, echoes, longestWait, heap };
	}

	/** One visit after another, as long as there are any. */
	private async visitInTurn(): Promise<void> {
		const { connections, time } = this.options;
		while (this.begun < connections && performance.now() - this.started < time && !this.ended) {
			const number = this.begun++;
			if (number % HOSTILE_EVERY === HOSTILE_EVERY - 1) await this.attack(Math.floor(number / HOSTILE_EVERY));
			else await this.visit(number);
			this.over++;
			if ((this.over * TENTHS) % connections < TENTHS) this.tell();
		}
	}

	private tell(): void {
		const { over, echoes, heap, turnedAway } = this;
		const seconds = Math.round((performance.now() - this.started) / 1000);
		const figures = [
			`${over} connections in ${seconds} s`,
			`${turnedAway} turned away`,
			`echo ${percentilesOf(echoes)}`,
			`heap ${heap.at(-1)}`,
		];
		this.options.onProgress?.(figures.join(", "));
	}

	private async attack(number: number): Promise<void> {
		this.hostile++;
		const visit = HOSTILE[number % HOSTILE.length];
		try {
			await visit({ ...this.target, from: address(2, 1 + (number % ATTACKERS)) });
		} catch {
			this.repelled++;
		}
	}

	/** Every friend has an address of his own, as on a network. */
	private async visit(number: number): Promise<void> {
		const from = address(1, 1 + number);
		let why = "";
		for (let tries = 0; tries < TRIES; tries++) {
			try {
				await command(byKey)({ ...this.target, from });
				this.served++;
				return;
			} catch (error) {
				why = `${error}`;
				this.turnedAway++;
				await pause();
			}
		}
		this.failures.push(`${from}: ${why}`);
	}

	/** Fills the table with sessions, all of which must run a command while all are there. @returns how many there are */
	private async fill(): Promise<number> {
		const guests: ssh2.Client[] = [];
		for (let tries = 0; tries < TRIES && guests.length < this.options.places - 1 && !this.ended; tries++) {
			const from = address(3, 1 + tries);
			const guest = await enter({ ...this.target, from });
			if (guest) guests.push(guest);
			else await pause();
		}
		let served = 0;
		for (const guest of guests) if (await isServed(guest)) served++;
		// The owner's own, whose echo goes on.
		const before = this.echoes.length;
		for (let tries = 0; tries < TRIES && this.echoes.length === before && !this.ended; tries++) await pause();
		if (this.echoes.length > before) served++;
		for (const guest of guests) await leave(guest);
		return served;
	}
}

function pause(): Promise<void> {
	return new Promise(resolve => setTimeout(resolve, RETRY));
}

/** Logs in and stays; undefined where that was not to be. */
function enter(target: Target): Promise<ssh2.Client | undefined> {
	return new Promise(resolve => {
		const client = new ssh2.Client();
		client.on("error", () => undefined);
		client.on("ready", () => resolve(client));
		client.on("close", () => resolve(undefined));
		client.connect(configuration(target, byKey(target), undefined));
	});
}

function leave(client: ssh2.Client): Promise<void> {
	return new Promise(resolve => {
		client.on("close", () => resolve());
		client.destroy();
	});
}

function isServed(client: ssh2.Client): Promise<boolean> {
	return new Promise(resolve => {
		client.once("close", () => resolve(false));
		client.exec("echo in", (error, channel) => {
			if (error) {
				resolve(false);
				return;
			}
			channel.on("data", (text: Buffer) => resolve(text.toString() === "in\n"));
			channel.on("close", () => resolve(false));
		});
	});
}

/** Puts a server under load. */
export function runLoad(target: Target, options: LoadOptions): Promise<LoadFigures> {
	return new Load(target, options).run();
}

/** The value below which this part of them lies. */
export function percentile(values: readonly number[], part: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** "5 ms half, ..." */
export function percentilesOf(echoes: readonly number[]): string {
	const parts = [0.5, 0.95, 0.99, 1].map(part => percentile(echoes, part).toFixed(1));
	return `${parts[0]} ms in half, ${parts[1]} in 95 %, ${parts[2]} in 99 % of ${echoes.length}, ${parts[3]} at most`;
}
