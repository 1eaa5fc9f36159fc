/** Passwords. */
import { printable } from "../../base/utf8.js";
import { type Command, type Context, denied, failure, isAdmin, usageError } from "../registry.js";

const WRONG = "that is not your password; nothing was changed";

export const passwd: Command = Object.freeze({
	name: "passwd",
	summary: "change your password, or USER's",
	usage: "passwd [USER]",
	role: "viewer",
	async run(context: Context) {
		const { args, device, session } = context;
		if (args.length > 1) return usageError(context, passwd);
		const user = args[0] ?? context.user;
		const own = user === context.user;
		// A key that is limited stands for less than its account.
		if (!isAdmin(context) && (!own || session.permit.limited)) return denied(context);
		context.setEcho(false);
		const refused = own ? await checkPassword(context) : undefined;
		if (refused !== undefined) return failure(context, refused);
		const first = await ask(context, "New password: ");
		const second = await ask(context, "New password again: ");
		if (first === undefined || second === undefined || first === "")
			return failure(context, "there is no new password; nothing was changed");
		if (first !== second) return failure(context, "they differ; nothing was changed");
		const wrong = await device.accounts.setPassword(user, first, context);
		if (wrong !== undefined) return failure(context, printable(wrong));
		device.server.guard.record("passwd", session, "", "of", user);
		return 0;
	},
});

/** Asks for the current password, and says why nothing is changed. It is a guess like any other. */
async function checkPassword(context: Context): Promise<string | undefined> {
	const { user, session } = context;
	const { accounts, server } = context.device;
	const old = await ask(context, "Current password: ");
	if (old === undefined) return WRONG;
	if (!server.guard.mayGuess(session)) return "too many wrong passwords; try again later";
	const right = await accounts.checkPassword(user, old, context);
	// What nobody looked at was no guess.
	server.guard.guessed(session, context.name, right !== false);
	if (right === true) return undefined;
	return right || WRONG;
}

/** Without a pty the lines come from stdin, and no one is prompted. */
async function ask(context: Context, prompt: string): Promise<string | undefined> {
	if (context.terminal === undefined) return context.stdin.readLine();
	await context.stdout.write(prompt);
	const answer = await context.stdin.readLine();
	await context.stdout.write("\n");
	return answer;
}

export const PASSWORDS: readonly Command[] = Object.freeze([passwd]);
