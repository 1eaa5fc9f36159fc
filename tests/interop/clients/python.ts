/**
 * paramiko and asyncssh, each in one process of the system's Python that takes a request a line and answers it with a
 * line, both in JSON.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../../architecture/tree.js";
import { Running } from "../../process.js";
import type { Client, Method, Request, Result, Suite } from "./client.js";
import { suitesOf } from "./client.js";

/** Debian's packages are the system's Python's, whatever else stands first in PATH. */
const PYTHON = "/usr/bin/python3";

function missingModule(module: string): string | undefined {
	if (process.env.CI === "true") return undefined;
	try {
		execFileSync(PYTHON, ["-c", `import importlib.util as u; exit(u.find_spec("${module}") is None)`]);
		return undefined;
	} catch {
		return `not installed: python3-${module}`;
	}
}

interface Facts {
	readonly version: string;
	readonly ciphers: readonly string[];
	readonly macs: readonly string[];
}

interface Answer {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly refused: boolean;
}

function pythonClient(module: string, methods: readonly Method[], signatures: readonly string[]): Client {
	let driver: Running | undefined;
	let asked = 0;
	/** One at a time: an answer belongs to the line before it. */
	let last: Promise<unknown> = Promise.resolve();

	const ask = async (question: object): Promise<unknown> => {
		driver ??= new Running(PYTHON, ["-W", "ignore", join(ROOT, `tests/interop/clients/${module}_driver.py`)]);
		const number = asked++;
		driver.child.stdin.write(`${JSON.stringify(question)}\n`);
		const line = await driver.waitFor(`answer of ${module}`, text => {
			const lines = text.split("\n");
			return lines.length > number + 1 && lines[number];
		});
		return JSON.parse(line);
	};
	const facts = () => ask({ facts: true }) as Promise<Facts>;

	return {
		name: module,
		skip: missingModule(module),
		keys: ["ed25519", "ecdsa", "rsa"],
		methods,
		signatures,
		async version() {
			return (await facts()).version;
		},
		async suites(): Promise<readonly Suite[]> {
			const { ciphers, macs } = await facts();
			return suitesOf(ciphers, macs);
		},
		run(target, { login, user, command, stdin, suite, signature }: Request): Promise<Result> {
			const question = {
				host: target.host,
				port: target.port,
				user: user ?? target.user,
				login,
				command,
				stdin: Buffer.from(stdin ?? "").toString("base64"),
				suite,
				signature,
			};
			const answer = last.then(() => ask(question)) as Promise<Answer>;
			last = answer.catch(() => {});
			return answer.then(({ status, stdout, stderr, refused }) => ({
				status: status ?? undefined,
				stdout: Buffer.from(stdout, "base64"),
				stderr,
				refused,
			}));
		},
		async close() {
			driver?.child.stdin.end();
			await driver?.ended;
			driver = undefined;
			asked = 0;
		},
	};
}

export const paramiko = pythonClient(
	"paramiko",
	["publickey", "password", "keyboard-interactive"],
	["rsa-sha2-256", "rsa-sha2-512"],
);
export const asyncssh = pythonClient(
	"asyncssh",
	["publickey", "password", "keyboard-interactive"],
	["rsa-sha2-256", "rsa-sha2-512"],
);
