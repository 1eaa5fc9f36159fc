/** PuTTY's plink. Its algorithms and methods are settings of a saved session, which it finds under PUTTYDIR. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, succeed } from "../../process.js";
import { clientFolder, missing, type Target } from "../harness.js";
import type { Client, Login, Suite } from "./client.js";

/** What PuTTY calls the families of ciphers; within one it takes the longest key first, and no MAC can be chosen. */
const FAMILIES: Readonly<Record<string, string>> = {
	"chacha20-poly1305@openssh.com": "chacha20",
	"aes256-gcm@openssh.com": "aesgcm",
	"aes256-ctr": "aes",
};

/** Writes a session that offers only this, and returns its name. */
function saveSession(target: Target, login: Login, suite: Suite | undefined): string {
	const folder = join(clientFolder(target, "putty"), "sessions");
	mkdirSync(folder, { recursive: true });
	const family = suite ? FAMILIES[suite.cipher] : undefined;
	const name = `${login.method}-${family ?? "default"}`;
	const settings = [`AuthKI=${login.method === "keyboard-interactive" ? 1 : 0}`, "TryAgent=0", "SshProt=3"];
	// In batch mode what stands behind WARN is refused.
	if (family) settings.push(`Cipher=${family},WARN,aes,aesgcm,chacha20,3des`);
	writeFileSync(join(folder, name), settings.join("\n"));
	return name;
}

async function puttyKey(target: Target, key: string): Promise<string> {
	const file = join(clientFolder(target, "putty"), `${key.split("/").at(-1)}.ppk`);
	if (!existsSync(file)) await succeed("puttygen", [key, "-O", "private", "-o", file]);
	return file;
}

export const plink: Client = {
	name: "PuTTY plink",
	skip: missing("plink", "puttygen"),
	keys: ["ed25519", "ecdsa", "rsa"],
	methods: ["publickey", "password", "keyboard-interactive"],
	signatures: [],
	async version() {
		const { stdout } = await run("plink", ["-V"]);
		return /Release (\S+)/.exec(stdout.toString())?.[1] ?? stdout.toString();
	},
	async suites() {
		return Object.keys(FAMILIES).map(cipher => ({
			cipher,
			mac: /-ctr$/.test(cipher) ? "hmac-sha2-256" : undefined,
		}));
	},
	async run(target, { login, user, command, stdin, suite }) {
		const session = saveSession(target, login, suite);
		const secret =
			login.method === "publickey" ? ["-i", await puttyKey(target, login.key)] : ["-pw", login.password];
		const args = [
			"-load",
			session,
			"-batch",
			"-ssh",
			"-hostkey",
			target.fingerprint,
			"-P",
			String(target.port),
		];
		args.push(...secret, "-l", user ?? target.user, target.host, command);
		const env = { PUTTYDIR: clientFolder(target, "putty") };
		const { status, stdout, stderr } = await run("plink", args, { env, stdin: stdin ?? "" });
		const fatal = /^FATAL ERROR: (.*)/m.exec(stderr)?.[1];
		// Where a key is not accepted it comes to methods that would ask for a password.
		const refused =
			/Cannot answer interactive prompts|No supported authentication|Configured password was not accepted|Access denied/.test(
				stderr,
			);
		return { status: fatal || refused ? undefined : status, stdout, stderr, refused };
	},
	async close() {},
};
