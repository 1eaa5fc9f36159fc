/** The commands of any shell. */
import { printable } from "../../base/utf8.js";
import {
	type Circumstances,
	type Command,
	type Context,
	failure,
	findCommand,
	parseNumber,
	report,
	usageError,
	writeLines,
} from "../registry.js";

export const help: Command = Object.freeze({
	name: "help",
	summary: "list the commands, or tell how one is used",
	usage: "help [COMMAND]",
	role: "viewer",
	complete: (circumstances: Circumstances) => circumstances.commands.map(command => command.name),
	async run(context: Context) {
		if (context.args.length > 1) return usageError(context, help);
		if (context.args.length === 0) {
			const { commands } = context;
			await writeLines(context.stdout, commands.length, at => {
				const { name, summary } = commands[at];
				return `${name.padEnd(10)} ${summary}`;
			});
			return 0;
		}
		const command = findCommand(context.commands, context.args[0]);
		if (command === undefined) return failure(context, `${printable(context.args[0])}: no such command`);
		await context.stdout.write(`usage: ${command.usage}\n${command.summary}\n`);
		return 0;
	},
});

export const echo: Command = Object.freeze({
	name: "echo",
	summary: "write the arguments; -n: without a line feed",
	usage: "echo [-n] [WORD ...]",
	role: "viewer",
	run(context: Context) {
		const plain = context.args[0] === "-n";
		const text = (plain ? context.args.slice(1) : context.args).join(" ");
		return context.stdout.write(plain ? text : `${text}\n`);
	},
});

export const cat: Command = Object.freeze({
	name: "cat",
	summary: "copy stdin to stdout",
	usage: "cat",
	role: "viewer",
	async run(context: Context) {
		if (context.args.length > 0) return usageError(context, cat);
		for (;;) {
			const bytes = await context.stdin.read();
			if (bytes === undefined) return 0;
			await context.stdout.write(bytes);
		}
	},
});

export const exit: Command = Object.freeze({
	name: "exit",
	summary: "end the session, with a status of 0 to 255",
	usage: "exit [STATUS]",
	role: "viewer",
	async run(context: Context) {
		if (context.args.length > 1) return usageError(context, exit);
		const status = context.args.length === 0 ? 0 : parseNumber(context.args[0]);
		if (status < 0 || status > 255) return usageError(context, exit);
		context.exit(status);
		return status;
	},
});

export const yes: Command = Object.freeze({
	name: "true",
	summary: "succeed",
	usage: "true",
	role: "viewer",
	run: () => 0,
});

export const no: Command = Object.freeze({
	name: "false",
	summary: "fail",
	usage: "false",
	role: "viewer",
	run: () => 1,
});

/** Longer would not fit the timers of some platforms. */
const MAX_SLEEP = 2_000_000;

export const sleep: Command = Object.freeze({
	name: "sleep",
	summary: "wait for some seconds",
	usage: "sleep SECONDS",
	role: "viewer",
	async run(context: Context) {
		const seconds = context.args.length === 1 && context.args[0] !== "" ? Number(context.args[0]) : -1;
		if (!(seconds >= 0 && seconds <= MAX_SLEEP)) return usageError(context, sleep);
		await context.sleep(Math.ceil(seconds * 1000));
		return 0;
	},
});

export const env: Command = /* @__PURE__ */ Object.freeze(
	/* @__PURE__ */ report("env", "show the environment", ({ environment }) => {
		let text = "";
		environment.forEach((value, name) => {
			text += `${printable(name)}=${printable(value)}\n`;
		});
		return text;
	}),
);

export const stty: Command = Object.freeze({
	name: "stty",
	summary: "show the terminal's rows and columns",
	usage: "stty size",
	role: "viewer",
	complete: () => ["size"],
	async run(context: Context) {
		if (context.args.length !== 1 || context.args[0] !== "size") return usageError(context, stty);
		const terminal = context.terminal;
		if (terminal === undefined) return failure(context, "stdin is not a terminal");
		await context.stdout.write(`${terminal.rows} ${terminal.columns}\n`);
		return 0;
	},
});

export const BASIC: readonly Command[] = Object.freeze([help, echo, cat, exit, yes, no, sleep, env, stty]);
