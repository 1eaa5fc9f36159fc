/** The key exchange as a peer can bend it: order, guesses, repetition, bad keys, and the sequence numbers behind it. */
import { Done, type KeyAgreement } from "../../src/crypto/port.js";
import {
	SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
	SSH_DISCONNECT_MAC_ERROR,
	SSH_DISCONNECT_PROTOCOL_ERROR,
	SSH_MSG_EXT_INFO,
	SSH_MSG_IGNORE,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_NEWKEYS,
	SSH_MSG_PING,
	SSH_MSG_PONG,
} from "../../src/messages.js";
import { noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { hostKey, Place } from "../peer/place.js";
import { refused } from "../peer/refused.js";
import { bytesOf, message } from "../peer/wire.js";

test("EXT_INFO goes to who asks for it, as the first packet under the new keys", () => {
	const place = new Place();
	const client = place.client().start();
	assert.deepEqual(client.heard, ["KEXINIT", "KEX_ECDH_REPLY", "NEWKEYS", "EXT_INFO"]);
	const reader = client.take(SSH_MSG_EXT_INFO);
	assert.equal(reader.uint32(), 2);
	assert.equal(reader.text(), "server-sig-algs");
	assert.deepEqual(reader.names(), ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"]);
	assert.deepEqual([reader.text(), reader.text()], ["ping@openssh.com", "0"]);
	reader.end();
	client.rekey();
	client.go();
	assert.equal(client.exchanges, 2);
	assert.equal(client.heard.filter(name => name === "EXT_INFO").length, 1);
	const silent = place.client({ extInfo: false }).login();
	assert.ok(!silent.heard.includes("EXT_INFO"));
});

test("a right guess is taken, a wrong one ignored", () => {
	const place = new Place({ maxConnections: 8 });
	assert.equal(place.client({ guess: "right" }).login().exec("echo").answers[0], true);
	const guess = message(SSH_MSG_KEX_ECDH_INIT, new Uint8Array(32).fill(9));
	// RFC 4253 section 7: right is what both sides have in the first place, for key exchange and host key.
	for (const options of [
		{ kex: ["ecdh-sha2-nistp256", "curve25519-sha256"], guess },
		{ hostKeys: ["rsa-sha2-512", "ssh-ed25519"], guess },
		{ kex: ["curve25519-sha256@libssh.org"], guess },
		{
			kex: ["diffie-hellman-group-exchange-sha256", "curve25519-sha256"],
			guess: message(34, 2048, 2048, 8192),
		},
		{ strict: false, kex: ["ecdh-sha2-nistp256", "curve25519-sha256"], guess },
	]) {
		assert.equal(place.client(options).login().exec("echo").answers[0], true);
	}
});

test("a key of another length, or with something behind it, is refused", () => {
	for (const payload of [
		message(SSH_MSG_KEX_ECDH_INIT, new Uint8Array(31).fill(9)),
		message(SSH_MSG_KEX_ECDH_INIT, new Uint8Array(33).fill(9)),
		message(SSH_MSG_KEX_ECDH_INIT, ""),
		message(SSH_MSG_KEX_ECDH_INIT),
		message(SSH_MSG_KEX_ECDH_INIT, new Uint8Array(32).fill(9), false),
	]) {
		const place = new Place();
		const client = place.client({ stopBefore: SSH_MSG_KEX_ECDH_INIT }).start();
		client.sendNow(payload);
		refused(place, client, SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
	}
});

test("a NEWKEYS with something in it ends the connection", () => {
	const place = new Place();
	const client = place.client({ stopBefore: SSH_MSG_NEWKEYS }).start();
	client.sendNow(message(SSH_MSG_NEWKEYS, true));
	refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
});

test("nothing in common: the client is told that the key exchange has failed", () => {
	for (const options of [
		{ kex: ["diffie-hellman-group14-sha256"] },
		{ hostKeys: ["rsa-sha2-512"] },
		{ cipherC2s: ["aes128-cbc"] },
		{ cipherS2c: ["3des-cbc"] },
		{ cipherC2s: ["aes128-ctr"], macC2s: ["hmac-sha1"] },
		{ cipherS2c: ["aes128-ctr"], macS2c: ["hmac-md5"] },
	]) {
		const place = new Place();
		const client = place.client(options);
		client.link.write(bytesOf(`${client.identification}\r\n`));
		client.rekey();
		refused(place, client, SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
	}
});

test("an AEAD cipher asks for no MAC in common", () => {
	const place = new Place();
	for (const cipher of ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com"]) {
		const options = {
			cipherC2s: [cipher],
			cipherS2c: [cipher],
			macC2s: ["none-such"],
			macS2c: ["none-such"],
		};
		const client = place.client(options);
		client.link.write(bytesOf(`${client.identification}\r\n`));
		client.rekey();
		assert.throws(() => place.run(), /nothing in common/);
		assert.equal(place.server.connections()[0].algorithms?.macC2s, "<implicit>");
		client.link.abort();
		place.run();
	}
});

test("a forged packet behind the exchange ends the connection with a MAC error", () => {
	for (const cipher of ["chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes128-ctr"]) {
		const place = new Place();
		const client = place.client({ cipherC2s: [cipher], macC2s: ["hmac-sha2-256"] }).login();
		const packet = client.outgoing.seal(message(SSH_MSG_IGNORE, "genuine"));
		packet[packet.length - 1] ^= 1;
		client.link.write(packet);
		refused(place, client, SSH_DISCONNECT_MAC_ERROR);
	}
});

test("replies that a re-key held back come behind it, in order", () => {
	const place = new Place({ limits: { rekeyTime: 10_000 } });
	const link = { c2s: { delay: 400 }, s2c: { delay: 400 } };
	const client = place.client({}, link).login();
	place.pass(9_900 - place.hal.now());
	// On their way when the server's KEXINIT is on its way to us.
	for (let count = 0; count < 20; count++) {
		place.pass(100);
		client.send(message(SSH_MSG_PING, `${count}`));
	}
	place.run();
	const answers: string[] = [];
	while (client.has(SSH_MSG_PONG)) answers.push(client.take(SSH_MSG_PONG).text());
	assert.deepEqual(
		answers,
		Array.from({ length: 20 }, (_, count) => `${count}`),
	);
	assert.equal(client.exchanges, 2);
});

test("held replies that are more than the output has room for wait for room, and none is lost", () => {
	const limits = { rekeyPackets: 10, heldReplies: 8192, sendBufferSize: 2048 };
	const place = new Place({ limits });
	const slow = { s2c: { receiveBuffer: 100, delay: 1 }, sendBuffer: 100 };
	const client = place.client({}, slow).login();
	// Sent at once: the server begins to re-key at the tenth packet, and answers the rest behind it.
	const pings = Array.from({ length: 18 }, (_, count) => noise(400, count));
	for (const data of pings) client.sendNow(message(SSH_MSG_PING, data));
	place.run();
	const answers = client.heard.slice(client.heard.indexOf("PONG"));
	assert.ok(answers.indexOf("KEXINIT") <= 10, "answers that fill the output do not put the re-key off");
	for (const data of pings) assert.deepEqual(client.take(SSH_MSG_PONG).string(), data);
});

test("without randomness there is no key exchange, and the others go on", () => {
	for (let failing = 0; failing < 6; failing++) {
		const place = new Place();
		const other = place.client({ seed: 99 }).login();
		const channel = other.exec("echo");
		const client = place.client();
		client.link.write(bytesOf(`${client.identification}\r\n`));
		let calls = 0;
		const { random } = place.hal;
		place.hal.random = bytes => {
			if (calls++ === failing) place.hal.randomFailures = 1;
			return random.call(place.hal, bytes);
		};
		client.rekey();
		place.run();
		assert.deepEqual(place.ends, ["ERR_RAND"]);
		assert.equal(place.server.connectionCount, 1);
		channel.write("alive");
		place.run();
		assert.equal(channel.text, "alive");
		assert.deepEqual(place.errors, []);
	}
});

test("a key agreement without a secret, or one that throws, is no way in", () => {
	const failed: KeyAgreement = { publicKey: new Uint8Array(32), sharedSecret: undefined };
	const place = new Place({ crypto: { ...testCrypto, x25519: () => new Done(failed) } });
	const client = place.client().start();
	assert.equal(client.disconnect?.reason, SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
	const throwing = new Place({
		crypto: {
			...testCrypto,
			x25519: () => {
				throw new Error("hardware fault");
			},
		},
	});
	throwing.client().start();
	assert.equal(throwing.server.connectionCount, 0);
	assert.equal(throwing.errors.length, 1);
});

test("of several host keys the client's choice signs", () => {
	const place = new Place({ hostKeys: [hostKey(5), hostKey(6)] });
	const client = place.client().start();
	assert.equal(client.exchanges, 1);
	assert.equal(place.server.hostKeyFingerprints().length, 2);
});

test("each connection has an exchange hash of its own", () => {
	const place = new Place();
	const first = place.client({ seed: 1 }).start();
	const second = new TestClient(place.hal.connect(22), () => place.run(), { seed: 1 }).start();
	assert.equal(second.exchanges, 1);
	assert.notEqual(first.sessionId.join(), second.sessionId.join());
});
