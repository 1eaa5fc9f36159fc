/**
 * What each thing that a client can ask for costs the heap of a device: slots and bytes of chunks, of which a device has so
 * many each. "work" is what is alive when it has just been done, "peak" the most that was alive meanwhile; both beyond what
 * was alive just before it.
 */
import type { Crypt } from "../../simulator/boards/xs/engine.js";
import { DEVICE_LIMITS } from "../../src/limits.js";
import { DEFAULT_LOG_SIZE } from "../../src/server/options.js";
import type { ClientChannel } from "../peer/channel.js";
import { passwordRequest } from "../peer/identity.js";
import { SocketClient } from "../peer/socket.js";
import { Board, LARGE_HEAP, type Measured } from "./board.js";
import { KEYS, signedRequest, USER } from "./keys.js";
import { OPENSSH } from "./openssh.js";

export interface Amount {
	readonly slots: number;
	readonly bytes: number;
}

export interface Cost {
	readonly work: Amount;
	readonly peak: Amount;
	/** Slots of the stack. */
	readonly stack: number;
}

export interface Costs {
	/** A server that nobody is connected to, and a connection that has logged in and is silent. */
	readonly server: Amount;
	readonly resting: Amount;
	/** In their order: each connection, and each channel, begins where the one before has gone. */
	readonly costs: ReadonlyMap<string, Cost>;
}

/** A collection at each few allocations makes the board a hundred times as slow. */
const PATIENCE = 120_000;

const PASSWORD = "correct horse";

/** Commands that say most, or do most, each alone. */
export const COMMANDS: readonly string[] = Object.freeze([
	"help",
	"log",
	"keys list",
	"ps",
	"free",
	"uptime",
]);

function amountOf({ slots, chunkBytes }: Measured): Amount {
	return { slots, bytes: chunkBytes };
}

function peakOf({ peakSlots, peakChunkBytes }: Measured): Amount {
	return { slots: peakSlots, bytes: peakChunkBytes };
}

function minus(after: Amount, before: Amount): Amount {
	return { slots: after.slots - before.slots, bytes: after.bytes - before.bytes };
}

function must(done: boolean): void {
	if (!done) throw new Error("the board has not done what is measured");
}

class Meter {
	private readonly costs = new Map<string, Cost>();
	private readonly board: Board;

	constructor(board: Board) {
		this.board = board;
	}

	async run(): Promise<Costs> {
		const { board, costs } = this;
		// What the server keeps once somebody was there, and a log that is full.
		for (let logins = 0; logins < DEFAULT_LOG_SIZE; logins++) await (await this.enter()).leave();
		const server = amountOf(await board.idleHeap());
		const guest = await this.connect();
		const resting = minus(amountOf(await board.idleHeap()), server);
		await this.onConnection(guest);
		await guest.leave();
		await this.byPassword();
		return { server, resting, costs };
	}

	private dial(): SocketClient {
		return new SocketClient({ host: "127.0.0.1", port: this.board.port }, OPENSSH, PATIENCE);
	}

	private async enter(): Promise<SocketClient> {
		const guest = this.dial();
		must((await guest.exchange()) && (await guest.authenticate(signedRequest)));
		return guest;
	}

	private async connect(): Promise<SocketClient> {
		let guest!: SocketClient;
		await this.step("accept", async () => {
			guest = this.dial();
			must(await guest.until(() => guest.client.serverLine !== ""));
		});
		await this.step("exchange", async () => must(await guest.exchange()));
		await this.step("key", async () => must(await guest.authenticate(signedRequest)));
		return guest;
	}

	private async byPassword(): Promise<void> {
		const guest = this.dial();
		must(await guest.exchange());
		const request = passwordRequest(USER, PASSWORD);
		await this.step("password", async () => must(await guest.authenticate(() => request)));
		await guest.leave();
	}

	private async onConnection(guest: SocketClient): Promise<void> {
		must(await guest.ping());
		await this.step("rekey", async () => must(await guest.rekey()));
		let open: ClientChannel | undefined;
		await this.step("channel", async () => {
			open = await guest.open();
			must(open !== undefined);
		});
		await this.close(guest, open!);
		await this.storing(guest);
		await this.running(guest);
	}

