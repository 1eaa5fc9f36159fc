/** The lanes of the emulated device: instructions of the firmware in firmware/, bundled and run. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { C6_HEAP, startEmulatedDevice } from "../../hal/rv32/emulator.js";
import { cacheFolder, MissingTool } from "../../hal/xs/engine.js";
import { bundleFirmware } from "../../hal/xs/firmware.js";
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
async function run(name: string, config: unknown): Promise<unknown> {
	const firmware = await bundleFirmware(firmwareFile(name), join(cacheFolder(), "bench"));
	let output = "";
	let errors = "";
	try {
		const device = await startEmulatedDevice({
			firmware,
			heap: C6_HEAP,
			config: JSON.stringify(config),
			exact: true,
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
	const login = LOGIN.reduce((sum, phase) => sum + phases[phase].instructions, 0);
	const slices = Object.values(primitives) as Cost[];
	const figures: Record<string, number> = {
		"rv32.x25519": millions(primitives.scalarMult.instructions),
		"rv32.x25519.agreement": millions(primitives.x25519.instructions),
		"rv32.ed25519.sign": millions(primitives.ed25519SignFirst.instructions),
		"rv32.ed25519.verify": millions(primitives.ed25519Verify.instructions),
		"rv32.login": millions(login),
		"rv32.rekey": millions(phases["re-key"].instructions),
		"rv32.longestSlice": longest([...slices, ...PHASES.map(phase => phases[phase])]),
		"rv32.longestSlice.login": longest([...slices, ...LOGIN.map(phase => phases[phase])]),
	};
	for (const phase of PHASES) {
		const name = phase.replaceAll(" ", "-");
		figures[`rv32.phase.${name}`] = millions(phases[phase].instructions);
		figures[`rv32.slice.${name}`] = longest([phases[phase]]);
	}
	return figures;
}

/** [instructions a byte to send, to receive] by "cipher" or "cipher mac". */
type Throughput = Record<string, readonly [number, number]>;

async function measureThroughput(): Promise<Figures> {
	const costs = (await run("throughput", {})) as Throughput;
	const figures: Record<string, number> = {};
	for (const [algorithms, [send, receive]] of Object.entries(costs)) {
		const name = `rv32.throughput.${algorithms.replaceAll("@openssh.com", "").replace(" ", "+")}`;
		figures[`${name}.s2c`] = send;
		figures[`${name}.c2s`] = receive;
	}
	return figures;
}

export const EMULATED: readonly Lane[] = [
	{ prefix: "rv32.", measure: measureComputations },
	{ prefix: "rv32.throughput.", measure: measureThroughput },
];
