import { decodeUtf8 } from "../../src/base/utf8.js";
import { formatDate } from "../../src/shell/commands/system.js";
import { Shell } from "../../src/shell/default-shell.js";
import { concat } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { CONNECTION, FakeDevice, type FakeOptions, FakeSession, settle } from "./fake-session.js";

/** Runs a line as exec does. */
async function exec(command: string, device = new FakeDevice(), options: FakeOptions = {}, input = "") {
	const session = new FakeSession({ type: "exec", command, ...options });
	session.send(input);
	session.endInput();
	new Shell({ device }).run(session);
	const status = await session.exited();
	return { status, out: session.out, errors: session.errors };
}

const KEY = "ssh-ed25519 AAAAC3Nza me";

/** Line, status, stdout, stderr. */
const RUNS: readonly (readonly [string, number, string, string])[] = [
	["echo a 'b  c'", 0, "a b  c\n", ""],
	["echo -n a", 0, "a", ""],
	["true", 0, "", ""],
	["false", 1, "", ""],
	["exit", 0, "", ""],
	["exit 3; echo no", 3, "", ""],
	["exit x", 2, "", "usage: exit [STATUS]\n"],
	["false || echo $?; true && echo $?", 0, "1\n0\n", ""],
	["false && echo no || echo yes", 0, "yes\n", ""],
	["nothing here", 127, "", "nothing: command not found\n"],
	["'a\x1bb'", 127, "", "a\\x1bb: command not found\n"],
	["echo a; echo 'b", 2, "", "unterminated '\n"],
	["", 0, "", ""],
	["whoami", 0, "admin\n", ""],
	["hostname", 0, "lamp\n", ""],
	["version", 0, "lamp 1.2.3\n", ""],
	["hostkey", 0, "SHA256:abc (ED25519)\n", ""],
	["env", 0, "USER=admin\n", ""],
	["stty size", 1, "", "stty: stdin is not a terminal\n"],
	["uptime", 0, "up 00:00:00, 1 connection\n", ""],
	["date", 0, "Sun Nov 22 13:47:28 UTC 2026\n", ""],
	["free", 0, "       total        used        free\n        1000         400         600\n", ""],
	["kill 4097", 0, "", ""],
	["kill 1", 1, "", "kill: 1: no such connection\n"],
	["kill x", 2, "", "usage: kill CONNECTION\n"],
	["sleep x", 2, "", "usage: sleep SECONDS\n"],
	["help nothing", 1, "", "help: nothing: no such command\n"],
	["help echo", 0, "usage: echo [-n] [WORD ...]\nwrite the arguments; -n: without a line feed\n", ""],
	["keys", 2, "", "usage: keys [-u USER] list | add [LINE] | remove FINGERPRINT-OR-COMMENT\n"],
	["keys add x", 1, "", "keys: that is no key\n"],
	["keys remove x", 1, "", "keys: no such key\n"],
	[`keys add ${KEY}; keys list`, 0, "SHA256:24 ssh-ed25519 me\n", ""],
	[`keys add '${KEY}' && keys remove me && keys list`, 0, "", ""],
	["log -n", 2, "", "usage: log [-f] [-n COUNT]\n"],
];

for (const [line, status, out, errors] of RUNS)
	test(`commands: ${line.replace("\x1b", "ESC") || "an empty line"}`, async () => {
		assert.deepEqual(await exec(line), { status, out, errors });
	});

test("commands: every one refuses arguments that it does not know, with its usage", async () => {
	for (const name of "cat env uptime date version free hostname reboot ps whoami hostkey".split(" ")) {
		const { status, errors } = await exec(`${name} x y`);
		assert.deepEqual([status, errors], [2, `usage: ${name}\n`]);
	}
	assert.equal((await exec("log -x")).status, 2);
	assert.equal((await exec("stty")).status, 2);
	assert.deepEqual((await exec("passwd x y")).errors, "usage: passwd [USER]\n");
});

test("commands: help lists all", async () => {
	const { out } = await exec("help");
	assert.equal(out.split("\n").length - 1, new Shell({ device: new FakeDevice() }).commands.length);
	assert.ok(out.includes("\npasswd     change your password, or USER's\n"));
});

test("commands: cat copies stdin, whatever the bytes", async () => {
	const text = "größe\0\r\n".repeat(5000);
	const session = new FakeSession({ type: "exec", command: "cat" });
	session.send(text);
	session.endInput();
	new Shell({ device: new FakeDevice() }).run(session);
	assert.equal(await session.exited(), 0);
	// Characters may be torn where one write ends.
	assert.equal(decodeUtf8(concat(...session.written)), text);
});

test("commands: env shows what the client set, made printable", async () => {
	const environment = { LANG: "C\x1b[2J" };
	const { out } = await exec("env", new FakeDevice(), { environment, originalCommand: "rm" });
	assert.equal(out, "LANG=C\\x1b[2J\nUSER=admin\nSSH_ORIGINAL_COMMAND=rm\n");
});

test("commands: date knows leap years and says when there is no date", async () => {
	assert.equal(formatDate(951782400), "Tue Feb 29 00:00:00 UTC 2000");
	assert.equal(formatDate(0), "Thu Jan  1 00:00:00 UTC 1970");
	assert.equal(formatDate(4107542399), "Sun Feb 28 23:59:59 UTC 2100");
	const device = new FakeDevice();
	device.seconds = 0;
	assert.equal((await exec("date", device)).errors, "date: the device does not know the date\n");
});

