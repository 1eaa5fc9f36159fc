/** OpenSSH and the board with a device's heap: an ESP32-C6's, of which nothing may be left when memory runs out. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { ssh } from "../interop/clients/openssh.js";
import { missing, startSimulator, type Target } from "../interop/harness.js";
import { run } from "../process.js";
import { boardOrReason } from "./board.js";

const made = await boardOrReason("device");
const skip = missing("ssh") ?? ("reason" in made ? made.reason : false);
const native = await boardOrReason("device", "native");
const nativeSkip = skip || ("reason" in native ? native.reason : false);

const DEVICE = ["--engine", "xs", "--limits", "device"];

/** Logs in by ed25519 and runs a command; standard output, "" where the server would not. */
async function login(target: Target, command: string): Promise<string> {
	const { stdout, stderr } = await ssh(target, ["-o", "BatchMode=yes", target.host, command]);
	// Whatever the server has no memory for, its client is not left waiting.
	assert.doesNotMatch(stderr, /killed after/);
	return stdout.toString();
}

test("three are logged in at once within a device's heap", { skip }, async () => {
	const target = await startSimulator({ args: DEVICE });
	try {
		const names = ["one", "two", "three"];
		const answers = await Promise.all(names.map(name => login(target, `sleep 2; echo ${name}`)));
		assert.deepEqual(
			answers,
			names.map(name => `${name}\n`),
		);
		assert.doesNotMatch(target.output(), /memory full/);
	} finally {
		await target.stop();
	}
});

test("too many at once are refused, and nothing runs out of memory", { skip }, async () => {
	const waiting = ["--limit", "waitingConnections=30", "--limit", "waitingByAddress=30"];
	const target = await startSimulator({ args: [...DEVICE, ...waiting] });
	try {
		const answers = await Promise.all(Array.from({ length: 12 }, () => login(target, "sleep 2; echo in")));
		assert.ok(answers.includes("in\n"));
		assert.ok(answers.includes(""));
		assert.doesNotMatch(target.output(), /memory full/);
		assert.equal(await login(target, "echo still here"), "still here\n");
	} finally {
		await target.stop();
	}
});

test("places that the heap does not hold are refused at the start, with the figures", { skip }, async () => {
	const start = startSimulator({ args: DEVICE, maxConnections: 30 });
	await assert.rejects(
		start,
		/maxConnections: 30 need \d+ slots of heap; there are \d+ beside the application's 400/,
	);
});

test("the board knows the owner's addresses: whoever else comes leaves a place", { skip }, async () => {
	const target = await startSimulator({
		args: [...DEVICE, "--owner-address", "127.0.0.9"],
		maxConnections: 1 + 1,
	});
	try {
		const [stranger, second] = [connect(target.port, target.host), connect(target.port, target.host)];
		for (const socket of [stranger, second]) socket.resume();
		await once(second, "end");
		assert.match(target.output(), /refuse from=127\.0\.0\.1 why=owner-place/);
		const { stdout } = await ssh(target, ["-b", "127.0.0.9", target.host, "echo in"]);
		assert.equal(stdout.toString(), "in\n");
		stranger.destroy();
	} finally {
		await target.stop();
	}
});

test("with native cryptography too, by each kind of cipher", { skip: nativeSkip }, async () => {
	const target = await startSimulator({ args: [...DEVICE, "--crypto", "native"] });
	try {
		for (const cipher of ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr"]) {
			const args = ["-o", "BatchMode=yes", "-c", cipher, target.host, "cat"];
			const { status, stdout, stderr } = await ssh(target, args, { stdin: cipher.repeat(300) });
			assert.equal(status, 0, stderr);
			assert.equal(stdout.toString(), cipher.repeat(300));
		}
		assert.doesNotMatch(target.output(), /memory full/);
	} finally {
		await target.stop();
	}
});

test("without a compiler one line says what to install", { skip }, async () => {
	const simulator = new URL("../../simulator/main.js", import.meta.url).pathname;
	const env = { PATH: "/nowhere" };
	const { status, stderr } = await run(process.execPath, [simulator, "--engine", "xs"], { env });
	assert.equal(status, 2);
	assert.equal(stderr, "fieldssh: --engine xs: no C compiler; install gcc and gcc-multilib\n");
});
