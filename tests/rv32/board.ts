/** The emulated device as tests use it: built, or named as missing. */
import { C6_HEAP, ensureEmulatedBoard, startEmulatedDevice } from "../../simulator/boards/rv32/emulator.js";
import { MissingTool } from "../../simulator/boards/xs/engine.js";

/** Builds it. @returns why there is none, which must not be in CI */
export async function reasonToSkip(): Promise<string | undefined> {
	try {
		await ensureEmulatedBoard();
		return undefined;
	} catch (error) {
		if (!(error instanceof MissingTool) || process.env.CI === "true") throw error;
		return error.message;
	}
}

export interface Ended {
	readonly status: number;
	readonly out: string;
	readonly errors: string;
}

/** Runs firmware to its end. */
export async function runFirmware(firmware: string, config: unknown = {}, heap = C6_HEAP): Promise<Ended> {
	let out = "";
	let errors = "";
	const device = await startEmulatedDevice({
		firmware,
		heap,
		config: JSON.stringify(config),
		exact: true,
		onOutput: bytes => {
			out += bytes;
		},
		onError: bytes => {
			errors += bytes;
		},
	});
	return { status: await device.end, out, errors };
}
