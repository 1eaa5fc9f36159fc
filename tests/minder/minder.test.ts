/** What tests start ends with them: where the runner's patience is over, and where the runner itself is killed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Running } from "../process.js";

const HANGS = fileURLToPath(new URL("hangs.js", import.meta.url));

/** Runs the test that hangs. @returns its runner, and the connection of the innermost program, which is open */
async function hang(context: TestContext, ...options: string[]): Promise<[Running, Socket]> {
	const server = createServer().listen(0, "127.0.0.1");
	context.after(() => server.close());
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const runner = new Running(process.execPath, ["--test", ...options, HANGS], { env: { PORT: `${port}` } });
	const [socket] = (await once(server, "connection")) as [Socket];
	context.after(() => socket.destroy());
	return [runner, socket.on("error", () => {}).resume()];
}

test("a test that hangs is named with what its programs have said, and they are killed", async context => {
	const [runner, socket] = await hang(context, "--test-timeout=5000", "--test-reporter=tap");
	await once(socket, "close");
	assert.equal(await runner.ended, 1);
	assert.match(runner.stdout, /ended while it ran: it hangs\n/);
	assert.match(runner.stdout, /still running: sh -c [\s\S]*begun\n/);
});

test("programs of a test whose runner is killed are killed as well", async context => {
	const [runner, socket] = await hang(context);
	// The runner alone: its group would be more.
	runner.child.kill("SIGKILL");
	await once(socket, "close");
});
