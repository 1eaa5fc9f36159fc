/** The npm package ssh2, within this process. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ConnectConfig } from "ssh2";
import ssh2 from "ssh2";
import { HANG } from "../../process.js";
import type { Target } from "../harness.js";
import type { Client, Login, Request, Result, Suite } from "./client.js";
import { AEADS, CTRS, MACS, suitesOf } from "./client.js";

export function configuration(
	target: Target,
	login: Login,
	suite: Suite | undefined,
	user?: string,
): ConnectConfig {
	const { host, port, from } = target;
	const username = user ?? target.user;
	const algorithms = {
		cipher: [suite?.cipher ?? AEADS[1]],
		hmac: suite?.mac ? [suite.mac] : MACS,
	} as unknown as NonNullable<ConnectConfig["algorithms"]>;
	const base = {
		host,
		port,
		...(from ? { localAddress: from } : {}),
		username,
		...(suite ? { algorithms } : {}),
		readyTimeout: HANG,
	};
	if (login.method === "publickey")
		return { ...base, privateKey: readFileSync(login.key), authHandler: ["publickey"] };
	if (login.method === "password") return { ...base, password: login.password, authHandler: ["password"] };
	return { ...base, tryKeyboard: true, authHandler: ["keyboard-interactive"] };
}

export const ssh2Client: Client = {
	name: "npm ssh2",
	skip: undefined,
	keys: ["ed25519", "ecdsa", "rsa"],
	methods: ["publickey", "password", "keyboard-interactive"],
	signatures: [],
	async version() {
		return createRequire(import.meta.url)("ssh2/package.json").version;
	},
	async suites() {
		return suitesOf([...AEADS, ...CTRS], MACS);
	},
	run(target, { login, user, command, stdin, suite }: Request) {
		return new Promise<Result>(resolve => {
			const client = new ssh2.Client();
			const stdout: Buffer[] = [];
			const stderr: Buffer[] = [];
			let status: number | undefined;
			let failure: (Error & { level?: string }) | undefined;
			client.on("error", error => {
				failure ??= error;
			});
			client.on("keyboard-interactive", (_name, _instructions, _language, prompts, answer) => {
				answer(prompts.map(() => (login.method === "publickey" ? "" : login.password)));
			});
			client.on("ready", () => {
				client.exec(command, (error, channel) => {
					if (error) {
						failure = error;
						client.end();
						return;
					}
					channel.on("data", (chunk: Buffer) => stdout.push(chunk));
					channel.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
					channel.on("exit", (code: number) => {
						status = code;
					});
					channel.on("close", () => client.end());
					channel.end(stdin ?? "");
				});
			});
			client.on("close", () => {
				const text = Buffer.concat(stderr).toString() + (failure ? String(failure) : "");
				const refused = failure?.level === "client-authentication";
				resolve({ status, stdout: Buffer.concat(stdout), stderr: text, refused });
			});
			client.connect(configuration(target, login, suite, user));
		});
	},
	async close() {},
};
