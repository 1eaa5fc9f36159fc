/** A method of key exchange is one row: what each row must keep to, and one more row that works without anything else. */
import { type Crypto, Done, type Job, type RandomSource } from "../../src/crypto/port.js";
import { DEVICE_LIMITS } from "../../src/limits.js";
import { SSH_DISCONNECT_KEY_EXCHANGE_FAILED, SSH_MSG_KEX_ECDH_INIT } from "../../src/messages.js";
import { KEX_METHODS } from "../../src/transport/algorithms.js";
import type { KexMethod, KexReply } from "../../src/transport/kex-method.js";
import { concat, noise, run } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { connectionOf } from "../limits/row.js";
import type { ClientOptions } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { curve25519, hashOf } from "../peer/exchange.js";
import { Place } from "../peer/place.js";
import { refused } from "../peer/refused.js";
import { fields, message } from "../peer/wire.js";

const NAME = "of-a-test@fieldssh";

const secretOf = (clientMessage: Uint8Array, serverMessage: Uint8Array): Uint8Array =>
	hashOf("sha512", concat(clientMessage, serverMessage));

/** As large as mlkem768x25519-sha256, with another hash and another form of K than curve25519-sha256. It keeps no secret. */
const ROW: KexMethod = Object.freeze({
	names: Object.freeze([NAME]),
	clientLength: 1216,
	serverLength: 1120,
	hash: "sha512",
	secretEncoding: "string",
	start(_crypto: Crypto, random: RandomSource, clientMessage: Uint8Array): Job<KexReply> | number {
		const serverMessage = new Uint8Array(1120);
		const status = random(serverMessage);
		if (status < 0) return status;
		return new Done({ serverMessage, sharedSecret: secretOf(clientMessage, serverMessage) });
	},
});

const OFFER: ClientOptions = {
	kex: [NAME],
	method: random => {
		const clientMessage = random(1216);
		return {
			hash: "sha512",
			clientMessage,
			secret: serverMessage => fields(secretOf(clientMessage, serverMessage)),
		};
	},
};

/** A server whose table has the row as well. */
function placeWithRow(): Place {
	const place = new Place();
	const parts = place.parts as unknown as { setup: object };
	parts.setup = Object.freeze({ ...parts.setup, kexMethods: [...KEX_METHODS, ROW] });
	return place;
}

test("each row has the lengths it says, and fits the smallest buffers", () => {
	const names = KEX_METHODS.flatMap(method => method.names);
	assert.equal(new Set(names).size, names.length);
	assert.ok(Object.isFrozen(KEX_METHODS) && KEX_METHODS.every(Object.isFrozen));
	for (const { clientLength, serverLength } of [...KEX_METHODS, ROW]) {
		// The client's packet, and the reply with an ECDSA host key, NEWKEYS and EXT_INFO: limits-check.ts takes 2,048 for both.
		assert.ok(clientLength + 256 <= 2048);
		assert.ok(serverLength + 2 * 104 + 64 + 512 + 13 + 88 <= 2048);
	}
	const [method] = KEX_METHODS;
	const clientMessage = curve25519(noise).clientMessage;
	assert.equal(clientMessage.length, method.clientLength);
	const job = method.start(testCrypto, () => 0, clientMessage);
	if (typeof job === "number") throw new Error(`${job}`);
	assert.equal(run(job).serverMessage.length, method.serverLength);
	assert.equal(
		method.start(testCrypto, () => -5, clientMessage),
		-5,
	);
});

test("one more row serves a login and new keys, beside the others", () => {
	const place = placeWithRow();
	const client = place.client(OFFER).login();
	assert.equal(client.sessionId.length, 64);
	client.rekey();
	client.go();
	assert.equal(client.exchanges, 2);
	const channel = client.exec("echo");
	channel.write("under other keys");
	channel.end();
	place.run();
	assert.equal(channel.text, "under other keys");
	assert.equal(place.client().login().exec("echo").answers[0], true);
	assert.throws(() => new Place().client(OFFER).login());
});

test("a message of another length than the row has is refused", () => {
	for (const length of [32, 1215, 1217]) {
		const place = placeWithRow();
		const client = place.client({ ...OFFER, stopBefore: SSH_MSG_KEX_ECDH_INIT }).start();
		client.sendNow(message(SSH_MSG_KEX_ECDH_INIT, new Uint8Array(length).fill(9)));
		refused(place, client, SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
	}
});

test("nothing is computed until the output has room for the row's reply and what follows it", () => {
	const place = placeWithRow();
	const client = place.client({ ...OFFER, stopBefore: SSH_MSG_KEX_ECDH_INIT }).start();
	const { transport } = connectionOf(place);
	const { packets } = transport;
	const { write } = place.hal;
	// Bytes that the socket does not take: there is room for any small reply, and not for this one.
	place.hal.write = () => 0;
	packets.outputStart = 0;
	packets.sealedEnd = packets.outputEnd = DEVICE_LIMITS.sendBufferSize - 88 - 1200;
	const before = packets.c2s.packets;
	client.go();
	assert.equal(packets.c2s.packets, before);
	assert.deepEqual(place.ends, []);
	packets.sealedEnd = packets.outputEnd = 0;
	place.hal.write = write;
	connectionOf(place).wake();
	place.run();
	assert.equal(packets.c2s.packets, before + 2);
	assert.equal(client.exchanges, 1);
});
