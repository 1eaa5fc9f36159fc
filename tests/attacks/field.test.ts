/**
 * What other servers failed at, over the whole server: each test is named after the failure. docs/security.md lists them
 * all, with those that have tests of their own elsewhere.
 */
import { createSimHal } from "../../hal/sim/index.js";
import { loadHostKey } from "../../src/keys/host-key-store.js";
import { DEVICE_LIMITS } from "../../src/limits.js";
import {
	SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
	SSH_DISCONNECT_PROTOCOL_ERROR,
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_KEXINIT,
	SSH_MSG_PING,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import type { ServerConnection } from "../../src/server/connection.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { readKexInit } from "../peer/exchange.js";
import { Place } from "../peer/place.js";
import { refused } from "../peer/refused.js";
import { bytesOf, message, raw, uint32 } from "../peer/wire.js";

const { exchangesBeforeLogin } = DEVICE_LIMITS;

/** Where a client stands that has not logged in, and how a message is refused there. */
const BEFORE_LOGIN = [
	[(client: TestClient): TestClient => client.start(), "ERR_SSH_BAD_TRANS_RECEIVE_STATE"],
	[
		(client: TestClient): TestClient => client.start().requestAuthentication(),
		"ERR_SSH_BAD_AUTH_RECEIVE_STATE",
	],
] as const;

test("CVE-2018-10933: a client that says USERAUTH_SUCCESS has not logged in", () => {
	for (const [reach, status] of BEFORE_LOGIN) {
		const place = new Place();
		const client = reach(place.client());
		client.send(message(SSH_MSG_USERAUTH_SUCCESS));
		refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
		assert.equal(place.ends[0], status);
	}
});

test("CVE-2025-32433, CVE-2024-2873: no session is opened, and no command runs, before authentication", () => {
	let sessions = 0;
	for (const [reach, status] of BEFORE_LOGIN) {
		for (const attack of [
			message(SSH_MSG_CHANNEL_OPEN, "session", 0, 1000, 1000),
			message(SSH_MSG_CHANNEL_REQUEST, 0, "exec", true, "reboot"),
			message(SSH_MSG_GLOBAL_REQUEST, "tcpip-forward", true, "", 80),
			// Of no meaning: not even answered.
			message(85),
			message(255),
		]) {
			const place = new Place({ onSession: () => sessions++ });
			const client = reach(place.client());
			client.sendNow(attack);
			place.run();
			assert.equal(client.disconnect?.reason, SSH_DISCONNECT_PROTOCOL_ERROR);
			assert.equal(place.ends[0], status);
			assert.ok(!client.heard.includes("UNIMPLEMENTED"));
		}
	}
	assert.equal(sessions, 0);
});

const hello = (client: TestClient): void => client.link.write(bytesOf(`${client.identification}\r\n`));
const login = (client: TestClient): void => void client.login();

test("CVE-2024-43410: a length from the wire is not waited for, and nothing is allocated by it", () => {
	const suite = { cipherC2s: ["aes128-ctr"], macC2s: ["hmac-sha2-256-etm@openssh.com"] };
	// In the clear 4 bytes of the length count towards whole blocks, here they do not.
	for (const [length, reach] of [
		[0x7fff_fffc, hello],
		[0xffff_fffc, hello],
		[35_004, hello],
		[0x7fff_fff0, login],
		[0xffff_fff0, login],
		[35_008, login],
	] as const) {
		const place = new Place();
		const client = place.client(reach === hello ? { stopBefore: SSH_MSG_KEXINIT } : suite);
		reach(client);
		place.run();
		const { packets } = (place.server.connections()[0] as ServerConnection).transport;
		const { input } = packets;
		// Behind the length is nothing: the server is not to wait for it.
		client.link.write(uint32(length));
		place.run();
		assert.deepEqual(place.ends, ["ERR_PAYLOAD_TOO_LARGE"], `${length}`);
		assert.equal(packets.input, input);
		assert.equal(place.fault(), undefined);
	}
	// The same of the strings within a message: the first that does not fit ends it.
	const huge = raw(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
	for (const attack of [
		message(SSH_MSG_USERAUTH_REQUEST, huge),
		message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "password", false, huge),
		message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "publickey", false, "ssh-rsa", huge),
	]) {
		const place = new Place();
		const client = place.client().start().requestAuthentication();
		client.send(attack);
		refused(place, client, SSH_DISCONNECT_PROTOCOL_ERROR);
	}
});

