import { Shell } from "../../src/shell/default-shell.js";
import type { Dispatcher } from "../../src/shell/dispatcher.js";
import { type CliConnection, type CliHandler, type CliOptions, cliDispatcher } from "../../src/telnet/cli.js";
import { CliOutput } from "../../src/telnet/cli-output.js";
import { assert, test } from "../harness.js";
import { command, StandInCli } from "./cli-stand-in.js";
import { FakeDevice, type FakeOptions, FakeSession, settle } from "./fake-session.js";
import { Terminal } from "./terminal.js";

const TERMINAL: FakeOptions = { columns: 40, rows: 12 };

function start(handlers: readonly CliHandler[], session: FakeOptions = TERMINAL, options: CliOptions = {}) {
	const cli = new StandInCli();
	cli.install(handlers);
	const fake = new FakeSession(session);
	new Shell({ device: new FakeDevice(), prompt: "$ ", dispatcher: cliDispatcher(cli, options) }).run(fake);
	return fake;
}

async function exec(handlers: readonly CliHandler[], line: string, options: CliOptions = {}) {
	const session = start(handlers, { type: "exec", command: line }, options);
	const status = await session.exited();
	return { status, out: session.out, errors: session.errors };
}

function screen(session: FakeSession): string[] {
	const terminal = new Terminal(session.terminal!.columns, session.terminal!.rows);
	for (const bytes of session.written) terminal.write(bytes);
	const rows = terminal.screen();
	while (rows.at(-1) === "") rows.pop();
	return rows;
}

const pair = command("pair", (connection, parts) => connection.line(...parts));

test("cli: a command gets its words and writes lines; what it throws is status 1", async () => {
	const fails = command("rm", connection => {
		connection.line("first");
		throw new Error("path missing");
	});
	assert.deepEqual(await exec([pair], "PAIR 'a b' c"), { status: 0, out: "a bc\n", errors: "" });
	assert.deepEqual(await exec([fails], "rm; echo $?"), {
		status: 0,
		out: "first\n1\n",
		errors: "rm: path missing\n",
	});
});

test("cli: the handler that was installed last is asked first, then those before, then the shell", async () => {
	const mine = command("version", connection => connection.line("mine"));
	const echo = command("echo", connection => connection.line("echoed"));
	const other = command("echo", () => assert.fail("an earlier one was asked"));
	assert.equal((await exec([], "version")).out, "0.0\n");
	assert.equal((await exec([mine, other, echo], "version; echo a; stty")).out, "mine\nechoed\n");
	const unknown = await exec([pair], "'nothing\x1b[2J'");
	assert.deepEqual([unknown.status, unknown.errors], [127, "nothing\\x1b[2J: command not found\n"]);
	assert.deepEqual(await exec([pair], "true && exit 4"), { status: 4, out: "", errors: "" });
});

test("cli: numbers are bytes, buffers are copied, and a terminal gets CR LF", async () => {
	const bytes = Uint8Array.of(0x31, 0x32, 0x33);
	const run = command("mixed", connection => {
		connection.write("ä", 0xe2, 0x82, 0xac, 65, bytes.buffer, bytes.subarray(1), true, undefined);
		bytes.fill(0x39);
		connection.line();
	});
	assert.equal((await exec([run], "mixed")).out, "ä\ufffd\ufffd\ufffdA12323trueundefined\n");
	const session = start([pair]);
	session.send("pair a\r");
	await settle();
	assert.ok(session.out.endsWith("a\r\n$ "), JSON.stringify(session.out));
});

test("cli: a command keeps its state in the connection, each session its own", async () => {
	const count = command("count", connection => {
		const state = connection as CliConnection & { count?: number };
		state.count = (state.count ?? 0) + 1;
		connection.line(String(state.count));
	});
	assert.equal((await exec([count], "count; count")).out, "1\n2\n");
	assert.equal((await exec([count], "count")).out, "1\n");
});

test("cli: a suspended command lasts until it resumes, and what it writes meanwhile is shown at once", async () => {
	let connection: CliConnection | undefined;
	const wait = command("wait", asked => {
		connection = asked;
		asked.line("begins");
		asked.suspend();
	});
	const session = start([wait, pair]);
	session.send("wait; pair after\r");
	await settle();
	connection!.line("goes on");
	await settle();
	assert.deepEqual(screen(session), ["$ wait; pair after", "begins", "goes on"]);
	connection!.line("ends");
	connection!.resume();
	await settle();
	assert.deepEqual(screen(session), ["$ wait; pair after", "begins", "goes on", "ends", "after", "$"]);
	connection!.resume();
	assert.equal(connection!.suspended, undefined);
});

