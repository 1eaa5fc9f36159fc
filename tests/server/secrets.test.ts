/** What must not outlive a connection. */
import type { Digest, HashName } from "../../src/crypto/port.js";
import type { HostKey } from "../../src/keys/host-key.js";
import { SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { authenticator, hostKey, Place } from "../peer/place.js";
import { bytesOf, message, textOf } from "../peer/wire.js";

test("what is computed when a connection is closed is given up, and its secrets are overwritten", () => {
	let wiped = 0;
	const never = { step: () => false, wipe: () => wiped++, result: undefined as never };
	for (const crypto of [
		{ ...testCrypto, x25519: () => never },
		{ ...testCrypto, ed25519Sign: () => never },
	]) {
		wiped = 0;
		const place = new Place({ crypto, hostKeys: [{ ...hostKey(), sign: () => never } as HostKey] });
		const client = place.client();
		client.link.write(bytesOf(`${client.identification}\r\n`));
		client.rekey();
		for (let steps = 0; steps < 200; steps++) place.hal.network.step();
		assert.equal(place.server.connectionCount, 1);
		place.server.closeConnection(place.server.connections()[0].id);
		assert.equal(wiped, 1);
		assert.equal(place.server.connectionCount, 0);
	}
});

test("every hash that took K is wiped", () => {
	let left = 0;
	const hash = (name: HashName): Digest => {
		const digest = testCrypto.hash(name);
		left++;
		return { ...bound(digest), wipe: () => left-- };
	};
	const bound = (digest: Digest) => ({
		length: digest.length,
		update: digest.update.bind(digest),
		digest: digest.digest.bind(digest),
	});
	const place = new Place({ crypto: { ...testCrypto, hash } });
	const client = place.client().login();
	client.rekey();
	client.go();
	assert.equal(client.exchanges, 2);
	assert.equal(left, 0);
});

test("a password that is being looked at when its connection is closed is overwritten, and its job given up", () => {
	let wiped = 0;
	let seen = new Uint8Array(0) as Uint8Array;
	const never = { step: () => false, wipe: () => wiped++, result: false };
	const place = new Place({
		authenticator: {
			...authenticator,
			password: (_user, password) => {
				seen = password;
				return never;
			},
		},
	});
	const client = place.client().start().requestAuthentication();
	client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "password", false, "secret"));
	for (let steps = 0; steps < 200; steps++) place.hal.network.step();
	assert.equal(textOf(seen), "secret");
	place.server.closeConnection(place.server.connections()[0].id);
	assert.equal(place.server.connectionCount, 0);
	assert.equal(wiped, 1);
	assert.equal(textOf(seen), "\0\0\0\0\0\0");
});