test("commands: ps shows the connections, and nothing of a peer's moves the cursor", async () => {
	const device = new FakeDevice();
	device.connections = [
		CONNECTION,
		{ ...CONNECTION, id: 4098, user: "", clientVersion: "x\x1b[2J", algorithms: undefined },
	];
	const lines = (await exec("ps", device)).out.split("\n");
	const start = "192.0.2.7  00:00:04  111  222";
	const names = "curve25519-sha256 ssh-ed25519 aes128-ctr hmac-sha2-256";
	assert.equal(lines[1], `4097  admin  ${start}  OpenSSH_9.2p1  ${names}`);
	assert.equal(lines[2], `4098  -      ${start}  x\\x1b[2J       -`);
});

test("commands: log shows the last events, and with -f those that follow until it is cancelled", async () => {
	const device = new FakeDevice();
	device.eventLog.add("one");
	device.eventLog.add("two");
	assert.equal((await exec("log -n 1", device)).out, "[     5.000] two\n");
	const session = new FakeSession({ type: "exec", command: "log -f -n 0" });
	new Shell({ device }).run(session);
	await settle();
	device.eventLog.add("three");
	device.eventLog.add("four");
	await settle();
	assert.equal(session.out, "[     5.000] three\n[     5.000] four\n");
	session.onSignal?.("INT");
	assert.equal(await session.exited(), 130);
	device.eventLog.add("five");
	assert.ok(!session.out.includes("five"));
});

test("commands: log -f drops the oldest for a client that does not read", async () => {
	const device = new FakeDevice();
	const session = new FakeSession({ type: "exec", command: "log -f -n 0", writable: 0 });
	new Shell({ device }).run(session);
	await settle();
	for (let i = 0; i < 200; i++) {
		device.eventLog.add(`event ${i}`);
		if (i === 0) await settle();
	}
	session.open(1_000_000);
	await settle();
	const lines = session.out.split("\n");
	assert.equal(lines[1], "... 183 more");
	assert.equal(lines.length, 1 + 1 + 16 + 1);
	session.vanish();
});

test("commands: keys add reads lines from stdin", async () => {
	const device = new FakeDevice();
	const { status, errors } = await exec("keys add", device, {}, `${KEY}\nnothing\n\n${KEY} too`);
	assert.deepEqual([status, errors], [1, "keys: that is no key\n"]);
	assert.deepEqual(device.keyLines, [KEY, `${KEY} too`]);
});

test("commands: keys add looks at no more than the first line of a private key", async () => {
	const device = new FakeDevice();
	const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl AAAA secret\n-----END OPENSSH PRIVATE KEY-----\n";
	const { status, errors } = await exec("keys add", device, {}, `${key}${KEY}\n`);
	assert.deepEqual([status, errors], [1, "keys: that is no key\n"]);
	assert.deepEqual(device.keyLines, [KEY]);
});

test("commands: exec is there for what ssh-copy-id sends, and for nothing else", async () => {
	// Of OpenSSH 9.2, shortened; `authorized_keys` is what all of them have.
	const script = 'cd; umask 077; mkdir -p ".ssh" && cat >> ".ssh/authorized_keys" || exit 1;';
	const device = new FakeDevice();
	const done = { status: 0, out: "", errors: "" };
	assert.deepEqual(await exec(`exec sh -c '${script}'`, device, {}, `${KEY}\n`), done);
	assert.deepEqual(device.keyLines, [KEY]);
	for (const other of ["exec", "exec sh", "exec sh -c 'cat .ssh/id'", `exec bash -c '${script}'`]) {
		const { status, errors } = await exec(other, device, {}, `${KEY} too\n`);
		assert.deepEqual([status, errors], [127, "exec: there is no other program here\n"]);
	}
	assert.deepEqual(device.keyLines, [KEY]);
});

test("commands: passwd from stdin", async () => {
	const device = new FakeDevice();
	const run = (input: string) => exec("passwd", device, {}, input);
	assert.equal((await run("wrong\nnew\nnew\n")).status, 1);
	assert.equal((await run("old\nnew\nother\n")).errors, "passwd: they differ; nothing was changed\n");
	assert.equal((await run("old\n")).status, 1);
	assert.equal((await run("old\nn\nn\n")).errors, "passwd: too short\n");
	assert.equal(device.password, "old");
	assert.deepEqual(await run("old\nnew\nnew\n"), { status: 0, out: "", errors: "" });
	assert.equal(device.password, "new");
});

test("commands: reboot goes through the HAL, after what it says was sent", async () => {
	for (const [result, status, errors] of [
		[-6021, 1, "restarting\nreboot: this device cannot restart itself\n"],
		[0, 0, "restarting\n"],
	] as const) {
		const device = new FakeDevice();
		device.rebootStatus = result;
		const session = new FakeSession({ type: "exec", command: "reboot" });
		new Shell({ device }).run(session);
		await settle();
		assert.equal(device.rebooted, 0);
		device.clock.turn(1000);
		assert.equal(await session.exited(), status);
		assert.deepEqual([device.rebooted, session.errors], [1, errors]);
	}
});
