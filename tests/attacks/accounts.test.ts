/** Where other servers let somebody in, or gave him more than he had: each test is named after the failure. */

import { Credentials } from "../../src/accounts/credentials.js";
import { encodeBase64 } from "../../src/base/base64.js";
import { OK } from "../../src/merrors.js";
import {
	SSH_DISCONNECT_PROTOCOL_ERROR,
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_USERAUTH_REQUEST,
} from "../../src/messages.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { Place, type PlaceOptions } from "../peer/place.js";
import { message, raw } from "../peer/wire.js";
import { ClientKey, MemoryStorage } from "../userauth/fakes.js";

const KEY = new ClientKey(1);
const OTHER_KEY = new ClientKey(2);
const line = (key: ClientKey): string => `ssh-ed25519 ${encodeBase64(key.blob)}`;

/** A server whose accounts are kept in files. */
function accounts(files: Readonly<Record<string, string>>, options: PlaceOptions = {}): Place {
	const storage = new MemoryStorage();
	for (const [name, text] of Object.entries(files)) storage.write(name, text);
	const authenticator = new Credentials({
		storage,
		crypto: testCrypto,
		random: () => OK,
		users: ["admin"],
		iterations: 16,
		defer: () => {},
	});
	return new Place({ ...options, authenticator });
}

/** A publickey request with a signature over it; `signer` is another key where it is to be false. */
function signIn(client: TestClient, key: ClientKey, signer = key): void {
	client.send(message(SSH_MSG_USERAUTH_REQUEST, raw(key.signed("admin", client.sessionId, signer))));
}

function answer(client: TestClient, act: () => void): string {
	act();
	client.go();
	return client.heard.at(-1) ?? "";
}

test("CVE-2024-45337: who has queried one key and signs with another logs in as the one that was verified", () => {
	const place = accounts({
		"authorized_keys.admin": `${line(KEY)} full\ncommand="menu",no-pty ${line(OTHER_KEY)} restricted\n`,
	});
	const client = place.client().start().requestAuthentication();
	client.send(message(SSH_MSG_USERAUTH_REQUEST, raw(KEY.query("admin"))));
	client.send(message(SSH_MSG_USERAUTH_REQUEST, raw(KEY.query("admin"))));
	assert.equal(
		answer(client, () => signIn(client, OTHER_KEY)),
		"GLOBAL_REQUEST",
	);
	assert.equal(place.server.connections()[0].permit.command, "menu");
	assert.equal(place.server.connections()[0].permit.pty, false);

	// And a query behind a failed signature is a query.
	const other = place.client().start().requestAuthentication();
	assert.equal(
		answer(other, () => signIn(other, KEY, OTHER_KEY)),
		"USERAUTH_FAILURE",
	);
	other.send(message(SSH_MSG_USERAUTH_REQUEST, raw(KEY.query("admin"))));
	other.go();
	assert.ok(!other.heard.includes("USERAUTH_SUCCESS"));
	other.send(message(SSH_MSG_CHANNEL_OPEN, "session", 0, 1000, 1000));
	place.run();
	assert.equal(other.disconnect?.reason, SSH_DISCONNECT_PROTOCOL_ERROR);
});

test("CVE-2012-0920: a forced command holds for every channel, whatever the others ask and when they end", () => {
	const ran: string[] = [];
	const files = { "authorized_keys.admin": `command="menu" ${line(KEY)}\n` };
	const place = accounts(files, {
		onSession: session => {
			ran.push(`${session.channel} ${session.command} for ${session.originalCommand ?? "a shell"}`);
			session.onReadable = () => {
				const bytes = new Uint8Array(10);
				session.write(bytes, 0, session.read(bytes));
			};
		},
	});
	const client = place.client().start().requestAuthentication();
	signIn(client, KEY);
	client.go();
	const [first, second, third] = [client.open(), client.open(), client.open()];
	second.request("exec", true, "two");
	first.request("exec", true, "one");
	// A second command of one channel is refused, and takes nothing from the first.
	first.request("exec", true, "one more");
	third.request("shell", true);
	place.run();
	assert.deepEqual(ran, ["1 menu for two", "0 menu for one", "2 menu for a shell"]);
	assert.deepEqual(first.answers, [true, false]);
	first.close();
	place.run();
	const fourth = client.open();
	fourth.request("exec", true, "four");
	second.write("still");
	place.run();
	assert.equal(second.text, "still");
	assert.equal(first.text, "");
	assert.equal(ran.at(-1), "0 menu for four");
	assert.deepEqual(place.errors, []);
});

test("an empty password hash accepted any password: an unset credential refuses", () => {
	for (const passwd of ["admin:\n", "admin:", "\n"]) {
		for (const password of ["", "admin", "x", "\0"]) {
			const place = accounts({ passwd });
			const client = place.client().start().requestAuthentication();
			client.password("admin", password);
			assert.equal(client.heard.at(-1), "USERAUTH_FAILURE");
		}
	}
	// Nor is there a login where nothing is set at all.
	const place = accounts({});
	const client = place.client().start().requestAuthentication();
	assert.equal(
		answer(client, () => signIn(client, KEY)),
		"USERAUTH_FAILURE",
	);
});

test("an overlong authorized_keys line dropped its restrictions: it grants nothing", () => {
	const attempt = (text: string): string => {
		const client = accounts({ "authorized_keys.admin": text }).client().start().requestAuthentication();
		signIn(client, KEY);
		client.go();
		return client.heard.includes("USERAUTH_SUCCESS") ? "in" : "out";
	};
	const options = (length: number): string => `command="${"x".repeat(length)}" `;
	assert.equal(attempt(`${options(1900)}${line(KEY)}\n`), "in");
	assert.equal(attempt(`${options(2000)}${line(KEY)}\n`), "out");
	assert.equal(attempt(`${options(5000)}${line(KEY)}\n`), "out");
	// Cut at any length, the rest of a line is no line of its own.
	assert.equal(attempt(`# ${"x".repeat(2046)}${line(KEY)}\n`), "out");
	assert.equal(attempt(`no-such-option ${line(KEY)}\n`), "out");
});
