/**
 * Runs a bundle on the emulated device:
 *
 *     node build/simulator/boards/rv32/run.js [--chunks BYTES] [--slots COUNT] [--stack SLOTS] [--full throw|abort] [--state FOLDER]
 *         [--config JSON] [--fast] BUNDLE.js
 *
 * Its default export is called with that much heap left, by default an ESP32-C6's, and it ends when there is nothing more
 * to wait for. Of the board's own modules, fieldssh/board measures the heap and fieldssh/instructions counts; with --fast
 * it does not, and the emulator is faster.
 */
import { MissingTool } from "../xs/engine.js";
import { C6_HEAP, startEmulatedDevice } from "./emulator.js";

const USAGE =
	"usage: run.js [--chunks BYTES] [--slots COUNT] [--stack SLOTS] [--full throw|abort] [--state FOLDER] [--config JSON]\n" +
	"    [--fast] BUNDLE.js\n";

function count(text: string, otherwise: number): number {
	const value = Number(text || otherwise);
	if (!Number.isInteger(value) || value < 1 || value > 32 * 1024 * 1024) usage();
	return value;
}

function usage(): never {
	process.stderr.write(USAGE);
	process.exit(2);
}

async function main(args: readonly string[]): Promise<number> {
	const options: Record<string, string> = {
		...{ chunks: "", slots: "", stack: "", full: "throw", state: ".", config: "{}" },
	};
	let exact = true;
	let at = 0;
	for (; args[at]?.startsWith("--"); at++) {
		const name = args[at].slice(2);
		if (name === "fast") exact = false;
		else if (name in options) options[name] = args[++at] ?? usage();
		else usage();
	}
	if (at + 1 !== args.length || !["throw", "abort"].includes(options.full)) usage();
	const device = await startEmulatedDevice({
		firmware: args[at],
		heap: {
			chunkBytes: count(options.chunks, C6_HEAP.chunkBytes),
			slots: count(options.slots, C6_HEAP.slots),
			stackSlots: count(options.stack, C6_HEAP.stackSlots),
			endsWhenFull: options.full === "abort",
		},
		config: options.config,
		state: options.state,
		exact,
		onOutput: bytes => process.stdout.write(bytes),
		onError: bytes => process.stderr.write(bytes),
	});
	process.on("SIGINT", device.signal);
	process.on("SIGTERM", device.signal);
	return device.end;
}

try {
	process.exitCode = await main(process.argv.slice(2));
} catch (error) {
	if (!(error instanceof MissingTool)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 2;
}
