/** Keys and passwords of who is logged in, and the keys of the device. */
import { printable } from "../../utf8.js";
import {
	type Circumstances,
	type Command,
	type Context,
	failure,
	report,
	usageError,
	writeLines,
} from "../registry.js";

export const hostkey: Command = Object.freeze(
	report("hostkey", "show the fingerprints of the device's host keys", ({ device }) => {
		let text = "";
		device.server.hostKeyFingerprints().forEach(fingerprint => {
			text += `${fingerprint}\n`;
		});
		return text;
	}),
);

export const keys: Command = Object.freeze({
	name: "keys",
	summary: "show, add and remove the public keys that you can log in with",
	usage: "keys list | keys add [LINE] | keys remove FINGERPRINT-OR-COMMENT",
	complete(circumstances: Circumstances, words: readonly string[]) {
		if (words.length === 1) return ["list", "add", "remove"];
		return words[0] === "remove" && words.length === 2 ? fingerprints(circumstances) : [];
	},
	async run(context: Context) {
		const verb = context.args[0];
		const rest = context.args.slice(1);
		if (verb === "list" && rest.length === 0) return listKeys(context);
		if (verb === "add") return rest.length > 0 ? addKey(context, rest.join(" ")) : addKeysFromInput(context);
		if (verb !== "remove" || rest.length === 0) return usageError(context, keys);
		const wrong = context.device.accounts.removeKey(context.user, rest.join(" "));
		return wrong === undefined ? 0 : failure(context, printable(wrong));
	},
});

async function listKeys(context: Context): Promise<number> {
	const accounts = context.device.accounts;
	const lines = accounts.keys(context.user);
	if (typeof lines === "number") return failure(context, "the keys cannot be read");
	await writeLines(context.stdout, lines.length, at => {
		const line = lines[at];
		return `${accounts.fingerprint(line) ?? "?"} ${printable(withoutBlob(line))}`;
	});
	return 0;
}

async function addKey(context: Context, line: string): Promise<number> {
	const wrong = context.device.accounts.addKey(context.user, line);
	return wrong === undefined ? 0 : failure(context, printable(wrong));
}

/**
 * As `ssh host keys add < id_ed25519.pub` has it. On a terminal a person is told what is waited for. Of a private key that
 * somebody gives by mistake no more than its first line is looked at.
 */
async function addKeysFromInput(context: Context): Promise<number> {
	if (context.terminal) await context.stderr.write("keys, one a line; Ctrl-D ends\n");
	let status = 0;
	let enclosed = false;
	for (;;) {
		const line = await context.stdin.readLine();
		if (line === undefined) return status;
		if (!enclosed && line.trim() !== "" && (await addKey(context, line)) !== 0) status = 1;
		enclosed = line.startsWith("-----BEGIN ") || (enclosed && !line.startsWith("-----END "));
	}
}

function fingerprints(circumstances: Circumstances): string[] {
	const accounts = circumstances.device.accounts;
	const lines = accounts.keys(circumstances.user);
	return typeof lines === "number" ? [] : lines.map(line => accounts.fingerprint(line) ?? "");
}

/** The line without the key itself: base64 of a public key begins with the length of its type's name, "AAAA". */
function withoutBlob(line: string): string {
	const start = line.lastIndexOf(" AAAA");
	if (start < 0) return line;
	const end = line.indexOf(" ", start + 1);
	return line.slice(0, start) + (end < 0 ? "" : line.slice(end));
}

export const passwd: Command = Object.freeze({
	name: "passwd",
	summary: "change your password",
	usage: "passwd",
	async run(context: Context) {
		if (context.args.length > 0) return usageError(context, passwd);
		const accounts = context.device.accounts;
		context.setEcho(false);
		const old = await ask(context, "Current password: ");
		if (old === undefined || !(await accounts.checkPassword(context.user, old)))
			return failure(context, "that is not your password; nothing was changed");
		const first = await ask(context, "New password: ");
		const second = await ask(context, "New password again: ");
		if (first === undefined || second === undefined || first === "")
			return failure(context, "there is no new password; nothing was changed");
		if (first !== second) return failure(context, "they differ; nothing was changed");
		const wrong = await accounts.setPassword(context.user, first);
		return wrong === undefined ? 0 : failure(context, printable(wrong));
	},
});

/** Without a pty the lines come from stdin, and no one is prompted. */
async function ask(context: Context, prompt: string): Promise<string | undefined> {
	if (context.terminal === undefined) return context.stdin.readLine();
	await context.stdout.write(prompt);
	const answer = await context.stdin.readLine();
	await context.stdout.write("\n");
	return answer;
}

/** Where ssh-copy-id has sh append what it gets from stdin. */
const KEY_FILE = ".ssh/authorized_keys";

export const exec: Command = Object.freeze({
	name: "exec",
	summary: "what ssh-copy-id asks for: add public keys",
	usage: "exec sh -c SCRIPT",
	async run(context: Context) {
		const [program, option, script = ""] = context.args;
		if (program === "sh" && option === "-c" && script.includes(KEY_FILE)) return addKeysFromInput(context);
		await context.stderr.write("exec: there is no other program here\n");
		return 127;
	},
});

export const ACCOUNTS: readonly Command[] = Object.freeze([hostkey, keys, passwd, exec]);
