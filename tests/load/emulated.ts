/**
 * What an owner has of the emulated device while others hold every place but his. The device runs at its own clock, an
 * instruction each 8 ns: times of logins are those of its log. An echo is seen by the client alone, so its time is what the
 * emulator has run meanwhile, by the clock of its process, in proportion as the device's clock and that one ran in all: on a
 * device that is never idle both go together, whatever else the machine does. Needs Linux.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { SimClient } from "../../hal/sim/index.js";
import { C6_HEAP, type EmulatedDevice, startEmulatedDevice } from "../../simulator/boards/rv32/emulator.js";
import type { Crypt } from "../../simulator/boards/xs/engine.js";
import { bundleSimulator } from "../../simulator/boards/xs/simulator.js";
import type { DeviceOptions } from "../../simulator/options.js";
import { DEVICE_LIMITS, type Limits } from "../../src/limits.js";
import { noise } from "../crypto/helpers.js";
import { TestClient } from "../peer/client.js";
import { fields } from "../peer/wire.js";
import { type Attacker, attackersOf, type Dial, type Login, loginOf } from "./attacks.js";
import type { Shares } from "./shares.js";
import { Typist } from "./typist.js";

/** qemu's -icount shift: an instruction takes 2^3 ns, which is 125 MHz. */
const SHIFT = 3;
const OWNER_ADDRESS = "127.0.0.1";
const ATTACKERS = "127.0.2";
const BEAT = 10;
const START = 60_000;
/** Milliseconds of the device: how long attackers are there before the owner, and how long a login may take. */
const HEAD_START = 5_000;
const PATIENCE = 60_000;
const ECHOES = 100;
/** The log's line of a login comes after the client's success, by our clock. */
const LOG_TIME = 500;

const GUEST = loginOf("admin", noise(32, 21));
const OWNER = loginOf("admin", noise(32, 22));

export interface EmulatedOptions {
	/** A name of MIXES; undefined for nobody. */
	readonly mix: string | undefined;
	readonly logins: number;
	readonly places: number;
	readonly crypt: Crypt;
	readonly limits?: Partial<Limits>;
}

