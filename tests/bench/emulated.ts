/** The lanes of the emulated device: instructions of the firmware in firmware/, bundled and run. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { C6_HEAP, startEmulatedDevice } from "../../simulator/boards/rv32/emulator.js";
import { type Crypt, cacheFolder, MissingTool } from "../../simulator/boards/xs/engine.js";
import { bundleFirmware } from "../../simulator/boards/xs/firmware.js";
import { CIPHER_SUITES } from "../../src/transport/ciphers.js";
import type { PacketCosts } from "./firmware/packets.js";
import { type Figures, type Lane, NotMeasured } from "./lane.js";
import { record } from "./record.js";
import { type Cost, LOGIN, PHASES, type Phase } from "./recording.js";

/** An ESP32-C6's clock. That an instruction takes one cycle is an assumption. */
const CYCLES_PER_MILLISECOND = 160_000;

const MILLION = 1_000_000;

/** The firmware's code as a module of build/. */
export function firmwareFile(name: string): string {
	return join(dirname(fileURLToPath(import.meta.url)), "firmware", `${name}.js`);
}

/** Runs firmware to its end. @returns what it has reported, its last line */
async function run(name: string, config: unknown, crypt: Crypt = "javascript"): Promise<unknown> {
	const firmware = await bundleFirmware(firmwareFile(name), join(cacheFolder(), "bench"));
	let output = "";
	let errors = "";
	try {
		const device = await startEmulatedDevice({
			firmware,
			heap: C6_HEAP,
			config: JSON.stringify(config),
			exact: true,
			crypt,
			onOutput: bytes => {
				output += bytes;
			},
			onError: bytes => {
				errors += bytes;
			},
		});
		const status = await device.end;
		const line = output.trimEnd().split("\n").at(-1);
		if (status !== 0 || !line || errors !== "")
			throw new Error(`${name} on rv32: ${status}, ${errors}${output}`);
		return JSON.parse(line);
	} catch (error) {
		if (error instanceof MissingTool) throw new NotMeasured(error.message);
		throw error;
	}
}

function millions(instructions: number): number {
	return Math.round((instructions / MILLION) * 100) / 100;
}

/** Milliseconds. */
function longest(costs: readonly Cost[]): number {
	const instructions = Math.max(...costs.map(cost => cost.longest));
	return Math.round((instructions / CYCLES_PER_MILLISECOND) * 10) / 10;
}

interface Primitives {
	readonly scalarMult: Cost;
	readonly x25519: Cost;
	readonly ed25519SignFirst: Cost;
	readonly ed25519Verify: Cost;
	readonly ed25519PublicKey: Cost;
}

async function measureComputations(): Promise<Figures> {
	const primitives = (await run("primitives", {})) as Primitives;
	const phases = (await run("login", record())) as Record<Phase, Cost>;
	return {
		"rv32.x25519": millions(primitives.scalarMult.instructions),
		"rv32.x25519.agreement": millions(primitives.x25519.instructions),
		"rv32.ed25519.sign": millions(primitives.ed25519SignFirst.instructions),
		"rv32.ed25519.verify": millions(primitives.ed25519Verify.instructions),
		...connection("rv32.", phases, Object.values(primitives) as Cost[]),
	};
}

/** Each cipher but the one that OpenSSH takes, with each MAC that it can have. */
const FORMS = CIPHER_SUITES.filter(({ name }) => !name.startsWith("chacha20")).flatMap(({ name, macs }) =>
	macs.length === 0 ? [[name]] : macs.map(mac => [name, mac.name]),
);

/** The same connection with each form of AES: its longest callback. */
async function measureSlices(prefix: string, firmware: string, crypt: Crypt): Promise<Figures> {
	const figures: Record<string, number> = {};
	for (const [cipher, mac] of FORMS) {
		const macs = mac ? { macC2s: [mac], macS2c: [mac] } : {};
		const recording = record({ cipherC2s: [cipher], cipherS2c: [cipher], ...macs });
		const phases = (await run(firmware, recording, crypt)) as Record<Phase, Cost>;
		figures[`${prefix}${short([cipher, mac ?? ""].join(" ").trim())}`] = longest(Object.values(phases));
	}
	return { [prefix.slice(0, -1)]: Math.max(...Object.values(figures)), ...figures };
}