	/** What a channel keeps for its client. */
	private async storing(guest: SocketClient): Promise<void> {
		await this.on(guest, "terminal", async channel => {
			const { terminalTypeLength, terminalModesLength } = DEVICE_LIMITS;
			const type = "x".repeat(terminalTypeLength);
			const modes = new Uint8Array(terminalModesLength);
			// TTY_OP_ISPEED, as often as there is room; TTY_OP_END.
			for (let at = 0; at + 5 < modes.length; at += 5) modes[at] = 128;
			must(await guest.ask(channel, "pty-req", true, type, 80, 24, 0, 0, modes));
		});
		await this.on(guest, "variables", async channel => {
			const { environmentVariables, environmentBytes } = DEVICE_LIMITS;
			// Each takes two bytes besides.
			const value = "v".repeat(Math.floor(environmentBytes / environmentVariables) - 2 - "LC_0".length);
			for (let i = 0; i < environmentVariables; i++)
				must(await guest.ask(channel, "env", true, `LC_${i}`, value));
		});
		await this.on(
			guest,
			"window",
			async channel => {
				channel.write(new Uint8Array(DEVICE_LIMITS.initialWindowSize));
				must(await guest.ping());
			},
			async channel => must(await guest.ask(channel, "exec", true, "sleep 60")),
		);
	}

	private async running(guest: SocketClient): Promise<void> {
		const begin = (command: string) => async (channel: ClientChannel) =>
			must(await guest.ask(channel, "exec", true, command));
		await this.on(guest, "cat", begin("cat"));
		// No window: it has nowhere to put what it is given.
		const silent = await guest.open(0);
		await this.step("cat, unread", async () => {
			await begin("cat")(silent!);
			silent!.write(new Uint8Array(2 * DEVICE_LIMITS.initialWindowSize));
			must(await guest.ping());
		});
		await this.close(guest, silent!);
		const finish = (command: string, input: string) => async (channel: ClientChannel) => {
			await begin(command)(channel);
			channel.write(input);
			must(await guest.until(() => channel.exitStatus !== undefined));
		};
		for (const command of COMMANDS) await this.on(guest, command, finish(command, ""));
		for (const command of COMMANDS) {
			// Its output waits for a window.
			const deaf = await guest.open(0);
			await this.step(`${command}, unread`, async () => {
				await begin(command)(deaf!);
				must(await guest.ping());
			});
			await this.close(guest, deaf!);
		}
		await this.on(guest, "passwd, waiting", async channel => {
			await begin("passwd")(channel);
			must(await guest.ping());
		});
		await this.on(guest, "passwd", finish("passwd", "wrong\n"));
		const prompted = (channel: ClientChannel) => guest.until(() => channel.text.endsWith("> "));
		const start = async (channel: ClientChannel) => {
			channel.request("pty-req", true, "xterm-256color", 80, 24, 0, 0, "");
			channel.request("shell", true);
			must(await prompted(channel));
		};
		await this.on(guest, "shell", start);
		await this.on(guest, "shell, help", async channel => {
			await start(channel);
			channel.write("help\r");
			must(await guest.until(() => channel.text.includes("whoami")));
			must(await prompted(channel));
		});
	}

	/** Something on a channel, after something that does not count. */
	private async on(
		guest: SocketClient,
		name: string,
		act: (channel: ClientChannel) => Promise<void>,
		before: (channel: ClientChannel) => Promise<void> = async () => undefined,
	): Promise<void> {
		const channel = await guest.open();
		must(channel !== undefined);
		await before(channel!);
		must(await guest.ping());
		await this.step(name, () => act(channel!));
		await this.close(guest, channel!);
	}

	private async close(guest: SocketClient, channel: ClientChannel): Promise<void> {
		channel.close();
		must(await guest.until(() => channel.closed));
		must(await guest.ping());
	}

	private async step(name: string, act: () => Promise<void>): Promise<void> {
		const before = amountOf(await this.board.resetPeaks());
		await act();
		const after = await this.board.heap();
		const { peakStackSlots: stack } = after;
		this.costs.set(name, { work: minus(amountOf(after), before), peak: minus(peakOf(after), before), stack });
	}
}

/** @throws NotMeasured where there is no such board */
export async function measureCosts(crypt: Crypt): Promise<Costs> {
	const board = await Board.start(
		LARGE_HEAP,
		{ ...KEYS, password: PASSWORD, logSize: DEFAULT_LOG_SIZE },
		crypt,
	);
	if (!board) throw new Error("the board does not start");
	try {
		return await new Meter(board).run();
	} finally {
		await board.end();
	}
}
