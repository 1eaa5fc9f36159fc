/** OpenSSH's ssh. */
import { join } from "node:path";
import { type RunOptions, run, succeed } from "../../process.js";
import { clientFolder, missing, type Target, writeScript } from "../harness.js";
import type { Client, Login, Request, Result, Suite } from "./client.js";
import { MACS, suitesOf } from "./client.js";

/** Options that keep ssh from asking, and from this machine's own configuration and keys. */
export function options(target: Target, logLevel = "ERROR"): string[] {
	const set = [
		"StrictHostKeyChecking=no",
		`UserKnownHostsFile=${join(clientFolder(target, "openssh"), "known_hosts")}`,
		"GlobalKnownHostsFile=none",
		"UpdateHostKeys=no",
		"IdentitiesOnly=yes",
		"IdentityAgent=none",
		`LogLevel=${logLevel}`,
	];
	return ["-F", "none", ...set.flatMap(option => ["-o", option])];
}

/** Options and environment for a login. */
export function login(target: Target, login: Login): { args: string[]; env: Record<string, string> } {
	if (login.method === "publickey") {
		const args = ["-o", "BatchMode=yes", "-o", "PreferredAuthentications=publickey", "-i", login.key];
		return { args, env: {} };
	}
	// The password comes from a program: no terminal is needed.
	const askpass = writeScript(
		join(clientFolder(target, "openssh"), "askpass"),
		'printf "%s\\n" "$FIELDSSH_PASSWORD"',
	);
	const args = ["-o", "NumberOfPasswordPrompts=1", "-o", `PreferredAuthentications=${login.method}`];
	const env = { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force", FIELDSSH_PASSWORD: login.password };
	return { args, env };
}

/** The arguments that every use of the target starts with: options, a login with a key, port and user. */
export function keyLogin(target: Target, logLevel?: string): string[] {
	const { args } = login(target, { method: "publickey", key: target.keys.ed25519 });
	return [...options(target, logLevel), ...args, "-p", String(target.port), "-l", target.user];
}

/** Runs ssh with more options than a Request has. */
export async function ssh(target: Target, args: readonly string[], more?: RunOptions): Promise<Result> {
	const { status, stdout, stderr } = await run("ssh", [...keyLogin(target), ...args], more);
	return resultOf(status, stdout, stderr);
}

function resultOf(status: number, stdout: Buffer, stderr: string): Result {
	return {
		status: status === 255 ? undefined : status,
		stdout,
		stderr,
		refused: /Permission denied/.test(stderr),
	};
}

function suiteOptions(suite: Suite | undefined): string[] {
	if (suite === undefined) return [];
	// Beside an AEAD cipher any MAC may be named: it is not used.
	return ["-c", suite.cipher, "-m", suite.mac ?? MACS[0]];
}

export const openssh: Client = {
	name: "OpenSSH ssh",
	skip: missing("ssh", "ssh-keygen"),
	keys: ["ed25519", "ecdsa", "rsa"],
	methods: ["publickey", "password", "keyboard-interactive"],
	signatures: ["rsa-sha2-256", "rsa-sha2-512"],
	async version() {
		const { stderr } = await run("ssh", ["-V"]);
		return /OpenSSH_(\S+)/.exec(stderr)?.[1] ?? stderr;
	},
	async suites() {
		const list = async (what: string) => (await succeed("ssh", ["-Q", what])).split("\n");
		return suitesOf(await list("cipher"), await list("mac"));
	},
	async run(target, request: Request) {
		const { args, env } = login(target, request.login);
		const signature = request.signature ? ["-o", `PubkeyAcceptedAlgorithms=${request.signature}`] : [];
		const to = ["-p", String(target.port), "-l", request.user ?? target.user, target.host, request.command];
		const all = [...options(target), ...args, ...signature, ...suiteOptions(request.suite), ...to];
		const { status, stdout, stderr } = await run("ssh", all, { env, stdin: request.stdin ?? "" });
		return resultOf(status, stdout, stderr);
	},
	async close() {},
};
