/** The HAL where the SDK has neither files nor embedded:storage/key-value: on Windows, in the registry. */
import Preference from "preference";
import type { Hal } from "../hal.js";
import { ModdableHal, type ModdableHalOptions } from "./device.js";
import { KeyValueStorage, type KeyValueStore } from "./key-value-storage.js";

const DOMAIN = "fieldssh";

const preferences: KeyValueStore = Object.freeze({
	read: (key: string) => Preference.get(DOMAIN, key) as ArrayBuffer | undefined,
	write: (key: string, value: ArrayBuffer) => Preference.set(DOMAIN, key, value),
	delete: (key: string) => Preference.delete(DOMAIN, key),
});

/** Opens nothing yet. */
export function createModdableHal(options: ModdableHalOptions = {}): Hal {
	return new ModdableHal(new KeyValueStorage(preferences), options);
}
