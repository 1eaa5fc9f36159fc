/** The order of a key exchange: each message has its place, and whatever else comes there ends the connection. */
import {
	SSH_DISCONNECT_PROTOCOL_ERROR,
	SSH_MSG_EXT_INFO,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_NEWKEYS,
	SSH_MSG_SERVICE_REQUEST,
	SSH_MSG_USERAUTH_REQUEST,
} from "../../src/messages.js";
import { assert, test } from "../harness.js";
import { type ClientOptions, IGNORE, type TestClient } from "../peer/client.js";
import { Place } from "../peer/place.js";
import { refused } from "../peer/refused.js";
import { bytesOf, message } from "../peer/wire.js";

/** Where the client's next packet of the first key exchange is due. */
const DUE = [SSH_MSG_KEX_ECDH_INIT, SSH_MSG_NEWKEYS];

function greeted(place: Place, options: ClientOptions = {}): TestClient {
	const client = place.client(options);
	client.link.write(bytesOf(`${client.identification}\r\n`));
	return client;
}

test("the client's EXT_INFO has its place directly behind its first NEWKEYS, and nowhere else", () => {
	const place = new Place();
	const client = place.client({ sendsExtInfo: true }).login();
	assert.equal(client.exec("echo").answers[0], true);
	client.sendNow(message(SSH_MSG_EXT_INFO, 0));
	refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
	const late = place.client().start();
	late.send(IGNORE);
	late.send(message(SSH_MSG_EXT_INFO, 0));
	refused(place, late, SSH_DISCONNECT_PROTOCOL_ERROR);
	const twice = place.client({ sendsExtInfo: true }).start();
	twice.send(message(SSH_MSG_EXT_INFO, 0));
	refused(place, twice, SSH_DISCONNECT_PROTOCOL_ERROR);
	const again = place.client().login();
	again.rekey();
	place.run();
	assert.equal(again.exchanges, 2);
	again.send(message(SSH_MSG_EXT_INFO, 0));
	refused(place, again, SSH_DISCONNECT_PROTOCOL_ERROR);
});

test("one wrong guess is ignored, not two (CVE-2025-8277)", () => {
	for (const strict of [true, false]) {
		const place = new Place();
		const guess = message(SSH_MSG_KEX_ECDH_INIT, new Uint8Array(32).fill(9));
		const kex = ["ecdh-sha2-nistp256", "curve25519-sha256"];
		const client = place.client({ strict, kex, guess, stopBefore: SSH_MSG_KEX_ECDH_INIT }).start();
		client.sendNow(message(34, 2048, 2048, 8192));
		refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
	}
});

test("a wrong guess must be a message of a key exchange", () => {
	for (const guess of [message(SSH_MSG_USERAUTH_REQUEST, "admin"), IGNORE, message(254)]) {
		const place = new Place();
		const kex = ["ecdh-sha2-nistp256", "curve25519-sha256"];
		const client = place.client({ kex, guess, stopBefore: SSH_MSG_KEX_ECDH_INIT });
		client.start();
		refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
	}
});

test("where the client made no guess, or a right one, nothing is ignored", () => {
	const place = new Place();
	const client = place.client({ guess: "right", stopBefore: SSH_MSG_NEWKEYS }).start();
	client.sendNow(message(SSH_MSG_KEX_ECDH_INIT, new Uint8Array(32).fill(9)));
	refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
	const none = place.client({ stopBefore: SSH_MSG_KEX_ECDH_INIT }).start();
	none.sendNow(message(34, 2048, 2048, 8192));
	refused(place, none, SSH_DISCONNECT_PROTOCOL_ERROR);
});

test("a second KEXINIT within a key exchange ends the connection (CVE-2016-8858)", () => {
	for (const strict of [true, false]) {
		for (const stopBefore of DUE) {
			const place = new Place();
			const client = place.client({ strict, stopBefore }).start();
			client.sendNow(client.exchange!.clientInit);
			refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
			const later = place.client({ strict, stopBefore, stopIn: 1 }).login();
			later.rekey();
			place.run();
			later.sendNow(later.exchange!.clientInit);
			refused(place, later, SSH_DISCONNECT_PROTOCOL_ERROR);
		}
	}
});

test("NEWKEYS has one place: too early, too late or twice it ends the connection", () => {
	for (const strict of [true, false]) {
		const place = new Place();
		const first = greeted(place, { strict });
		first.sendNow(message(SSH_MSG_NEWKEYS));
		refused(place, first, SSH_DISCONNECT_PROTOCOL_ERROR, "before KEXINIT");
		const early = place.client({ strict, stopBefore: SSH_MSG_KEX_ECDH_INIT }).start();
		early.sendNow(message(SSH_MSG_NEWKEYS));
		refused(place, early, SSH_DISCONNECT_PROTOCOL_ERROR, "before ECDH_INIT");
		const twice = place.client({ strict }).start();
		twice.sendNow(message(SSH_MSG_NEWKEYS));
		refused(place, twice, SSH_DISCONNECT_PROTOCOL_ERROR, "twice");
		const later = place.client({ strict, stopBefore: SSH_MSG_KEX_ECDH_INIT, stopIn: 1 }).login();
		later.sendNow(message(SSH_MSG_NEWKEYS));
		refused(place, later, SSH_DISCONNECT_PROTOCOL_ERROR, "without a key exchange");
		const rekeying = place.client({ strict, stopBefore: SSH_MSG_KEX_ECDH_INIT, stopIn: 1 }).login();
		rekeying.rekey();
		place.run();
		rekeying.sendNow(message(SSH_MSG_NEWKEYS));
		refused(place, rekeying, SSH_DISCONNECT_PROTOCOL_ERROR, "before a later ECDH_INIT");
	}
});

test("a second ECDH_INIT ends the connection", () => {
	const place = new Place();
	const client = place.client({ stopBefore: SSH_MSG_NEWKEYS }).start();
	client.sendNow(message(SSH_MSG_KEX_ECDH_INIT, new Uint8Array(32).fill(9)));
	refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
});

test("a login in the clear, put between the server's NEWKEYS and the client's (CVE-2023-46446), is refused", () => {
	for (const strict of [true, false]) {
		for (const injected of [
			message(SSH_MSG_SERVICE_REQUEST, "ssh-userauth"),
			message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "password", false, "secret"),
		]) {
			const place = new Place();
			const client = place.client({ strict, stopBefore: SSH_MSG_NEWKEYS }).start();
			assert.ok(client.heard.includes("NEWKEYS"));
			client.sendNow(injected);
			refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
		}
	}
});

test("packets under the new keys before NEWKEYS are no packets", () => {
	const place = new Place();
	const client = place.client({ stopBefore: SSH_MSG_NEWKEYS }).start();
	const { exchange, outgoing } = client;
	outgoing.take(exchange!.protection(true, client.sessionId), true);
	client.sendNow(message(SSH_MSG_SERVICE_REQUEST, "ssh-userauth"));
	place.run();
	client.link.end();
	place.run();
	assert.ok(client.over);
	assert.ok(!client.heard.includes("SERVICE_ACCEPT"));
	assert.equal(place.fault(), undefined);
});
