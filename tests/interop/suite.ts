/** What every client must be able to do with every engine. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Client, Login, Result, Suite } from "./clients/client.js";
import type { Target } from "./harness.js";

/** Runs the suite of one client against a target of its own. */
export function interopSuite(client: Client, start: () => Promise<Target>): void {
	describe(client.name, { skip: client.skip }, () => {
		let target: Target;
		before(async () => {
			target = await start();
		});
		after(async () => {
			await client.close();
			await target.stop();
		});
		const withKey = (): Login => ({ method: "publickey", key: target.keys.ed25519 });

		for (const key of client.keys) {
			test(`publickey, ${key}`, async () => {
				const login: Login = { method: "publickey", key: target.keys[key] };
				says(await client.run(target, { login, command: "echo in by key" }), "in by key\n");
			});
		}
		for (const signature of client.signatures) {
			test(`publickey, rsa, ${signature}`, async () => {
				const login: Login = { method: "publickey", key: target.keys.rsa };
				says(await client.run(target, { login, signature, command: "echo signed" }), "signed\n");
			});
		}
		for (const method of client.methods) {
			if (method === "publickey") continue;
			test(method, async () => {
				const login: Login = { method, password: target.password };
				says(await client.run(target, { login, command: "echo in by word" }), "in by word\n");
			});
			test(`${method}: a wrong one is refused`, async () => {
				const login: Login = { method, password: `not ${target.password}` };
				isRefused(await client.run(target, { login, command: "echo no" }));
			});
			test(`${method}: an unknown user is refused`, async () => {
				const login: Login = { method, password: target.password };
				isRefused(await client.run(target, { login, user: "nobody", command: "echo no" }));
			});
		}
		test("publickey: a strange key is refused", async () => {
			const login: Login = { method: "publickey", key: target.strangeKey };
			isRefused(await client.run(target, { login, command: "echo no" }));
		});
		test("publickey: an unknown user is refused", async () => {
			isRefused(await client.run(target, { login: withKey(), user: "nobody", command: "echo no" }));
		});

		for (const status of [0, 1, 42]) {
			test(`exit status ${status}`, async () => {
				const result = await client.run(target, { login: withKey(), command: `exit ${status}` });
				assert.equal(result.status, status, result.stderr);
			});
		}
		test("an unknown command: status 127, and a message on stderr alone", async () => {
			const result = await client.run(target, { login: withKey(), command: "no-such-command" });
			assert.equal(result.status, 127, result.stderr);
			assert.match(result.stderr, /no-such-command/);
			assert.equal(result.stdout.length, 0);
		});
		test("what goes in comes out, byte by byte", async () => {
			await echoes(client, target, withKey(), undefined, randomBytes(200_000));
		});
		test("nothing at all comes out of nothing", async () => {
			await echoes(client, target, withKey(), undefined, Buffer.alloc(0));
		});
		test("every cipher and MAC that we share", async context => {
			const suites = await client.suites();
			assert.ok(suites.length > 0);
			const text = randomBytes(70_000);
			for (const suite of suites) {
				await context.test(suiteName(suite), () => echoes(client, target, withKey(), suite, text));
			}
		});
	});
}

export function suiteName({ cipher, mac }: Suite): string {
	return mac === undefined ? cipher : `${cipher} with ${mac}`;
}

/** Checks that `cat` gives back what it is given. */
export async function echoes(
	client: Client,
	target: Target,
	login: Login,
	suite: Suite | undefined,
	text: Buffer,
): Promise<void> {
	const result = await client.run(target, {
		login,
		command: "cat",
		stdin: text,
		...(suite ? { suite } : {}),
	});
	assert.equal(result.status, 0, result.stderr);
	assert.equal(result.stdout.length, text.length);
	assert.ok(result.stdout.equals(text));
}

export function says(result: Result, stdout: string): void {
	assert.equal(result.status, 0, result.stderr);
	assert.equal(result.stdout.toString(), stdout);
}

export function isRefused(result: Result): void {
	assert.equal(result.status, undefined);
	assert.ok(result.refused, result.stderr);
	assert.equal(result.stdout.length, 0);
}
