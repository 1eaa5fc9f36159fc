/** What a command is, and what it is given to run with. */

import { decimal } from "../base/decimal.js";
import { type Role, reaches } from "../base/roles.js";
import { printable } from "../base/utf8.js";
import type { ConnectionInfo, Terminal } from "../connection/session.js";
import type { Device } from "./device.js";

/** Where a command writes. */
export interface Output {
	/**
	 * Resolves when the session has taken all of it, which is when the client's window lets it: await it, and a client
	 * that does not read holds the command up instead of filling memory. Bytes must stay as they are until then.
	 * @throws Cancelled (as a rejection) once the command was cancelled or has ended
	 */
	write(data: string | Uint8Array): Promise<void>;
}

/** Where a command reads. One read at a time. */
export interface Input {
	/** The next bytes, at least one; undefined at the end. @throws Cancelled (as a rejection) */
	read(): Promise<Uint8Array | undefined>;
	/** The next line, without its LF or CR LF; undefined at the end. @throws Cancelled, or Error for a line too long */
	readLine(): Promise<string | undefined>;
}

/** Circumstances of a session, for commands and for completion. */
export interface Circumstances {
	readonly device: Device;
	/** Who is logged in. */
	readonly user: string;
	readonly session: ConnectionInfo;
	/** What the client set, as far as the server allows, with USER and TERM. */
	readonly environment: ReadonlyMap<string, string>;
	/** Those that this login may run, sorted by name. */
	readonly commands: readonly Command[];
	/** When the shell was made, in the HAL's milliseconds. */
	readonly startTime: number;
}

export interface Context extends Circumstances {
	/** The command's own name, and the words after it. */
	readonly name: string;
	readonly args: readonly string[];
	readonly stdin: Input;
	readonly stdout: Output;
	readonly stderr: Output;
	/** As it is now; undefined without a pty. */
	readonly terminal: Terminal | undefined;
	/**
	 * True after Ctrl-C, a signal, or the end of the channel. The shell does not wait for the command any more: reads,
	 * writes and sleeps reject with Cancelled, and what it returns goes nowhere.
	 */
	readonly cancelled: boolean;
	/** Called once when that happens, to give back what the command holds. */
	onCancel: (() => void) | undefined;
	/** Resolves after that time. @throws Cancelled (as a rejection) */
	sleep(milliseconds: number): Promise<void>;
	/** Whether the terminal shows what is typed, until the command ends. Nothing without a pty. */
	setEcho(on: boolean): void;
	/** Has the session end with this status when the command has. */
	exit(status: number): void;
}

export interface Command {
	readonly name: string;
	/** One line, for help. */
	readonly summary: string;
	/** "NAME [OPTION] ARGUMENT", for help and errors of usage. */
	readonly usage: string;
	/** What a login needs to run it; default "operator", as whatever changes something of the device's. */
	readonly role?: Role | undefined;
	/** Candidates for the last of the words, the arguments so far. Those that do not begin as it does are left out. */
	complete?(circumstances: Circumstances, words: readonly string[]): string[] | Promise<string[]>;
	/** @returns the exit status, 0 to 255; nothing is 0. What it throws is shown, and is status 1. */
	run(context: Context): number | void | Promise<number | undefined> | Promise<void>;
}

/** What reads, writes and sleeps reject with when the command was cancelled; let it pass. */
export class Cancelled extends Error {
	constructor() {
		super("cancelled");
	}
}

export function findCommand(commands: readonly Command[], name: string): Command | undefined {
	return commands.find(command => command.name === name);
}

/** Whether somebody with this role may run the command. */
export function mayRun(command: Command, role: Role): boolean {
	return reaches(role, command.role ?? "operator");
}

export function isAdmin({ session }: Circumstances): boolean {
	return session.permit.role === "admin";
}

/** An event, and a line for the client, about what the login may not do. The status is 126, as sh has it where it may not run a file. */
export function refusal({ device, session }: Circumstances, words: readonly string[]): string {
	device.server.guard.record("denied", session, "", "command", words.join(" "));
	return `${printable(words[0])}: not allowed to ${session.permit.limited ? "this key" : `the role ${session.permit.role}`}`;
}

export const DENIED = 126;

/** For a command that may do less for some than for others. */
export async function denied(context: Context): Promise<number> {
	await context.stderr.write(`${refusal(context, [context.name, ...context.args])}\n`);
	return DENIED;
}

/** Says how the command is used; its status is then 2. */
export async function usageError(context: Context, command: Command): Promise<number> {
	await context.stderr.write(`usage: ${command.usage}\n`);
	return 2;
}

/** A decimal number without sign, or -1. */
export function parseNumber(text: string): number {
	return text.length > 9 ? -1 : decimal(text);
}

/**
 * A command without arguments that shows a text to anybody; to be frozen, as all of them, and both marked as pure, so that a
 * bundle without it leaves it out.
 */
export function report(name: string, summary: string, textOf: (context: Context) => string): Command {
	const command: Command = {
		name,
		summary,
		usage: name,
		role: "viewer",
		async run(context: Context) {
			if (context.args.length > 0) return usageError(context, command);
			await context.stdout.write(textOf(context));
			return 0;
		},
	};
	return command;
}

/** Characters of lines that are written at once: each write costs a promise, and is held until the client takes it. */
const PIECE = 256;

/** Writes so many lines, a few at a time: a long text takes three times its length, as a string that grows and as bytes. */
export async function writeLines(
	output: Output,
	count: number,
	lineOf: (at: number) => string,
): Promise<void> {
	let piece = "";
	for (let at = 0; at < count; at++) {
		piece += `${lineOf(at)}\n`;
		if (piece.length < PIECE && at + 1 < count) continue;
		await output.write(piece);
		piece = "";
	}
}

/** Says what went wrong; the status is then 1. */
export async function failure(context: Context, message: string): Promise<number> {
	await context.stderr.write(`${context.name}: ${message}\n`);
	return 1;
}