test("cli: a command that resumes before its handler returns ends with it", async () => {
	const brief = command("brief", connection => {
		connection.suspend();
		connection.resume();
	});
	assert.equal((await exec([brief], "brief")).status, 0);
});

test("cli: Ctrl-C and the channel's end cancel what is suspended, once", async () => {
	for (const end of ["\x03", "gone"]) {
		let cancelled = 0;
		let connection: CliConnection | undefined;
		const scan = command("scan", asked => {
			connection = asked;
			asked.suspend(() => {
				cancelled++;
				throw new Error("even this");
			});
		});
		const session = start([scan]);
		session.send("scan\r");
		await settle();
		if (end === "gone") session.vanish();
		else session.send(end);
		await settle();
		assert.deepEqual([cancelled, connection!.suspended], [1, undefined]);
		connection!.resume();
		connection!.line("late");
		await settle();
		if (end === "gone") assert.ok(!session.out.includes("late"));
		else assert.deepEqual(screen(session), ["$ scan", "^C", "late", "$"]);
	}
});

test("cli: what comes at the prompt stands above the line that is edited", async () => {
	let connection: CliConnection | undefined;
	const watch = command("watch", asked => {
		connection = asked;
	});
	const session = start([watch]);
	session.send("watch\r");
	await settle();
	session.send(`echo ${"x".repeat(50)}`);
	connection!.line("door open");
	connection!.write("door shut");
	assert.deepEqual(screen(session), [
		"$ watch",
		"door open",
		"door shut",
		`$ echo ${"x".repeat(33)}`,
		"x".repeat(17),
	]);
	session.send("\x15pair a\x02");
	connection!.line("again");
	assert.deepEqual(screen(session).slice(1), ["door open", "door shut", "again", "$ pair a"]);
	session.send("\x03");
	await settle();
	connection!.line("at rest");
	assert.deepEqual(screen(session).slice(-3), ["$ pair a^C", "at rest", "$"]);
});

test("cli: a client that does not read makes nothing grow", async () => {
	let connection: CliConnection | undefined;
	const watch = command("watch", asked => {
		connection = asked;
		asked.suspend();
	});
	const session = start([watch], { ...TERMINAL, writable: 200 });
	session.send("watch\r");
	await settle();
	for (let i = 0; i < 1000; i++) connection!.line("x".repeat(100));
	assert.ok(connection!.write()! >= 0);
	session.open(1_000_000);
	await settle();
	connection!.resume();
	await settle();
	assert.ok(session.out.length < 10_000, `${session.out.length} characters`);
	assert.ok(session.out.includes("watch: output was lost: the client did not read it in time"));
	session.writable = 0;
	session.send("x");
	for (let i = 0; i < 1000; i++) connection!.line("y".repeat(100));
	session.open(1_000_000);
	await settle();
	assert.ok(session.out.length < 20_000, `${session.out.length} characters`);
});

test("cli: what a cancelled command has waiting is not sent", async () => {
	const long = command("long", connection => {
		for (let i = 0; i < 50; i++) connection.line("x".repeat(100));
		connection.suspend();
	});
	const session = start([long, pair], { ...TERMINAL, writable: 200 });
	session.send("long\r");
	await settle();
	session.send("\x03");
	await settle();
	session.open(1_000_000);
	session.send("pair a\r");
	await settle();
	assert.ok(session.out.length < 400 && session.out.endsWith("$ pair a\r\na\r\n$ "), session.out);
});

test("cli: more than fits in one go throws in the handler, and nothing of it is sent", async () => {
	const dump = (size: number) =>
		command("dump", connection => {
			assert.equal(connection.write(), 100);
			connection.write("x".repeat(60));
			connection.write("y".repeat(size));
		});
	const fits = await exec([dump(40)], "dump", { maxOutput: 100 });
	assert.deepEqual([fits.status, fits.out.length], [0, 100]);
	const beyond = await exec([dump(41)], "dump", { maxOutput: 100 });
	assert.deepEqual(beyond, {
		status: 1,
		out: "x".repeat(60),
		errors: "dump: more output than the session can hold\n",
	});
});

