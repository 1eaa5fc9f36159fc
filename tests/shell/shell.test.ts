import { CookedInput } from "../../src/shell/cooked-input.js";
import { Shell } from "../../src/shell/default-shell.js";
import { KeyDecoder } from "../../src/shell/editor/keys.js";
import type { Command, Context } from "../../src/shell/registry.js";
import type { ShellOptions } from "../../src/shell/shell.js";
import { assert, test } from "../harness.js";
import { FakeDevice, type FakeOptions, FakeSession, settle } from "./fake-session.js";
import { Terminal } from "./terminal.js";

const PROMPT = "admin@lamp>";

interface Setup extends Partial<ShellOptions> {
	session?: FakeOptions;
}

function start(setup: Setup = {}) {
	const device = new FakeDevice();
	const session = new FakeSession(setup.session ?? { columns: 40, rows: 12 });
	new Shell({ device, ...setup }).run(session);
	return { device, session };
}

/** What the terminal shows of all that the session wrote. */
function screen(session: FakeSession): string[] {
	const terminal = new Terminal(session.terminal!.columns, session.terminal!.rows);
	for (const bytes of session.written) terminal.write(bytes);
	const rows = terminal.screen();
	while (rows.length > 0 && rows[rows.length - 1] === "") rows.pop();
	return rows;
}

function command(name: string, run: Command["run"]): Command {
	return { name, summary: "", usage: name, run };
}

/** By another name: a promise that cannot be listened to is what a test of memory wants. */
const THEN = "then";

/** Never ends, whatever is done to it, and writes when it is told to. */
function stubborn() {
	const handle = { context: undefined as Context | undefined, cancels: 0 };
	return {
		handle,
		command: command("stubborn", (context: Context) => {
			handle.context = context;
			context.onCancel = () => {
				handle.cancels++;
				throw new Error("even this");
			};
			return new Promise<void>(() => undefined);
		}),
	};
}

test("shell: a terminal gets motd, prompt, echo, output and the prompt again", async () => {
	const { session } = start({ motd: "hello\n" });
	session.send("echo a b\r");
	await settle();
	assert.deepEqual(screen(session), ["hello", `${PROMPT} echo a b`, "a b", PROMPT]);
	session.send("nothing\rexit 3\r");
	assert.equal(await session.exited(), 3);
	assert.ok(session.out.includes("nothing: command not found\r\n"));
	assert.equal(session.errors, "");
});

test("shell: Ctrl-D ends with the last status, Ctrl-C on a line sets 130", async () => {
	const first = start();
	first.session.send("false\r");
	await settle();
	first.session.send("\x04");
	assert.equal(await first.session.exited(), 1);
	const second = start();
	second.session.send("abc\x03\x04");
	assert.equal(await second.session.exited(), 130);
	const third = start();
	third.session.endInput();
	assert.equal(await third.session.exited(), 0);
});

test("shell: output without a line's end does not run into the prompt", async () => {
	const { session } = start();
	session.send("echo -n a\r");
	await settle();
	assert.deepEqual(screen(session), [`${PROMPT} echo -n a`, "a", PROMPT]);
});

test("shell: lines that arrive together run one after the other", async () => {
	const { session } = start();
	session.send("echo a\recho b\r\necho c\n");
	await settle();
	const expected = ["a", "b", "c"].flatMap(text => [`${PROMPT} echo ${text}`, text]);
	assert.deepEqual(screen(session), [...expected, PROMPT]);
});

test("shell: a command reads cooked lines, with echo, until Ctrl-D", async () => {
	const { session } = start();
	session.send("cat\r");
	await settle();
	session.send("onx\x7fe\r");
	await settle();
	session.send("t\x1b[Aw漢\x7fo zzz\x17\r\x04");
	await settle();
	assert.deepEqual(screen(session), [`${PROMPT} cat`, "one", "one", "two", "two", PROMPT]);
});

