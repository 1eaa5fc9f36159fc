/** What ssh-audit, which knows the weaknesses of algorithms and servers, says of ours. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ROOT } from "../architecture/tree.js";
import { missing, startSimulator, type Target } from "./harness.js";
import { audit, complaints } from "./ssh-audit.js";

const POLICY = join(ROOT, "tests/interop/ssh-audit.policy");

/** Warnings that stand, each with why. */
const KNOWN: readonly (readonly [warning: RegExp, why: string])[] = [
	[
		/^\(mac\) hmac-sha2-(256|512) .*encrypt-and-MAC/,
		"some clients have nothing else; a flag leaves them out (hardened.test.ts)",
	],
	[/^\(kex\) kex-strict-s-v00@openssh\.com .*unknown algorithm/, "ssh-audit before 3.1 is older than it"],
	[/^\(kex\) curve25519-sha256\S* .*post-quantum/, "there is no post-quantum key exchange yet"],
];

describe("ssh-audit", { skip: missing("ssh-audit") }, () => {
	let target: Target;
	before(async () => {
		target = await startSimulator();
	});
	after(() => target.stop());

	test("no failure, and no warning but those that are known", async () => {
		const others = (await complaints(target)).filter(line => !KNOWN.some(([known]) => known.test(line)));
		assert.deepEqual(others, []);
	});

	test("the policy in the repository is what is offered", async () => {
		const { status, stdout } = await audit(target, "-P", POLICY);
		assert.match(stdout.toString(), /Passed/);
		assert.equal(status, 0);
	});

	test("and a policy that is not is told from it", async () => {
		const policy = readFileSync(POLICY, "utf8");
		for (const [there, other] of [
			[", aes256-ctr", ""],
			["key exchanges = curve25519-sha256, ", "key exchanges = sntrup761x25519-sha512@openssh.com, "],
			["compressions = none", "compressions = none, zlib@openssh.com"],
		]) {
			assert.ok(policy.includes(there), there);
			const file = join(target.folder, "other.policy");
			writeFileSync(file, policy.replace(there, other));
			const { status, stdout } = await audit(target, "-P", file);
			assert.match(stdout.toString(), /Failed/, there);
			assert.notEqual(status, 0, there);
		}
	});
});
