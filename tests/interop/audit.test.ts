/** What ssh-audit, which knows the weaknesses of algorithms and servers, says of ours. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { run } from "../process.js";
import { missing, startSimulator, type Target } from "./harness.js";

describe("ssh-audit", { skip: missing("ssh-audit") }, () => {
	let target: Target;
	before(async () => {
		target = await startSimulator();
	});
	after(() => target.stop());

	test("no failure", async () => {
		const args = ["--no-colors", "--batch", "--skip-rate-test", "-p", String(target.port), target.host];
		const first = await run("ssh-audit", args);
		// Versions before 3 know no rate test.
		const audited = /unrecognized|not recognized/.test(first.stderr + first.stdout)
			? await run(
					"ssh-audit",
					args.filter(word => word !== "--skip-rate-test"),
				)
			: first;
		const text = audited.stdout.toString();
		assert.match(text, /curve25519-sha256/);
		assert.doesNotMatch(text, /\[fail\]/, text);
	});
});
