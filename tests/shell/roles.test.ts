/** Who may run what, and what is left of it in the log. */
import type { Role } from "../../src/base/roles.js";
import { Shell } from "../../src/shell/default-shell.js";
import type { Command } from "../../src/shell/registry.js";
import { BareShell, type ShellOptions } from "../../src/shell/shell.js";
import { cliDispatcher } from "../../src/telnet/cli.js";
import { FULL_PERMIT, type Rights } from "../../src/userauth/authenticator.js";
import { assert, test } from "../harness.js";
import { command, StandInCli } from "./cli-stand-in.js";
import { CONNECTION, FakeDevice, FakeSession, settle } from "./fake-session.js";

interface Login {
	readonly id?: number;
	readonly user?: string;
	readonly permit?: Rights;
}

const as = (role: Role, user = "carol", limited = false): Login => ({
	user,
	permit: { ...FULL_PERMIT, role, limited },
});
const VIEWER = as("viewer");
const OPERATOR = as("operator");
const ADMIN = as("admin");
/** A key with restrict, of a user who is an admin without it. */
const LIMITED = as("operator", "carol", true);

const KEY = "ssh-ed25519 AAAAC3Nza me";

async function exec(
	login: Login,
	line: string,
	options: Partial<ShellOptions> & { readonly device?: FakeDevice; readonly input?: string } = {},
) {
	const device = options.device ?? new FakeDevice();
	const session = new FakeSession({ type: "exec", command: line, connection: login });
	session.send(options.input ?? "");
	session.endInput();
	new Shell({ ...options, device }).run(session);
	await settle();
	device.clock.turn(5000);
	const status = await session.exited();
	return { status, out: session.out, errors: session.errors, events: device.events, device };
}

const plain = (name: string, role?: Role): Command => ({
	name,
	summary: name,
	usage: name,
	...(role && { role }),
	run: ({ stdout }) => stdout.write(`${name} ran\n`),
});

/** By the role that it takes. */
const NEEDS: Readonly<Record<Role, readonly string[]>> = {
	viewer: [
		"help",
		"echo a",
		"cat",
		"exit",
		"true",
		"sleep 0",
		"env",
		"uptime",
		"date",
		"version",
		"free",
		"hostname",
		"hostkey",
		"ps",
		"whoami",
		"log",
		"keys list",
	],
	operator: ["lamp"],
	admin: [
		"reboot",
		`keys add ${KEY}`,
		"keys remove me",
		"keys -u admin list",
		`keys -u admin add ${KEY}`,
		"exec sh -c 'cat >> .ssh/authorized_keys'",
		"passwd admin",
		"kill 4098",
	],
};

const ROLES = Object.keys(NEEDS) as Role[];
for (const needed of ROLES) {
	for (const line of NEEDS[needed]) {
		test(`roles: ${line} needs ${needed}`, async () => {
			for (const role of ROLES) {
				const device = new FakeDevice();
				device.rebootStatus = 0;
				device.keyLines = ["ssh-ed25519 AAAA me"];
				device.connections = [CONNECTION, { ...CONNECTION, id: 4098 }];
				const input = line.startsWith("passwd") ? "new\nnew\n" : "";
				const done = await exec(as(role), line, { device, input, commands: [plain("lamp")] });
				const may = ROLES.indexOf(role) >= ROLES.indexOf(needed);
				const name = line.split(" ")[0];
				if (may) {
					assert.equal(done.status, 0, `${role}: ${done.errors}`);
					assert.ok(!done.events.some(event => event.startsWith("denied")));
				} else {
					assert.equal(done.status, 126, role);
					assert.equal(done.errors, `${name}: not allowed to the role ${role}\n`);
					const asked = line.replaceAll("'", "");
					assert.deepEqual(done.events, [`denied carol  command=${asked}`]);
					assert.equal(device.rebooted, 0);
					assert.deepEqual(device.keyLines, ["ssh-ed25519 AAAA me"]);
					assert.deepEqual(device.killed, []);
					assert.equal(device.password, "old");
				}
			}
		});
	}
}

