/** Programs of this machine behind a session, without the SSH between. */
import { serveWithShell } from "../../simulator/posix-backend.js";
import { assert, test } from "../harness.js";
import { HANG } from "../process.js";
import { FakeSession } from "../shell/fake-session.js";

async function until(done: () => boolean): Promise<void> {
	for (const end = performance.now() + HANG; !done(); await new Promise(resolve => setTimeout(resolve, 1))) {
		if (performance.now() > end) throw new Error("not done");
	}
}

function serve(command: string, options = {}): FakeSession {
	const session = new FakeSession({ type: "exec", command, ...options });
	serveWithShell(session);
	return session;
}

test("posix: output, errors and the exit status come from the program", async () => {
	const session = serve("echo out; echo err >&2; exit 7");
	assert.equal(await session.exited(), 7);
	assert.equal(session.out, "out\n");
	assert.equal(session.errors, "err\n");
});

test("posix: input goes to the program, and its end too", async () => {
	const session = serve("cat; echo done");
	session.send("one ");
	await until(() => session.out === "one ");
	session.send("two ");
	session.endInput();
	assert.equal(await session.exited(), 0);
	assert.equal(session.out, "one two done\n");
});

test("posix: a shell reads its commands from the session", async () => {
	const session = new FakeSession({ type: "shell" });
	serveWithShell(session);
	session.send("echo a\nexit 3\n");
	assert.equal(await session.exited(), 3);
	assert.equal(session.out, "a\n");
});

test("posix: a window that opens bit by bit gets all, in order, before the status", async () => {
	const session = serve("seq 1 20000", { writable: 10 });
	await until(() => session.out.length === 10);
	while (session.status === undefined) {
		session.open(997);
		await new Promise(resolve => setImmediate(resolve));
	}
	const numbers = Array.from({ length: 20_000 }, (_, index) => index + 1);
	assert.equal(session.out, `${numbers.join("\n")}\n`);
});

test("posix: input that the program does not want is dropped, and does not hold the session", async () => {
	const session = serve("exec 0<&-; trap 'exit 5' USR1; echo closed; while :; do sleep 0.05; done");
	await until(() => session.out === "closed\n");
	for (let round = 0; round < 40; round++) session.send(new Uint8Array(100_000));
	await until(() => session.readable === 0);
	session.onSignal?.("USR1");
	assert.equal(await session.exited(), 5);
});

test("posix: signals reach the program and what it has started", async () => {
	const session = serve("trap 'echo caught; exit 9' USR1; echo ready; while :; do sleep 0.05; done");
	await until(() => session.out === "ready\n");
	session.onSignal?.("NONSENSE");
	session.onSignal?.("USR1");
	assert.equal(await session.exited(), 9);
	assert.equal(session.out, "ready\ncaught\n");
});

test("posix: a channel that goes away takes the program with it, though it ignores SIGHUP", async () => {
	const session = serve("trap '' HUP; sleep 1000 & echo $!; wait");
	await until(() => session.out.endsWith("\n"));
	const sleeper = Number(session.out);
	process.kill(sleeper, 0);
	session.vanish();
	await until(() => {
		try {
			process.kill(sleeper, 0);
			return false;
		} catch {
			return true;
		}
	});
});

test("posix: the environment is the session's over a small one", async () => {
	process.env.FIELDSSH_TEST_SECRET = "x";
	const session = serve("env", { environment: { LANG: "C.UTF-8" }, originalCommand: "asked" });
	await session.exited();
	delete process.env.FIELDSSH_TEST_SECRET;
	const lines = session.out.split("\n");
	for (const line of ["LANG=C.UTF-8", "SSH_ORIGINAL_COMMAND=asked", "USER=admin"])
		assert.ok(lines.includes(line), line);
	assert.equal(session.out.includes("FIELDSSH_TEST_SECRET"), false);
});

test("posix: who asks for a terminal is told that there is none", async () => {
	const session = serve("true", { columns: 80, rows: 24 });
	assert.equal(await session.exited(), 0);
	assert.ok(session.errors.startsWith("no terminal"));
});