test("CVE-2016-8858: KEXINIT over and over before the login is cut off, and after it is served", () => {
	const place = new Place();
	const client = place.client().start().requestAuthentication();
	for (let exchanges = 2; exchanges <= exchangesBeforeLogin; exchanges++) {
		client.rekey();
		place.run();
		assert.equal(client.exchanges, exchanges);
	}
	client.password("admin", "secret");
	assert.ok(client.heard.includes("USERAUTH_SUCCESS"));
	for (let again = 0; again < 5; again++) {
		client.rekey();
		place.run();
	}
	assert.equal(client.exchanges, exchangesBeforeLogin + 5);
	assert.equal(client.exec("echo").answers[0], true);

	const insisting = place.client().start();
	for (let again = 0; again < exchangesBeforeLogin; again++) {
		insisting.rekey();
		place.run();
	}
	assert.equal(insisting.exchanges, exchangesBeforeLogin);
	refused(place, insisting, SSH_DISCONNECT_PROTOCOL_ERROR);
});

test("CVE-2025-26466: a re-key hides nothing: replies that it holds back are bounded", () => {
	const place = new Place({ limits: { rekeyTime: 10_000, heldReplies: 512 } });
	const client = place.client({ stopBefore: SSH_MSG_KEX_ECDH_INIT, stopIn: 1 }).login();
	// The server has begun, and this client does not go on with it, but asks and asks.
	client.exchange = undefined;
	const link = client.link;
	link.onData = undefined;
	place.pass(11_000);
	for (let count = 0; count < 10; count++) client.sendNow(message(SSH_MSG_PING, "0123456789"));
	place.run();
	assert.equal(place.server.connectionCount, 1);
	for (let count = 0; count < 1000; count++) client.sendNow(message(SSH_MSG_PING, "0123456789"));
	place.run();
	assert.equal(place.server.connectionCount, 0);
	assert.deepEqual(place.ends, ["ERR_PAYLOAD_TOO_LARGE"]);
	assert.equal(place.fault(), undefined);
});

test("CVE-2025-26466: who asks and does not take the answers is not listened to, and holds no more than a buffer", () => {
	const place = new Place();
	const client = place.client({}, { s2c: { receiveBuffer: 200 }, sendBuffer: 200 }).login();
	client.link.onData = undefined;
	const { limits } = (place.server.connections()[0] as ServerConnection).transport.setup;
	for (let count = 0; count < 3000; count++) client.sendNow(message(SSH_MSG_PING, "0123456789"));
	place.run();
	const { packets } = (place.server.connections()[0] as ServerConnection).transport;
	assert.equal(packets.output.length, limits.sendBufferSize);
	assert.ok(packets.pending <= limits.sendBufferSize);
	// What has no place here waits in the network.
	assert.ok(client.link.unsent > 50_000, `${client.link.unsent}`);
	assert.equal(place.fault(), undefined);
});

test("CVE-2026-46702: no compression, before authentication or behind it", () => {
	for (const compression of [["zlib"], ["zlib@openssh.com"], ["zlib@openssh.com", "zlib"]]) {
		const place = new Place();
		const client = place.client({ compression });
		client.link.write(bytesOf(`${client.identification}\r\n`));
		client.rekey();
		refused(place, client, SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
		const both = place.client({ compression: [...compression, "none"] }).login();
		assert.equal(both.exec("echo").answers[0], true);
	}
	let offered = "";
	new Place()
		.client({
			before: ({ exchange }, number) => {
				if (number !== SSH_MSG_KEX_ECDH_INIT) return;
				offered = readKexInit(exchange!.serverInit!).compression!.join();
			},
		})
		.start();
	assert.equal(offered, "none");
});

test("RSA fault attacks: a host key is Ed25519 unless the firmware asks for ECDSA, and never RSA", async () => {
	const hal = createSimHal();
	const key = await new Promise((resolve, reject) => {
		loadHostKey(hal, testCrypto).then(made => resolve(made.algorithm), reject);
		hal.network.settle().catch(reject);
	});
	assert.equal(key, "ssh-ed25519");
	for (const hostKeys of [["ssh-rsa"], ["rsa-sha2-256", "rsa-sha2-512"]]) {
		const place = new Place();
		const client = place.client({ hostKeys });
		client.link.write(bytesOf(`${client.identification}\r\n`));
		client.rekey();
		refused(place, client, SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
	}
});
