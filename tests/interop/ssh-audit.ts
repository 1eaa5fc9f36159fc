/** Runs ssh-audit, of whatever version. */
import assert from "node:assert/strict";
import { type Outcome, run } from "../process.js";

/** Where it connects to. */
interface Audited {
	readonly host: string;
	readonly port: number;
}

export async function audit({ host, port }: Audited, ...options: string[]): Promise<Outcome> {
	const args = ["--no-colors", ...options, "-p", String(port), host];
	const first = await run("ssh-audit", ["--skip-rate-test", ...args]);
	// Versions before 3 know no rate test.
	const unknown = /unrecognized|not recognized/.test(first.stderr + first.stdout);
	return unknown ? run("ssh-audit", args) : first;
}

/** What it finds weak or broken, a line each. */
export async function complaints(target: Audited): Promise<string[]> {
	const text = (await audit(target, "--batch")).stdout.toString();
	assert.match(text, /curve25519-sha256/, "it has seen nothing");
	return text.split("\n").filter(line => /\[(warn|fail)\]/.test(line));
}
