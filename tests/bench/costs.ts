/**
 * What each thing that a client can ask for costs the heap of a device: slots and bytes of chunks, of which a device has so
 * many each. "work" is what is alive when it has just been done, "peak" the most that was alive meanwhile; both beyond what
 * was alive just before it.
 */
import type { Crypt } from "../../hal/xs/engine.js";
import { DEVICE_LIMITS } from "../../src/limits.js";
import type { ClientChannel } from "../peer/channel.js";
import { passwordRequest } from "../peer/identity.js";
import { SocketClient } from "../peer/socket.js";
import { Board, LARGE_HEAP, type Measured } from "./board.js";
import { KEYS, signedRequest, USER } from "./keys.js";
import { OPENSSH } from "./openssh.js";

export interface Amount {
	readonly slots: number;
	readonly chunkBytes: number;
}

export interface Cost {
	readonly work: Amount;
	readonly peak: Amount;
}

/** A collection at each few allocations makes the board a hundred times as slow. */
const PATIENCE = 120_000;

const PASSWORD = "correct horse";

const NAMES = Object.freeze([
	"accept",
	"exchange",
	"key",
	"password",
	"rekey",
	"channel",
	"window",
	"pty",
	"variables",
	"cat",
	"unread",
	"shell",
	"passwd",
] as const);

export type CostName = (typeof NAMES)[number];

const NOTHING: Amount = Object.freeze({ slots: 0, chunkBytes: 0 });

function minus(after: Amount, before: Amount): Amount {
	return { slots: after.slots - before.slots, chunkBytes: after.chunkBytes - before.chunkBytes };
}

function peakOf({ peakSlots, peakChunkBytes }: Measured): Amount {
	return { slots: peakSlots, chunkBytes: peakChunkBytes };
}

function must(done: boolean): void {
	if (!done) throw new Error("the board has not done what is measured");
}

class Meter {
	readonly costs = new Map<CostName, Cost>();
	/** A server that nobody is connected to, and a connection that has logged in and is silent. */
	server: Amount = NOTHING;
	resting: Amount = NOTHING;
	private readonly board: Board;

	constructor(board: Board) {
		this.board = board;
	}

	async run(): Promise<void> {
		// What the server keeps once somebody was there.
		for (let i = 0; i < 2; i++) await (await this.enter()).leave();
		this.server = await this.board.idleHeap();
		await this.connecting();
		await this.byPassword();
		await this.on("rekey", async guest => must(await guest.rekey()));
		await this.inChannels();
	}

	private dial(): SocketClient {
		return new SocketClient({ host: "127.0.0.1", port: this.board.port }, OPENSSH, PATIENCE);
	}

	private async enter(): Promise<SocketClient> {
		const guest = this.dial();
		must((await guest.exchange()) && (await guest.authenticate(signedRequest)));
		return guest;
	}

	private async connecting(): Promise<void> {
		let guest!: SocketClient;
		await this.step("accept", async () => {
			guest = this.dial();
			must(await guest.until(() => guest.client.serverLine !== ""));
		});
		await this.step("exchange", async () => must(await guest.exchange()));
		await this.step("key", async () => must(await guest.authenticate(signedRequest)));
		this.resting = minus(await this.board.idleHeap(), this.server);
		await guest.leave();
	}

	private async byPassword(): Promise<void> {
		const guest = this.dial();
		must(await guest.exchange());
		await this.step("password", async () =>
			must(await guest.authenticate(() => passwordRequest(USER, PASSWORD))),
		);
		await guest.leave();
	}

	private async inChannels(): Promise<void> {
		await this.on("channel", async guest => must((await guest.open()) !== undefined));
		await this.onChannel("window", async (guest, channel) => {
			channel.write(new Uint8Array(DEVICE_LIMITS.initialWindowSize));
			must(await guest.ping());
		});
		await this.onChannel("pty", async (guest, channel) => {
			const { terminalTypeLength, terminalModesLength } = DEVICE_LIMITS;
			const type = "x".repeat(terminalTypeLength);
			const modes = new Uint8Array(terminalModesLength);
			// TTY_OP_ISPEED, as often as there is room; TTY_OP_END.
			for (let at = 0; at + 5 < modes.length; at += 5) modes[at] = 128;
			must(await guest.ask(channel, "pty-req", true, type, 80, 24, 0, 0, modes));
		});
		await this.onChannel("variables", async (guest, channel) => {
			const { environmentVariables, environmentLength } = DEVICE_LIMITS;
			for (let i = 0; i < environmentVariables; i++) {
				const name = `LC_${i}`.padEnd(environmentLength, "N");
				must(await guest.ask(channel, "env", true, name, "v".repeat(environmentLength)));
			}
		});
		await this.onChannel("cat", async (guest, channel) => must(await guest.ask(channel, "exec", true, "cat")));
		await this.onChannel("unread", async (guest, channel) => {
			must(await guest.ask(channel, "exec", true, "cat"));
			channel.write(new Uint8Array(2 * DEVICE_LIMITS.initialWindowSize));
			must(await guest.ping());
		});
		await this.onChannel("shell", async (guest, channel) => {
			channel.request("pty-req", true, "xterm-256color", 80, 24, 0, 0, "");
			channel.request("shell", true);
			must(await guest.until(() => channel.text.endsWith("> ")));
		});
		await this.onChannel("passwd", async (guest, channel) => {
			must(await guest.ask(channel, "exec", true, "passwd"));
			channel.write("wrong\n");
			must(await guest.until(() => channel.exitStatus !== undefined));
		});
	}

	/** Something on a connection that has logged in. */
	private async on(name: CostName, act: (guest: SocketClient) => Promise<void>): Promise<void> {
		const guest = await this.enter();
		must(await guest.ping());
		await this.step(name, () => act(guest));
		await guest.leave();
	}

	/** Something on a channel that was opened before, through which nothing is let. */
	private async onChannel(
		name: CostName,
		act: (guest: SocketClient, channel: ClientChannel) => Promise<void>,
	): Promise<void> {
		const guest = await this.enter();
		const channel = await guest.open(name === "unread" ? 0 : undefined);
		if (name === "window") must(await guest.ask(channel!, "exec", true, "sleep 60"));
		must(await guest.ping());
		await this.step(name, () => act(guest, channel!));
		await guest.leave();
	}

	private async step(name: CostName, act: () => Promise<void>): Promise<void> {
		const before = await this.board.resetPeaks();
		await act();
		const after = await this.board.heap();
		this.costs.set(name, { work: minus(after, before), peak: minus(peakOf(after), before) });
	}
}

export type Costs = Pick<Meter, "server" | "resting" | "costs">;

/** @throws NotMeasured where there is no such board */
export async function measureCosts(crypt: Crypt): Promise<Costs> {
	const board = await Board.start(LARGE_HEAP, { ...KEYS, password: PASSWORD }, crypt);
	if (!board) throw new Error("the board does not start");
	try {
		const meter = new Meter(board);
		await meter.run();
		return meter;
	} finally {
		await board.end();
	}
}