test("shell: what a command did not read goes to the next line", async () => {
	const { session, device } = start();
	session.send("sleep 1\r");
	await settle();
	session.send("echo typed\rahe");
	await settle();
	device.clock.turn(1000);
	await settle();
	session.send("ad");
	assert.deepEqual(screen(session), [
		`${PROMPT} sleep 1`,
		"echo typed",
		"ahe",
		`${PROMPT} echo typed`,
		"typed",
		`${PROMPT} ahead`,
	]);
	session.vanish();
});

test("shell: what is typed with a command that lasts is taken after a moment", async () => {
	const { session, device } = start();
	session.send("sleep 9\r\x03");
	await settle();
	device.clock.turn(20);
	await settle();
	assert.deepEqual(screen(session), [`${PROMPT} sleep 9`, "^C", PROMPT]);
	assert.equal(device.clock.pending, 0);
});

test("shell: Ctrl-C cancels; a command that does not care cannot hold the shell, and is not heard", async () => {
	const { handle, command } = stubborn();
	const { session } = start({ commands: [command] });
	session.send("stubborn; echo not\r");
	await settle();
	session.send("\x03");
	await settle();
	session.send("echo $?\r");
	await settle();
	assert.deepEqual(screen(session), [
		`${PROMPT} stubborn; echo not`,
		"^C",
		`${PROMPT} echo $?`,
		"130",
		PROMPT,
	]);
	const context = handle.context!;
	assert.deepEqual([context.cancelled, handle.cancels], [true, 1]);
	// Not awaited: a rejection that no one takes must not end the program.
	context.stdout.write("late");
	await assert.rejects(context.stdout.write("late"));
	await assert.rejects(context.stdin.read());
	await assert.rejects(context.sleep(1));
	assert.ok(!session.out.includes("late"));
});

test("shell: cancelling rejects what the command waits for", async () => {
	const seen: string[] = [];
	for (const wait of ["read", "readLine", "sleep"] as const) {
		const waiting = command("waiting", async context => {
			try {
				await (wait === "sleep" ? context.sleep(1000) : context.stdin[wait]());
			} catch (error) {
				seen.push(`${wait} ${(error as Error).message}`);
				throw error;
			}
		});
		const { session, device } = start({ commands: [waiting] });
		session.send("waiting\r");
		await settle();
		session.send("\x03");
		await settle();
		assert.equal(screen(session).at(-1), PROMPT);
		assert.equal(device.clock.pending, 0);
	}
	assert.deepEqual(seen, ["read cancelled", "readLine cancelled", "sleep cancelled"]);
});

test("shell: a command that throws is status 1, and the session lives", async () => {
	const commands = [
		command("boom", () => {
			throw new Error("no fuse");
		}),
		command("late", async () => {
			throw "a text";
		}),
		command("odd", () => 258),
	];
	const { session } = start({ commands });
	session.send("boom\rlate || echo $?\rodd; echo $?\r");
	await settle();
	const lines = screen(session).filter(line => !line.startsWith(PROMPT));
	assert.deepEqual(lines, ["boom: no fuse", "late: a text", "1", "2"]);
});

test("shell: signals and breaks cancel; TERM and HUP end the session", async () => {
	const first = start();
	first.session.send("sleep 9\r");
	await settle();
	first.session.onBreak?.(0);
	await settle();
	first.session.onSignal?.("USR1");
	first.session.onSignal?.("INT");
	await settle();
	assert.deepEqual(screen(first.session), [`${PROMPT} sleep 9`, `${PROMPT} ^C`, PROMPT]);
	first.session.onSignal?.("TERM");
	assert.equal(await first.session.exited(), 143);
	const second = start();
	second.session.send("sleep 9\r");
	await settle();
	second.session.onSignal?.("HUP");
	assert.equal(await second.session.exited(), 129);
	const third = start({ session: { type: "exec", command: "sleep 9; echo not" } });
	third.session.onSignal?.("TERM");
	assert.equal(await third.session.exited(), 143);
	assert.equal(third.session.out, "");
});

