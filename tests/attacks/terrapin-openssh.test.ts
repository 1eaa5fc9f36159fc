/**
 * A prefix truncation (CVE-2023-48795) by a man in the middle on real sockets, between OpenSSH and the server. OpenSSH
 * cannot be told to leave strict key exchange out: terrapin.test.ts shows what the same man achieves without it.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { keyLogin } from "../interop/clients/openssh.js";
import { missing, type Target } from "../interop/harness.js";
import { startLibrary } from "../interop/library.js";
import { run } from "../process.js";
import { startProxy } from "./proxy.js";
import { CHACHA20, ETM, EXT_INFO_LENGTH, type Plan, type Suite, sealedLength } from "./terrapin.js";

/** SERVICE_REQUEST "ssh-userauth", which is the first protected packet of OpenSSH 9.2. */
const SERVICE_REQUEST_LENGTH = 1 + 4 + "ssh-userauth".length;

// A server for each: one that is asked so often in so short a time logs less.
for (const suite of [CHACHA20, ...ETM]) {
	const name = suite.cipher === CHACHA20.cipher ? suite.cipher : `${suite.cipher} with ${suite.mac}`;
	const extInfo = sealedLength(EXT_INFO_LENGTH, suite);

	describe(`Terrapin between OpenSSH and the server: ${name}`, { skip: missing("ssh", "ssh-keygen") }, () => {
		let target: Target;
		before(async () => {
			target = await startLibrary();
		});
		after(() => target.stop());

		/** A login through the man in the middle: what the client has to say, and what the server has logged meanwhile. */
		async function attempt({ cipher, mac }: Suite, toServer: Plan, toClient: Plan) {
			const logged = target.output().length;
			const proxy = await startProxy(target.port, toServer, toClient);
			const through = { ...target, port: proxy.port };
			const args = [...keyLogin(through, "VERBOSE"), "-c", cipher, "-m", mac, target.host, "echo through"];
			const result = await run("ssh", args);
			await proxy.close();
			return { ...result, logged: target.output().slice(logged) };
		}

		test(`a man who only listens is not noticed`, async () => {
			const { stdout, stderr } = await attempt(suite, {}, {});
			assert.equal(stdout.toString(), "through\n", stderr);
		});

		test(`an IGNORE before the server's NEWKEYS, and its EXT_INFO cut off: the client ends it`, async () => {
			const { stdout, stderr } = await attempt(suite, {}, { inject: true, drop: extInfo });
			assert.equal(stdout.length, 0);
			assert.match(stderr, /strict KEX violation/);
		});

		test(`an IGNORE before the client's NEWKEYS, and its first packet cut off: the server ends it`, async () => {
			const drop = sealedLength(SERVICE_REQUEST_LENGTH, suite);
			const { stdout, logged } = await attempt(suite, { inject: true, drop }, {});
			assert.equal(stdout.length, 0);
			assert.match(logged, /close .* why=ERR_SSH_BAD_TRANS_RECEIVE_STATE/);
		});

		test(`the server's EXT_INFO cut off, and nothing put in: the client misses it`, async () => {
			const { stdout, stderr } = await attempt(suite, {}, { drop: extInfo });
			assert.equal(stdout.length, 0);
			assert.match(stderr, /Bad packet length|Corrupted MAC|message authentication code incorrect/);
		});

		test(`an IGNORE before the client's NEWKEYS, and nothing cut off: the server ends it`, async () => {
			const { stdout, logged } = await attempt(suite, { inject: true }, {});
			assert.equal(stdout.length, 0);
			assert.match(logged, /close .* why=ERR_SSH_BAD_TRANS_RECEIVE_STATE/);
		});
	});
}
