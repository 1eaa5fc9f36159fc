/** examples/, run as their comments say, with a client from outside. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { workFolder } from "../build/bundle.js";
import { Running, run } from "../process.js";
import { login } from "./login.js";

const LOOP = fileURLToPath(new URL("../../examples/nanossh-loop.js", import.meta.url));

test("examples/nanossh-loop.ts gives back what clients send, one after the other and at once", async context => {
	const loop = new Running(process.execPath, [LOOP, "0"], { cwd: workFolder(context) });
	context.after(() => loop.stop("SIGKILL"));
	const port = Number(await loop.waitFor("port", stdout => /^listening on .*:(\d+)$/m.exec(stdout)?.[1]));
	const echo = async () => {
		const sent = randomBytes(200_000);
		const { status, stdout, fault } = await login(port, "secret", "cat", sent);
		assert.equal(status, 0, fault);
		assert.ok(stdout.equals(sent));
	};
	await echo();
	await Promise.all([echo(), echo(), echo(), echo()]);
	assert.match((await login(port, "wrong", "cat")).fault, /authentication methods failed/);
});

test("examples/nanossh-loop.ts says why it cannot listen, and fails", async context => {
	const { status, stdout } = await run(process.execPath, [LOOP, "x"], { cwd: workFolder(context) });
	assert.equal(status, 1);
	assert.ok(stdout.toString().endsWith("\nERR_TCP_BAD_ADDRESS\n"), stdout.toString());
});
