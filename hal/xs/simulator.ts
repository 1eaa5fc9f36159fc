/** `npm start -- --engine xs`: the same device on the XS board, a process of its own that this one minds. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DeviceOptions, StartError } from "../simulator/options.js";
import { cacheFolder, ensureBoard, hostTarget, MissingTool } from "./engine.js";
import { bundleFirmware } from "./firmware.js";

/** The board's exit status when its firmware asks for a restart. */
const RESTART_STATUS = 3;

/** What firmware gets that has no wish to know what a device could hold. */
const LARGE_HEAP = ["--chunks", "8000000", "--slots", "200000", "--stack", "4096"];

/**
 * Runs the device until it ends, over restarts: as elsewhere, the next one has the same port, and the password that is kept.
 *
 * @returns its exit status
 * @throws StartError where the board cannot be made
 */
export async function runOnBoard(options: DeviceOptions, profile: "desktop" | "device"): Promise<number> {
	const [board, firmware] = await makeBoard();
	const port = options.port === 0 ? await freePort(options.host) : options.port;
	const heap = profile === "device" ? [] : LARGE_HEAP;
	mkdirSync(options.state, { recursive: true, mode: 0o700 });
	let config = { ...options, port, hostname: hostname() };
	for (;;) {
		const status = await run(board, [...heap, "--state", options.state, firmware], JSON.stringify(config));
		if (status !== RESTART_STATUS) return status;
		config = { ...config, password: undefined, authorizedKeys: undefined };
	}
}

async function makeBoard(): Promise<[string, string]> {
	const target = hostTarget();
	if (target === undefined) throw new StartError("--engine xs: no C compiler; install gcc and gcc-multilib");
	if (target === "x86-64")
		process.stderr.write(
			"XS for x86-64: slots of 32 bytes, a device's have 16; gcc-multilib would make them so\n",
		);
	const entry = join(dirname(fileURLToPath(import.meta.url)), "main.js");
	try {
		const board = await ensureBoard(target);
		const folder = mkdtempSync(join(cacheFolder(), "simulator."));
		process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
		return [board, await bundleFirmware(entry, folder)];
	} catch (error) {
		if (error instanceof MissingTool) throw new StartError(`--engine xs: ${error.message}`);
		throw error;
	}
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
