/** The HAL where the SDK has littlefs as its module `file`, and nothing better: on Raspberry Pi Pico. */
import * as files from "file";
import type { Hal } from "../hal.js";
import { ModdableHal, type ModdableHalOptions } from "./device.js";
import { type Littlefs, LittlefsStorage } from "./littlefs-storage.js";

/** Opens nothing yet. */
export function createModdableHal(options: ModdableHalOptions = {}): Hal {
	return new ModdableHal(new LittlefsStorage(files as unknown as Littlefs), options);
}
