/** Commands that do not wait for what they have asked, or answer with nothing: the session goes on, and the program too. */
import { setImmediate } from "node:timers/promises";
import { Shell } from "../../src/shell/default-shell.js";
import type { Command, Context } from "../../src/shell/registry.js";
import { assert, test } from "../harness.js";
import { FakeDevice, type FakeOptions, FakeSession, settle } from "../shell/fake-session.js";

const TERMINAL: FakeOptions = { columns: 80, rows: 24 };

function start(part: { run?: (context: Context) => unknown; complete?: () => unknown }, options = TERMINAL) {
	const device = new FakeDevice();
	const session = new FakeSession(options);
	const command = { name: "careless", summary: "", usage: "careless", run: () => 0, ...part } as Command;
	new Shell({ device, commands: [command] }).run(session);
	return { device, session };
}

/** Waits for nothing that it asks for. */
function floating(context: Context): Promise<void> {
	void context.stdin.read();
	void context.stdin.readLine();
	void context.sleep(1000);
	void context.stdout.write("asked\n");
	return new Promise(() => undefined);
}

/** Lets the session end; the turn of Node's loop is when it would tell of a rejection that nobody has taken. */
async function leave(session: FakeSession): Promise<void> {
	session.send("exit 7\n");
	assert.equal(await session.exited(), 7);
	await setImmediate();
}

test("what a command does not wait for is cancelled without a rejection that nobody takes", async () => {
	const { device, session } = start({ run: floating });
	session.send("careless\r");
	await settle();
	device.clock.turn(100);
	session.send("\x03");
	await settle();
	await leave(session);
	assert.ok(session.out.includes("asked"));
	assert.equal(device.clock.pending, 0);
});

test("what a command asks for when it is over is refused without a rejection that nobody takes", async () => {
	let kept: Context | undefined;
	const run = (context: Context): number => {
		kept = context;
		return 0;
	};
	const { session } = start({ run });
	session.send("careless\r");
	await settle();
	void floating(kept!);
	await leave(session);
	assert.ok(!session.out.includes("asked"));
});

test("a read that a command has left behind is not in the way of the lines behind it", async () => {
	const run = (context: Context) => Promise.race([context.stdin.read(), context.sleep(10)]);
	const { device, session } = start({ run }, {});
	session.send("careless\n");
	await settle();
	device.clock.turn(10);
	await settle();
	await leave(session);
	assert.equal(session.errors, "");
});

for (const [name, candidates] of [
	["nothing", undefined],
	["a promise of nothing", Promise.resolve(undefined)],
	["no texts", [1, undefined]],
	["a promise of no texts", Promise.resolve([1])],
	["a promise of no list", Promise.resolve(1)],
] as const)
	test(`Tab, where a command answers with ${name}`, async () => {
		const { session } = start({ complete: () => candidates });
		session.send("careless \t");
		await settle();
		session.send("\x15");
		await leave(session);
	});
