/** The HAL where the SDK has littlefs as its module `file`, and nothing better: on Raspberry Pi Pico. */
import { Directory, File, System } from "file";
import type { Hal } from "../hal.js";
import { ModdableHal, type ModdableHalOptions } from "./device.js";
import { type Littlefs, LittlefsStorage } from "./littlefs-storage.js";

/** Opens nothing yet. */
export function createModdableHal(options: ModdableHalOptions = {}): Hal {
	// The SDK's own declarations say less than it does.
	const files = { Directory, File, System } as unknown as Littlefs;
	return new ModdableHal(new LittlefsStorage(files), options);
}