test("cli: small writes are sent together, in order with buffers", () => {
	const output = new CliOutput(10_000);
	for (let i = 0; i < 100; i++) output.add(["0123456789"]);
	output.add(["a", Uint8Array.of(1), "b"]);
	const pieces: number[] = [];
	for (let piece = output.take(); piece !== undefined; piece = output.take()) pieces.push(piece.length);
	assert.deepEqual(pieces, [520, 481, 1, 1]);
	assert.equal(output.room, 10_000);
});

test("cli: help lists its commands with the shell's, in their own words, and Tab completes them", async () => {
	const wifi = command("wifi", () => undefined, "wifi scan - list networks - all");
	const more = command("wifi", () => undefined, "wifi net - show address");
	const broken: CliHandler = (_command, parts) => (parts as string[]).shift()!.toLowerCase() === "x";
	const list = (await exec([wifi, broken, more], "help")).out.split("\n");
	assert.ok(list.includes("wifi       list networks - all; show address"));
	assert.ok(list.includes("version    display version"));
	assert.ok(list.some(line => line.startsWith("stty ")));
	assert.deepEqual([...list].sort(), [...list.slice(-1), ...list.slice(0, -1)]);
	assert.equal(
		(await exec([wifi, more], "help wifi")).out,
		"usage: wifi scan\n       wifi net\nlist networks - all; show address\n",
	);
	const session = start([wifi]);
	session.send("wi\t");
	await settle();
	assert.deepEqual(screen(session), ["$ wifi"]);
});

test("cli: with a greeting, welcome and prompt are the handlers'", async () => {
	const options = { greeting: true };
	const plain = start([], TERMINAL, options);
	await settle();
	assert.deepEqual(screen(plain), ["Stand-in", ">"]);
	const prompt = command("prompt", connection => connection.write("\r\npump> "));
	const session = start([prompt], TERMINAL, options);
	await settle();
	assert.equal(session.out, "Stand-in\r\npump> ");
	session.send("pa\x03");
	assert.ok(session.out.endsWith("^C\r\npump> "));
	const quiet = start([]);
	await settle();
	assert.deepEqual(screen(quiet), ["$"]);
});

test("cli: handlers are told of a connection, and find its peer and its listener", async () => {
	const listener: { connections: CliConnection[] } = { connections: [] };
	const seen: unknown[] = [];
	const asks: CliHandler = function (asked, parts) {
		if (asked === this.initialize) seen.push(parts, this.get("REMOTE_IP"), this.get("SSID"));
		return false;
	};
	const session = start([asks], TERMINAL, { listener });
	await settle();
	assert.deepEqual(seen, [], "no handler was asked for anything yet");
	session.send("nothing\r");
	await settle();
	assert.deepEqual(seen, [{ remote: "192.0.2.7" }, "192.0.2.7", undefined]);
	assert.equal(listener.connections[0].listener, listener);
	session.vanish();
	assert.deepEqual(listener.connections, []);
});

test("cli: a session that ends before its first prompt ends", async () => {
	const killed = start([], TERMINAL, { greeting: true });
	killed.onSignal?.("TERM");
	assert.equal(await killed.exited(), 143);
	const gone = start([], TERMINAL, { greeting: true });
	gone.vanish();
	await settle();
	assert.equal(gone.out, "");
});

test("cli: close() ends the session behind what was written", async () => {
	let connection: CliConnection | undefined;
	const quit = command("quit", asked => {
		connection = asked;
		asked.line("bye");
		asked.suspend();
		asked.close();
	});
	const session = start([quit, pair]);
	session.send("quit; pair not\r");
	assert.equal(await session.exited(), 0);
	assert.ok(session.out.endsWith("bye\r\n"));
	connection!.close();
	const keep = command("keep", asked => {
		connection = asked;
	});
	const idle = start([keep]);
	idle.send("keep\r");
	await settle();
	connection!.close();
	assert.equal(idle.status, 0);
});

test("cli: any other registry may be asked in its place", async () => {
	const dispatcher: Dispatcher = {
		run: async context => (context.name === "five" ? 5 : -1),
		list: () => [],
		welcome: () => "",
		prompt: () => undefined,
		close: () => undefined,
	};
	const session = new FakeSession({ type: "exec", command: "five" });
	new Shell({ device: new FakeDevice(), dispatcher: () => dispatcher }).run(session);
	assert.equal(await session.exited(), 5);
});
