/** Programs that work through ssh, against the simulator's test backend. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { run, succeed } from "../process.js";
import { login, options, ssh } from "./clients/openssh.js";
import { missing, startSimulator, type Target, writeScript } from "./harness.js";

describe("tools over ssh", { skip: missing("ssh", "scp", "rsync", "git") }, () => {
	let target: Target;
	/** Options, login and port, for programs that call ssh themselves. */
	let connect: string[];
	/** A program that is ssh with these. */
	let wrapper: string;
	before(async () => {
		target = await startSimulator({ backend: "posix" });
		const { args } = login(target, { method: "publickey", key: target.keys.ed25519 });
		connect = [...options(target), ...args, "-o", `Port=${target.port}`, "-o", `User=${target.user}`];
		const words = connect.map(word => `'${word}'`).join(" ");
		wrapper = writeScript(join(target.folder, "ssh-wrapper"), `exec ssh ${words} "$@"`);
	});
	after(() => target.stop());

	test("it says that it is for tests", () => {
		assert.match(target.output(), /TEST/);
	});

	test("sh, its stderr and its exit status", async () => {
		const result = await ssh(target, [target.host, "echo out; echo err >&2; exit 3"]);
		assert.equal(result.status, 3);
		assert.equal(result.stdout.toString(), "out\n");
		assert.equal(result.stderr, "err\n");
	});

	test("a shell without a terminal reads its commands from stdin", async () => {
		const result = await ssh(target, ["-T", target.host], { stdin: "echo $((6 * 7))\nexit 5\n" });
		assert.equal(result.stdout.toString(), "42\n");
		assert.equal(result.status, 5);
	});

	test("a command that dies of a signal", async () => {
		const { status, stderr } = await run("ssh", [
			...connect.map(word => word.replace("LogLevel=ERROR", "LogLevel=DEBUG")),
			target.host,
			"kill -TERM $$",
		]);
		assert.equal(status, 255);
		assert.match(stderr, /exit-signal/);
	});

	test("scp -O there and back", async () => {
		const source = join(target.folder, "source.bin");
		const there = join(target.folder, "there.bin");
		const back = join(target.folder, "back.bin");
		writeFileSync(source, randomBytes(3_000_000));
		await succeed("scp", ["-O", "-q", ...connect, source, `${target.host}:${there}`]);
		assert.ok(readFileSync(there).equals(readFileSync(source)));
		await succeed("scp", ["-O", "-q", ...connect, `${target.host}:${there}`, back]);
		assert.ok(readFileSync(back).equals(readFileSync(source)));
	});

	test("rsync of a tree, and again after a change", async () => {
		const from = join(target.folder, "tree");
		const to = join(target.folder, "copy");
		mkdirSync(join(from, "deep/er"), { recursive: true });
		for (const name of ["a", "deep/b", "deep/er/c"]) writeFileSync(join(from, name), randomBytes(100_000));
		const copy = () => succeed("rsync", ["-a", "-e", wrapper, `${from}/`, `${target.host}:${to}/`]);
		await copy();
		// Of another size: rsync looks no further than size and time.
		writeFileSync(join(from, "deep/b"), randomBytes(120_000));
		await copy();
		for (const name of ["a", "deep/b", "deep/er/c"]) {
			assert.ok(readFileSync(join(to, name)).equals(readFileSync(join(from, name))), name);
		}
	});

	test("git clone and push", async () => {
		const bare = join(target.folder, "bare.git");
		const clone = join(target.folder, "clone");
		const env = { GIT_SSH: wrapper, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
		const git = (args: string[]) => succeed("git", args, { env });
		await git(["init", "-q", "--bare", "-b", "main", bare]);
		await git(["clone", "-q", `ssh://${target.host}${bare}`, clone]);
		writeFileSync(join(clone, "file"), randomBytes(500_000));
		const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
		await git(["-C", clone, "add", "file"]);
		await git(["-C", clone, ...identity, "commit", "-q", "-m", "Add a file"]);
		await git(["-C", clone, "push", "-q", "origin", "HEAD:main"]);
		const head = await git(["-C", clone, "rev-parse", "HEAD"]);
		assert.equal(await git(["-C", bare, "rev-parse", "main"]), head);
	});
});
