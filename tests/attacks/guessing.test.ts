/**
 * Who guesses learns nothing from the answers, nor from the work before them, about who there is and who has a password
 * (CVE-2018-15599, CVE-2016-6210). Compared is every byte that the server sends, every call of its cryptography with its
 * sizes, and every file that it reads: what takes time, without a clock.
 */

import { Credentials } from "../../src/accounts/credentials.js";
import { hashPassword } from "../../src/accounts/password-hash.js";
import { encodeBase64 } from "../../src/base/base64.js";
import { OK } from "../../src/merrors.js";
import { SSH_MSG_USERAUTH_INFO_RESPONSE, SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import { noise, run, toHex } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { Place } from "../peer/place.js";
import { bytesOf, type Field, fields, message } from "../peer/wire.js";
import { ClientKey, MemoryStorage } from "../userauth/fakes.js";
import { countingCrypto } from "./counting.js";

const ITERATIONS = 64;
const KEY = new ClientKey(1);
const STRANGE_KEY = new ClientKey(2);
const random = (bytes: Uint8Array): number => {
	bytes.fill(0x5a);
	return OK;
};

/** Has a password and a key; exists, and has neither; does not exist. Names of one length: requests are as long as others. */
const USERS = ["admin", "guest", "nobod"];

function hashOf(password: string): string {
	const job = hashPassword(testCrypto, random, bytesOf(password), ITERATIONS, ITERATIONS);
	if (typeof job === "number") throw new Error("no salt");
	return run(job);
}

const PASSWORDS = `admin:${hashOf("secret")}\n`;
const KEYS = `ssh-ed25519 ${encodeBase64(KEY.blob)} a comment\n`;

type Act = (client: TestClient, user: string) => void;

/** What the server says and does from the first byte on, and who is let in. */
function observed(
	user: string,
	acts: readonly Act[],
): { bytes: string; work: readonly string[]; heard: string[] } {
	const crypto = countingCrypto();
	const storage = new MemoryStorage();
	storage.write("passwd", PASSWORDS);
	storage.write("authorized_keys.admin", KEYS);
	const credentials = new Credentials({
		storage,
		crypto,
		random,
		users: ["admin", "guest"],
		iterations: ITERATIONS,
		sliceIterations: 8,
		defer: () => {},
	});
	const place = new Place({ crypto, authenticator: credentials, limits: { authenticationAttempts: 20 } });
	let bytes = "";
	const middle = {
		toServer: (sent: Uint8Array) => sent,
		toClient: (received: Uint8Array) => {
			bytes += toHex(received);
			return received;
		},
	};
	const client = place.client({ middle }).start().requestAuthentication();
	crypto.work.length = 0;
	for (const act of acts) {
		act(client, user);
		place.run();
		crypto.work.push(...storage.reads.splice(0).map(name => `read ${name}`), "answered");
	}
	return { bytes, work: crypto.work, heard: client.heard };
}

const ask = (...values: readonly Field[]): Act => {
	return (client, user) => client.send(message(SSH_MSG_USERAUTH_REQUEST, user, "ssh-connection", ...values));
};
const respond = (...responses: readonly string[]): Act => {
	return client => client.send(message(SSH_MSG_USERAUTH_INFO_RESPONSE, responses.length, ...responses));
};
const query = (key: ClientKey): Act => ask("publickey", false, "ssh-ed25519", key.blob);
/** Signed with another key: right in all but the signature. */
const signed = (key: ClientKey): Act => {
	return ask("publickey", true, "ssh-ed25519", key.blob, fields("ssh-ed25519", noise(64)));
};

const GUESSES: Readonly<Record<string, readonly Act[]>> = {
	"the list of methods": [ask("none"), ask("none"), ask("hostbased", "x")],
	"a wrong password": [ask("password", false, "wrong")],
	"an empty password": [ask("password", false, "")],
	"an overlong password": [ask("password", false, "x".repeat(300))],
	"a change of password": [ask("password", true, "wrong", "new")],
	"a wrong response": [ask("keyboard-interactive", "", ""), respond("wrong")],
	"an empty response": [ask("keyboard-interactive", "", ""), respond("")],
	"a wrong number of responses": [ask("keyboard-interactive", "", ""), respond("a", "b"), ask("none")],
	"an abandoned conversation": [ask("keyboard-interactive", "", ""), ask("none")],
	"a strange key": [query(STRANGE_KEY), signed(STRANGE_KEY)],
	"a key that is none": [
		ask("publickey", false, "ssh-ed25519", ""),
		ask("publickey", false, "ssh-dss", KEY.blob),
		ask("publickey", true, "ssh-ed25519", noise(51), fields("ssh-ed25519", noise(64))),
	],
	"one after the other": [
		ask("password", false, "wrong"),
		query(STRANGE_KEY),
		ask("keyboard-interactive", "", ""),
		respond("wrong"),
		ask("password", false, "wrong again"),
	],
};

for (const [name, acts] of Object.entries(GUESSES)) {
	test(`CVE-2018-15599, CVE-2016-6210: ${name}: same answers, same work, whoever there is`, () => {
		const expected = observed("admin", acts);
		assert.ok(expected.heard.at(-1) === "USERAUTH_FAILURE", expected.heard.join(" "));
		for (const user of USERS) {
			const seen = observed(user, acts);
			assert.equal(seen.bytes, expected.bytes, user);
			assert.deepEqual(seen.work, expected.work, user);
		}
	});
}

test("a malformed request is refused before anyone looks who there is (CVE-2018-15599)", () => {
	for (const act of [
		ask("publickey", true, "ssh-ed25519", KEY.blob),
		ask("publickey", false, "ssh-ed25519", KEY.blob, "more"),
		ask("password", false),
		ask("password", false, "secret", "more"),
	]) {
		const expected = observed("admin", [act]);
		assert.equal(expected.heard.at(-1), "DISCONNECT");
		assert.ok(!expected.work.some(entry => entry.startsWith("read ")));
		for (const user of USERS) assert.deepEqual(observed(user, [act]), expected, user);
	}
});

test("the password of another user is a wrong password", () => {
	const expected = observed("admin", [ask("password", false, "secreT")]);
	for (const user of ["guest", "nobod"]) {
		assert.deepEqual(observed(user, [ask("password", false, "secret")]), expected, user);
	}
});

test("a key on file of another user is a strange key", () => {
	const expected = observed("admin", [query(STRANGE_KEY), signed(STRANGE_KEY)]);
	for (const user of ["guest", "nobod"]) {
		assert.deepEqual(observed(user, [query(KEY), signed(KEY)]), expected, user);
	}
});

test("a key on file of its own user is told by PK_OK, as RFC 4252 section 7 has it, and by nothing before it", () => {
	const { heard, work } = observed("admin", [query(KEY), signed(KEY)]);
	// PK_OK has the number of USERAUTH_INFO_REQUEST.
	assert.deepEqual(heard.slice(-2), ["USERAUTH_INFO_REQUEST", "USERAUTH_FAILURE"]);
	// What a signature of it costs is known to whoever was told that.
	assert.equal(work.filter(entry => entry.startsWith("ed25519Verify")).length, 1);
});

test("a right password costs what a wrong one costs", () => {
	const right = observed("admin", [ask("password", false, "secret")]);
	assert.ok(right.heard.includes("USERAUTH_SUCCESS"));
	const wrong = observed("admin", [ask("password", false, "secreT")]);
	assert.deepEqual(right.work, wrong.work);
	const macs = right.work.filter(entry => entry === "digest").length;
	assert.equal(macs, ITERATIONS);
});
