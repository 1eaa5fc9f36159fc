/** What only OpenSSH's ssh can be told to do. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch } from "../minder.js";
import { Running, run, succeed } from "../process.js";
import { keyLogin, login, options, ssh } from "./clients/openssh.js";
import { clientFolder, missing, startSimulator, type Target } from "./harness.js";

const SIZE = 30 * 1024 * 1024;

describe("OpenSSH, volume", { skip: missing("ssh") }, () => {
	let target: Target;
	const text = randomBytes(SIZE);
	before(async () => {
		target = await startSimulator();
	});
	after(() => target.stop());

	for (const suite of [
		["-c", "chacha20-poly1305@openssh.com"],
		["-c", "aes256-gcm@openssh.com"],
		["-c", "aes128-ctr", "-m", "hmac-sha2-256-etm@openssh.com"],
	]) {
		test(`30 MB there and back, keys changed every MB: ${suite.slice(1).join(" ")}`, async () => {
			const rekey = ["-o", "RekeyLimit=1M"];
			const more = { stdin: text };
			const { status, stdout, stderr } = await ssh(target, [...rekey, ...suite, target.host, "cat"], more);
			assert.equal(status, 0, stderr);
			assert.equal(stdout.length, text.length);
			assert.ok(stdout.equals(text));
		});
	}

	test("the server's keys are changed as often as RekeyLimit says", async () => {
		const log = join(clientFolder(target, "openssh"), "rekey.log");
		const more = ["-E", log, "-o", "RekeyLimit=100K", target.host, "cat"];
		const part = text.subarray(0, 2_000_000);
		const { status, stdout } = await run("ssh", [...keyLogin(target, "DEBUG2"), ...more], { stdin: part });
		assert.equal(status, 0);
		assert.ok(stdout.equals(part));
		const exchanges = readFileSync(log, "utf8").split("SSH2_MSG_NEWKEYS received").length - 1;
		assert.ok(exchanges >= 20, `${exchanges} key exchanges`);
	});

	test("a reader that stops stops the writer, and others go on", async () => {
		// Nobody reads what this ssh prints, until the others have had their turn.
		const stalled = launch("ssh", [...keyLogin(target), target.host, "cat"], {
			stdio: ["pipe", "pipe", "inherit"],
		});
		const part = text.subarray(0, 8_000_000);
		stalled.stdin.end(part);
		const other = await ssh(target, [target.host, "cat"], { stdin: part });
		assert.ok(other.stdout.equals(part), other.stderr);
		const chunks: Buffer[] = [];
		for await (const chunk of stalled.stdout) chunks.push(chunk);
		assert.ok(Buffer.concat(chunks).equals(part));
	});
});

describe("OpenSSH, many sessions", { skip: missing("ssh") }, () => {
	let target: Target;
	before(async () => {
		target = await startSimulator({ maxConnections: 4 });
	});
	after(() => target.stop());

	test("ten sessions at once in one connection", async () => {
		const control = join(target.folder, "control");
		const shared = ["-o", `ControlPath=${control}`];
		const master = new Running("ssh", [...keyLogin(target), ...shared, "-M", target.host, "echo ready; cat"]);
		try {
			await master.waitFor("first session", output => /ready/.test(output));
			const texts = Array.from({ length: 10 }, () => randomBytes(300_000));
			const results = await Promise.all(
				texts.map(stdin => ssh(target, [...shared, "-o", "ControlMaster=no", target.host, "cat"], { stdin })),
			);
			for (const [i, { status, stdout, stderr }] of results.entries()) {
				assert.equal(status, 0, stderr);
				assert.ok(stdout.equals(texts[i]), `session ${i}`);
			}
		} finally {
			master.child.stdin.end();
			await master.ended;
		}
	});

	test("four connections at once; a fifth is refused, and the server serves on", async () => {
		const open = [0, 1, 2, 3].map(() => new Running("ssh", [...keyLogin(target), target.host, "cat"]));
		try {
			for (const [i, session] of open.entries()) {
				session.child.stdin.write(`session ${i}\n`);
				await session.waitFor("echo", output => output === `session ${i}\n`);
			}
			const fifth = await ssh(target, [target.host, "echo", "no"]);
			assert.equal(fifth.status, undefined);
			assert.equal(fifth.stdout.length, 0);
			assert.match(fifth.stderr, /Too many connections/);
			for (const [i, session] of open.entries()) {
				session.child.stdin.write("still here\n");
				await session.waitFor("echo", output => output === `session ${i}\nstill here\n`);
			}
		} finally {
			for (const session of open) session.child.stdin.end();
			for (const session of open) assert.equal(await session.ended, 0, session.stderr);
		}
		const next = await ssh(target, [target.host, "echo", "room again"]);
		assert.equal(next.stdout.toString(), "room again\n", next.stderr);
	});
});

describe("OpenSSH, the server's identity", { skip: missing("ssh", "ssh-keygen") }, () => {
	let target: Target;
	before(async () => {
		target = await startSimulator();
	});
	after(() => target.stop());

	test("the fingerprint that was printed is the one that ssh sees", async () => {
		await ssh(target, [target.host, "echo"]);
		const known = join(clientFolder(target, "openssh"), "known_hosts");
		const { stdout } = await run("ssh-keygen", ["-l", "-f", known]);
		assert.ok(stdout.toString().includes(target.fingerprint), stdout.toString());
	});

	test("hostkeys-00@openssh.com: the keys that the server has are told to a client that asks to keep them", async () => {
		const known = join(clientFolder(target, "openssh"), "known_hosts");
		const log = join(clientFolder(target, "openssh"), "hostkeys.log");
		await ssh(target, [target.host, "echo"]);
		const loud = keyLogin(target, "DEBUG3").map(word =>
			word.replace("UpdateHostKeys=no", "UpdateHostKeys=yes"),
		);
		const session = new Running("ssh", [...loud, "-E", log, target.host, "cat"]);
		session.child.stdin.write("here\n");
		await session.waitFor("echo", output => output === "here\n");
		session.child.stdin.end();
		assert.equal(await session.ended, 0);
		assert.match(readFileSync(log, "utf8"), /hostkeys-00@openssh\.com/);
		assert.match(readFileSync(known, "utf8"), /ssh-ed25519/);
	});

	test("ssh-copy-id puts a key where it lets its owner in", {
		skip: missing("ssh-copy-id", "ssh-keygen"),
	}, async () => {
		const home = mkdtempSync(join(target.folder, "home"));
		mkdirSync(join(home, ".ssh"));
		const key = join(home, "id");
		await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
		const { args, env } = login(target, { method: "password", password: target.password });
		const connect = ["-p", `${target.port}`, ...options(target).slice(2), ...args];
		const to = `${target.user}@${target.host}`;
		await succeed("ssh-copy-id", ["-i", `${key}.pub`, ...connect, to], { env: { ...env, HOME: home } });
		const here = [...options(target), "-p", `${target.port}`, "-o", "BatchMode=yes", "-i", key, to];
		assert.equal(await succeed("ssh", [...here, "whoami"]), `${target.user}\n`);
	});

	test("a host key that has changed is noticed by ssh", async () => {
		const other = join(target.folder, "other");
		await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);
		const known = join(clientFolder(target, "openssh"), "known_hosts");
		const [type, blob] = readFileSync(`${other}.pub`, "utf8").split(" ");
		writeFileSync(known, `[${target.host}]:${target.port} ${type} ${blob}\n`);
		const strict = keyLogin(target).map(word =>
			word.replace("StrictHostKeyChecking=no", "StrictHostKeyChecking=yes"),
		);
		const { status, stderr } = await run("ssh", [...strict, target.host, "echo"]);
		assert.equal(status, 255);
		assert.match(stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/);
	});
});
