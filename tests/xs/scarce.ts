/** The board whose memory can be refused (simulator/boards/xs/scarce.c), with the simulator's firmware on it, and clients of it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";
import { bundleSimulator } from "../../simulator/boards/xs/simulator.js";
import { DEVICE_LIMITS } from "../../src/limits.js";
import { configuration } from "../interop/clients/ssh2.js";
import { makeKeys, type Target } from "../interop/harness.js";
import { Running } from "../process.js";
import { temporaryFolder } from "./board.js";

/** Hours: whoever is left hanging is not helped by a limit on times. */
const LONG = 10_000_000;
/** A client that nobody answers for so long hangs; nothing here takes a hundredth of it. Milliseconds. */
const PATIENCE = 60_000;

const HEAP = ["--chunks", "400000", "--slots", "12000", "--stack", "1024"];

/** How a visit ended: its command was served; the connection was closed before; or neither, for a long time. */
export type End = "served" | "closed" | "left hanging";

export interface Sight {
	/** That allocate, as far as is known. */
	readonly places: number;
	/** The place that was to be refused its memory was. */
	readonly refused: boolean;
	/** The listener's among them. */
	readonly sockets: number;
	readonly slots: number;
	readonly chunkBytes: number;
}

export class ScarceBoard {
	readonly target: Target;
	readonly state: string;
	private readonly board: Running;
	/** How much of its output was taken for an answer. */
	private heard = 0;

	static async start(board: string): Promise<ScarceBoard> {
		const folder = temporaryFolder();
		const keys = await makeKeys(folder);
		const scarce = new ScarceBoard(board, await bundleSimulator("javascript"), folder, keys);
		const start = /listening on \S+:(\d+)\nhost key (\S+)[\s\S]*log in/;
		const [, port, fingerprint] = await scarce.hear("start", start);
		Object.assign(scarce.target, { port: Number(port), fingerprint });
		return scarce;
	}

	private constructor(board: string, firmware: string, folder: string, keys: Target["keys"]) {
		this.state = join(folder, "state");
		const times = { identificationTime: LONG, keyExchangeTime: LONG, authenticationTime: LONG };
		const admission = { connectionsPerMinute: 0, addressDebt: 0, penaltyTime: 0 };
		const authorized = `${keys.ed25519}.pub`;
		const options = {
			host: "127.0.0.1",
			port: 0,
			state: this.state,
			user: "admin",
			password: "correct horse",
			authorizedKeys: { path: authorized, text: readFileSync(authorized, "latin1") },
			// The owner's, and one more: a place that is lost is missed by the next.
			maxConnections: 2,
			limits: { ...DEVICE_LIMITS, ...times, ...admission },
			log: "error",
			hostname: "scarce",
		};
		this.target = { ...options, keys, port: 0 } as unknown as Target;
		const args = ["--config-fd", "3", ...HEAP, "--state", this.state, firmware];
		this.board = new Running(board, args, { config: JSON.stringify(options) });
	}

	/** What it has complained of. */
	get errors(): string {
		return this.board.stderr;
	}

	/** Waits for output. @throws where the board has ended, or says nothing of that kind */
	private async hear(what: string, pattern: RegExp): Promise<RegExpExecArray> {
		const found = await this.board.waitFor(what, stdout => pattern.exec(stdout.slice(this.heard)));
		this.heard = this.board.stdout.length;
		return found;
	}

	private async order(line: string): Promise<string> {
		const answer = this.hear(`answer to ${line}`, /^scarce: (.*)\n/m);
		this.board.child.stdin.write(`${line}\n`);
		return (await answer)[1];
	}

	async learn(): Promise<void> {
		await this.order("learn");
	}

	async refuse(place: number): Promise<void> {
		await this.order(`refuse ${place}`);
	}

	/** With all memory there again. */
	async look(): Promise<Sight> {
		const [places, refused, sockets, slots, chunkBytes] = (await this.order("look"))
			.match(/-?\d+/g)!
			.map(Number);
		return { places, refused: refused === 1, sockets, slots, chunkBytes };
	}

	/** Looks until no more sockets and slots are there than these: soon, where all goes well. */
	async lookUntil(sockets: number, slots = Number.POSITIVE_INFINITY): Promise<Sight> {
		const since = performance.now();
		for (;;) {
			const sight = await this.look();
			if ((sight.sockets <= sockets && sight.slots <= slots) || performance.now() - since > PATIENCE)
				return sight;
		}
	}

	/** A login with a command. */
	visit(): Promise<End> {
		return new Promise(resolve => {
			const client = new ssh2.Client();
			let end: End = "closed";
			const late = setTimeout(() => {
				end = "left hanging";
				client.destroy();
			}, PATIENCE);
			client.on("error", () => undefined);
			client.on("ready", () => {
				client.exec("echo in", (error, channel) => {
					if (error) {
						client.destroy();
						return;
					}
					let text = "";
					let status: number | undefined;
					channel.on("data", (more: Buffer) => {
						text += more;
					});
					channel.on("exit", (code: number) => {
						status = code;
					});
					channel.on("close", () => {
						if (text === "in\n" && status === 0) end = "served";
						client.end();
					});
				});
			});
			client.on("close", () => {
				clearTimeout(late);
				resolve(end);
			});
			client.connect(this.login());
		});
	}

	/** A session that stays; what it gives back says a word to the shell, and waits for that. */
	async owner(): Promise<(word: string) => Promise<void>> {
		const client = new ssh2.Client();
		await new Promise<void>((resolve, reject) => {
			client.on("ready", () => resolve());
			client.on("error", reject);
			client.connect(this.login());
		});
		const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
			client.shell(false, (error, opened) => (error ? reject(error) : resolve(opened)));
		});
		channel.setEncoding("utf8");
		return word =>
			new Promise((resolve, reject) => {
				let text = "";
				const take = (more: string): void => {
					text += more;
					if (!text.includes(word)) return;
					channel.off("data", take);
					clearTimeout(late);
					resolve();
				};
				const late = setTimeout(() => reject(new Error(`the owner waits for ${word}`)), PATIENCE);
				channel.on("data", take);
				channel.write(`echo ${word}\n`);
			});
	}

	private login(): ssh2.ConnectConfig {
		const { keys, fingerprint } = this.target;
		return {
			...configuration(this.target, { method: "publickey", key: keys.ed25519 }, undefined),
			hostVerifier: (key: Buffer) =>
				fingerprint === `SHA256:${createHash("sha256").update(key).digest("base64").replace("=", "")}`,
		};
	}

	/** Ends it. @returns its status, -1 where it was killed */
	stop(signal?: NodeJS.Signals): Promise<number> {
		return this.board.stop(signal);
	}
}
