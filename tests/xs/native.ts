/** The tests of native cryptography, as a bundle for whatever has the SDK's module crypt: the XS board, and the SDK itself. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "rollup";
import { bundleTests, nameOf } from "./suite.js";

const BUILD = fileURLToPath(new URL("../..", import.meta.url));
const TESTS = join(BUILD, "tests", "crypto");
const ADAPTER_XS = join(BUILD, "src", "crypto", "xs", "index.js");
const ADAPTER_NATIVE = join(BUILD, "src", "crypto", "moddable", "index.js");
const STAND_IN = "\0native-in-the-place-of-xs";

/** Of the adapter in JavaScript: they must pass over the native one. */
const SHARED: readonly string[] = ["xs-aes", "xs-cipher", "xs-curve", "xs-hash"].map(name =>
	join(TESTS, `${name}.test.js`),
);
/** Of the module and the adapter themselves. */
export const OWN_FILES: readonly string[] = ["crypt-module", "crypt-adapter"].map(name =>
	join(TESTS, `${name}.js`),
);

export const NATIVE_FILES: readonly string[] = [...OWN_FILES, ...SHARED];

/** The names of files in reports. */
export function namesOf(files: readonly string[]): string[] {
	return files.map(nameOf);
}

/** @returns the path of the bundle: its default export runs the tests, and writes a Result a line with trace() */
export function bundleNativeTests(folder: string, files: readonly string[] = NATIVE_FILES): Promise<string> {
	return bundleTests(files, folder, [useNativeAdapter]);
}

/** The shared tests import crypto/xs, and get crypto/moddable by its names. */
const useNativeAdapter: Plugin = {
	name: "use-native-adapter",
	resolveId(source, importer) {
		if (importer === undefined || !SHARED.includes(importer)) return null;
		return join(dirname(importer), source) === ADAPTER_XS ? STAND_IN : null;
	},
	load(id) {
		if (id !== STAND_IN) return null;
		const names = "moddableCrypto as xsCrypto, createModdableCrypto as createXsCrypto";
		return `export { ${names} } from ${JSON.stringify(ADAPTER_NATIVE)};\n`;
	},
};