function keyLine({ publicKey }: Login): string {
	return `ssh-ed25519 ${Buffer.from(fields("ssh-ed25519", publicKey)).toString("base64")}`;
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, OWNER_ADDRESS);
	await new Promise(resolve => server.once("listening", resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise(resolve => server.close(resolve));
	return port;
}

function pause(milliseconds: number): Promise<void> {
	return new Promise(resolve => setTimeout(resolve, milliseconds));
}

/** The device, and what its log has told. */
class Board {
	/** The device's clock as it last told it, in milliseconds, and ours then. */
	clock = 0;
	private text = "";
	/** When the newest connection of the owner was taken, and its number. */
	private accepted: { readonly id: string; readonly at: number } | undefined;
	/** Milliseconds of the owner's logins. */
	readonly logins: number[] = [];
	device: EmulatedDevice | undefined;

	hear(bytes: Buffer): void {
		this.text += bytes;
		for (let end = this.text.indexOf("\n"); end >= 0; end = this.text.indexOf("\n")) {
			this.line(this.text.slice(0, end));
			this.text = this.text.slice(end + 1);
		}
	}

	private line(line: string): void {
		const entry = /^\[ *(\d+\.\d+)\] (\w+) (?:id=(\d+) )?(?:from=(\S+))?/.exec(line);
		if (!entry) return;
		const [, time, event, id, from] = entry;
		this.clock = Number(time) * 1000;
		if (from !== OWNER_ADDRESS) return;
		if (event === "accept") this.accepted = { id, at: this.clock };
		if (event === "auth" && this.accepted?.id === id) this.logins.push(this.clock - this.accepted.at);
	}
}

/** @throws MissingTool where there is no compiler or no qemu */
export async function emulatedShares(options: EmulatedOptions): Promise<Shares> {
	const state = mkdtempSync(join(tmpdir(), "fieldssh-attack-"));
	const port = await freePort();
	const text = `${keyLine(OWNER)}\nrestrict,command="cat" ${keyLine(GUEST)}\n`;
	const config: DeviceOptions & { hostname: string } = {
		host: OWNER_ADDRESS,
		port,
		state,
		user: "admin",
		password: "correct horse",
		authorizedKeys: { path: "authorized_keys", text },
		maxConnections: options.places,
		ownerAddresses: OWNER_ADDRESS,
		limits: { ...DEVICE_LIMITS, ...options.limits },
		log: "info",
		hostname: hostname(),
	};
	const board = new Board();
	let attacking: NodeJS.Timeout | undefined;
	try {
		board.device = await startEmulatedDevice({
			firmware: await bundleSimulator(options.crypt),
			heap: C6_HEAP,
			config: JSON.stringify(config),
			state,
			crypt: options.crypt,
			exact: true,
			shift: SHIFT,
			onOutput: bytes => board.hear(bytes),
			onError: bytes => board.hear(bytes),
		});
		const dial: Dial = (address, clientOptions) => {
			const link = new SocketLink(port, address);
			const client = new TestClient(link as unknown as SimClient, () => undefined, clientOptions);
			link.onData = bytes => {
				// An attacker is not there to judge what it is sent.
				try {
					client.takeBytes(bytes);
				} catch {
					link.end();
				}
			};
			return client;
		};
		const { pid } = board.device;
		const time = {
			now: () => ranFor(pid),
			after: (delay: number, run: () => void) => void setTimeout(run, delay),
		};
		const logIn = () => new Typist(dial, OWNER_ADDRESS, OWNER, time);
		// The first login tells that it has started; it is not counted.
		await waited(START, async () => {
			const first = logIn();
			await waited(10_000, () => first.login !== undefined);
			first.leave();
			return first.login !== undefined;
		});
		board.logins.length = 0;
		const { mix } = options;
		const attackers: Attacker[] =
			mix === undefined ? [] : attackersOf(mix, options.places - 1, dial, GUEST, ATTACKERS);
		attacking = setInterval(() => {
			for (const attacker of attackers) attacker.tick();
		}, BEAT);
		await pause(attackers.length > 0 ? HEAD_START : 500);
		const began = { ran: ranFor(pid), device: board.clock };
		const logins: { logged: number | undefined; seen: number }[] = [];
		let echoes: readonly number[] = [];
		for (let count = 0; count < options.logins; count++) {
			const owner = logIn();
			const before = board.logins.length;
			await waited(PATIENCE, () => owner.login !== undefined);
			await waited(LOG_TIME, () => board.logins.length > before);
			// The log leaves lines out where strangers cause many: then it is what the owner has seen.
			logins.push({ logged: board.logins[before], seen: owner.login ?? Infinity });
			if (count === options.logins - 1) await waited(PATIENCE, () => owner.echoes.length >= ECHOES);
			echoes = owner.echoes.slice();
			owner.leave();
			await pause(1_000);
		}
		const speed = (board.clock - began.device) / (ranFor(pid) - began.ran);
		const visits = attackers.reduce((sum, attacker) => sum + attacker.visits, 0);
		return {
			logins: logins.map(({ logged, seen }) => logged ?? seen * speed),
			echoes: echoes.map(each => each * speed),
			visits,
		};
	} finally {
		clearInterval(attacking);
		board.device?.signal();
		board.device?.signal();
		await board.device?.end.catch(() => undefined);
		rmSync(state, { recursive: true, force: true });
	}
}

/** Milliseconds that a process and its threads were run. */
function ranFor(pid: number): number {
	let nanoseconds = 0;
	for (const thread of readdirSync(`/proc/${pid}/task`)) {
		try {
			nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
		} catch {
			// It has ended meanwhile.
		}
	}
	return nanoseconds / 1e6;
}

/** Waits until it is done, or so many milliseconds are over. */
async function waited(milliseconds: number, done: () => boolean | Promise<boolean>): Promise<void> {
	const end = performance.now() + milliseconds;
	while (performance.now() < end && !(await done())) await pause(BEAT);
}

/** A socket with the face of a simulated one, as far as TestClient and the attackers look at it. */
class SocketLink {
	ended = false;
	lost = false;
	private readonly socket;

	constructor(port: number, from: string) {
		this.socket = connect({ port, host: OWNER_ADDRESS, localAddress: from, noDelay: true });
		this.socket.on("data", (bytes: Buffer) => this.onData?.(new Uint8Array(bytes)));
		this.socket.on("end", () => {
			this.ended = true;
		});
		this.socket.on("error", () => {
			this.lost = true;
		});
		this.socket.on("close", () => {
			this.ended = true;
		});
	}

	onData: ((bytes: Uint8Array) => void) | undefined;

	get unsent(): number {
		return this.socket.writableLength;
	}

	write(bytes: Uint8Array): void {
		if (!this.socket.writableEnded && !this.socket.destroyed) this.socket.write(bytes);
	}

	end(): void {
		this.socket.destroy();
	}
}
