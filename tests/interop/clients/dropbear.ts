/** dropbear's dbclient. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run, succeed } from "../../process.js";
import { clientFolder, missing, type Target } from "../harness.js";
import type { Client } from "./client.js";
import { suitesOf } from "./client.js";

async function dropbearKey(target: Target, key: string): Promise<string> {
	const file = join(clientFolder(target, "dropbear"), `${key.split("/").at(-1)}.db`);
	if (!existsSync(file)) await succeed("dropbearconvert", ["openssh", "dropbear", key, file]);
	return file;
}

/** What `-c help` and `-m help` list. */
async function available(option: string, heading: string): Promise<string[]> {
	const { stderr } = await run("dbclient", [option, "help"]);
	return new RegExp(`Available ${heading}: (\\S+)`).exec(stderr)?.[1].split(",") ?? [];
}

export const dropbear: Client = {
	name: "dropbear dbclient",
	skip: missing("dbclient", "dropbearconvert"),
	keys: ["ed25519", "ecdsa", "rsa"],
	// It answers whichever of password and keyboard-interactive it comes to first, and cannot be told.
	methods: ["publickey", "password"],
	signatures: [],
	async version() {
		const { stderr } = await run("dbclient", ["-V"]);
		return /Dropbear v(\S+)/.exec(stderr)?.[1] ?? stderr;
	},
	async suites() {
		return suitesOf(await available("-c", "ciphers"), await available("-m", "MACs"));
	},
	async run(target, { login, user, command, stdin, suite }) {
		const args = ["-y", "-y", "-T", "-p", String(target.port)];
		if (login.method === "publickey") args.push("-i", await dropbearKey(target, login.key));
		if (suite) args.push("-c", suite.cipher);
		if (suite?.mac) args.push("-m", suite.mac);
		args.push("-l", user ?? target.user, target.host, command);
		// It keeps known hosts and a default key under HOME.
		const env: Record<string, string> = { HOME: clientFolder(target, "dropbear") };
		if (login.method !== "publickey") env.DROPBEAR_PASSWORD = login.password;
		const { status, stdout, stderr } = await run("dbclient", args, { env, stdin: stdin ?? "" });
		const exited = /^dbclient: (?:Connection to \S+ )?[Ee]xited: (.*)/m.exec(stderr)?.[1];
		// It tries again, without being asked, until the server has had enough and disconnects.
		const refused = /No auth methods|Permission denied|exited: Disconnect received/.test(stderr);
		return { status: exited !== undefined || refused ? undefined : status, stdout, stderr, refused };
	},
	async close() {},
};
