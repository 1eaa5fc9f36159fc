/** `npm start -- --engine rv32`: the simulator's device on an emulated microcontroller. */
import type { DeviceOptions } from "../../options.js";
import {
	type BoardOptions,
	bundleSimulator,
	explainMissing,
	LARGE_HEAP,
	runOverRestarts,
} from "../xs/simulator.js";
import { C6_HEAP, ensureEmulatedBoard, startEmulatedDevice } from "./emulator.js";

/**
 * Runs the device until it ends. Its instructions are not counted, which makes the emulator faster.
 *
 * @returns its exit status
 * @throws StartError where the board cannot be made
 */
export async function runOnEmulator(
	options: DeviceOptions,
	{ profile, crypt, full }: BoardOptions,
): Promise<number> {
	await explainMissing("rv32", ensureEmulatedBoard(crypt));
	const heap = { ...(profile === "device" ? C6_HEAP : LARGE_HEAP), endsWhenFull: full === "abort" };
	const firmware = await bundleSimulator(crypt);
	return runOverRestarts(options, async config => {
		const device = await startEmulatedDevice({
			firmware,
			heap,
			config,
			crypt,
			state: options.state,
			exact: false,
			onOutput: bytes => process.stdout.write(bytes),
			onError: bytes => process.stderr.write(bytes),
		});
		process.on("SIGINT", device.signal);
		process.on("SIGTERM", device.signal);
		const status = await device.end;
		process.off("SIGINT", device.signal);
		process.off("SIGTERM", device.signal);
		return status;
	});
}
