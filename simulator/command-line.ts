/** The simulator's command line. */

import { checkAddressPatterns } from "../src/base/address-pattern.js";
import { DESKTOP_LIMITS, DEVICE_LIMITS, type Limits } from "../src/limits.js";
import { limitsFault } from "../src/server/limits-check.js";
import { type DeviceOptions, StartError } from "./options.js";

export { StartError };

export interface SimulatorOptions extends Omit<DeviceOptions, "authorizedKeys"> {
	/** The path of a file. */
	readonly authorizedKeys: string | undefined;
	readonly backend: "device" | "posix";
	readonly engine: "node" | "xs" | "rv32";
	/** Of engines that have both: ours, or the SDK's in C. */
	readonly crypto: "javascript" | "native";
	/** Of engine xs: which of its boards, if not the one that fits best. */
	readonly board: "i386" | "x86-64" | undefined;
	/** Of engines that have a heap of a fixed size: what happens when it is full. */
	readonly full: "throw" | "abort";
	/** Whose sizes and times; with engine xs, whose heap too. */
	readonly profile: "desktop" | "device";
}

export const USAGE = `usage: npm start -- [option ...]

Serves SSH as a device would, from this machine.

  --host ADDRESS          listen there (127.0.0.1)
  --port NUMBER           listen there; 0 picks a free port (2222)
  --state FOLDER          host key, passwords and authorized keys are kept there (.fieldssh)
  --user NAME             who may log in (admin)
  --password PW           replaces the password that is kept; other users of this machine can see it
  --authorized-keys FILE  replaces the keys that are kept by those of a file like ~/.ssh/authorized_keys
  --max-connections N     more at once are refused (4)
  --owner-address PATTERN never refused for what was done from there, and a place is kept for it: an address, a range as
                          192.0.2.0/24, or one with * and ?; may be given again
  --backend device|posix  what sessions are served by: the device's shell, or, FOR TESTS ONLY, this machine's
                          /bin/sh (device)
  --limits desktop|device sizes and times of src/limits.ts (desktop)
  --limit NAME=VALUE      sets one of them; may be given again
  --engine node|xs|rv32   the JavaScript engine: this one; XS as on a device, compiled by gcc at the first use; or that
                          on an emulated RISC-V microcontroller, in qemu. The heap of XS is a device's with --limits
                          device, and large otherwise (node)
  --crypto javascript|native
                          with engine xs or rv32: hashes and ciphers of our own, or in C as the Moddable SDK has them,
                          compiled at the first use (javascript)
  --board i386|x86-64     with engine xs: this board, not the one that fits best (docs/xs-board.md)
  --full throw|abort      with engine xs or rv32, when a heap is full: an exception, or the end with status 4 and a line
                          that says which one, where a device would restart (throw)
  --log LEVEL             what goes to standard error: error, info or debug (info)
  --help                  this
`;

/** What each option is without being given; those that have nothing then are not in it. */
const DEFAULTS: Readonly<Record<string, string>> = Object.freeze({
	host: "127.0.0.1",
	port: "2222",
	state: ".fieldssh",
	user: "admin",
	"max-connections": "4",
	backend: "device",
	limits: "desktop",
	engine: "node",
	crypto: "javascript",
	full: "throw",
	log: "info",
});

const NAMES: readonly string[] = Object.freeze([
	...Object.keys(DEFAULTS),
	"password",
	"authorized-keys",
	"board",
	"owner-address",
	"limit",
]);

/**
 * Reads the arguments after the program's name.
 *
 * @returns the options, or "help" where that was asked for
 * @throws StartError for what is not understood
 */
