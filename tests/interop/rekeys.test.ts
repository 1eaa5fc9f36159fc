/** Clients that change keys as often as they can be told to, against the limits as they come: none is taken for an attacker. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { run, succeed } from "../process.js";
import { keyLogin, ssh } from "./clients/openssh.js";
import { plink } from "./clients/plink.js";
import { clientFolder, missing, startSimulator, type Target } from "./harness.js";

describe("clients that re-key often", () => {
	let target: Target;
	const text = randomBytes(4_000_000);
	before(async () => {
		target = await startSimulator({ args: ["--limits", "device"] });
	});
	after(() => target.stop());

	for (const limit of ["1M", "64K"])
		test(`OpenSSH, RekeyLimit=${limit}`, { skip: missing("ssh") }, async () => {
			const args = ["-o", `RekeyLimit=${limit}`, target.host, "cat"];
			const { status, stdout, stderr } = await ssh(target, args, { stdin: text });
			assert.equal(status, 0, stderr);
			assert.ok(stdout.equals(text));
		});

	test("OpenSSH, beyond all measure, is told why it ends", { skip: missing("ssh") }, async () => {
		const args = [...keyLogin(target), "-o", "RekeyLimit=1K", target.host, "cat"];
		const { status, stderr } = await run("ssh", args, { stdin: text.subarray(0, 100_000) });
		assert.equal(status, 255);
		assert.match(stderr, /keys were exchanged too often: set RekeyLimit higher/);
	});

	test("PuTTY's plink, keys changed every 100 KB", { skip: plink.skip }, async () => {
		const PUTTYDIR = clientFolder(target, "putty");
		const sessions = join(PUTTYDIR, "sessions");
		mkdirSync(sessions, { recursive: true });
		writeFileSync(
			join(sessions, "eager"),
			["TryAgent=0", "SshProt=3", "RekeyBytes=100K", "RekeyTime=1"].join("\n"),
		);
		const key = join(PUTTYDIR, "eager.ppk");
		await succeed("puttygen", [target.keys.ed25519, "-O", "private", "-o", key]);
		const to = ["-hostkey", target.fingerprint, "-P", String(target.port), "-i", key, "-l", target.user];
		const args = ["-load", "eager", "-batch", "-ssh", ...to, target.host, "cat"];
		const part = text.subarray(0, 2_000_000);
		const { status, stdout, stderr } = await run("plink", args, { env: { PUTTYDIR }, stdin: part });
		assert.equal(status, 0, stderr);
		assert.ok(stdout.equals(part));
	});
});
