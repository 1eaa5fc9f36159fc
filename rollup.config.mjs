/**
 * Makes dist/ from build/: the core, the adapters for cryptography and the HALs as chunks of their own, so that a firmware
 * takes one of each and nothing of the others. The names match "exports" in package.json. What only a Moddable build can
 * load (crypto/moddable, hal/moddable) has declarations there and no code: manifest.json binds its sources.
 *
 *     FIELDSSH_FLAGS="__ENABLE_MOCANA_SSH_PING__=false" npm run build
 *
 * sets compile-time flags of src/moptions.ts, separated by commas or spaces. They are literals, so rollup folds what asks
 * them, and what is switched off leaves the bundle.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const build = join(root, "build");
const moptions = join(build, "src", "moptions.js");

const entries = {
	fieldssh: "src/index.js",
	ssh: "src/nanossh/ssh.js",
	shell: "src/shell/index.js",
	"crypto/noble": "src/crypto/noble/index.js",
	"crypto/xs": "src/crypto/xs/index.js",
	"hal/node": "hal/node/index.js",
	"hal/sim": "hal/sim/index.js",
};

/** "A=false,B=true" as pairs; what is neither true nor false is the caller's mistake. */
function parseFlags(text) {
	const flags = new Map();
	for (const item of text.split(/[\s,]+/)) {
		if (item === "") continue;
		const [, name, value] = /^(\w+)=(true|false)$/.exec(item) ?? [];
		if (name === undefined) throw new Error(`FIELDSSH_FLAGS: "${item}" is not NAME=true or NAME=false`);
		flags.set(name, value);
	}
	return flags;
}

/** Puts the values of FIELDSSH_FLAGS in place of the literals in src/moptions.ts. */
function overrideFlags(flags) {
	return {
		name: "override-flags",
		transform(code, id) {
			if (id !== moptions) return null;
			let overridden = code;
			for (const [name, value] of flags) {
				const literal = new RegExp(`^(export const ${name} = )(?:true|false);`, "m");
				if (!literal.test(code)) this.error(`FIELDSSH_FLAGS: src/moptions.ts has no flag ${name}`);
				overridden = overridden.replace(literal, `$1${value};`);
			}
			return { code: overridden, map: null };
		},
	};
}

/** Puts the declarations that tsc wrote beside the code, in the folders that they import each other from. */
function copyDeclarations() {
	return {
		name: "copy-declarations",
		generateBundle() {
			for (const folder of ["src", "hal"]) {
				for (const file of readdirSync(join(build, folder), { recursive: true })) {
					if (!file.endsWith(".d.ts")) continue;
					const source = readFileSync(join(build, folder, file), "utf8");
					const fileName = `types/${folder}/${file.split(sep).join("/")}`;
					this.emitFile({ type: "asset", fileName, source });
				}
			}
		},
	};
}

/** All of src/ that is not an entry, an adapter or the shell is one chunk: who loads the server needs all of it. */
function chunkOf(id) {
	const name = relative(build, id).split(sep).join("/");
	if (!name.startsWith("src/") || Object.values(entries).includes(name)) return undefined;
	if (name.startsWith("src/shell/") || name.startsWith("src/telnet/")) return undefined;
	if (name.startsWith("src/crypto/") && name !== "src/crypto/port.js") return undefined;
	return "core";
}

export default {
	input: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, join(build, file)])),
	output: {
		dir: join(root, "dist"),
		format: "es",
		chunkFileNames: "[name].js",
		manualChunks: chunkOf,
		// An entry's chunk exports what the module exports, and no more.
		minifyInternalExports: false,
		hoistTransitiveImports: false,
	},
	// noble stays a dependency here: npm then keeps one copy of it in an application, and an update that mends it reaches the
	// application without a release of ours. The bundle for XS, where there is no npm, has it within.
	external: [/^node:/, /^@noble\//],
	plugins: [overrideFlags(parseFlags(process.env.FIELDSSH_FLAGS ?? "")), copyDeclarations()],
	onwarn(warning) {
		throw new Error(warning.message);
	},
};
