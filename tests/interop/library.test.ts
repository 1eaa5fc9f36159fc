/** A server of the library alone: the sizes of a device, an ECDSA host key, two factors. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { run } from "../process.js";
import { CLIENTS } from "./clients/index.js";
import { login, openssh, options } from "./clients/openssh.js";
import { missing, type Target } from "./harness.js";
import { startLibrary } from "./library.js";
import { echoes } from "./suite.js";

describe("the sizes of a device", { concurrency: 1 }, () => {
	let target: Target;
	before(async () => {
		target = await startLibrary({ hostKey: "ecdsa-sha2-nistp256", banner: "for the tests\n" });
	});
	after(() => target.stop());

	for (const client of CLIENTS) {
		test(`${client.name}, each key, against an ecdsa host key`, { skip: client.skip }, async () => {
			try {
				for (const key of client.keys) {
					const text = randomBytes(20_000);
					await echoes(client, target, { method: "publickey", key: target.keys[key] }, undefined, text);
				}
			} finally {
				await client.close();
			}
		});
	}

	test("OpenSSH, 2 MB there and back with keys changed on the way", { skip: openssh.skip }, async () => {
		const { args } = login(target, { method: "publickey", key: target.keys.ed25519 });
		const to = ["-o", "RekeyLimit=256K", "-p", String(target.port), "-l", target.user, target.host, "cat"];
		const text = randomBytes(2_000_000);
		const { status, stdout, stderr } = await run("ssh", [...options(target), ...args, ...to], {
			stdin: text,
		});
		assert.equal(status, 0, stderr);
		assert.ok(stdout.equals(text));
	});
});

describe("two factors", { skip: missing("ssh") }, () => {
	let target: Target;
	before(async () => {
		target = await startLibrary({ chains: [["publickey", "password"]] });
	});
	after(() => target.stop());

	const attempt = (methods: string, key: string, password: string) => {
		const { args, env } = login(target, { method: "password", password });
		const chosen = args.map(word => word.replace(/^(PreferredAuthentications)=.*/, `$1=${methods}`));
		const to = ["-p", String(target.port), "-l", target.user, target.host, "echo", "both"];
		return run("ssh", [...options(target), ...chosen, "-i", key, ...to], { env });
	};

	test("a key and then a password", async () => {
		const { status, stdout, stderr } = await attempt(
			"publickey,password",
			target.keys.ed25519,
			target.password,
		);
		assert.equal(status, 0, stderr);
		assert.equal(stdout.toString(), "both\n");
	});
	test("a key and then a wrong password", async () => {
		const { status, stderr } = await attempt("publickey,password", target.keys.ed25519, "wrong");
		assert.equal(status, 255);
		assert.match(stderr, /Permission denied \(password\)/);
	});
	test("a strange key and the right password", async () => {
		const { status, stderr } = await attempt("publickey,password", target.strangeKey, target.password);
		assert.equal(status, 255);
		assert.match(stderr, /Permission denied \(publickey\)/);
	});
	test("a password alone", async () => {
		const { status, stderr } = await attempt("password", target.keys.ed25519, target.password);
		assert.equal(status, 255);
		assert.match(stderr, /Permission denied \(publickey\)/);
	});
});
