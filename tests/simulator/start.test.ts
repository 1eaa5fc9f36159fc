/** The simulator as its user meets it: what it prints, what it keeps, and how it ends. */
import { once } from "node:events";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runOverRestarts } from "../../simulator/boards/xs/simulator.js";
import { type DeviceOptions, StartError } from "../../simulator/options.js";
import { assert, test } from "../harness.js";
import { type Outcome, Running, run } from "../process.js";

const SIMULATOR = fileURLToPath(new URL("../../simulator/main.js", import.meta.url));

const KEY =
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop of-rfc8032-test-1";

interface Place {
	/** A folder of the test's own. */
	readonly folder: string;
	/** The state folder in it, which is not there yet. */
	readonly state: string;
	/** Starts the simulator on a free port, and waits until it has said how to log in. */
	start(...args: string[]): Promise<Running>;
	/** Runs one that is to end by itself. */
	refuse(...args: string[]): Promise<Outcome>;
	/** Takes a port until the test ends. */
	hold(): Promise<number>;
}

function check(title: string, body: (place: Place) => Promise<void>): void {
	test(`simulator: ${title}`, async () => {
		const folder = mkdtempSync(join(tmpdir(), "fieldssh-start-"));
		const state = join(folder, "state");
		const started: Running[] = [];
		const holder = createServer();
		const launch = (args: string[]) => [SIMULATOR, "--port", "0", "--state", state, ...args];
		try {
			await body({
				folder,
				state,
				start: async (...args) => {
					const running = new Running(process.execPath, launch(args), { cwd: folder });
					started.push(running);
					await running.waitFor("line that says how to log in", text => /log in with.*\n/.test(text));
					return running;
				},
				refuse: (...args) => run(process.execPath, launch(args), { cwd: folder }),
				hold: () =>
					new Promise(resolve =>
						holder.listen(0, "127.0.0.1", () => resolve((holder.address() as AddressInfo).port)),
					),
			});
		} finally {
			for (const running of started) await running.stop("SIGKILL");
			holder.close();
			rmSync(folder, { recursive: true });
		}
	});
}

/** Status 2 and one line on standard error, about what is expected. */
function assertRefused({ status, stdout, stderr }: Outcome, expected: RegExp): void {
	assert.equal(stdout.toString(), "");
	assert.ok(/^fieldssh: [^\n]*\n$/.test(stderr), stderr);
	assert.ok(expected.test(stderr), stderr);
	assert.equal(status, 2);
}

const mode = (path: string) => statSync(path).mode & 0o777;
const portOf = (running: Running) => Number(/^listening on \S+:(\d+)\n/.exec(running.stdout)?.[1]);
const hostKeyOf = (running: Running) => /\nhost key (SHA256:\S+ \(ED25519\))\n/.exec(running.stdout)?.[1];
const passwordOf = (running: Running) => /\npassword: (\S+) /.exec(running.stdout)?.[1];

/** A connection in the midst of its key exchange, and all that comes until it ends. */
async function greeted(port: number, from = "127.0.0.1"): Promise<{ whole: Promise<Buffer> }> {
	const to = { port, host: "127.0.0.1", localAddress: from };
	const socket = connect(to, () => socket.write("SSH-2.0-test\r\n"));
	let received = Buffer.alloc(0);
	const whole = new Promise<Buffer>((resolve, reject) => {
		socket.on("end", () => resolve(received));
		socket.on("error", reject);
	});
	await new Promise<void>(resolve => {
		socket.on("data", chunk => {
			received = Buffer.concat([received, chunk]);
			if (received.includes("curve25519-sha256")) resolve();
		});
	});
	return { whole };
}

