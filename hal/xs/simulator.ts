/** The simulator's device on the XS board, a process of its own that this one minds. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DeviceOptions, StartError } from "../simulator/options.js";
import { type Crypt, cacheFolder, deviceTarget, ensureBoard, hostTarget, MissingTool } from "./engine.js";
import { bundleFirmware, switchOff } from "./firmware.js";

/** The board's exit status when its firmware asks for a restart. */
const RESTART_STATUS = 3;

/** What firmware gets that has no wish to know what a device could hold. */
export const LARGE_HEAP = Object.freeze({ chunkBytes: 8_000_000, slots: 200_000, stackSlots: 4_096 });

/** What the firmware does without: P-256, which our cryptography for XS has not. */
const WITHOUT: readonly string[] = Object.freeze(["__ENABLE_MOCANA_SSH_ECDSA__"]);

/** Runs the simulator's firmware with this for mc/config. Returns its exit status. */
export type RunFirmware = (config: string) => Promise<number>;

/**
 * `npm start -- --engine xs`.
 *
 * @returns the board's exit status
 * @throws StartError where the board cannot be made
 */
export async function runOnBoard(
	options: DeviceOptions,
	profile: "desktop" | "device",
	crypt: Crypt,
): Promise<number> {
	const [board, firmware] = await explainMissing("xs", makeBoard(profile, crypt));
	const { chunkBytes, slots, stackSlots } = LARGE_HEAP;
	const large = ["--chunks", `${chunkBytes}`, "--slots", `${slots}`, "--stack", `${stackSlots}`];
	const args = [...(profile === "device" ? [] : large), "--state", options.state, firmware];
	return runOverRestarts(options, config => run(board, args, config));
}

/**
 * Runs the device until it ends, over restarts: as elsewhere, the next one has the same port, and the password that is kept.
 *
 * @returns its exit status
 */
export async function runOverRestarts(options: DeviceOptions, runFirmware: RunFirmware): Promise<number> {
	const port = options.port === 0 ? await freePort(options.host) : options.port;
	mkdirSync(options.state, { recursive: true, mode: 0o700 });
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

async function makeBoard(profile: "desktop" | "device", crypt: Crypt): Promise<[string, string]> {
	const target = profile === "device" ? deviceTarget() : hostTarget();
	if (target === undefined) throw new StartError("--engine xs: no C compiler; install gcc and gcc-multilib");
	if (target === "x86-64") {
		const remedy = profile === "device" ? "; gcc-multilib and qemu-user would make them so" : "";
		process.stderr.write(`XS for x86-64: slots of 32 bytes, a device's have 16${remedy}\n`);
	}
	return [await ensureBoard(target, crypt), await bundleSimulator(crypt)];
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

/** Of those that are free now: so that a restart finds the same. */
function freePort(host: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on("error", reject);
		server.listen(0, host, () => {
			const { port } = server.address() as { port: number };
			server.close(() => resolve(port));
		});
	});
}
