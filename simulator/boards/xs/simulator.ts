/** The simulator's device on the XS board, a process of its own that this one minds. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DeviceOptions, StartError } from "../../options.js";
import {
	type Crypt,
	cacheFolder,
	deviceTarget,
	ensureBoard,
	type HostTarget,
	hostTarget,
	MissingTool,
} from "./engine.js";
import { bundleFirmware, switchOff } from "./firmware.js";
import { endWithUs } from "./lifeline.js";

/** The board's exit status when its firmware asks for a restart. */
const RESTART_STATUS = 3;

/** What firmware gets that has no wish to know what a device could hold. */
export const LARGE_HEAP = Object.freeze({ chunkBytes: 8_000_000, slots: 200_000, stackSlots: 4_096 });

/**
 * A device's heap where pointers have 64 bits: as many slots, each twice the size, and chunks with room for the same in them.
 * A connection at work takes 1.3 times the bytes there (10,864 for 8,376), one that rests up to 1.8 times: so it is
 * a device's at most.
 */
const WIDE_DEVICE_HEAP = Object.freeze({ chunkBytes: 102_500, slots: 4_928, stackSlots: 640 });

/** What the firmware does without: P-256, which our cryptography for XS has not. */
const WITHOUT: readonly string[] = Object.freeze(["__ENABLE_MOCANA_SSH_ECDSA__"]);

/** Runs the simulator's firmware with this for mc/config. Returns its exit status. */
export type RunFirmware = (config: string) => Promise<number>;

/** What the device runs on. */
export interface BoardOptions {
	/** Whose heap it has. */
	readonly profile: "desktop" | "device";
	readonly crypt: Crypt;
	/** What it does when that is full. */
	readonly full: "throw" | "abort";
	/** The board to run it on, where it is not to be the one that fits best. */
	readonly wanted?: HostTarget | undefined;
}

/**
 * `npm start -- --engine xs`.
 *
 * @returns the board's exit status
 * @throws StartError where the board cannot be made
 */
export async function runOnBoard(options: DeviceOptions, on: BoardOptions): Promise<number> {
	const [target, board, firmware] = await explainMissing("xs", makeBoard(on));
	const args = [...heapOf(on.profile, target), "--full", on.full, "--state", options.state, firmware];
	return runOverRestarts(options, config => run(board, args, config));
}

/** The board's own is a device's, of 32 bits. */
function heapOf(profile: "desktop" | "device", target: HostTarget): string[] {
	if (profile === "device" && target === "i386") return [];
	const { chunkBytes, slots, stackSlots } = profile === "device" ? WIDE_DEVICE_HEAP : LARGE_HEAP;
	return ["--chunks", `${chunkBytes}`, "--slots", `${slots}`, "--stack", `${stackSlots}`];
}

/**
 * Runs the device until it ends, over restarts: as elsewhere, the next one has the same port, and the password that is kept.
 *
 * @param options the folder of its state is there
 * @returns its exit status
 * @throws StartError where there is no port for it
 */
export async function runOverRestarts(options: DeviceOptions, runFirmware: RunFirmware): Promise<number> {
	const port = options.port === 0 ? await freePort(options.host) : options.port;
	let config = { ...options, port, hostname: hostname() };
	for (;;) {
		const status = await runFirmware(JSON.stringify(config));
		if (status !== RESTART_STATUS) return status;
		config = { ...config, password: undefined, authorizedKeys: undefined };
	}
}

/** @throws StartError, for MissingTool */
export async function explainMissing<T>(engine: string, made: Promise<T>): Promise<T> {
	try {
		return await made;
	} catch (error) {
		if (error instanceof MissingTool) throw new StartError(`--engine ${engine}: ${error.message}`);
		throw error;
	}
}

async function makeBoard({ profile, crypt, wanted }: BoardOptions): Promise<[HostTarget, string, string]> {
	const target = wanted ?? (profile === "device" ? deviceTarget() : hostTarget());
	if (target === undefined) throw new StartError("--engine xs: no C compiler; install gcc and gcc-multilib");
	if (target === "x86-64" && wanted === undefined) {
		const remedy = profile === "device" ? "; gcc-multilib and qemu-user would make them so" : "";
		process.stderr.write(`XS for x86-64: slots of 32 bytes, a device's have 16${remedy}\n`);
	}
	return [target, await ensureBoard(target, crypt), await bundleSimulator(crypt)];
}

/** The simulator's firmware: its path, until this program ends. */
export function bundleSimulator(crypt: Crypt): Promise<string> {
	const main = crypt === "native" ? "main-native.js" : "main.js";
	const entry = join(dirname(fileURLToPath(import.meta.url)), main);
	const folder = mkdtempSync(join(cacheFolder(), "simulator."));
	process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
	return bundleFirmware(entry, folder, [switchOff(WITHOUT)]);
}

/** The configuration goes by a file descriptor, for it may hold a password. */
function run(board: string, args: readonly string[], config: string): Promise<number> {
	const child = spawn(board, ["--config-fd", "3", ...args], {
		stdio: ["ignore", "inherit", "inherit", "pipe"],
	});
	endWithUs(child);
	const pipe = child.stdio[3] as NodeJS.WritableStream;
	pipe.end(config);
	const forward = (signal: NodeJS.Signals) => child.kill(signal);
	process.on("SIGINT", forward);
	process.on("SIGTERM", forward);
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("exit", (status, signal) => {
			process.off("SIGINT", forward);
			process.off("SIGTERM", forward);
			if (signal !== null) process.stderr.write(`XS board: ended by ${signal}\n`);
			resolve(status ?? 1);
		});
	});
}

/**
 * Of those that are free now: so that a restart finds the same.
 *
 * @throws StartError where nobody can listen there
 */
function freePort(host: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on("error", ({ code }: NodeJS.ErrnoException) =>
			reject(new StartError(`--host: ${host} is no address of this machine (${code})`)),
		);
		server.listen(0, host, () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}
