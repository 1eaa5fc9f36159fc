/** The HAL where the SDK has files: on desktops, and on the XS board. */
import * as storage from "embedded:storage/files";
import type { Hal } from "../hal.js";
import { ModdableHal, type ModdableHalOptions } from "./device.js";
import { FileStorage, type Files } from "./file-storage.js";

/** Opens nothing yet. Storage is the SDK's root directory (`files` in mc/config). */
export function createModdableHal(options: ModdableHalOptions = {}): Hal {
	// The SDK's own declarations do not tell of the default export.
	const { default: files } = storage as unknown as { readonly default: Files };
	return new ModdableHal(new FileStorage(files), options);
}
