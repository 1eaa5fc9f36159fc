/**
 * Strict key exchange (OpenSSH PROTOCOL 1.10, draft-ietf-sshm-strict-kex) in each detail that others got wrong: F. Bäumer
 * and others, "Finding SSH Strict Key Exchange Violations by State Learning" (arXiv 2509.10895), found seven of ten.
 */
import {
	SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
	SSH_DISCONNECT_PROTOCOL_ERROR,
	SSH_MSG_DISCONNECT,
	SSH_MSG_EXT_INFO,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_KEXINIT,
	SSH_MSG_NEWKEYS,
	SSH_MSG_PING,
	SSH_MSG_PONG,
	SSH_MSG_UNIMPLEMENTED,
} from "../../src/messages.js";
import type { ServerConnection } from "../../src/server/connection.js";
import { assert, test } from "../harness.js";
import { type ClientOptions, DEBUG, IGNORE, type TestClient } from "../peer/client.js";
import { readKexInit } from "../peer/exchange.js";
import { Place } from "../peer/place.js";
import { refused } from "../peer/refused.js";
import { bytesOf, message } from "../peer/wire.js";

const STRICT_KEX_C = "kex-strict-c-v00@openssh.com";

/** What RFC 4253 lets a peer send at any time, and what nobody knows. */
const OPTIONAL: readonly Uint8Array[] = [
	IGNORE,
	DEBUG,
	message(SSH_MSG_UNIMPLEMENTED, 0),
	message(SSH_MSG_EXT_INFO, 0),
	message(19),
	message(49),
	message(SSH_MSG_PING, "x"),
	message(254),
];

/** Where the client's next packet of the first key exchange is due. */
const DUE = [SSH_MSG_KEX_ECDH_INIT, SSH_MSG_NEWKEYS];

function greeted(place: Place, options: ClientOptions = {}): TestClient {
	const client = place.client(options);
	client.link.write(bytesOf(`${client.identification}\r\n`));
	return client;
}

function connection(place: Place): ServerConnection {
	return place.server.connections()[0] as ServerConnection;
}

test("strict: the KEXINIT must be the first packet (CVE-2023-48795)", () => {
	for (const before of OPTIONAL) {
		const place = new Place();
		const client = greeted(place);
		client.sendNow(before);
		client.rekey();
		refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR, `${before[0]}`);
	}
});

test("strict: nothing stands between the packets of the first exchange (CVE-2023-48795)", () => {
	for (const stopBefore of DUE) {
		for (const injected of OPTIONAL) {
			const place = new Place();
			const client = place.client({ stopBefore }).start();
			client.sendNow(injected);
			refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR, `${injected[0]} before ${stopBefore}`);
		}
	}
});

test("strict: the server sends nothing optional either, and answers with nothing but DISCONNECT", () => {
	const place = new Place();
	const client = place.client({ extInfo: false }).start();
	assert.deepEqual(client.heard, ["KEXINIT", "KEX_ECDH_REPLY", "NEWKEYS"]);
	for (const stopBefore of DUE) {
		for (const injected of OPTIONAL) {
			const other = place.client({ stopBefore }).start();
			const before = other.heard.length;
			other.sendNow(injected);
			place.run();
			assert.deepEqual(other.heard.slice(before), ["DISCONNECT"]);
		}
	}
});

test("strict: a DISCONNECT is taken at any time, and not answered", () => {
	for (const stopBefore of DUE) {
		const place = new Place();
		const client = place.client({ stopBefore }).start();
		client.sendNow(message(SSH_MSG_DISCONNECT, 11, "bye", ""));
		place.run();
		assert.ok(client.over);
		assert.equal(client.disconnect, undefined);
		assert.deepEqual(place.ends, ["ERR_SSH_DISCONNECT_BY_APPLICATION"]);
	}
});