test("roles: the line goes on after what was refused, as after any other failure", async () => {
	const { out, status } = await exec(VIEWER, "reboot || echo $?; reboot && echo no");
	assert.equal(out, "126\n");
	assert.equal(status, 126);
});

test("roles: what changes something leaves an event", async () => {
	const events = async (line: string, input = ""): Promise<string[]> => {
		const device = new FakeDevice();
		device.keyLines = ["ssh-ed25519 AAAA me"];
		return (await exec(ADMIN, line, { device, input })).events;
	};
	assert.deepEqual(await events("reboot"), ["reboot carol "]);
	assert.deepEqual(await events("kill 4097"), ["kill carol target=4097"]);
	assert.deepEqual(await events("kill 1"), []);
	assert.deepEqual(await events(`keys add ${KEY}`), ["keys carol added=SHA256:24 of=carol"]);
	assert.deepEqual(await events(`keys -u dave add`, `${KEY}\n`), ["keys carol added=SHA256:24 of=dave"]);
	assert.deepEqual(await events("keys add nothing"), []);
	assert.deepEqual(await events("keys remove me"), ["keys carol removed=SHA256:19 of=carol"]);
	assert.deepEqual(await events("keys -u dave remove SHA256:19"), []);
	assert.deepEqual(await events("passwd", "old\nnew\nnew\n"), ["passwd carol  of=carol"]);
	assert.deepEqual(await events("passwd dave", "new\nnew\n"), ["passwd carol  of=dave"]);
	assert.deepEqual(await events("passwd", "wrong\nnew\nnew\n"), []);
	assert.deepEqual(await events("exec sh -c 'cat >> .ssh/authorized_keys'", `${KEY}\n`), [
		"keys carol added=SHA256:24 of=carol",
	]);
});

test("roles: everybody changes his own password, but nobody with a key that is limited", async () => {
	const input = "old\nnew\nnew\n";
	for (const login of [VIEWER, OPERATOR, ADMIN]) {
		const { device, status, events } = await exec(login, "passwd", { input });
		assert.deepEqual([status, device.password, events], [0, "new", ["passwd carol  of=carol"]]);
		assert.deepEqual(device.guesses, ["passwd true"]);
	}
	for (const login of [LIMITED, as("viewer", "carol", true)]) {
		for (const line of ["passwd", "passwd carol", "passwd dave"]) {
			const { device, status, errors } = await exec(login, line, { input });
			assert.deepEqual([status, errors], [126, "passwd: not allowed to this key\n"]);
			assert.deepEqual([device.password, device.guesses], ["old", []]);
		}
	}
	// role="admin" on its line says that it may.
	assert.equal((await exec(as("admin", "carol", true), "passwd", { input })).status, 0);
});

test("roles: a key that is limited changes no keys", async () => {
	for (const line of [`keys add ${KEY}`, "keys remove me", "exec sh -c 'cat >> .ssh/authorized_keys'"]) {
		const { status, errors } = await exec(LIMITED, line, { input: `${KEY}\n` });
		assert.equal(status, 126);
		assert.ok(errors.endsWith(": not allowed to this key\n"));
	}
});

test("roles: a key that is limited sees itself alone among the keys of its account", async () => {
	const device = new FakeDevice();
	device.keyLines = [KEY, "restrict ssh-ed25519 AAAA mine"];
	const list = async (login: Login) => (await exec(login, "keys list", { device })).out;
	const own = { ...LIMITED, permit: { ...FULL_PERMIT, ...LIMITED.permit, fingerprint: "SHA256:30" } };
	assert.equal(await list(own), "SHA256:30 restrict ssh-ed25519 mine\n");
	assert.equal(await list(LIMITED), "");
	const session = new FakeSession({ columns: 40, connection: LIMITED });
	new Shell({ device }).run(session);
	session.send("keys remove \t");
	await settle();
	assert.ok(!session.out.includes("SHA256"));
	assert.equal(await list(OPERATOR), "SHA256:24 ssh-ed25519 me\nSHA256:30 restrict ssh-ed25519 mine\n");
});

