/** A real client logs in to `--engine rv32`: the emulated microcontroller, with the heap of an ESP32-C6. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { keyLogin, openssh, ssh } from "../interop/clients/openssh.js";
import { missing, type Simulator, startSimulator } from "../interop/harness.js";
import { says } from "../interop/suite.js";
import { Running } from "../process.js";
import { reasonToSkip } from "./board.js";

const skip = missing("ssh", "ssh-keygen") ?? (await reasonToSkip());

function startDevice(): Promise<Simulator> {
	return startSimulator({ args: ["--engine", "rv32", "--limits", "device"] });
}

/** Sessions that have begun and wait for input. */
async function openSessions(target: Simulator, count: number): Promise<Running[]> {
	const sessions = Array.from(
		{ length: count },
		() => new Running("ssh", [...keyLogin(target), target.host, "echo ready; cat"]),
	);
	await Promise.all(sessions.map(each => each.waitFor("session", text => text === "ready\n")));
	return sessions;
}

describe("OpenSSH on the emulated device", { skip }, () => {
	let target: Simulator;
	before(async () => {
		target = await startDevice();
	});
	after(() => target.stop());

	test("publickey, a command, its status", async () => {
		says(await ssh(target, [target.host, "echo in by key"]), "in by key\n");
		assert.equal((await ssh(target, [target.host, "exit 42"])).status, 42);
	});

	test("password", async () => {
		const login = { method: "password", password: target.password } as const;
		says(await openssh.run(target, { login, command: "echo in by word" }), "in by word\n");
	});

	test("200 KB in and out, byte by byte", async () => {
		const stdin = randomBytes(200_000);
		const { status, stdout, stderr } = await ssh(target, [target.host, "cat"], { stdin });
		assert.equal(status, 0, stderr);
		assert.ok(stdout.equals(stdin), `${stdout.length} bytes`);
	});

	test("three connections at once", async () => {
		const [first, second] = await openSessions(target, 2);
		const third = await ssh(target, [target.host, "ps"]);
		assert.equal(third.stdout.toString().match(/ admin /g)?.length, 3, third.stderr);
		for (const [i, session] of [first, second].entries()) {
			session.child.stdin.end(`still here ${i}`);
			assert.equal(await session.ended, 0);
			assert.equal(session.stdout, `ready\nstill here ${i}`);
		}
	});

	test("reboot: the device comes back with the same port and host key", async () => {
		const starts = (output: string) => output.match(/listening on .*\nhost key .*\n/g);
		const [before] = starts(target.output())!;
		await ssh(target, [target.host, "reboot"]);
		const [, later] = await target.waitFor("second start", output => {
			const all = starts(output);
			return all?.length === 2 && all;
		});
		assert.equal(later, before);
		says(await ssh(target, [target.host, "echo again"]), "again\n");
	});
});

test("SIGTERM: the client is told, and the program ends with status 0", { skip }, async () => {
	const target = await startDevice();
	const [session] = await openSessions(target, 1);
	await target.stop();
	await session.ended;
	assert.match(session.stderr, /Received disconnect|Connection to .* closed|closed by remote host/);
});