test("not strict: the same is let pass, and the sequence numbers count it", () => {
	const place = new Place();
	const before = (client: TestClient, number: number): void => {
		if (number >= 20 && number < 50) client.sendNow(IGNORE);
	};
	const client = place.client({ strict: false, before }).login();
	assert.equal(client.strict, false);
	// KEXINIT, ECDH_INIT, NEWKEYS, each with IGNORE before it; SERVICE_REQUEST, USERAUTH_REQUEST.
	assert.equal(client.outgoing.sequence, 8);
});

test("strict: sequence numbers restart behind NEWKEYS, in both directions and at each key exchange", () => {
	const place = new Place();
	const client = place.client().login();
	assert.equal(client.strict, true);
	assert.equal(client.outgoing.sequence, 2);
	for (const exchanges of [2, 3]) {
		client.rekey();
		place.run();
		assert.equal(client.exchanges, exchanges);
		assert.deepEqual([client.outgoing.sequence, client.incoming.sequence], [0, 0]);
		client.sendNow(message(SSH_MSG_PING, "x"));
		client.sendNow(message(254));
		place.run();
		assert.equal(client.take(SSH_MSG_PONG).text(), "x");
		assert.equal(client.take(SSH_MSG_UNIMPLEMENTED).uint32(), 1);
		assert.deepEqual([client.outgoing.sequence, client.incoming.sequence], [2, 2]);
	}
});

test("strict: they restart where the server began the key exchange, too", () => {
	const place = new Place({ limits: { rekeyTime: 10_000, keepaliveInterval: 0 } });
	const client = place.client().login();
	place.pass(11_000);
	assert.equal(client.exchanges, 2);
	assert.deepEqual([client.outgoing.sequence, client.incoming.sequence], [0, 0]);
	const { c2s, s2c } = connection(place).transport.packets;
	assert.deepEqual([c2s.sequence, s2c.sequence], [0, 0]);
});

test("not strict: sequence numbers go on through every key exchange", () => {
	const place = new Place();
	const client = place.client({ strict: false }).login();
	assert.equal(client.outgoing.sequence, 5);
	const received = client.incoming.sequence;
	client.rekey();
	place.run();
	assert.deepEqual([client.outgoing.sequence, client.incoming.sequence], [8, received + 3]);
	client.sendNow(message(254));
	place.run();
	assert.equal(client.take(SSH_MSG_UNIMPLEMENTED).uint32(), 8);
});

test("a strict peer that does not restart its sequence numbers is a forger, at any key exchange", () => {
	for (const stopIn of [0, 1]) {
		for (const suite of [
			{ cipherC2s: ["chacha20-poly1305@openssh.com"] },
			{ cipherC2s: ["aes128-ctr"], macC2s: ["hmac-sha2-256-etm@openssh.com"] },
			{ cipherC2s: ["aes128-ctr"], macC2s: ["hmac-sha2-256"] },
		]) {
			const place = new Place();
			const client = place.client({ ...suite, stopBefore: SSH_MSG_NEWKEYS, stopIn }).start();
			if (stopIn === 1) {
				client.requestAuthentication().password("admin", "secret");
				client.rekey();
				place.run();
			}
			// What the server sends is restarted as ever; what we send is not.
			const { outgoing } = client;
			const take = outgoing.take.bind(outgoing);
			outgoing.take = protection => take(protection, false);
			client.go();
			client.send(IGNORE);
			place.run();
			const lost = ["ERR_SSH_TRANSPORT_BAD_MAC", "ERR_SSH_TRANSPORT", "ERR_PAYLOAD_TOO_LARGE"];
			// chacha20-poly1305 hides the length, which is then any number.
			assert.ok(lost.slice(0, suite.macC2s ? 1 : 3).includes(place.ends[0]), place.ends[0]);
			assert.equal(place.fault(), undefined);
		}
	}
});

