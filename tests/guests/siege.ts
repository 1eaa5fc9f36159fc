/**
 * A siege: guests of a kind take what they can get of a device, while its owner types, in a session that was there before
 * them, and logs in anew every few seconds. No guest may cost the owner more than a wait.
 */
import { Worker } from "node:worker_threads";
import { SimRandom } from "../../hal/sim/index.js";
import { ssh2Client } from "../interop/clients/ssh2.js";
import type { Target } from "../interop/harness.js";
import type { Order, Report } from "../load/owner.js";
import { byKey } from "../load/visits.js";
import { SocketClient } from "../peer/socket.js";
import { KINDS, type KindName } from "./kinds.js";
import { type Identities, Tally, Visit } from "./visit.js";

export interface Device extends Target {
	/** Its exit status, when it has ended: before it was asked to, it has crashed. */
	readonly ended: Promise<number>;
}

export interface SiegeOptions {
	readonly kind: KindName;
	readonly seconds: number;
	readonly seed: number;
	/** How many at once. */
	readonly guests: number;
	readonly identities: Identities;
}

export interface Outcome {
	readonly kind: KindName;
	/** What must not be: a crash, a lost session of the owner, a refusal of his. None is how it should be. */
	readonly failures: readonly string[];
	readonly seconds: number;
	readonly tally: Tally;
	/** Milliseconds from a key to its echo. */
	readonly echoes: readonly number[];
	/** Milliseconds of the owner's new logins, each with a command. */
	readonly logins: readonly number[];
	/** The most bytes of the heap that were in use, by the owner's "free". */
	readonly mostUsed: number;
}

/** The owner's, on the device's list where it has one. */
export const OWNER_ADDRESS = "127.0.0.1";
/** Milliseconds between two new logins of the owner. */
const BETWEEN_LOGINS = 3_000;
/** Milliseconds in which the owner must have an answer once the guests are gone. */
const PATIENCE = 120_000;

class Siege {
	readonly failures: string[] = [];
	readonly tally = new Tally();
	readonly echoes: number[] = [];
	readonly logins: number[] = [];
	mostUsed = 0;
	private readonly device: Device;
	private readonly options: SiegeOptions;
	private readonly started = performance.now();
	private over = false;
	private isOver: () => void = () => undefined;
	private readonly end = new Promise<void>(resolve => {
		this.isOver = resolve;
	});
	private readonly inside = new Set<SocketClient>();

	constructor(device: Device, options: SiegeOptions) {
		this.device = device;
		this.options = options;
	}

	async run(): Promise<Outcome> {
		const { device, options } = this;
		void device.ended.then(status => this.fail(`the device has ended with ${status}`));
		const owner = new Owner(device, report => this.hear(report));
		let timer: NodeJS.Timeout | undefined;
		if (await owner.isReady) {
			timer = setTimeout(() => this.stop(), options.seconds * 1000);
			const guests = Array.from({ length: options.guests }, (_, number) => this.guest(number));
			await Promise.all([...guests, this.logIn()]);
		} else this.fail("the owner has no session to begin with");
		clearTimeout(timer);
		const seconds = (performance.now() - this.started) / 1000;
		await owner.end();
		const { failures, tally, echoes, logins, mostUsed } = this;
		const faults = tally.faults.map(fault => `a guest was told ${fault}`);
		return {
			kind: options.kind,
			failures: [...failures, ...faults],
			seconds,
			tally,
			echoes,
			logins,
			mostUsed,
		};
	}

	private stop(): void {
		this.over = true;
		this.isOver();
		for (const guest of this.inside) guest.socket.destroy();
	}

	private fail(why: string): void {
		if (this.over && this.failures.length > 0) return;
		const at = ((performance.now() - this.started) / 1000).toFixed(1);
		this.failures.push(`after ${at} s: ${why}`);
		this.stop();
	}

	private hear(report: Report): void {
		if (report.kind === "echo") this.echoes.push(report.milliseconds);
		else if (report.kind === "heap") this.mostUsed = Math.max(this.mostUsed, report.bytes);
		else if (report.kind === "end" && report.error) this.fail(`owner: ${report.error}`);
	}

	/** One connection after another, each from an address that its dice say. */
	private async guest(number: number): Promise<void> {
		const { device, options } = this;
		const kind = KINDS[options.kind];
		for (let visits = 0; !this.over; visits++) {
			const dice = new SimRandom(options.seed * 1_000_003 + number * 10_007 + visits);
			const from = `127.2.${dice.below(4)}.${1 + dice.below(200)}`;
			const { host, port } = device;
			const guest = new SocketClient({ host, port, from }, { seed: dice.next() });
			this.inside.add(guest);
			this.tally.count("connections");
			await kind(new Visit(guest, dice, this.tally, options.identities));
			const { disconnect } = guest.client;
			if (disconnect) this.tally.count(`disconnected: ${disconnect.description}`);
			await guest.leave();
			this.inside.delete(guest);
			if (guest.fault && !this.over) this.tally.faults.push(`${guest.fault}`);
			// Who is turned away at once, or finds nobody, does not come again in the same tick.
			await this.pause(10);
		}
	}

	private async logIn(): Promise<void> {
		const target = { ...this.device, from: OWNER_ADDRESS };
		const command = "uptime";
		while (!this.over) {
			const since = performance.now();
			const { status, stdout, stderr } = await ssh2Client.run(target, { login: byKey(target), command });
			if (status !== 0 || !stdout.includes("up")) this.fail(`the owner's new login: ${status} ${stderr}`);
			else this.logins.push(performance.now() - since);
			await this.pause(BETWEEN_LOGINS);
		}
	}

	private async pause(milliseconds: number): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		const passed = new Promise<void>(resolve => {
			timer = setTimeout(resolve, milliseconds);
		});
		await Promise.race([passed, this.end]);
		clearTimeout(timer);
	}
}

/** In a thread of its own, so that what guests compute does not count. */
class Owner {
	/** False where the session does not come to its prompt. */
	readonly isReady: Promise<boolean>;
	private readonly worker: Worker;
	private readonly exited: Promise<void>;

	constructor({ host, port, user, keys }: Device, hear: (report: Report) => void) {
		this.worker = new Worker(new URL("../load/owner.js", import.meta.url), {
			workerData: { host, port, user, keys, from: OWNER_ADDRESS },
		});
		this.exited = new Promise(resolve => this.worker.on("exit", () => resolve()));
		this.isReady = new Promise(resolve => {
			this.worker.on("message", (report: Report) => {
				resolve(report.kind === "ready");
				hear(report);
			});
			this.worker.on("error", error => {
				resolve(false);
				hear({ kind: "end", error: `${error}` });
			});
		});
	}

	/** The session ends with the answer to its last key. */
	async end(): Promise<void> {
		this.worker.postMessage("stop" satisfies Order);
		const late = setTimeout(() => void this.worker.terminate(), PATIENCE);
		await this.exited;
		clearTimeout(late);
	}
}

export function besiege(device: Device, options: SiegeOptions): Promise<Outcome> {
	return new Siege(device, options).run();
}
