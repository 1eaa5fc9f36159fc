/** The public keys that users log in with. */
import { printable } from "../../base/utf8.js";
import {
	type Circumstances,
	type Command,
	type Context,
	denied,
	failure,
	isAdmin,
	usageError,
	writeLines,
} from "../registry.js";

export const keys: Command = Object.freeze({
	name: "keys",
	summary: "show, add and remove the public keys that you, or USER, can log in with",
	usage: "keys [-u USER] list | add [LINE] | remove FINGERPRINT-OR-COMMENT",
	role: "viewer",
	complete(circumstances: Circumstances, words: readonly string[]) {
		if (words.length === 1) return ["list", "add", "remove"];
		const removes = words[0] === "remove" && words.length === 2;
		return removes && isAdmin(circumstances) ? fingerprints(circumstances) : [];
	},
	async run(context: Context) {
		const { args } = context;
		const named = args[0] === "-u" && args.length > 2;
		const user = named ? args[1] : context.user;
		const [verb, ...rest] = named ? args.slice(2) : args;
		const known =
			verb === "list" ? rest.length === 0 : verb === "add" || (verb === "remove" && rest.length > 0);
		if (!known) return usageError(context, keys);
		// Who can add a key has a way back in that nobody took from him when his password was changed: admins alone.
		if ((verb !== "list" || user !== context.user) && !isAdmin(context)) return denied(context);
		if (verb === "list") return listKeys(context, user);
		if (verb === "remove") return removeKey(context, user, rest.join(" "));
		return rest.length > 0 ? addKey(context, user, rest.join(" ")) : addKeysFromInput(context, user);
	},
});

async function listKeys(context: Context, user: string): Promise<number> {
	const shown = shownKeys(context, user);
	if (shown === undefined) return failure(context, "the keys cannot be read");
	await writeLines(context.stdout, shown.length, at => shown[at]);
	return 0;
}

/** Without the keys themselves: who does not read them holds little. Undefined where the file cannot be read. */
function shownKeys(context: Context, user: string): string[] | undefined {
	const accounts = context.device.accounts;
	const found = accounts.keys(user);
	if (typeof found === "number") return undefined;
	const { limited, fingerprint } = context.session.permit;
	// A limited key is not the user: what the lines of his other keys say is none of its business.
	const lines =
		limited && !isAdmin(context) ? found.filter(line => accounts.fingerprint(line) === fingerprint) : found;
	return lines.map(line => `${accounts.fingerprint(line) ?? "?"} ${printable(withoutBlob(line))}`);
}

async function addKey(context: Context, user: string, line: string): Promise<number> {
	const { accounts, server } = context.device;
	const wrong = accounts.addKey(user, line);
	if (wrong !== undefined) return failure(context, printable(wrong));
	server.guard.record("keys", context.session, `added=${accounts.fingerprint(line)}`, "of", user);
	return 0;
}

async function removeKey(context: Context, user: string, which: string): Promise<number> {
	const { accounts, server } = context.device;
	const key = fingerprintOf(context, user, which);
	const wrong = accounts.removeKey(user, which);
	if (wrong !== undefined) return failure(context, printable(wrong));
	server.guard.record("keys", context.session, `removed=${key}`, "of", user);
	return 0;
}

/** Of the key that a fingerprint or a comment names; "?" where that is not clear. */
function fingerprintOf({ device }: Context, user: string, which: string): string {
	const { accounts } = device;
	const lines = accounts.keys(user);
	const line =
		typeof lines === "number"
			? undefined
			: lines.find(each => each.endsWith(` ${which}`) || accounts.fingerprint(each) === which);
	return (line === undefined ? undefined : accounts.fingerprint(line)) ?? "?";
}

/**
 * As `ssh host keys add < id_ed25519.pub` has it. On a terminal a person is told what is waited for. Of a private key that
 * somebody gives by mistake no more than its first line is looked at.
 */
async function addKeysFromInput(context: Context, user: string): Promise<number> {
	if (context.terminal) await context.stderr.write("keys, one a line; Ctrl-D ends\n");
	let status = 0;
	let enclosed = false;
	for (;;) {
		const line = await context.stdin.readLine();
		if (line === undefined) return status;
		if (!enclosed && line.trim() !== "" && (await addKey(context, user, line)) !== 0) status = 1;
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

/** Where ssh-copy-id has sh append what it gets from stdin. */
const KEY_FILE = ".ssh/authorized_keys";

export const exec: Command = Object.freeze({
	name: "exec",
	summary: "what ssh-copy-id asks for: add public keys",
	usage: "exec sh -c SCRIPT",
	role: "admin",
	async run(context: Context) {
		const [program, option, script = ""] = context.args;
		if (program === "sh" && option === "-c" && script.includes(KEY_FILE))
			return addKeysFromInput(context, context.user);
		await context.stderr.write("exec: there is no other program here\n");
		return 127;
	},
});

export const KEYS: readonly Command[] = Object.freeze([keys, exec]);