check("the first start makes a host key and a password, and says so once", async place => {
	const first = await place.start();
	await first.waitFor("password", () => passwordOf(first));
	const lines = first.stdout.split("\n");
	assert.ok(/^listening on 127\.0\.0\.1:\d+$/.test(lines[0]), lines[0]);
	assert.ok(/^host key SHA256:[A-Za-z0-9+/]{43} \(ED25519\)$/.test(lines[1]), lines[1]);
	assert.equal(lines[2], `log in with: ssh -p ${portOf(first)} admin@127.0.0.1`);
	assert.ok(/^([a-z0-9]{4}-){3}[a-z0-9]{4}$/.test(passwordOf(first) ?? ""));
	assert.equal(mode(place.state), 0o700);
	assert.deepEqual(readdirSync(place.state).sort(), ["passwd", "ssh_host_ed25519_key"]);
	for (const name of readdirSync(place.state)) assert.equal(mode(join(place.state, name)), 0o600);
	assert.equal(readFileSync(join(place.state, "passwd"), "utf8").includes(passwordOf(first)!), false);
	const key = readFileSync(join(place.state, "ssh_host_ed25519_key"), "utf8");
	assert.ok(key.startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
	assert.equal(await first.stop(), 0);

	const second = await place.start();
	assert.equal(hostKeyOf(second), hostKeyOf(first));
	assert.equal(await second.stop("SIGINT"), 0);
	assert.equal(passwordOf(second), undefined);
});

check("two first starts make different keys and passwords", async place => {
	const one = await place.start();
	const other = await place.start("--state", join(place.folder, "other"));
	await one.waitFor("password", () => passwordOf(one));
	await other.waitFor("password", () => passwordOf(other));
	assert.notEqual(hostKeyOf(one), hostKeyOf(other));
	assert.notEqual(passwordOf(one), passwordOf(other));
});

check("a password on the command line replaces the one that is kept", async place => {
	const first = await place.start("--password", "one");
	assert.equal(await first.stop(), 0);
	assert.equal(passwordOf(first), undefined);
	const kept = readFileSync(join(place.state, "passwd"), "utf8");
	const second = await place.start("--password", "two");
	assert.equal(await second.stop(), 0);
	const replaced = readFileSync(join(place.state, "passwd"), "utf8");
	assert.notEqual(replaced, kept);
	assert.equal(replaced.split("\n").filter(line => line.startsWith("admin:")).length, 1);
});

check("authorized keys are read, and a line that is not understood is named", async place => {
	const file = join(place.folder, "keys");
	writeFileSync(file, `# mine\n${KEY}\nssh-ed25519 AAAA broken\nno-such-option ${KEY}\n`);
	const running = await place.start("--authorized-keys", file);
	assert.equal(await running.stop(), 0);
	assert.equal(passwordOf(running), undefined);
	const named = running.stderr.split("\n").filter(line => line.startsWith(file));
	assert.equal(named.length, 2);
	assert.ok(named[0].startsWith(`${file}:3: `) && named[0].endsWith(": refused"), named[0]);
	assert.ok(named[1].startsWith(`${file}:4: `), named[1]);
});

check("where every authorized key is refused, a password is made all the same", async place => {
	const file = join(place.folder, "keys");
	writeFileSync(file, "ssh-ed25519 AAAA broken\n");
	const running = await place.start("--authorized-keys", file);
	await running.waitFor("password", () => passwordOf(running));
});

check("a missing file of authorized keys is refused, and nothing is stored", async place => {
	const outcome = await place.refuse("--authorized-keys", join(place.folder, "none"), "--password", "x");
	assertRefused(outcome, /--authorized-keys: .*none: ENOENT/);
	assert.equal(existsSync(join(place.state, "passwd")), false);
});

check("a private key in the place of authorized keys is refused, and not stored", async place => {
	const file = join(place.folder, "id");
	writeFileSync(file, "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n");
	const outcome = await place.refuse("--authorized-keys", file);
	assertRefused(outcome, /--authorized-keys: .*: a private key/);
	assert.ok(!outcome.stderr.includes("c2VjcmV0"));
	assert.equal(existsSync(place.state), false);
});

check("a bad option is refused before anything is made", async place => {
	assertRefused(await place.refuse("--prot", "22"), /--prot: no such option/);
	assertRefused(await place.refuse("--engine", "v8"), /--engine: "v8" is not one of: node/);
	assert.deepEqual(readdirSync(place.folder), []);
});

check("an empty password is refused", async place => {
	assertRefused(await place.refuse("--password", ""), /password: an empty password/);
});

check("help says what there is, and ends well", async place => {
	const { status, stdout, stderr } = await place.refuse("--help");
	assert.equal(status, 0);
	assert.equal(stderr, "");
	for (const option of ["host", "port", "state", "user", "password", "authorized-keys", "backend", "log"])
		assert.ok(stdout.toString().includes(`--${option} `));
	assert.deepEqual(readdirSync(place.folder), []);
});

check("a port in use is refused, and the password that is kept stays", async place => {
	await (await place.start("--password", "one")).stop();
	const kept = readFileSync(join(place.state, "passwd"));
	const port = await place.hold();
	assertRefused(
		await place.refuse("--port", `${port}`, "--password", "two"),
		/--port: \d+ on 127.0.0.1 is in use/,
	);
	assert.deepEqual(readFileSync(join(place.state, "passwd")), kept);
});

check("a first start that finds its port in use makes no password that no one sees", async place => {
	const port = await place.hold();
	assertRefused(await place.refuse("--port", `${port}`), /in use/);
	const running = await place.start();
	await running.waitFor("password", () => passwordOf(running));
});

check("an address that is none, or not of this machine, is refused", async place => {
	assertRefused(await place.refuse("--host", "nowhere at all"), /--host: nowhere at all is no address/);
	assertRefused(await place.refuse("--host", "192.0.2.1"), /--host: 192.0.2.1 is no address of this machine/);
});

check("damaged state is named, and left as it is", async place => {
	await (await place.start("--password", "one")).stop();
	const sound = new Map(readdirSync(place.state).map(name => [name, readFileSync(join(place.state, name))]));
	const key = sound.get("ssh_host_ed25519_key")!;
	const damages: [string, Buffer | string][] = [
		["ssh_host_ed25519_key", key.subarray(0, key.length >> 1)],
		["ssh_host_ed25519_key", ""],
		["ssh_host_ed25519_key", "not a key\n"],
		["passwd", "admin\n"],
		["passwd", sound.get("passwd")!.subarray(0, 40)],
	];
	for (const [name, content] of damages) {
		const path = join(place.state, name);
		writeFileSync(path, content);
		assertRefused(await place.refuse("--password", "two"), new RegExp(name));
		assert.deepEqual(readFileSync(path), Buffer.from(content));
		writeFileSync(path, sound.get(name)!);
	}
	for (const [name, content] of sound) assert.deepEqual(readFileSync(join(place.state, name)), content);
});

check("state that cannot be read is named, and left as it is", async place => {
	mkdirSync(place.state);
	const outside = join(place.folder, "outside");
	writeFileSync(outside, "not ours\n");
	symlinkSync(outside, join(place.state, "ssh_host_ed25519_key"));
	assertRefused(await place.refuse(), /ssh_host_ed25519_key: cannot be read/);
	assert.equal(readFileSync(outside, "utf8"), "not ours\n");
});

check("a state folder that cannot be is refused", async place => {
	writeFileSync(place.state, "a file");
	assertRefused(await place.refuse(), /ssh_host_ed25519_key: cannot be read/);
	assert.equal(readFileSync(place.state, "utf8"), "a file");
});

test("simulator: a state folder that may not be written to is refused", async context => {
	if (process.getuid?.() === 0) return context.skip("root may write everywhere");
	const folder = mkdtempSync(join(tmpdir(), "fieldssh-start-"));
	chmodSync(folder, 0o500);
	const outcome = await run(process.execPath, [SIMULATOR, "--port", "0", "--state", folder]);
	assertRefused(outcome, /ssh_host_ed25519_key: cannot be written/);
	rmSync(folder, { recursive: true });
});

check("a signal ends it with status 0, and tells those who are connected", async place => {
	const running = await place.start("--password", "x");
	const { whole } = await greeted(portOf(running));
	assert.equal(await running.stop("SIGTERM"), 0);
	const bytes = await whole;
	assert.ok(bytes.toString("latin1").startsWith("SSH-2.0-FieldSSH"));
	// SSH_MSG_DISCONNECT (1), reason SSH_DISCONNECT_BY_APPLICATION (11), as the last packet.
	const message = bytes.indexOf(Buffer.from([1, 0, 0, 0, 11]));
	assert.ok(message > 0);
});

check("a place is kept for the owner's addresses, and one that nobody else had is no place", async place => {
	const args = ["--password", "x", "--max-connections", "2", "--owner-address", "127.0.0.9"];
	const running = await place.start(...args);
	const port = portOf(running);
	await greeted(port);
	const refused = connect(port, "127.0.0.1");
	refused.resume();
	await once(refused, "end");
	assert.match(running.stderr, /refuse from=127\.0\.0\.1 why=owner-place/);
	await greeted(port, "127.0.0.9");
	assert.match(running.stderr, /accept id=\d+ from=127\.0\.0\.9/);
	assert.equal(await running.stop(), 0);
	assertRefused(await place.refuse(...args, "--max-connections", "1"), /limits\.ownerPlaces: 2 of 1/);
});

check("the test backend says in capitals what it is", async place => {
	const running = await place.start("--password", "x", "--backend", "posix");
	await running.stop();
	assert.ok(/^.* IS FOR TESTS ONLY: /m.test(running.stderr), running.stderr);
});

check("the log goes to standard error, as much as is asked for", async place => {
	for (const [level, expected] of [
		["error", false],
		["info", true],
	] as const) {
		const running = await place.start("--password", "x", "--log", level);
		await greeted(portOf(running));
		await running.stop();
		assert.equal(/accept id=4097 from=127\.0\.0\.1/.test(running.stderr), expected);
	}
});

check("a board is refused a state that cannot be made, before anything is compiled", async place => {
	const file = join(place.folder, "file");
	writeFileSync(file, "");
	assertRefused(await place.refuse("--engine", "xs", "--state", join(file, "x")), /--state: .*ENOTDIR/);
});

test("simulator: a board is refused a host that is not this machine's, in one line", async () => {
	const options = { host: "192.0.2.1", port: 0 } as DeviceOptions;
	await assert.rejects(
		runOverRestarts(options, async () => 0),
		error => error instanceof StartError && /--host: 192\.0\.2\.1 is no address/.test(error.message),
	);
});
