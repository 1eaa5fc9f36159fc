/** A build that offers nothing that anybody warns of, and who still logs in to it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type * as NodeHal from "../../hal/node/index.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type * as Core from "../../src/index.js";
import type * as ShellModule from "../../src/shell/index.js";
import { bundle } from "../build/bundle.js";
import { CLIENTS } from "./clients/index.js";
import { makeKeys, makeStrangeKey, missing, type Target } from "./harness.js";
import { complaints } from "./ssh-audit.js";

const FLAGS = "__ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__=false";

/** What ssh-audit says of names that came after it, and of a key exchange that is not there yet. */
const OF_NO_MAC = /^\(kex\) .*(unknown algorithm|post-quantum)/;

/** Serves the device's shell from a build with these flags, in this process. */
async function serve(context: TestContext): Promise<Target> {
	const { load } = await bundle(context, FLAGS);
	const { Credentials, loadHostKey, SSHServer } = (await load("fieldssh")) as unknown as typeof Core;
	const { createNodeHal } = (await load("hal/node")) as unknown as typeof NodeHal;
	const { Shell } = (await load("shell")) as unknown as typeof ShellModule;
	const folder = mkdtempSync(join(tmpdir(), "fieldssh-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	const [user, password] = ["admin", "correct horse"];
	const keys = await makeKeys(folder);
	const hal = createNodeHal({ folder: join(folder, "state") });
	const accounts = new Credentials({
		storage: hal.storage,
		crypto: nobleCrypto,
		users: [user],
		iterations: 1_000,
		random: bytes => hal.random(bytes),
		defer: callback => hal.setTimer(0, callback),
	});
	assert.equal(accounts.addKey(user, readFileSync(`${keys.ed25519}.pub`, "utf8").trim()), undefined);
	const hostKey = await loadHostKey(hal, nobleCrypto);
	let server!: Core.SSHServer;
	const port = await new Promise<number>((onListening, reject) => {
		server = new SSHServer({
			hal,
			crypto: nobleCrypto,
			address: "127.0.0.1",
			port: 0,
			hostKeys: [hostKey],
			authenticator: accounts,
			onListening,
			onError: (_status, text) => reject(new Error(text)),
			onSession: session => shell.run(session),
		});
	});
	context.after(() => server.close());
	const shell = new Shell({ device: { hal, server, accounts, hostname: "field-1", firmware: "tests" } });
	return {
		host: "127.0.0.1",
		port,
		user,
		password,
		keys,
		strangeKey: await makeStrangeKey(folder),
		fingerprint: hostKey.fingerprint,
		folder,
		output: () => "",
		stop: () => server.close(),
	};
}

test(`a build with ${FLAGS}`, async context => {
	const target = await serve(context);
	await context.test("ssh-audit finds nothing weak in it", { skip: missing("ssh-audit") }, async () => {
		const others = (await complaints(target)).filter(line => !OF_NO_MAC.test(line));
		assert.deepEqual(others, []);
	});
	for (const client of CLIENTS) {
		await context.test(`${client.name} logs in as it comes`, { skip: client.skip }, async () => {
			const login = { method: "publickey", key: target.keys.ed25519 } as const;
			const { status, stdout, stderr } = await client.run(target, { login, command: "echo in" });
			assert.equal(`${stdout}`, "in\n", stderr);
			assert.equal(status, 0);
			await client.close();
		});
	}
	await context.test("who has encrypt-and-MAC alone is refused", { skip: missing("ssh") }, async () => {
		const login = { method: "publickey", key: target.keys.ed25519 } as const;
		const says = async (mac: string) => {
			const suite = { cipher: "aes128-ctr", mac };
			return `${(await CLIENTS[0].run(target, { login, command: "echo in", suite })).stdout}`;
		};
		assert.equal(await says("hmac-sha2-256-etm@openssh.com"), "in\n");
		assert.equal(await says("hmac-sha2-256"), "");
	});
});
