/** The XS board as the bench starts it: the server with its shell, and a second port that tells what the heap holds. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
	type Crypt,
	cacheFolder,
	deviceTarget,
	ensureBoard,
	ensureMeasuringBoard,
	type HostTarget,
	MissingTool,
} from "../../simulator/boards/xs/engine.js";
import { bundleFirmware } from "../../simulator/boards/xs/firmware.js";
import { TICK } from "../../src/limits.js";
import { launch } from "../minder.js";
import { firmwareFile } from "./emulated.js";
import { NotMeasured } from "./lane.js";

export const LARGE_HEAP: readonly string[] = ["--chunks", "8000000", "--slots", "200000", "--stack", "4096"];

/** What the board measures, after a collection. */
export interface Heap {
	readonly chunkBytes: number;
	readonly slots: number;
	readonly slotSize: number;
}

export function difference(before: Heap, after: Heap): Heap {
	return {
		chunkBytes: after.chunkBytes - before.chunkBytes,
		slots: after.slots - before.slots,
		slotSize: after.slotSize,
	};
}

export function bytesOf({ chunkBytes, slots, slotSize }: Heap): number {
	return chunkBytes + slots * slotSize;
}

/** The same of the whole board. */
export interface Measured extends Heap {
	/** The most since the peaks were reset: without garbage on a board that leaves it out, else with it. */
	readonly peakChunkBytes: number;
	readonly peakSlots: number;
	/** Slots of the stack that were in use at the most. */
	readonly peakStackSlots: number;
	/** What the table of connections takes for each. */
	readonly table: number;
}

/**
 * @param make of a board for a target: the usual one, unless told
 * @throws NotMeasured where there is no compiler that makes one
 */
export async function hostBoard(
	make: (target: HostTarget) => Promise<string> = ensureBoard,
): Promise<{ board: string; isDevice: boolean }> {
	const target = deviceTarget();
	if (target === undefined) throw new NotMeasured("XS board: no C compiler; install gcc and gcc-multilib");
	try {
		return { board: await make(target), isDevice: target === "i386" };
	} catch (error) {
		if (error instanceof MissingTool) throw new NotMeasured(error.message);
		throw error;
	}
}

export class Board {
	/** Where clients log in. */
	readonly port: number;
	private readonly child: ChildProcess;
	private readonly control: Socket;
	private readonly state: string;

	private constructor(child: ChildProcess, port: number, control: Socket, state: string) {
		this.child = child;
		this.port = port;
		this.control = control;
		this.state = state;
	}

	/**
	 * Undefined where the firmware does not come up in that heap.
	 *
	 * @param options of the board: host.c
	 * @param crypt whose peaks are measured without garbage; undefined for those with it, over JavaScript
	 */
	static async start(options: readonly string[], config: object, crypt?: Crypt): Promise<Board | undefined> {
		const { board, isDevice } = await hostBoard(crypt && (target => ensureMeasuringBoard(target, crypt)));
		if (!isDevice)
			throw new NotMeasured("xs32: slots of a device need gcc -m32; install gcc-multilib, and qemu-user");
		const firmware = await bundle(crypt === "native" ? "memory-native" : "memory");
		const state = mkdtempSync(join(tmpdir(), "fieldssh-bench-"));
		const child = launch<ChildProcess>(board, ["--config-fd", "3", ...options, "--state", state, firmware], {
			stdio: ["ignore", "pipe", "ignore", "pipe"],
		});
		(child.stdio[3] as NodeJS.WritableStream).end(JSON.stringify(config));
		const line = await firstLine(child);
		if (line === undefined) {
			rmSync(state, { recursive: true });
			return undefined;
		}
		const [port, controlPort] = JSON.parse(line);
		const control = connect(controlPort, "127.0.0.1");
		await once(control, "connect");
		return new Board(child, port, control, state);
	}

	/** Begins to count peaks anew. @returns figures of before */
	resetPeaks(): Promise<Measured> {
		return this.ask("r");
	}

	heap(): Promise<Measured> {
		return this.ask("m");
	}

	private async ask(order: string): Promise<Measured> {
		this.control.write(order);
		let line = "";
		while (!line.endsWith("\n")) line += (await once(this.control, "data"))[0];
		return JSON.parse(line);
	}

	/** The heap once it stays as it is: behind the ticks at which silent connections give memory back. */
	async idleHeap(): Promise<Measured> {
		await setTimeout(3 * TICK);
		let last = await this.heap();
		for (let same = 0; same < 3; ) {
			const next = await this.heap();
			same = next.chunkBytes === last.chunkBytes && next.slots === last.slots ? same + 1 : 0;
			last = next;
		}
		return last;
	}

	async end(): Promise<void> {
		const exit = this.child.exitCode === null ? once(this.child, "exit") : undefined;
		this.control.destroy();
		this.child.kill("SIGKILL");
		await exit;
		rmSync(this.state, { recursive: true });
	}
}

/** Undefined where the program ends before. */
function firstLine(child: ChildProcess): Promise<string | undefined> {
	return new Promise(resolve => {
		let text = "";
		child.stdout!.on("data", chunk => {
			text += chunk;
			if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
		});
		child.on("close", () => resolve(undefined));
	});
}

const bundles = new Map<string, Promise<string>>();

function bundle(name: string): Promise<string> {
	const made = bundles.get(name) ?? bundleFirmware(firmwareFile(name), join(cacheFolder(), "bench"));
	bundles.set(name, made);
	return made;
}
