/** The HAL where the SDK has files: on desktops, and on the XS board. */
import * as storage from "embedded:storage/files";
import type { Hal } from "../hal.js";
import { ModdableHal, type ModdableHalOptions } from "./device.js";
import { FileStorage, type Files } from "./file-storage.js";

/** What the root directory has besides, where it is not a folder of ours alone. */
interface Directory extends Files {
	openDirectory?(options: { path: string }): Files;
	createDirectory?(path: string): unknown;
}

const FOLDER = ".fieldssh";

/** Storage is in FOLDER of the SDK's root directory: `files` of mc/config, or the user's home. */
export function createModdableHal(options: ModdableHalOptions = {}): Hal {
	// The SDK's own declarations do not tell of the default export.
	const { default: root } = storage as unknown as { readonly default: Directory };
	return new ModdableHal(new FileStorage(folderOf(root)), options);
}

function folderOf(root: Directory): Files {
	if (root.openDirectory === undefined) return root;
	root.createDirectory?.(FOLDER);
	return root.openDirectory({ path: FOLDER });
}
