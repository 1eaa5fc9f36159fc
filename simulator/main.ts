/** The program of `npm start`: the server on this machine, in a device's place. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { createNodeHal } from "../hal/node/index.js";
import { makeFolder } from "../hal/node/storage.js";
import { nobleCrypto } from "../src/crypto/noble/index.js";
import { runOnEmulator } from "./boards/rv32/simulator.js";
import { runOnBoard } from "./boards/xs/simulator.js";
import { parseOptions, type SimulatorOptions, USAGE } from "./command-line.js";
import { SimulatedDevice } from "./device.js";
import { type DeviceOptions, type KeyFile, StartError } from "./options.js";
import { POSIX_WARNING, serveWithShell } from "./posix-backend.js";

/** Status of a start that failed, as for a usage error. */
const FAILED_START = 2;

/** How long the last bytes of connections may take before the program ends without them. Milliseconds. */
const END_TIME = 4_000;

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
	process.stderr.write(`${line}\n`);
}

/** Runs a device until a signal ends it; after a reboot the next one has the same port, and the password that is kept. */
async function runOnNode(options: DeviceOptions, posix: boolean): Promise<void> {
	let reboot = false;
	let end = () => {};
	const over = new Promise<void>(resolve => {
		end = resolve;
	});
	const hal = createNodeHal({
		folder: options.state,
		onReboot: () => {
			reboot = true;
			end();
		},
	});
	process.once("SIGINT", end);
	process.once("SIGTERM", end);
	if (posix) complain(POSIX_WARNING);
	const device = await SimulatedDevice.start(options, {
		hal,
		crypto: nobleCrypto,
		hostname: hostname(),
		say,
		complain,
		...(posix && { serve: serveWithShell }),
	});
	const port = await device.port;
	await over;
	await device.close();
	process.off("SIGINT", end);
	process.off("SIGTERM", end);
	if (reboot) {
		await runOnNode({ ...options, port, password: undefined, authorizedKeys: undefined }, posix);
	}
}

async function run(options: SimulatorOptions): Promise<void> {
	const { backend, engine, crypto, board, full, profile, ...rest } = options;
	const device: DeviceOptions = { ...rest, authorizedKeys: readKeys(options.authorizedKeys) };
	if (engine !== "node") makeState(options.state);
	const on = { profile, crypt: crypto, full, wanted: board };
	if (engine === "xs") process.exitCode = await runOnBoard(device, on);
	else if (engine === "rv32") process.exitCode = await runOnEmulator(device, on);
	else await runOnNode(device, backend === "posix");
}

/** A board has the folder of its state as its root. */
function makeState(path: string): void {
	try {
		makeFolder(path);
	} catch (error) {
		throw new StartError(`--state: ${path}: ${(error as NodeJS.ErrnoException).code}`);
	}
}

/** Read before anything is changed. */
function readKeys(path: string | undefined): KeyFile | undefined {
	if (path === undefined) return undefined;
	let text: string;
	try {
		text = readFileSync(path, "latin1");
	} catch (error) {
		throw new StartError(`--authorized-keys: ${path}: ${(error as NodeJS.ErrnoException).code}`);
	}
	// It would be kept with the others, where it has no business.
	if (/^(-----BEGIN |PuTTY-User-Key-File-)/m.test(text))
		throw new StartError(
			`--authorized-keys: ${path}: a private key; the public ones are meant, as in .pub files`,
		);
	return { path, text };
}

async function main(args: readonly string[]): Promise<void> {
	try {
		const options = parseOptions(args);
		if (options === "help") say(USAGE.trimEnd());
		else await run(options);
		// The program ends by itself once the kernel has the last bytes of all connections.
		setTimeout(() => process.exit(), END_TIME).unref();
	} catch (error) {
		if (!(error instanceof StartError)) throw error;
		complain(`fieldssh: ${error.message}`);
		process.exit(FAILED_START);
	}
}

await main(process.argv.slice(2));
