/** The board as tests use it: built, or named as missing. */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	type Crypt,
	deviceTarget,
	ensureBoard,
	ensureFaultyBoard,
	type HostTarget,
	hostTarget,
	MissingTool,
} from "../../simulator/boards/xs/engine.js";
import { launch } from "../minder.js";

/**
 * The path of the board, or why there is none. In CI there must be one.
 *
 * @param slots "device" where a test counts bytes, which are a device's on i386 alone
 * @param crypt "native" where firmware imports the SDK's module crypt
 */
export async function boardOrReason(
	slots: "any" | "device" = "any",
	crypt: Crypt = "javascript",
): Promise<{ board: string } | { reason: string }> {
	try {
		const target = slots === "device" ? deviceTarget() : hostTarget();
		if (target === undefined) throw new MissingTool("no C compiler; install gcc and gcc-multilib");
		if (slots === "device" && target !== "i386")
			throw new MissingTool("no device's slots; install gcc-multilib, and qemu-user");
		return { board: await ensureBoard(target, crypt) };
	} catch (error) {
		return reasonOf(error);
	}
}

/** The same of a board whose faults a test chooses. @param wanted by default what this machine runs natively */
export async function faultyBoardOrReason(
	wanted?: HostTarget,
): Promise<{ board: string } | { reason: string }> {
	try {
		const target = wanted ?? hostTarget();
		if (target === undefined) throw new MissingTool("no C compiler; install gcc and gcc-multilib");
		if (wanted === "i386" && deviceTarget() !== wanted)
			throw new MissingTool("nothing for i386; install gcc-multilib, and qemu-user");
		return { board: await ensureFaultyBoard(target) };
	} catch (error) {
		return reasonOf(error);
	}
}

function reasonOf(error: unknown): { reason: string } {
	if (!(error instanceof MissingTool) || process.env.CI === "true") throw error;
	return { reason: error.message };
}

/** A folder that is gone when the process ends. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), "fieldssh-xs-"));
	process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

export interface Ended {
	readonly status: number | null;
	readonly out: string;
	readonly errors: string;
}

/** Runs the board to its end. @param onLine is given each line of its output as it comes */
export function runBoard(
	board: string,
	args: readonly string[],
	config: unknown = {},
	onLine: (line: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
	const stdio = ["ignore", "pipe", "pipe", "pipe"] as const;
	const child = launch<ChildProcess>(
		board,
		["--config-fd", "3", ...args],
		{ stdio: [...stdio] },
		() => out + errors,
	);
	(child.stdio[3] as NodeJS.WritableStream).end(JSON.stringify(config));
	let out = "";
	let errors = "";
	let told = 0;
	child.stdout!.setEncoding("utf8").on("data", text => {
		out += text;
		for (let end = out.indexOf("\n", told); end >= 0; end = out.indexOf("\n", told)) {
			onLine(out.slice(told, end), child);
			told = end + 1;
		}
	});
	child.stderr!.setEncoding("utf8").on("data", text => {
		errors += text;
	});
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", status => resolve({ status, out, errors }));
	});
}
