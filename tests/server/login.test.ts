/** Logging in, method by method, through the whole server. */

import { decodeUtf8, encodeUtf8 } from "../../src/base/utf8.js";
import { equalBytes } from "../../src/base/wire.js";
import { Done } from "../../src/crypto/port.js";
import { DESKTOP_LIMITS, DEVICE_LIMITS } from "../../src/limits.js";
import {
	SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
	SSH_MSG_USERAUTH_BANNER,
	SSH_MSG_USERAUTH_FAILURE,
	SSH_MSG_USERAUTH_INFO_REQUEST,
	SSH_MSG_USERAUTH_INFO_RESPONSE,
	SSH_MSG_USERAUTH_PK_OK,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import { FULL_PERMIT } from "../../src/userauth/authenticator.js";
import type { AuthenticationRequest } from "../../src/userauth/callback-authenticator.js";
import { concat, noise, run } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { authenticator, Place } from "../peer/place.js";
import { bytesOf, type Field, fields, message, raw } from "../peer/wire.js";

const SEED = noise(32, 8);
const PUBLIC = run(testCrypto.ed25519PublicKey(SEED));
const BLOB = fields("ssh-ed25519", PUBLIC);

function request(client: TestClient, method: string, ...values: readonly Field[]): void {
	client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", method, raw(fields(...values))));
	client.go();
}

/** RFC 4252 section 7: a request with a signature over the session id and all that stands before it. */
function sign(client: TestClient, user: string, sessionId = client.sessionId): void {
	const head: Field[] = [user, "ssh-connection", "publickey", true, "ssh-ed25519", BLOB];
	const signed = concat(fields(sessionId), message(SSH_MSG_USERAUTH_REQUEST, ...head));
	const signature = fields("ssh-ed25519", run(testCrypto.ed25519Sign(SEED, PUBLIC, signed)));
	client.send(message(SSH_MSG_USERAUTH_REQUEST, ...head, signature));
	client.go();
}

const byKey = {
	...authenticator,
	authorizedKey: (user: string, blob: Uint8Array) =>
		new Done(user === "admin" && equalBytes(blob, BLOB) ? FULL_PERMIT : undefined),
};

test("none lists the methods, and lets nobody in", () => {
	const client = new Place().client().start().requestAuthentication();
	request(client, "none");
	const reader = client.take(SSH_MSG_USERAUTH_FAILURE);
	assert.deepEqual(reader.names(), ["publickey", "password", "keyboard-interactive"]);
	assert.equal(reader.boolean(), false);
});

test("publickey: a query is no login, a signature over the session id is, behind a re-key too", () => {
	for (const rekeys of [0, 1, 2]) {
		const place = new Place({ authenticator: byKey });
		const client = place.client().start().requestAuthentication();
		for (let count = 0; count < rekeys; count++) {
			client.rekey();
			client.go();
		}
		request(client, "publickey", false, "ssh-ed25519", BLOB);
		const reader = client.take(SSH_MSG_USERAUTH_PK_OK);
		assert.equal(reader.text(), "ssh-ed25519");
		assert.deepEqual(reader.string(), BLOB);
		assert.ok(!client.has(SSH_MSG_USERAUTH_SUCCESS));
		sign(client, "admin");
		client.take(SSH_MSG_USERAUTH_SUCCESS);
		assert.equal(place.server.connections()[0].user, "admin");
		assert.equal(client.exchanges, 1 + rekeys);
	}
});

test("publickey: a signature over another session, or for another user, lets nobody in", () => {
	const client = new Place({ authenticator: byKey }).client().start().requestAuthentication();
	sign(client, "admin", new Uint8Array(32));
	client.take(SSH_MSG_USERAUTH_FAILURE);
	sign(client, "root");
	client.take(SSH_MSG_USERAUTH_FAILURE);
	sign(client, "admin");
	client.take(SSH_MSG_USERAUTH_SUCCESS);
});

test("keyboard-interactive: prompts, the answer, and a re-key between the two", () => {
	const client = new Place().client().start().requestAuthentication();
	request(client, "keyboard-interactive", "", "");
	client.take(SSH_MSG_USERAUTH_INFO_REQUEST);
	client.rekey();
	client.go();
	assert.equal(client.exchanges, 2);
	client.send(message(SSH_MSG_USERAUTH_INFO_RESPONSE, 1, "secret"));
	client.go().take(SSH_MSG_USERAUTH_SUCCESS);
});

test("a banner comes before the first answer", () => {
	const client = new Place({ banner: "Keep out\r\n" }).client().start().requestAuthentication();
	request(client, "none");
	assert.equal(client.take(SSH_MSG_USERAUTH_BANNER).text(), "Keep out\r\n");
	client.take(SSH_MSG_USERAUTH_FAILURE);
});

test("a banner that is longer than a packet of data comes whole, before the first answer, whatever that is", () => {
	let banner = "";
	for (let line = 0; banner.length < 3000; line++) banner += `Zeile ${line}: ein Gerät, kein Spielzeug\r\n`;
	for (const limits of [DEVICE_LIMITS, DESKTOP_LIMITS])
		for (const method of ["none", "password"]) {
			const client = new Place({ banner, limits }).client().start().requestAuthentication();
			if (method === "none") request(client, "none");
			else client.password("admin", "secret");
			let text = "";
			while (client.heard.includes("USERAUTH_BANNER") && text.length < encodeUtf8(banner).length)
				text += client.take(SSH_MSG_USERAUTH_BANNER).text();
			assert.equal(decodeUtf8(bytesOf(text)), banner);
			client.take(method === "none" ? SSH_MSG_USERAUTH_FAILURE : SSH_MSG_USERAUTH_SUCCESS);
		}
});

test("authenticationAttempts: the last one still counts, and there is none behind it", () => {
	for (const authenticationAttempts of [1, 3]) {
		const place = new Place({ limits: { authenticationAttempts } });
		const client = place.client().start().requestAuthentication();
		for (let count = 1; count < authenticationAttempts; count++) {
			client.password("admin", "wrong");
			client.take(SSH_MSG_USERAUTH_FAILURE);
		}
		client.password("admin", "wrong");
		assert.equal(client.disconnect?.reason, SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE);
		const lucky = place.client().start().requestAuthentication();
		for (let count = 1; count < authenticationAttempts; count++) lucky.password("admin", "wrong");
		lucky.password("admin", "secret");
		lucky.take(SSH_MSG_USERAUTH_SUCCESS);
	}
});

/** A place whose application answers later. */
function asking(): { place: Place; asked: AuthenticationRequest[]; answer: (value: boolean) => void } {
	const asked: AuthenticationRequest[] = [];
	const waiting: ((value: boolean) => void)[] = [];
	const onAuthenticate = (each: AuthenticationRequest): Promise<boolean> => {
		asked.push(each);
		return new Promise(resolve => waiting.push(resolve));
	};
	const place = new Place({ onAuthenticate, methods: ["password"] }, true);
	return { place, asked, answer: value => waiting.shift()!(value) };
}

test("onAuthenticate may take its time; meanwhile the connection waits, and others do not", async () => {
	const { place, asked, answer } = asking();
	const client = place.client().start().requestAuthentication();
	client.password("admin", "secret");
	assert.equal(asked[0].password, "secret");
	assert.equal(asked[0].remoteAddress, "192.0.2.1");
	place.pass(5_000);
	assert.ok(!client.has(SSH_MSG_USERAUTH_SUCCESS) && !client.has(SSH_MSG_USERAUTH_FAILURE));
	const other = place.client({ seed: 2 }).start().requestAuthentication();
	other.password("guest", "?");
	answer(true);
	answer(false);
	await place.hal.network.settle();
	client.take(SSH_MSG_USERAUTH_SUCCESS);
	other.take(SSH_MSG_USERAUTH_FAILURE);
});

test("an answer that comes when the connection is gone changes nothing", async () => {
	const { place, answer } = asking();
	const client = place.client().start().requestAuthentication();
	client.password("admin", "secret");
	client.link.abort();
	place.run();
	assert.equal(place.server.connectionCount, 0);
	answer(true);
	await place.hal.network.settle();
	assert.deepEqual([place.server.connectionCount, place.ends.length], [0, 1]);
	assert.deepEqual(place.errors, []);
});

test("what a client sends while its password is looked at waits its turn", async () => {
	const { place, answer } = asking();
	const client = place.client().start().requestAuthentication();
	client.password("admin", "secret");
	const channel = client.open();
	assert.equal(channel.recipient, -1);
	answer(true);
	await place.hal.network.settle();
	assert.equal(channel.recipient, 0);
});
