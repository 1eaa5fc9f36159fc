/** The HAL where the SDK has embedded:storage/key-value: on ESP32, in NVS. */
import keyValue from "embedded:storage/key-value";
import type { Hal } from "../hal.js";
import { ModdableHal, type ModdableHalOptions } from "./device.js";
import { KeyValueStorage, type KeyValueStore } from "./key-value-storage.js";

/** Opens the part of storage that is ours. */
export function createModdableHal(options: ModdableHalOptions = {}): Hal {
	const store = keyValue.open({ path: "fieldssh", format: "buffer" }) as KeyValueStore;
	return new ModdableHal(new KeyValueStorage(store), options);
}
