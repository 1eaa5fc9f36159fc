/** What the interop tests stand on: a server in a process of its own, client keys, and the programs at hand. */
import {
	accessSync,
	chmodSync,
	constants,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ROOT } from "../architecture/tree.js";
import { Running, succeed } from "../process.js";

export const KEY_NAMES = ["ed25519", "ecdsa", "rsa"] as const;
export type KeyName = (typeof KEY_NAMES)[number];

/** A server that listens, and what a client needs to log in. The tests ask nothing else of an engine. */
export interface Target {
	readonly host: string;
	readonly port: number;
	/** The address that clients within this process come from; whichever the kernel picks by default. */
	readonly from?: string;
	readonly user: string;
	readonly password: string;
	/** Files of private keys in OpenSSH's format, the public ones beside them with ".pub". */
	readonly keys: Readonly<Record<KeyName, string>>;
	/** A key that may not log in. */
	readonly strangeKey: string;
	/** "SHA256:..." */
	readonly fingerprint: string;
	/** A folder for files of clients; it goes when the target stops. */
	readonly folder: string;
	/** What the server has printed so far. */
	output(): string;
	/** Ends the server, which must do so with status 0. */
	stop(): Promise<void>;
}

export interface Simulator extends Target {
	/** Its exit status, when it has ended. */
	readonly ended: Promise<number>;
	/** Waits until `look` finds something in what the server has printed. */
	waitFor<T>(what: string, look: (output: string) => T | undefined | false | null): Promise<T>;
}

export interface SimulatorOptions {
	readonly backend?: "device" | "posix";
	readonly maxConnections?: number;
	/** More arguments. */
	readonly args?: readonly string[];
	/** What is in its file of authorized keys; default: the keys that may log in. */
	readonly authorize?: (keys: Target["keys"]) => string;
}

/** The engine that the simulator runs its core on; other than "node" where a later port sets it. */
const ENGINE = process.env.FIELDSSH_ENGINE;

/** A board is bundled before it starts, on a machine that may do much else. */
const START_TIME = 120_000;

/** Starts the simulator with a fresh state folder, client keys and a password. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const folder = mkdtempSync(join(tmpdir(), "fieldssh-"));
	const drop = () => rmSync(folder, { recursive: true, force: true });
	try {
		const keys = await makeKeys(folder);
		const authorized = join(folder, "authorized_keys");
		writeFileSync(authorized, (options.authorize ?? publicKeys)(keys));
		const strangeKey = await makeStrangeKey(folder);
		const user = "admin";
		const password = "correct horse";
		const simulator = join(ROOT, "build/simulator/main.js");
		const args = ["--host", "127.0.0.1", "--port", "0", "--state", join(folder, "state")];
		args.push("--user", user, "--password", password, "--authorized-keys", authorized);
		args.push("--backend", options.backend ?? "device");
		// Room for a matrix that opens the next connection while the last one closes.
		args.push(
			"--max-connections",
			String(options.maxConnections ?? (options.args?.includes("device") ? 4 : 8)),
		);
		if (ENGINE) args.push("--engine", ENGINE);
		const server = new Running(process.execPath, [simulator, ...args, ...(options.args ?? [])], {
			cwd: folder,
		});
		const ready = /listening on (\S+):(\d+)\n[\s\S]*?(SHA256:[\w+/]{43})/;
		const [, host, port, fingerprint] = await server.waitFor(
			"line with its address",
			text => ready.exec(text),
			START_TIME,
		);
		return {
			host,
			port: Number(port),
			user,
			password,
			keys,
			strangeKey,
			fingerprint,
			folder,
			output: () => server.stdout + server.stderr,
			ended: server.ended,
			waitFor: (what, look) => server.waitFor(what, (stdout, stderr) => look(stdout + stderr)),
			async stop() {
				const status = await server.stop();
				drop();
				if (status !== 0)
					throw new Error(`the server ended with ${status}:\n${server.stdout}${server.stderr}`);
			},
		};
	} catch (error) {
		drop();
		throw error;
	}
}

function publicKeys(keys: Target["keys"]): string {
	return KEY_NAMES.map(name => readFileSync(`${keys[name]}.pub`, "utf8")).join("");
}

async function makeKey(folder: string, name: string, type: readonly string[]): Promise<string> {
	const file = join(folder, name);
	await succeed("ssh-keygen", ["-q", ...type, "-N", "", "-C", `${name} of the tests`, "-f", file]);
	return file;
}

/** A key that no server of the tests knows. */
export function makeStrangeKey(folder: string): Promise<string> {
	return makeKey(folder, "strange", ["-t", "ed25519"]);
}

/** The keys that may log in. */
export async function makeKeys(folder: string): Promise<Record<KeyName, string>> {
	const [ed25519, ecdsa, rsa] = await Promise.all([
		makeKey(folder, "ed25519", ["-t", "ed25519"]),
		makeKey(folder, "ecdsa", ["-t", "ecdsa", "-b", "256"]),
		makeKey(folder, "rsa", ["-t", "rsa", "-b", "3072"]),
	]);
	return { ed25519, ecdsa, rsa };
}

/** Whether a program is in PATH. */
export function installed(program: string): boolean {
	for (const folder of (process.env.PATH ?? "").split(delimiter)) {
		try {
			accessSync(join(folder, program), constants.X_OK);
			return true;
		} catch {}
	}
	return false;
}

/**
 * Why a test that needs these programs is skipped: undefined where they are all there, and in CI, where they must be
 * and the test then fails by itself.
 */
export function missing(...programs: string[]): string | undefined {
	const absent = programs.filter(program => !installed(program));
	if (absent.length === 0 || process.env.CI === "true") return undefined;
	return `not installed: ${absent.join(", ")}`;
}

/** A folder of a client within the target's own. */
export function clientFolder(target: Target, name: string): string {
	const folder = join(target.folder, name);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	return folder;
}

/** Writes a shell script that can be run. */
export function writeScript(file: string, text: string): string {
	writeFileSync(file, `#!/bin/sh\n${text}\n`);
	chmodSync(file, 0o700);
	return file;
}