test("shell: the channel's end cancels what runs, and nothing is said to it any more", async () => {
	for (const session of [{ columns: 40 }, { type: "exec", command: "stubborn" } as const]) {
		const { handle, command } = stubborn();
		const running = start({ commands: [command], session });
		if (!("type" in session)) running.session.send("stubborn\r");
		await settle();
		running.session.vanish();
		await settle();
		assert.deepEqual([handle.cancels, running.session.status], [1, undefined]);
		assert.equal(running.device.clock.pending, 0);
		await assert.rejects(handle.context!.stdout.write("x"));
	}
});

test("shell: writes wait for the client's window, in order, on both streams", async () => {
	const done: string[] = [];
	const writer = command("writer", async context => {
		await context.stdout.write("abcdef");
		done.push("first");
		await context.stderr.write(Uint8Array.of(0x31, 0x32));
		done.push("second");
	});
	const { session } = start({
		commands: [writer],
		session: { type: "exec", command: "writer", writable: 4 },
	});
	await settle();
	assert.deepEqual([session.out, done], ["abcd", []]);
	session.open(2);
	await settle();
	assert.deepEqual([session.out, session.errors, done], ["abcdef", "", ["first"]]);
	session.open(1);
	await settle();
	assert.deepEqual([session.errors, session.status], ["1", undefined]);
	session.open(1);
	assert.equal(await session.exited(), 0);
	assert.deepEqual([session.errors, done], ["12", ["first", "second"]]);
});

test("shell: a paste of megabytes stays behind the window while no one reads", async () => {
	const megabyte = "x".repeat(1_000_000);
	const blocked = start({ session: { columns: 40, rows: 12, writable: 500 } });
	blocked.session.send(`echo ${megabyte}`);
	await settle();
	assert.ok(blocked.session.readable > 990_000, "the editor stops when its output waits");
	const sleeping = start();
	sleeping.session.send("sleep 9\r");
	await settle();
	sleeping.session.send("typed ahead\r".repeat(100_000));
	await settle();
	assert.ok(sleeping.session.readable > 1_190_000, "so does what is typed ahead");
	const lines = start({ session: { type: "shell" } });
	lines.session.send("sleep 9\n".repeat(100_000));
	await settle();
	assert.ok(lines.session.readable > 790_000, "so do lines without a pty");
	for (const { session } of [blocked, sleeping, lines]) session.vanish();
});

test("shell: Ctrl-C gets through while the client reads nothing", async () => {
	const flood = command("flood", async context => {
		for (;;) await context.stdout.write("flood\n");
	});
	const { session } = start({ commands: [flood], session: { columns: 40, rows: 12, writable: 300 } });
	session.send("flood\r");
	await settle();
	session.send("\x03");
	await settle();
	session.open(1000);
	await settle();
	assert.ok(session.out.endsWith(`^C\r\n${PROMPT} `));
});

test("shell: what a cancelled command has waiting is not sent", async () => {
	const large = command("large", context => context.stdout.write("x".repeat(10_000)));
	const { session } = start({ commands: [large], session: { columns: 40, rows: 12, writable: 300 } });
	session.send("large\r");
	await settle();
	session.send("\x03");
	await settle();
	session.open(100_000);
	await settle();
	assert.ok(session.out.length < 400, `${session.out.length} characters`);
	assert.ok(session.out.endsWith(`${PROMPT} `));
});

test("shell: cooked lines that no one reads are bounded, however large the chunk", () => {
	const cooked = new CookedInput(new KeyDecoder(), { listen: () => {}, discard: () => {} });
	const bytes = new Uint8Array(5000).fill(0x0a);
	const taken = cooked.feed(bytes, 0, bytes.length);
	assert.ok(cooked.full && taken <= 1024, `${taken} bytes`);
});

