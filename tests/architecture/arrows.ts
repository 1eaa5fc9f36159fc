/**
 * The table of arrows: which room of the house may import which. What is not written here is not allowed. docs/core.md draws
 * it, and each room's README.md says its row.
 */
import { posix } from "node:path";
import { type Import, importsOf } from "./source.js";
import type { SourceFile } from "./tree.js";

export interface Room {
	readonly name: string;
	/** The files of the room. The first room that has a file is its room. */
	readonly files: RegExp;
	/**
	 * Rooms, or single leaves by their names, that it may import; its own room is always allowed. "npm:@noble/", "node:" and
	 * "mc/" stand for all that begins so, "sdk" for the list below.
	 */
	readonly imports: readonly string[];
	/** Rooms of which it may import types alone. */
	readonly types: readonly string[];
}

const room = (name: string, files: RegExp, imports: string, types = ""): Room => ({
	name,
	files,
	imports: imports.split(" ").filter(Boolean),
	types: types.split(" ").filter(Boolean),
});

/** What a firmware's own code may stand on. */
const SERVER = "words base keys accounts userauth connection transport server";

export const ROOMS: readonly Room[] = [
	// The words that all rooms share, and what stands on them alone.
	room("words", /^src\/(merrors|moptions|limits|messages)\.ts$/, ""),
	room("base", /^src\/base\//, "words"),

	// Cryptography: the port is known to all as types, its adapters to entry files only. PBKDF2 stands on the port.
	room("crypto/port", /^src\/crypto\/port\.ts$/, ""),
	room("crypto/pbkdf2", /^src\/crypto\/pbkdf2\.ts$/, "words base", "crypto/port"),
	room("crypto/adapter", /^src\/crypto\//, "words base crypto/port npm:@noble/ crypt"),

	// The layers of the protocol, each on those before it.
	room("keys", /^src\/keys\//, "words base", "crypto/port hal"),
	room("transport", /^src\/transport\//, "words base keys", "crypto/port"),
	room("userauth", /^src\/userauth\//, "words base keys transport", "crypto/port"),
	room(
		"accounts",
		/^src\/accounts\//,
		"words base keys userauth crypto/pbkdf2",
		"crypto/port hal shell/device",
	),
	room("connection", /^src\/connection\//, "words base transport", "userauth crypto/port"),

	// The server, and the two APIs over it.
	room(
		"server",
		/^src\/server\//,
		"words base keys userauth connection transport",
		"hal crypto/port shell/device",
	),
	room("nanossh", /^src\/nanossh\//, SERVER, "hal crypto/port"),
	room("index", /^src\/index\.ts$/, SERVER, "hal crypto/port"),

	// The shell is an application of the server: it knows a session and a device, and nothing of SSH.
	room("shell/device", /^src\/shell\/device\.ts$/, "", "base hal connection"),
	room("shell/index", /^src\/shell\/(index|bare)\.ts$/, "shell telnet", "shell/device"),
	room("shell", /^src\/shell\//, "words base", "shell/device hal connection"),
	// Another such, with the server and the accounts that it needs.
	room("telnet", /^src\/telnet\//, `${SERVER} shell`, "shell/device hal crypto/port"),

	// Places to run.
	room("hal", /^hal\/hal\.ts$/, ""),
	room("hal/node", /^hal\/node\//, "hal merrors node:"),
	room("hal/sim", /^hal\/sim\//, "hal merrors"),
	// What firmware imports, by names that a manifest binds.
	room("hal/moddable/modules", /^hal\/moddable\/modules\//, "fieldssh/"),
	room("hal/moddable/telnet", /^hal\/moddable\/telnet\//, "fieldssh/ npm:cli"),
	room("hal/moddable", /^hal\/moddable\//, "hal merrors wire embedded: mc/ sdk"),

	// The simulator is an application: its device runs on any engine, and its command line on Node.
	room(
		"simulator",
		/^simulator\/(accounts|device|options)\.ts$/,
		`hal ${SERVER} shell/index`,
		"crypto/port shell/device",
	),
	room(
		"simulator/main",
		/^simulator\/[\w-]+\.ts$/,
		`hal hal/node boards/xs boards/rv32 simulator ${SERVER} shell/index crypto/adapter node:`,
		"crypto/port shell/device",
	),
	// A board is built and minded by a program of Node; what runs on it stands on hal/moddable.
	room(
		"boards/firmware",
		/^simulator\/boards\/xs\/(main(-native)?|device)\.ts$/,
		"hal hal/moddable simulator crypto/adapter mc/ fieldssh/",
		"crypto/port",
	),
	room("boards/xs", /^simulator\/boards\/xs\//, "simulator node: npm:rollup"),
	room("boards/rv32", /^simulator\/boards\/rv32\//, "boards/xs simulator node:"),
];

/** Modules of the Moddable SDK that have plain names, and those that a manifest binds for us. */
const SDK: readonly string[] = [
	"time",
	"timer",
	"flash",
	"file",
	"preference",
	"fieldssh/entropy",
	"fieldssh/heap",
];

/** Single exceptions to "types alone": values that carry no dependency of their own. */
const VALUES: readonly string[] = ["crypto/port:Done"];

/** Whether an entry of a room's imports stands for a specifier that is no file of ours. */
function isOutside(name: string, specifier: string): boolean {
	if (name === "sdk") return SDK.includes(specifier);
	if (name === "crypt") return specifier === "crypt" || specifier === "fieldssh/poly1305";
	if (name.startsWith("npm:")) return specifier.startsWith(name.slice(4));
	return /[:/]$/.test(name) && specifier.startsWith(name);
}

/** A room's row, as its README.md has it. */
export function importsLine({ name, imports, types }: Room): string {
	const listed = (rooms: readonly string[]) => rooms.map(each => `\`${each}\``).join(", ") || "nothing";
	if (types.length === 0) return `\`${name}\` may import ${listed(imports)}.`;
	if (imports.length === 0) return `\`${name}\` may import types alone of ${listed(types)}.`;
	return `\`${name}\` may import ${listed(imports)}; and types alone of ${listed(types)}.`;
}

export function roomOf(path: string): Room | undefined {
	return ROOMS.find(({ files }) => files.test(path));
}

/** What is wrong with the imports of a file, a line each. */
export function wrongArrows(file: SourceFile): string[] {
	const from = roomOf(file.path);
	if (from === undefined) return [`${file.path}: no room in the table of arrows`];
	const wrong: string[] = [];
	for (const imported of importsOf(file.source)) {
		const complaint = judge(file.path, from, imported);
		if (complaint) wrong.push(`${file.path}:${imported.line}: ${complaint}`);
	}
	return wrong;
}

function judge(path: string, from: Room, { specifier, names, typeOnly }: Import): string | undefined {
	if (!specifier.startsWith(".")) {
		const allowed = from.imports.some(name => isOutside(name, specifier));
		return allowed ? undefined : `${from.name} may not import ${specifier}`;
	}
	if (!specifier.endsWith(".js")) return `"${specifier}" does not end in .js`;
	const target = posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts");
	const to = roomOf(target);
	if (to === undefined) return `${target} has no room in the table of arrows`;
	if (to === from || from.imports.includes(to.name)) return undefined;
	// HALs know the statuses, and how numbers lie in bytes, and nothing else of ours.
	const leaf = to.name === "words" || to.name === "base";
	if (leaf && from.imports.includes(posix.basename(target, ".ts"))) return undefined;
	if (from.types.includes(to.name)) {
		if (typeOnly || names.every(name => VALUES.includes(`${to.name}:${name}`))) return undefined;
		return `${from.name} may import types alone of ${to.name} (${target})`;
	}
	return `${from.name} may not import ${to.name} (${target})`;
}