export function parseOptions(args: readonly string[]): SimulatorOptions | "help" {
	const given = new Map(Object.entries(DEFAULTS));
	const limits: string[] = [];
	const owners: string[] = [];
	for (let at = 0; at < args.length; at++) {
		if (args[at] === "--help" || args[at] === "-h") return "help";
		if (!args[at].startsWith("--")) throw new StartError(`${args[at]}: not an option (see --help)`);
		const [name, attached] = cut(args[at].slice(2));
		if (!NAMES.includes(name)) throw new StartError(`--${name}: no such option (see --help)`);
		const value = attached ?? args[++at];
		if (value === undefined) throw new StartError(`--${name}: its value is missing`);
		if (name === "limit") limits.push(value);
		else if (name === "owner-address") owners.push(value);
		else given.set(name, value);
	}
	const profile = choice("limits", given.get("limits")!, ["desktop", "device"]);
	const engine = choice("engine", given.get("engine")!, ["node", "xs", "rv32"]);
	const crypto = choice("crypto", given.get("crypto")!, ["javascript", "native"]);
	const backend = choice("backend", given.get("backend")!, ["device", "posix"]);
	if (engine !== "node" && backend === "posix") throw new StartError("--backend: posix is for --engine node");
	if (engine === "node" && crypto === "native")
		throw new StartError("--crypto: native is for --engine xs and rv32");
	const full = choice("full", given.get("full")!, ["throw", "abort"]);
	if (engine === "node" && full === "abort")
		throw new StartError("--full: abort is for --engine xs and rv32");
	const board = given.has("board") ? choice("board", given.get("board")!, ["i386", "x86-64"]) : undefined;
	if (engine !== "xs" && board) throw new StartError("--board: is for --engine xs");
	return {
		host: given.get("host")!,
		port: wholeNumber("port", given.get("port")!, 0, 65_535),
		state: filled("state", given.get("state")!),
		user: userName(given.get("user")!),
		password: given.get("password"),
		authorizedKeys: given.get("authorized-keys"),
		ownerAddresses: ownerAddresses(owners),
		maxConnections: wholeNumber("max-connections", given.get("max-connections")!, 1, 1000),
		backend,
		engine,
		crypto,
		board,
		full,
		profile,
		limits: limitsOf(profile, limits),
		log: choice("log", given.get("log")!, ["error", "info", "debug"]),
	};
}

/** "name=value" as both; the value is undefined without the sign. */
function cut(text: string): [string, string | undefined] {
	const at = text.indexOf("=");
	return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
	const value = Number(text);
	if (!/^[0-9]+$/.test(text) || value < least || value > most)
		throw new StartError(`--${name}: "${text}" is no number of ${least} to ${most}`);
	return value;
}

function choice<T extends string>(name: string, text: string, choices: readonly T[]): T {
	const found = choices.find(each => each === text);
	if (found === undefined) throw new StartError(`--${name}: "${text}" is not one of: ${choices.join(", ")}`);
	return found;
}

function filled(name: string, text: string): string {
	if (text === "") throw new StartError(`--${name}: empty`);
	return text;
}

function userName(text: string): string {
	if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(text))
		throw new StartError(`--user: "${text}" is no user name (small letters, digits, _ and -)`);
	return text;
}

function ownerAddresses(patterns: readonly string[]): string | undefined {
	if (patterns.length === 0) return undefined;
	const list = patterns.join(",");
	const wrong = checkAddressPatterns(list);
	if (wrong) throw new StartError(`--owner-address: ${wrong}`);
	return list;
}

function limitsOf(profile: "desktop" | "device", settings: readonly string[]): Limits {
	const limits: Record<string, number> = { ...(profile === "desktop" ? DESKTOP_LIMITS : DEVICE_LIMITS) };
	for (const setting of settings) {
		const [name, value = ""] = cut(setting);
		if (!Object.hasOwn(limits, name)) throw new StartError(`--limit: there is none called "${name}"`);
		limits[name] = wholeNumber(`limit ${name}`, value, 0, Number.MAX_SAFE_INTEGER);
	}
	const whole = limits as unknown as Limits;
	const fault = limitsFault(whole);
	if (fault) throw new StartError(`--limit: ${fault}`);
	return whole;
}
