/**
 * The table of arrows: which room of the house may import which. What is not written here is not allowed. The drawing
 * that it comes from is in docs/ (how the core is driven).
 */
import { posix } from "node:path";
import { type Import, importsOf } from "./source.js";
import type { SourceFile } from "./tree.js";

interface Room {
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

const PROTOCOL = "leaf messages transport userauth connection";
const SERVER = `${PROTOCOL} event-log server`;

export const ROOMS: readonly Room[] = [
	// What stands on nothing.
	room("leaf", /^src\/(merrors|moptions|limits(-check)?|steps|wire|utf8|base64|decimal|roles)\.ts$/, ""),
	room("messages", /^src\/messages\.ts$/, "leaf"),

	// Cryptography: the port is known to all as types, its adapters to entry files only. PBKDF2 stands on the port.
	room("crypto/port", /^src\/crypto\/port\.ts$/, ""),
	room("crypto/pbkdf2", /^src\/crypto\/pbkdf2\.ts$/, "leaf", "crypto/port"),
	room("crypto/adapter", /^src\/crypto\//, "leaf crypto/port npm:@noble/ crypt"),

	// The layers of the protocol.
	room("transport", /^src\/transport\//, "leaf messages", "crypto/port"),
	room(
		"userauth",
		/^src\/userauth\//,
		"leaf messages transport crypto/pbkdf2",
		"crypto/port hal shell/device",
	),
	room("connection", /^src\/connection\//, "leaf messages transport", "userauth crypto/port"),

	// The server, and what it shows of itself.
	room("event-log", /^src\/event-log\.ts$/, "leaf messages", "connection shell/device"),
	room(
		"server",
		/^src\/(server[\w-]*|listener|pump|scheduler|memory-budget|admission|address-table|penalties|audit|connection-table|host-key-store)\.ts$/,
		`${PROTOCOL} event-log`,
		"hal crypto/port shell/device",
	),
	room("ssh", /^src\/ssh(-[\w-]+)?\.ts$/, SERVER, "hal crypto/port"),
	room("index", /^src\/index\.ts$/, SERVER, "hal crypto/port"),

	// The shell is an application of the server: it knows a session and a device, and nothing of SSH.
	room("shell/device", /^src\/shell\/device\.ts$/, "", "hal connection"),
	room("shell", /^src\/shell\//, "leaf", "shell/device hal connection"),
	// Another such, with the server and the accounts that it needs.
	room("cli-server", /^src\/cli-server\.ts$/, `${SERVER} shell`, "hal crypto/port"),

	// Places to run.
	room("hal", /^hal\/hal\.ts$/, ""),
	// The simulator is an application: all but its bottom runs on any engine.
	room("simulator", /^hal\/simulator\//, `hal ${SERVER} shell`, "crypto/port shell/device"),
	room(
		"simulator on Node",
		/^hal\/node\/(simulator|posix)[\w-]*\.ts$/,
		`hal hal/node hal/xs hal/rv32 simulator ${SERVER} shell crypto/adapter node:`,
		"crypto/port shell/device",
	),
	room("hal/node", /^hal\/node\//, "hal merrors node:"),
	room("hal/sim", /^hal\/sim\//, "hal merrors"),
	// What firmware imports, by names that a manifest binds.
	room("hal/moddable/modules", /^hal\/moddable\/modules\//, "fieldssh/"),
	room("hal/moddable/telnet", /^hal\/moddable\/telnet\//, "fieldssh/ npm:cli"),
	room("hal/moddable", /^hal\/moddable\//, "hal merrors wire embedded: mc/ sdk"),
	// The board is built and minded by a program of Node.js; what runs on it stands on hal/moddable.
	room(
		"firmware",
		/^hal\/xs\/(main(-native)?|device)\.ts$/,
		"hal hal/moddable simulator crypto/adapter mc/ fieldssh/",
		"crypto/port",
	),
	room("hal/xs", /^hal\/xs\//, "simulator node: npm:rollup"),
	room("hal/rv32", /^hal\/rv32\//, "hal/xs simulator node:"),
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
	if (to.name === "leaf" && from.imports.includes(posix.basename(target, ".ts"))) return undefined;
	if (from.types.includes(to.name)) {
		if (typeOnly || names.every(name => VALUES.includes(`${to.name}:${name}`))) return undefined;
		return `${from.name} may import types alone of ${to.name} (${target})`;
	}
	return `${from.name} may not import ${to.name} (${target})`;
}