test("roles: passwd is a guess: it is not looked at during a penalty, and told how it ended", async () => {
	const device = new FakeDevice();
	device.guessable = false;
	const refused = await exec(ADMIN, "passwd", { device, input: "old\nnew\nnew\n" });
	assert.equal(refused.errors, "passwd: too many wrong passwords; try again later\n");
	assert.deepEqual([refused.status, device.password, device.guesses], [1, "old", []]);
	const wrong = await exec(ADMIN, "passwd", { input: "x\nnew\nnew\n" });
	assert.equal(wrong.errors, "passwd: that is not your password; nothing was changed\n");
	assert.deepEqual(wrong.device.guesses, ["passwd false"]);
});

test("roles: a password that could not be looked at is no guess", async () => {
	const device = new FakeDevice();
	device.accounts.checkPassword = async () => "too many";
	const { errors } = await exec(ADMIN, "passwd", { device, input: "old\nnew\nnew\n" });
	assert.equal(errors, "passwd: too many\n");
	assert.deepEqual([device.password, device.guesses], ["old", ["passwd true"]]);
});

test("roles: help lists what one may run, and Tab offers it", async () => {
	const names = async (login: Login): Promise<string[]> => {
		const { out } = await exec(login, "help", { commands: [plain("lamp"), plain("wipe", "admin")] });
		return out.split("\n").map(line => line.split(" ")[0]);
	};
	const admin = await names(ADMIN);
	assert.ok(admin.includes("lamp") && admin.includes("wipe") && admin.includes("reboot"));
	assert.deepEqual(
		await names(OPERATOR),
		admin.filter(name => !["exec", "reboot", "wipe"].includes(name)),
	);
	assert.deepEqual(
		await names(VIEWER),
		admin.filter(name => !["exec", "reboot", "wipe", "lamp"].includes(name)),
	);
	assert.equal((await exec(VIEWER, "help reboot")).errors, "help: reboot: no such command\n");

	const session = new FakeSession({ columns: 40, connection: VIEWER });
	const secret: Command = { ...plain("secret", "admin"), complete: () => ["hidden"] };
	new Shell({ device: new FakeDevice(), commands: [secret] }).run(session);
	session.send("reb\tsec\tsecret h\t");
	await settle();
	assert.ok(!session.out.includes("reboot") && !session.out.includes("hidden"));
});

test("roles: ps shows a viewer his own connections, and kill offers nobody but an admin others'", async () => {
	const device = new FakeDevice();
	device.connections = [
		CONNECTION,
		{ ...CONNECTION, id: 4098, user: "carol" },
		{ ...CONNECTION, id: 4099, user: "" },
	];
	/** From a connection that is none of these. */
	const from = (login: Login): Login => ({ ...login, id: 5000 });
	const ids = async (login: Login): Promise<string[]> =>
		(await exec(login, "ps", { device })).out
			.trimEnd()
			.split("\n")
			.slice(1)
			.map(line => line.split(" ")[0]);
	assert.deepEqual(await ids(from(VIEWER)), ["4098"]);
	assert.deepEqual(await ids(from(OPERATOR)), ["4097", "4098", "4099"]);
	assert.deepEqual(await ids(from(ADMIN)), ["4097", "4098", "4099"]);
	for (const login of [from(VIEWER), from(OPERATOR)]) {
		assert.equal((await exec(login, "kill 4098", { device })).status, 0);
		assert.equal((await exec(login, "kill 4097", { device })).status, 126);
		assert.equal((await exec(login, "kill 4099", { device })).status, 126);
		const session = new FakeSession({ columns: 40, connection: login });
		new Shell({ device }).run(session);
		session.send("kill \t");
		await settle();
		assert.ok(session.out.includes("4098") && !session.out.includes("4097"));
	}
	assert.deepEqual(device.killed, [4098, 4098]);
	// A limited key of the same user has its own connection, which is 4097 here.
	const limited = { ...LIMITED, user: "carol" };
	assert.equal((await exec(limited, "kill 4098", { device })).status, 126);
	assert.equal((await exec(limited, "kill 4097", { device })).status, 0);
	assert.deepEqual(await ids(as("viewer", "carol", true)), ["4097"]);
});

