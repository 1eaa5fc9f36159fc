/** What tests start ends with them: where the runner's patience is over, and where the runner itself is killed. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Running } from "../process.js";

const HANGS = fileURLToPath(new URL("hangs.js", import.meta.url));

/** Runs the test that hangs. @returns its process, and the connection of the innermost program, which is open */
async function hang(context: TestContext, file: string, ...args: string[]): Promise<[Running, Socket]> {
	const server = createServer().listen(0, "127.0.0.1");
	context.after(() => server.close());
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const tests = new Running(file, args, { env: { PORT: `${port}` } });
	context.after(() => tests.stop("SIGKILL"));
	const ended = tests.ended.then(() => Promise.reject(new Error(`it ended: ${tests.stderr}`)));
	ended.catch(() => {});
	const [socket] = (await Promise.race([once(server, "connection"), ended])) as [Socket];
	context.after(() => socket.destroy());
	return [tests, socket.on("error", () => {}).resume()];
}

test("a test that hangs is named with what its programs have said, and they are killed", async context => {
	// Without the runner, who would end it a moment later: how long that is depends on the machine.
	const [tests, socket] = await hang(context, process.execPath, "--test-timeout=10000", HANGS);
	await once(socket, "close");
	assert.equal(await tests.ended, 1);
	assert.match(tests.stderr, /ended while it ran: it hangs\n/);
	assert.match(tests.stderr, /still running: sh -c [\s\S]*begun\n/);
});

test("programs of a test whose runner is killed are killed as well", async context => {
	// The shell stays, for where it ends its whole group does.
	const script = '"$@" >/dev/null & echo "$!"; wait; read -r end';
	const [shell, socket] = await hang(context, "sh", "-c", script, "sh", process.execPath, "--test", HANGS);
	process.kill(Number(shell.stdout), "SIGKILL");
	await once(socket, "close");
});
