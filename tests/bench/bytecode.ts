/** The lane of bytecode: what a build would put into flash for our modules, by profile. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../simulator/boards/xs/engine.js";
import { bundleFirmware, switchOff } from "../../simulator/boards/xs/firmware.js";
import { hostBoard, LARGE_HEAP } from "./board.js";
import { firmwareFile } from "./emulated.js";
import type { Figures, Lane } from "./lane.js";

const execute = promisify(execFile);

/** What the minimal profile does without; its entry module leaves out the rest. */
const MINIMAL =
	"__ENABLE_MOCANA_SSH_AES__ __ENABLE_MOCANA_SSH_PING__ __ENABLE_MOCANA_SSH_ECDSA__ __ENABLE_MOCANA_SSH_RSA__ __ENABLE_MOCANA_SSH_GCM__ " +
	"__ENABLE_MOCANA_SSH_CTR__ __ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__ __ENABLE_MOCANA_SSH_PASSWORD__ __ENABLE_MOCANA_SSH_TERMINAL__ " +
	"__ENABLE_MOCANA_SSH_HOSTKEYS__ __ENABLE_MOCANA_SSH_OPENSSH_KEY__ __ENABLE_MOCANA_SSH_ERROR_NAMES__ " +
	"__ENABLE_MOCANA_SSH_ADMISSION__ __ENABLE_MOCANA_SSH_LIMITS_CHECK__";

async function size(profile: string, flags: readonly string[]): Promise<number> {
	const { board } = await hostBoard();
	const firmware = await bundleFirmware(firmwareFile(profile), join(cacheFolder(), "bench"), [
		switchOff(flags),
	]);
	const state = mkdtempSync(join(tmpdir(), "fieldssh-bench-"));
	try {
		const { stdout } = await execute(board, [...LARGE_HEAP, "--state", state, firmware]);
		return JSON.parse(stdout.split("\n")[0]).bytecodeBytes;
	} finally {
		rmSync(state, { recursive: true });
	}
}

async function measure(): Promise<Figures> {
	return {
		"bytecode.totalBytes": await size("default", []),
		"bytecode.minimalBytes": await size("minimal", MINIMAL.split(" ")),
	};
}

export const BYTECODE: Lane = { prefix: "bytecode.", measure };
