/**
 * A device that is killed while it stores something, at each of the calls to the file system that this takes, and with half
 * of a write done. It is a process of its own, started again after each: what is there is the old or the new, the device
 * starts, its host key stays, and who could log in still can.
 */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { before, describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundleSimulator, LARGE_HEAP } from "../../simulator/boards/xs/simulator.js";
import { DESKTOP_LIMITS } from "../../src/limits.js";
import { ssh2Client } from "../interop/clients/ssh2.js";
import { makeKeys, missing, type Target } from "../interop/harness.js";
import { Running } from "../process.js";
import { faultyBoardOrReason, temporaryFolder } from "../xs/board.js";

const skip = missing("ssh-keygen");
const KEY = "ssh_host_ed25519_key";
const KEYS = "authorized_keys.admin";

/** What a start is told to store. */
interface Change {
	readonly password: string;
	/** The path of a file of authorized keys. */
	readonly keys: string;
}

/** Starts a device. @param killedAt the call to the file system at which it dies */
type Start = (state: string, change?: Change, killedAt?: number) => Running;

const folder = temporaryFolder();

function startNode(state: string, change?: Change, killedAt?: number): Running {
	const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
	const args = ["--import", path("killed-node.js"), path("../../simulator/main.js")];
	args.push("--port", "0", "--state", state);
	if (change) args.push("--password", change.password, "--authorized-keys", change.keys);
	const env: Record<string, string> = killedAt === undefined ? {} : { FIELDSSH_KILLED_AT: `${killedAt}` };
	return new Running(process.execPath, args, { env, cwd: folder });
}

function boardStarter(board: string, firmware: string): Start {
	return (state, change, killedAt) => {
		const options = {
			host: "127.0.0.1",
			port: 0,
			state,
			user: "admin",
			...(change && {
				password: change.password,
				authorizedKeys: { path: change.keys, text: readFileSync(change.keys, "latin1") },
			}),
			maxConnections: 4,
			limits: DESKTOP_LIMITS,
			log: "error",
			hostname: "killed",
		};
		const { chunkBytes, slots, stackSlots } = LARGE_HEAP;
		const heap = ["--chunks", chunkBytes, "--slots", slots, "--stack", stackSlots].map(String);
		const env: Record<string, string> = killedAt === undefined ? {} : { BOARD_KILLED_AT: `${killedAt}` };
		const args = ["--config-fd", "3", ...heap, "--state", state, firmware];
		return new Running(board, args, { env, config: JSON.stringify(options) });
	};
}

const READY = /listening on (\S+):(\d+)\nhost key SHA256:[\s\S]*log in with.*\n/;
const MADE = /^password: (\S+).*\n/m;

/** Waits for a device to have started. @returns what its clients know of it */
async function ready(device: Running): Promise<Target> {
	const [, host, port] = await device.waitFor("start", text => READY.exec(text));
	return { host, port: Number(port), user: "admin", output: () => "" } as unknown as Target;
}

/** @throws where that password does not let its user in */
async function enter(target: Target, password: string, note: string): Promise<void> {
	const login = { method: "password", password } as const;
	const { status, stderr } = await ssh2Client.run(target, { login, command: "true" });
	assert.equal(status, 0, `${note}: ${stderr}`);
}

function read(state: string, name: string): string | undefined {
	const path = join(state, name);
	return existsSync(path) ? readFileSync(path, "latin1") : undefined;
}

let OLD: Change;
let NEW: Change;

before(async () => {
	if (skip !== undefined) return;
	const keys = await makeKeys(folder);
	OLD = { password: "the old one", keys: `${keys.ed25519}.pub` };
	NEW = { password: "the new one", keys: `${keys.rsa}.pub` };
});

/**
 * Kills a device at each call while it stores NEW over what is in a folder.
 *
 * @param old the folder, as OLD has left it; undefined for a first start
 * @returns how many calls that takes
 */
async function killAtEach(context: TestContext, start: Start, old: string | undefined): Promise<number> {
	const was = (name: string): string | undefined => old && read(old, name);
	for (let at = 0; ; at++) {
		const note = `killed at call ${at}`;
		const state = join(mkdtempSync(join(folder, "state-")), "state");
		if (old) cpSync(old, state, { recursive: true });
		const device = start(state, NEW, at);
		context.after(() => device.stop("SIGKILL"));
		// Where there were not so many calls, it has stored all and waits for clients.
		const whole = ready(device).then(
			() => true,
			() => false,
		);
		if (await whole) {
			await device.stop("SIGKILL");
			return at;
		}
		await device.ended;
		assert.equal(device.child.signalCode, "SIGKILL", `${note}: ${device.stderr}`);

		const hostKey = read(state, KEY);
		const passwords = read(state, "passwd");
		const keys = read(state, KEYS);
		assert.ok(keys === was(KEYS) || keys === readFileSync(NEW.keys, "latin1"), note);

		const again = start(state);
		context.after(() => again.stop("SIGKILL"));
		const target = await ready(again);
		assert.equal(again.stderr, "", note);
		if (old) assert.equal(hostKey, was(KEY), note);
		if (hostKey !== undefined) assert.equal(read(state, KEY), hostKey, note);
		// Where nobody could log in it is a first start, and makes a password.
		const isFirst = passwords === undefined && keys === undefined;
		if (isFirst) {
			const [, made] = await again.waitFor("password", text => MADE.exec(text));
			await enter(target, made, note);
		} else if (passwords !== was("passwd")) await enter(target, NEW.password, note);
		assert.equal(await again.stop(), 0, `${note}: ${again.stderr}`);
		assert.equal(MADE.test(again.stdout), isFirst, note);
		rmSync(state, { recursive: true });
	}
}

function suite(name: string, start: () => Start, why: string | undefined): void {
	describe(`a device on ${name}`, { skip: skip ?? why }, () => {
		test("killed at each call that stores something at its first start", async context => {
			const calls = await killAtEach(context, start(), undefined);
			context.diagnostic(`${calls} calls`);
			assert.ok(calls >= 3 * 5, `${calls}`);
		});

		test("killed at each call that stores another password and other keys", async context => {
			const old = join(mkdtempSync(join(folder, "old-")), "state");
			mkdirSync(old, { recursive: true, mode: 0o700 });
			const device = start()(old, OLD);
			context.after(() => device.stop("SIGKILL"));
			await ready(device);
			assert.equal(await device.stop(), 0);
			const calls = await killAtEach(context, start(), old);
			context.diagnostic(`${calls} calls`);
			assert.ok(calls >= 2 * 5, `${calls}`);
		});
	});
}

const made = await faultyBoardOrReason();
suite("Node", () => startNode, undefined);
if ("reason" in made) suite("the board", () => startNode, made.reason);
else {
	const firmware = await bundleSimulator("javascript");
	suite("the board", () => boardStarter(made.board, firmware), undefined);
}