test("shell: without a pty lines are read without prompt or echo, and share stdin with commands", async () => {
	const { session } = start({ session: { type: "shell" } });
	session.send("echo a\r\n\ncat\nb\nc");
	session.endInput();
	assert.equal(await session.exited(), 0);
	assert.equal(session.out, "a\nb\nc");
	const second = start({ session: { type: "shell" } });
	second.session.send(`echo ${"x".repeat(9000)}\nnothing\nfalse`);
	second.session.endInput();
	assert.equal(await second.session.exited(), 1);
	assert.equal(second.session.out, "");
	assert.equal(second.session.errors, "the line is too long\nnothing: command not found\n");
	const third = start({ session: { type: "shell" } });
	third.session.send("exit 4\necho not\n");
	assert.equal(await third.session.exited(), 4);
	assert.equal(third.session.out, "");
});

test("shell: exec on a pty is cooked and ends with its command", async () => {
	const { session } = start({ session: { type: "exec", command: "cat; stty size", columns: 40, rows: 12 } });
	session.send("a\r\x04");
	assert.equal(await session.exited(), 0);
	assert.deepEqual(screen(session), ["a", "a", "12 40"]);
});

test("shell: a subsystem is none of it", () => {
	assert.equal(start({ session: { type: "subsystem", command: "sftp" } }).session.status, 1);
});

test("shell: keys add on a pty says what it waits for, and takes a line as long as an RSA key of 4,096 bits", async () => {
	const { session, device } = start();
	const line = `ssh-rsa ${"A".repeat(716)} an-address@some-host`;
	session.send("keys add\r");
	await settle();
	assert.equal(screen(session).at(-1), "keys, one a line; Ctrl-D ends");
	session.send(`${line}\r\x04`);
	await settle();
	assert.deepEqual(device.keyLines, [line]);
	assert.equal(screen(session).at(-1), PROMPT);
});

test("shell: passwd on a pty shows nothing of what is typed, nor keeps it", async () => {
	const { session, device } = start();
	session.send("passwd\r");
	await settle();
	session.send("old\r");
	await settle();
	session.send("new1\r");
	await settle();
	session.send("new1\rleft over");
	await settle();
	assert.equal(device.password, "new1");
	assert.deepEqual(screen(session), [
		`${PROMPT} passwd`,
		"Current password:",
		"New password:",
		"New password again:",
		PROMPT,
	]);
});

/** Lines as somebody pastes them: the first ones are read, the others must not be seen again. */
function pasted(...read: string[]): string {
	return [...read, ...Array.from({ length: 400 }, (_, at) => `echo secret${at}`)]
		.map(line => `${line}\r`)
		.join("");
}

test("shell: what is typed ahead of a password, however much, is neither shown nor run", async () => {
	// All at once behind the command; in pieces, of which the last come when it has ended; one line too many.
	const whole = pasted("passwd", "old", "new1", "new1");
	const ways: readonly (readonly string[])[] = [
		[whole],
		[whole.slice(0, 900), whole.slice(900, 3000), whole.slice(3000)],
		[pasted("passwd", "wrong").slice(0, 60), whole],
		["passwd\rold\rnew1\rnew1\recho secret\r", "echo secret\r"],
	];
	for (const [way, pieces] of ways.entries()) {
		const { session, device } = start({ session: { columns: 80, rows: 50 } });
		for (const piece of pieces) {
			session.send(piece);
			await settle();
		}
		assert.equal(device.password, way === 2 ? "old" : "new1", `way ${way}`);
		assert.equal(session.readable, 0);
		assert.ok(!session.out.includes("secret"), `way ${way}: ${session.out}`);
		assert.equal(screen(session).at(-1), PROMPT, `way ${way}`);
		// Behind a silence it is served again.
		device.clock.turn(499);
		session.send("echo secret\r");
		device.clock.turn(499);
		await settle();
		assert.ok(!session.out.includes("secret"), `way ${way}: ${session.out}`);
		device.clock.turn(1);
		session.send("echo again\r");
		await settle();
		assert.deepEqual(screen(session).slice(-2), ["again", PROMPT], `way ${way}`);
	}
});