test("roles: log shows what tells of others to admins alone, what was and what comes", async () => {
	const device = new FakeDevice();
	device.eventLog.add('session user="admin" command="secret"', false, "admin");
	device.eventLog.add('session user="carol" command="hers"', false, "carol");
	device.eventLog.add("refuse from=198.51.100.1", true, "");
	device.eventLog.add("the pump runs");
	const seen = async (login: Login): Promise<string> => (await exec(login, "log", { device })).out;
	assert.ok((await seen(ADMIN)).includes("secret") && (await seen(ADMIN)).includes("198.51.100.1"));
	// A limited key is not the user whose account it is.
	const limited = (await seen(LIMITED)).split("\n").map(line => line.slice(13));
	assert.deepEqual(limited, ["the pump runs", ""]);
	for (const login of [VIEWER, OPERATOR]) {
		const lines = (await seen(login)).split("\n").map(line => line.slice(13));
		assert.deepEqual(lines, ['session user="carol" command="hers"', "the pump runs", ""]);
	}
	for (const [login, expected] of [
		[OPERATOR, ["mine", "all"]],
		[ADMIN, ["others", "mine", "all"]],
	] as const) {
		const session = new FakeSession({ type: "exec", command: "log -f -n 0", connection: login });
		new Shell({ device }).run(session);
		await settle();
		device.eventLog.add("others", false, "admin");
		device.eventLog.add("mine", false, "carol");
		device.eventLog.add("all");
		await settle();
		assert.deepEqual(
			session.out
				.trimEnd()
				.split("\n")
				.map(line => line.slice(13)),
			expected,
		);
		session.vanish();
	}
});

test("roles: what takes reboot's place needs an admin too, unless it says otherwise", async () => {
	const wrapped = { ...plain("reboot"), complete: () => ["now"] };
	for (const [role, status] of [
		["operator", 126],
		["admin", 0],
	] as const)
		assert.equal((await exec(as(role), "reboot", { commands: [wrapped] })).status, status);
	assert.equal((await exec(OPERATOR, "reboot", { commands: [plain("reboot", "operator")] })).status, 0);
	assert.equal((await exec(OPERATOR, "version", { commands: [plain("version")] })).out, "version ran\n");
	assert.equal((await exec(VIEWER, "version", { commands: [plain("version")] })).status, 126);
});

test("roles: commands of the SDK's cli module are the firmware's", async () => {
	const cli = new StandInCli();
	cli.install([
		command("pair", (connection, parts) => connection.line(...parts), "pair - pairs"),
		command("reboot", connection => connection.line("the firmware's own")),
		command("version", connection => connection.line("9.9")),
		command("silent", connection => connection.line("runs")),
	]);
	const run = (login: Login, line: string) => exec(login, line, { dispatcher: cliDispatcher(cli) });
	assert.equal((await run(OPERATOR, "pair a")).out, "a\n");
	assert.equal((await run(OPERATOR, "silent")).out, "runs\n");
	assert.equal((await run(OPERATOR, "reboot")).status, 126);
	assert.equal((await run(ADMIN, "reboot")).out, "the firmware's own\n");
	assert.equal((await run(VIEWER, "pair a")).status, 126);
	assert.equal((await run(VIEWER, "silent")).status, 127);
	assert.equal((await run(VIEWER, "version")).out, "lamp 1.2.3\n");
	assert.ok(!(await run(VIEWER, "help")).out.includes("pairs"));
	assert.ok((await run(OPERATOR, "help")).out.includes("pairs"));
});

test("a BareShell has the commands that it is given, and no others", async () => {
	const session = new FakeSession({ type: "exec", command: "lamp; echo x" });
	const shell = new BareShell({ device: new FakeDevice(), commands: [plain("lamp")] });
	assert.deepEqual(
		shell.commands.map(({ name }) => name),
		["lamp"],
	);
	shell.run(session);
	assert.equal(await session.exited(), 127);
	assert.equal(session.out, "lamp ran\n");
});