/** Figures of the recorded connection. @param others slices that are not in it, and may be the longest */
function connection(prefix: string, phases: Record<Phase, Cost>, others: readonly Cost[]): Figures {
	const login = LOGIN.reduce((sum, phase) => sum + phases[phase].instructions, 0);
	const figures: Record<string, number> = {
		[`${prefix}login`]: millions(login),
		[`${prefix}rekey`]: millions(phases["re-key"].instructions),
		[`${prefix}longestSlice`]: longest([...others, ...PHASES.map(phase => phases[phase])]),
		[`${prefix}longestSlice.login`]: longest([...others, ...LOGIN.map(phase => phases[phase])]),
	};
	for (const phase of PHASES) {
		const name = phase.replaceAll(" ", "-");
		figures[`${prefix}phase.${name}`] = millions(phases[phase].instructions);
		figures[`${prefix}slice.${name}`] = longest([phases[phase]]);
	}
	return figures;
}

/** Bytes of data of the two packets that tell what a packet costs from what its bytes cost. */
const SHORT = 64;
const LONG = 1024;

/** Both lanes of packets want those of cryptography in JavaScript: they are measured once. */
let inJavaScript: Promise<PacketCosts> | undefined;

function packetsInJavaScript(): Promise<PacketCosts> {
	inJavaScript ??= run("throughput", { lengths: [SHORT, LONG] }) as Promise<PacketCosts>;
	return inJavaScript;
}

const DIRECTIONS = ["s2c", "c2s"] as const;

async function measureThroughput(): Promise<Figures> {
	const figures: Record<string, number> = {};
	for (const [algorithms, [, long]] of Object.entries(await packetsInJavaScript())) {
		for (const [at, direction] of DIRECTIONS.entries())
			figures[`rv32.throughput.${short(algorithms)}.${direction}`] = Math.round(long[at] / LONG);
	}
	return figures;
}

/** As in the names of figures. */
function short(algorithms: string): string {
	return algorithms.replaceAll("@openssh.com", "").replace(" ", "+");
}

async function measureNative(): Promise<Figures> {
	const phases = (await run("login-native", record(), "native")) as Record<Phase, Cost>;
	const native = (await run("throughput-native", { lengths: [SHORT, LONG] }, "native")) as PacketCosts;
	const javaScript = await packetsInJavaScript();
	const figures: Record<string, number> = { ...connection("rv32.native.", phases, []) };
	for (const algorithms of Object.keys(native)) {
		for (const [at, direction] of DIRECTIONS.entries()) {
			const name = `${short(algorithms)}.${direction}`;
			const ours = line(native[algorithms], at);
			figures[`rv32.native.packet.${name}`] = Math.round(ours.packet);
			figures[`rv32.native.byte.${name}`] = Math.round(ours.byte);
			figures[`rv32.native.times.${name}`] = round(line(javaScript[algorithms], at).byte / ours.byte);
		}
	}
	return figures;
}

/** Instructions of a packet without its bytes, and of each byte: the line through both packets. */
function line([short, long]: PacketCosts[string], at: number): { packet: number; byte: number } {
	const byte = (long[at] - short[at]) / (LONG - SHORT);
	return { packet: short[at] - SHORT * byte, byte };
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}

export const EMULATED: readonly Lane[] = [
	{ prefix: "rv32.", measure: measureComputations },
	{
		prefix: "rv32.longestSlice.aes.",
		measure: () => measureSlices("rv32.longestSlice.aes.", "login", "javascript"),
	},
	{
		prefix: "rv32.native.longestSlice.aes.",
		measure: () => measureSlices("rv32.native.longestSlice.aes.", "login-native", "native"),
	},
	{ prefix: "rv32.throughput.", measure: measureThroughput },
	{ prefix: "rv32.native.", measure: measureNative },
];