test("shell: after a password that was read whole nothing is waited for", async () => {
	const { session } = start();
	for (const line of ["passwd", "old", "new1", "new1", "echo at once"]) {
		session.send(`${line}\r`);
		await settle();
	}
	assert.deepEqual(screen(session).slice(-2), ["at once", PROMPT]);
});

test("shell: a command that asks for a password and goes on leaves nothing of it to its own next read, nor to others", async () => {
	const read: (string | undefined)[] = [];
	const ask = command("ask", async context => {
		context.setEcho(false);
		read.push(await context.stdin.readLine());
		context.setEcho(true);
		read.push(await context.stdin.readLine());
	});
	const { session, device } = start({ commands: [ask] });
	session.send(pasted("ask", "pass"));
	await settle();
	assert.deepEqual(read, ["pass"]);
	device.clock.turn(500);
	session.send("name\r");
	await settle();
	assert.deepEqual(read, ["pass", "name"]);
	assert.deepEqual(screen(session), [`${PROMPT} ask`, "name", PROMPT]);
	const hide = command("hide", context => context.setEcho(false));
	const second = start({ commands: [hide] }).session;
	second.send("hide; cat\r");
	await settle();
	second.send("shown\r\x04");
	await settle();
	assert.deepEqual(screen(second), [`${PROMPT} hide; cat`, "shown", "shown", PROMPT]);
});

test("shell: nothing that is typed without echo is left in the window, and Ctrl-C is heard behind all of it", async () => {
	const hold = command("hold", context => {
		context.setEcho(false);
		return new Promise<void>(() => undefined);
	});
	const { session, device } = start({ commands: [hold] });
	session.send("hold\r");
	await settle();
	device.clock.turn(20);
	session.send(pasted());
	assert.equal(session.readable, 0);
	session.send("\x03");
	await settle();
	assert.deepEqual(screen(session), [`${PROMPT} hold`, "^C", PROMPT]);
});

test("shell: keys that follow a Ctrl-C at a password are for the prompt", async () => {
	const { session } = start();
	session.send("passwd\r");
	await settle();
	session.send("secret\rmore\x03echo typed\r");
	await settle();
	assert.deepEqual(screen(session).slice(-3), [`${PROMPT} echo typed`, "typed", PROMPT]);
	assert.ok(!session.out.includes("secret"));
});

test("shell: Tab completes commands and their arguments, at once or later", async () => {
	let answer: ((candidates: string[]) => void) | undefined;
	const commands: Command[] = [
		{
			...command("slow", () => 0),
			complete: (_circumstances, words) => {
				assert.deepEqual(words, ["x", "y"]);
				return new Promise(resolve => {
					answer = resolve;
				});
			},
		},
		{
			...command("bad", () => 0),
			complete: () => {
				throw new Error("no candidates");
			},
		},
	];
	const { session } = start({ commands });
	session.send("ki\t4\t");
	assert.equal(screen(session).at(-1), `${PROMPT} kill 4097`);
	session.send("\x15bad \t");
	session.send("\x15slow x y\t");
	answer!(["yes"]);
	await settle();
	assert.equal(screen(session).at(-1), `${PROMPT} slow x yes`);
	session.send("\x15slow x y\tz");
	answer!(["yes"]);
	await settle();
	assert.equal(screen(session).at(-1), `${PROMPT} slow x yz`);
});

test("shell: a new size draws the line again, and commands see it", async () => {
	const { session } = start();
	session.send("stty size");
	session.resize(60, 20);
	session.send("\r");
	await settle();
	assert.ok(session.out.includes("20 60\r\n"));
	const blocked = start({ session: { columns: 40, rows: 12, writable: 5 } });
	for (let columns = 20; columns < 60; columns++) blocked.session.resize(columns, 12);
	assert.equal(blocked.session.out.length, 5);
	blocked.session.open(100);
	blocked.session.open(1);
	assert.equal(blocked.session.out.split("\x1b[J").length, 2);
});

