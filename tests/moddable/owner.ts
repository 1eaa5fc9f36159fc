/** What whoever builds and sets up an app of the SDK does, for tests of several. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { login, options } from "../interop/clients/openssh.js";
import type { Target } from "../interop/harness.js";
import { run } from "../process.js";
import type { App } from "./sdk.js";

/** As the owner of a new device: logs in with the password that it printed, and gives it keys. */
export async function provide(target: Target): Promise<void> {
	const { args, env } = login(target, { method: "password", password: target.password });
	const to = ["-p", String(target.port), "-l", target.user, target.host, "keys add"];
	for (const name of ["ed25519", "rsa"] as const) {
		const stdin = readFileSync(`${target.keys[name]}.pub`);
		const { status, stderr } = await run("ssh", [...options(target), ...args, ...to], { env, stdin });
		assert.equal(status, 0, stderr);
	}
}

/** What the linker warns of in modules of ours. */
export function warnings(app: App): string[] {
	assert.match(app.log, /^# xsl modules$/m);
	return app.log.split("\n").filter(line => /warning/i.test(line) && /fieldssh|main:|name:/.test(line));
}