test("the markers of strict exchange and of EXT_INFO stand in the first KEXINIT alone", () => {
	const offers: (readonly string[])[] = [];
	const before = ({ exchange }: TestClient, number: number): void => {
		if (number === SSH_MSG_KEX_ECDH_INIT) offers.push(readKexInit(exchange!.serverInit!).kex);
	};
	const client = new Place().client({ before }).login();
	client.rekey();
	client.go();
	const names = ["curve25519-sha256", "curve25519-sha256@libssh.org"];
	assert.deepEqual(offers, [[...names, "ext-info-s", "kex-strict-s-v00@openssh.com"], names]);
});

test("strict is what the first KEXINIT says: a later one neither enables nor disables it", () => {
	const kex = ["curve25519-sha256"];
	const place = new Place();
	const loose = place.client({ strict: false, kex }).login();
	kex.push(STRICT_KEX_C);
	for (const exchanges of [2, 3]) {
		loose.rekey();
		place.run();
		assert.equal(loose.exchanges, exchanges);
		assert.equal(connection(place).transport.strict, false);
	}
	assert.equal(loose.exec("echo").answers[0], true);
	assert.equal(loose.outgoing.sequence, 13);

	// The test client's later KEXINITs have no marker; here is one that has it in each.
	for (const again of [[], [STRICT_KEX_C]]) {
		const strictPlace = new Place();
		const later = ["curve25519-sha256"];
		const strict = strictPlace.client({ kex: later }).login();
		later.push(...again);
		strict.rekey();
		strictPlace.run();
		assert.equal(connection(strictPlace).transport.strict, true);
		assert.deepEqual([strict.outgoing.sequence, strict.incoming.sequence], [0, 0]);
		assert.equal(strict.exec("echo").answers[0], true);
	}
});

test("strict is the client's own marker, its whole name, and no algorithm to agree on", () => {
	for (const name of [
		"kex-strict-s-v00@openssh.com",
		"kex-strict-c-v00@openssh.com.",
		"kex-strict-c-v00",
		"xkex-strict-c-v00@openssh.com",
		"kex-strict-c-v01@openssh.com",
	]) {
		const place = new Place();
		place.client({ strict: false, kex: ["curve25519-sha256", name] }).login();
		assert.equal(connection(place).transport.strict, false, name);
	}
	// The marker may stand anywhere in the list.
	const place = new Place();
	const first = place.client({ kex: [STRICT_KEX_C, "curve25519-sha256"] }).login();
	assert.equal(connection(place).transport.strict, true);
	assert.equal(first.exec("echo").answers[0], true);
	for (const kex of [
		["ext-info-c", STRICT_KEX_C],
		["kex-strict-s-v00@openssh.com", "ext-info-s"],
	]) {
		const none = new Place();
		const client = greeted(none, { kex });
		client.rekey();
		refused(none, client, SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
	}
});

test("a sequence number that would wrap around before the first NEWKEYS ends the connection", () => {
	// 2^32 IGNOREs before a KEXINIT would make it look like the first packet.
	for (const strict of [true, false]) {
		const place = new Place();
		const client = greeted(place, { strict, stopBefore: SSH_MSG_KEXINIT });
		place.run();
		connection(place).transport.packets.c2s.sequence = 0xffff_ffff;
		client.sendNow(IGNORE);
		client.rekey();
		refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
		assert.equal(place.ends[0], "ERR_SSH_TRANSPORT");
	}
});

test("a sequence number may wrap around behind it", () => {
	for (const cipher of ["chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes128-ctr"]) {
		const place = new Place();
		const client = place.client({ cipherC2s: [cipher], cipherS2c: [cipher] }).login();
		const { c2s, s2c } = connection(place).transport.packets;
		c2s.sequence = client.outgoing.sequence = 0xffff_fffe;
		s2c.sequence = client.incoming.sequence = 0xffff_fffe;
		for (const text of ["a", "b", "c", "d"]) client.send(message(SSH_MSG_PING, text));
		place.run();
		for (const text of ["a", "b", "c", "d"]) assert.equal(client.take(SSH_MSG_PONG).text(), text);
		assert.deepEqual([c2s.sequence, s2c.sequence], [2, 2]);
	}
});
