/** What a client can make grow in a session is asked for before it does, and given back. */
import { Shell } from "../../src/shell/default-shell.js";
import type { Command } from "../../src/shell/registry.js";
import { assert, test } from "../harness.js";
import { FakeDevice, type FakeOptions, FakeSession, settle } from "./fake-session.js";

const VALUE = "v".repeat(240);

async function start(
	options: FakeOptions,
	memory: number,
): Promise<{ session: FakeSession; device: FakeDevice }> {
	const device = new FakeDevice();
	const session = new FakeSession(options);
	session.memory = memory;
	new Shell({ device }).run(session);
	await settle();
	return { session, device };
}

test("a short line that stands for a long one", async () => {
	const command = `echo ${"$LC_A ".repeat(80)}`;
	const options: FakeOptions = { type: "exec", command, environment: { LC_A: VALUE } };
	const few = (await start(options, 10_000)).session;
	assert.deepEqual([few.status, few.errors], [2, "not enough memory for $LC_A\n"]);
	const { session } = await start(options, 80_000);
	assert.equal(session.out, `${`${VALUE} `.repeat(80).trim()}\n`);
	assert.deepEqual([session.status, session.held], [0, 0]);
});

test("a line of many words", async () => {
	const options: FakeOptions = { type: "exec", command: `echo ${"a ".repeat(250)}` };
	const { session } = await start(options, 8_000);
	assert.deepEqual([session.status, session.errors], [1, "not enough memory for this line\n"]);
	assert.equal((await start(options, 12_000)).session.status, 0);
});

test("what the words of one command have taken is there for the next", async () => {
	const command = Array.from({ length: 20 }, () => "echo $LC_A").join("; ");
	const { session } = await start({ type: "exec", command, environment: { LC_A: VALUE } }, 4_000);
	assert.equal(session.status, 0);
});

test("a line without an end, where there is no terminal", async () => {
	const { session } = await start({}, 1_500);
	for (let i = 0; i < 8; i++) session.send("w".repeat(1_000));
	assert.ok(session.held <= 1_500 && session.held > 0, `${session.held}`);
	session.send("\necho on\n");
	await settle();
	assert.deepEqual([session.errors, session.out], ["the line is too long\n", "on\n"]);
});

test("a line on a terminal waits for memory, and goes on when there is some", async () => {
	const { session, device } = await start({ columns: 80 }, 3_000);
	session.send(`echo ${"w".repeat(600)}\r`);
	assert.ok(session.readable + session.out.length < 620, "it was taken whole");
	assert.ok(session.held <= 3_000);
	session.memory = 80_000;
	device.clock.turn(1_000);
	await settle();
	assert.ok(session.out.replaceAll("\r\n", "").includes("w".repeat(600)));
	assert.ok(session.held < 3_000, `${session.held}`);
});

test("lines that are typed ahead wait for memory", async () => {
	const { session, device } = await start({ columns: 80 }, 4_000);
	session.send("sleep 5\r");
	await settle();
	device.clock.turn(100);
	for (let i = 0; i < 4; i++) session.send("\r".repeat(250));
	assert.ok(session.held <= 4_000 && session.held > 2_000, `${session.held}`);
	assert.ok(session.readable > 500, `${session.readable}`);
});

test("a name of control characters is not shown whole", async () => {
	const { session } = await start({ type: "exec", command: "\x01".repeat(500) }, 80_000);
	assert.equal(session.errors, `${"\\x01".repeat(64)}: command not found\n`);
});

test("what waited for a client to read does not begin on top of the turn that has sent it", async () => {
	let began = 0;
	const next: Command = { name: "next", summary: "", usage: "", run: () => void began++ };
	const session = new FakeSession({ type: "exec", command: "nobody; next", writable: 0 });
	new Shell({ device: new FakeDevice(), commands: [next] }).run(session);
	await settle();
	session.open(1_000);
	assert.equal(began, 0);
	await settle();
	assert.deepEqual([began, session.status], [1, 0]);
});