test("shell: an application's commands are added, replace built-in ones, and must have names", async () => {
	const echo = command("echo", context => context.stdout.write("mine"));
	const { session } = start({ commands: [echo], session: { type: "exec", command: "echo a" } });
	assert.equal(await session.exited(), 0);
	assert.equal(session.out, "mine");
	const device = new FakeDevice();
	assert.throws(() => new Shell({ device, commands: [echo, echo] }));
	assert.throws(() => new Shell({ device, commands: [command("", () => 0)] }));
});

test("shell: the prompt is the application's, and shows control characters", () => {
	const { session } = start({ prompt: () => "a\x1b[2J# " });
	assert.equal(session.out, "a\\x1b[2J# ");
});

test("shell: a prompt that throws gives way to the usual one", () => {
	const { session } = start({
		prompt: () => {
			throw new Error("no prompt");
		},
	});
	assert.equal(session.out, `${PROMPT} `);
});

test("shell: where there is no memory to listen to a command the session closes, and the command is told nothing that it could throw", async () => {
	const told: string[] = [];
	const note = (name: string) => (promise: Promise<unknown>) =>
		promise.then(
			() => told.push(`${name} resolved`),
			() => told.push(`${name} rejected`),
		);
	const deaf = command("deaf", context => {
		note("read")(context.stdin.read());
		note("write")(context.stdout.write("x".repeat(100)));
		note("sleep")(context.sleep(1000));
		const answer = new Promise<void>(() => undefined);
		Object.defineProperty(answer, THEN, {
			get(): never {
				handle.context = context;
				throw new RangeError("memory full");
			},
		});
		return answer;
	});
	const handle = { context: undefined as Context | undefined };
	for (const columns of [undefined, 40]) {
		const options = { type: "exec", command: "deaf", writable: 10 } as const;
		const { session, device } = start({
			session: columns === undefined ? options : { ...options, columns },
			commands: [deaf],
		});
		await settle();
		assert.ok(session.closed);
		session.vanish();
		note("late")(handle.context!.stdin.read());
		await settle();
		assert.deepEqual(told, []);
		assert.equal(device.clock.pending, 0);
	}
});

test("shell: a command whose client reads nothing holds a part of what was sent, and the rest stays in the window", async () => {
	const { session } = start({ session: { type: "exec", command: "cat", writable: 0 } });
	session.send("x".repeat(2048));
	await settle();
	assert.ok(session.readable >= 1536, `${session.readable}`);
	session.open(10_000);
	session.endInput();
	assert.equal(await session.exited(), 0);
	assert.equal(session.out.length, 2048);
});

test("shell: a failure for whose complaint there is no memory ends the session, and nobody waits for it", async () => {
	const silent = command("silent", () => {
		throw Object.defineProperty(new Error(), "message", {
			get(): string {
				throw new RangeError("memory full");
			},
		});
	});
	const sessions: FakeOptions[] = [
		{ type: "exec", command: "silent" },
		{ type: "exec", command: "silent", columns: 40 },
		{ columns: 40 },
	];
	for (const session of sessions) {
		const started = start({ session, commands: [silent] });
		await settle();
		if (session.type !== "exec") started.session.send("silent\r\n");
		await settle();
		assert.ok(started.session.closed, JSON.stringify(session));
		assert.equal(started.session.status, undefined);
	}
});

test("shell: a bell in the same chunk as Enter leaves no empty row", async () => {
	const { session } = start();
	session.send("\x1b[Becho a\r");
	await settle();
	assert.deepEqual(screen(session), [`${PROMPT} echo a`, "a", PROMPT]);
	session.send("\x1b[B\r\x1b[B\x03");
	await settle();
	assert.deepEqual(screen(session), [`${PROMPT} echo a`, "a", PROMPT, `${PROMPT} ^C`, PROMPT]);
});
