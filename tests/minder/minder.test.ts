/** What tests start ends with them: where the runner's patience is over, and where the runner itself is killed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Running } from "../process.js";

const HANGS = fileURLToPath(new URL("hangs.js", import.meta.url));

/** Runs the test that hangs. @returns its process or runner, and the connection of the innermost program, which is open */
async function hang(context: TestContext, option: string): Promise<[Running, Socket]> {
	const server = createServer().listen(0, "127.0.0.1");
	context.after(() => server.close());
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const runner = new Running(process.execPath, [option, HANGS], { env: { PORT: `${port}` } });
	const ended = runner.ended.then(() => Promise.reject(new Error(`it ended: ${runner.stderr}`)));
	const [socket] = (await Promise.race([once(server, "connection"), ended])) as [Socket];
	ended.catch(() => {});
	context.after(() => socket.destroy());
	return [runner, socket.on("error", () => {}).resume()];
}

test("a test that hangs is named with what its programs have said, and they are killed", async context => {
	// Without the runner, who would end it a moment later: how long that is depends on the machine.
	const [tests, socket] = await hang(context, "--test-timeout=10000");
	await once(socket, "close");
	assert.equal(await tests.ended, 1);
	assert.match(tests.stderr, /ended while it ran: it hangs\n/);
	assert.match(tests.stderr, /still running: sh -c [\s\S]*begun\n/);
});

test("programs of a test whose runner is killed are killed as well", async context => {
	const [runner, socket] = await hang(context, "--test");
	// The runner alone: its group would be more.
	runner.child.kill("SIGKILL");
	await once(socket, "close");
});
