/** The five functions of the seed, and what stands around them: handles, states, codes, the order of checks. */

import { SSH_MSG_KEX_ECDH_INIT } from "../../src/messages.js";
import {
	ERR_INVALID_ARG,
	ERR_MEM_ALLOC_FAIL,
	ERR_MOCANA_NOT_INITIALIZED,
	ERR_RAND,
	ERR_SSH_BAD_ID,
	ERR_SSH_CONFIG,
	ERR_SSH_DISCONNECT_BY_APPLICATION,
	ERR_SSH_DISCONNECT_PROTOCOL_ERROR,
	ERR_SSH_KEYEX_IN_PROGRESS,
	ERR_SSH_TOO_MANY_CONNECTIONS,
	ERR_TCP_READ_TIMEOUT,
	ERR_TCP_SOCKET_CLOSED,
	OK,
	SET_SSH_EXIT_STATUS,
	SSH_acceptConnection,
	SSH_closeConnection,
	SSH_init,
	SSH_ioctl,
	SSH_negotiateConnection,
	SSH_recvMessage,
	SSH_SESSION_PING_REPLY,
	SSH_sendMessage,
	SSH_sendPing,
	SSH_sendReady,
	SSH_shutdown,
	SSH_sshSettings,
} from "../../src/nanossh/ssh.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { authenticator, hostKey } from "../peer/place.js";
import { message } from "../peer/wire.js";
import { Loop } from "./loop.js";

const WRONG_COUNTS = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "4" as unknown as number];

test("SSH_init: arguments first, then settings, then what an earlier call has prepared", async () => {
	const loop = await Loop.begin();
	for (const wrong of WRONG_COUNTS) assert.equal(SSH_init(wrong), ERR_INVALID_ARG);
	assert.equal(SSH_init(2), OK);
	for (const wrong of WRONG_COUNTS) assert.equal(SSH_init(wrong), ERR_INVALID_ARG);
	assert.equal(SSH_init(2), OK);
	assert.equal(SSH_init(1), OK);
	assert.equal(SSH_init(3), ERR_SSH_CONFIG);
	const { hal } = loop;
	const settings = { hal, crypto: testCrypto, hostKeys: [hostKey()], authenticator };
	assert.equal(SSH_sshSettings(settings), ERR_SSH_CONFIG);
	// The table is as large as it was made: a smaller count later changes nothing.
	const sockets = [loop.dial().socket, loop.dial().socket, loop.dial().socket];
	assert.deepEqual(sockets.map(SSH_acceptConnection), [0x1001, 0x1002, ERR_SSH_TOO_MANY_CONNECTIONS]);
	await SSH_shutdown();
	assert.equal(SSH_sshSettings(settings), OK);
	assert.equal(SSH_init(3), OK);
});

test("SSH_init: what makes no server", async () => {
	const loop = await Loop.begin();
	loop.hal.random = () => ERR_RAND;
	assert.equal(SSH_init(4), ERR_RAND);
	await Loop.begin({ hostKeys: [] });
	assert.equal(SSH_init(4), ERR_SSH_CONFIG);
	await Loop.begin({ limits: { channels: 0 } });
	assert.equal(SSH_init(4), ERR_SSH_CONFIG);
	await Loop.begin();
	assert.equal(SSH_init(2 ** 50), ERR_MEM_ALLOC_FAIL);
	assert.equal(SSH_acceptConnection(1), ERR_MOCANA_NOT_INITIALIZED);
	assert.equal(SSH_init(4), OK, "a failure leaves nothing behind");
});

test("without SSH_init no function does anything", async () => {
	await Loop.begin();
	const out = { value: 7 };
	assert.equal(SSH_acceptConnection(1), ERR_MOCANA_NOT_INITIALIZED);
	assert.equal(await SSH_negotiateConnection(0x1001), ERR_SSH_BAD_ID);
	assert.equal(SSH_sendPing(0x1001), ERR_SSH_BAD_ID);
	assert.equal(SSH_closeConnection(0x1001), ERR_SSH_BAD_ID);
	assert.equal(SSH_sendMessage(0x1001, new Uint8Array(1), 1, out), ERR_SSH_BAD_ID);
	assert.equal(out.value, 0);
	assert.equal(await SSH_recvMessage(0x1001, { value: 0 }, new Uint8Array(1), { value: 0 }), ERR_SSH_BAD_ID);
	assert.equal(await SSH_sendReady(0x1001), ERR_SSH_BAD_ID);
	assert.equal(SSH_ioctl(0x1001, SET_SSH_EXIT_STATUS, 0), ERR_SSH_BAD_ID);
	assert.equal(await SSH_shutdown(), OK);
});

test("SSH_acceptConnection: no input or output, a handle from 0x1001 on that rises", async () => {
	const loop = await Loop.begin();
	SSH_init(2);
	for (const wrong of [0, -1, 1.5, Number.NaN]) assert.equal(SSH_acceptConnection(wrong), ERR_INVALID_ARG);
	for (let count = 0; count < 5; count++) {
		const { client, socket } = loop.dial();
		assert.equal(SSH_acceptConnection(socket), 0x1001 + count);
		loop.run();
		assert.equal(client.link.received, 0);
		assert.equal(SSH_closeConnection(0x1001 + count), OK);
		loop.run();
		assert.ok(client.over);
	}
});

test("SSH_acceptConnection: a full table sends nothing, and the socket stays the caller's", async () => {
	const loop = await Loop.begin();
	SSH_init(1);
	const first = loop.dial();
	const second = loop.dial();
	const handle = SSH_acceptConnection(first.socket);
	assert.equal(SSH_acceptConnection(second.socket), ERR_SSH_TOO_MANY_CONNECTIONS);
	assert.equal(SSH_acceptConnection(0), ERR_INVALID_ARG);
	loop.run();
	assert.deepEqual([second.client.link.received, second.client.over], [0, false]);
	assert.equal(SSH_closeConnection(handle), OK);
	const again = SSH_acceptConnection(second.socket);
	assert.equal(again, 0x1002);
	const negotiated = SSH_negotiateConnection(again);
	second.client.login().open();
	assert.equal(await negotiated, OK);
});

test("SSH_negotiateConnection: until the client opens its first session channel", async () => {
	const loop = await Loop.begin();
	SSH_init(2);
	const { client, socket } = loop.dial();
	const handle = SSH_acceptConnection(socket);
	let status: number | undefined;
	const negotiated = SSH_negotiateConnection(handle).then(value => {
		status = value;
	});
	assert.equal(await SSH_negotiateConnection(handle), ERR_SSH_BAD_ID);
	client.login();
	await loop.hal.network.settle();
	assert.equal(status, undefined, "logged in, and no channel yet");
	client.open();
	await negotiated;
	assert.equal(status, OK);
	assert.equal(await SSH_negotiateConnection(handle), ERR_SSH_BAD_ID);
});

test("SSH_negotiateConnection: what else ends it, and the handle with it", async () => {
	for (const [act, expected] of [
		["slow", ERR_TCP_READ_TIMEOUT],
		["leave", ERR_TCP_SOCKET_CLOSED],
		["disconnect", ERR_SSH_DISCONNECT_BY_APPLICATION],
		["protocol", ERR_SSH_DISCONNECT_PROTOCOL_ERROR],
		["close", ERR_SSH_DISCONNECT_BY_APPLICATION],
	] as const) {
		const loop = await Loop.begin();
		SSH_init(1);
		const { client, socket } = loop.dial();
		const handle = SSH_acceptConnection(socket);
		const negotiated = SSH_negotiateConnection(handle);
		client.start();
		if (act === "slow") loop.pass(61_000);
		if (act === "leave") client.link.end();
		if (act === "disconnect") client.sendNow(message(1, 11, "bye", ""));
		if (act === "protocol") client.sendNow(message(1, 2, "you are wrong", ""));
		if (act === "close") SSH_closeConnection(handle);
		loop.run();
		assert.equal(await negotiated, expected, act);
		assert.equal(SSH_closeConnection(handle), ERR_SSH_BAD_ID);
		assert.equal(await SSH_negotiateConnection(handle), ERR_SSH_BAD_ID);
		assert.equal(SSH_acceptConnection(loop.dial().socket), handle + 1);
	}
});

test("SSH_negotiateConnection: a client that says nothing is too slow", async () => {
	const loop = await Loop.begin();
	SSH_init(1);
	const { socket } = loop.dial();
	const negotiated = SSH_negotiateConnection(SSH_acceptConnection(socket));
	loop.pass(12_000);
	assert.equal(await negotiated, ERR_TCP_READ_TIMEOUT);
});

test("SSH_sendPing: open connections alone; during a re-key it says so; any answer is a reply", async () => {
	const loop = await Loop.begin();
	SSH_init(1);
	const { client, socket } = loop.dial({ stopBefore: SSH_MSG_KEX_ECDH_INIT, stopIn: 1, answers: false });
	const handle = SSH_acceptConnection(socket);
	assert.equal(SSH_sendPing(handle), ERR_SSH_BAD_ID, "accepted");
	const negotiated = SSH_negotiateConnection(handle);
	client.start();
	assert.equal(SSH_sendPing(handle), ERR_SSH_BAD_ID, "keys exchanged");
	client.requestAuthentication().password("admin", "secret");
	assert.equal(SSH_sendPing(handle), ERR_SSH_BAD_ID, "authenticated, no channel yet");
	client.open();
	assert.equal(await negotiated, OK);
	const type = { value: 0 };
	for (const answer of [81, 82]) {
		assert.equal(SSH_sendPing(handle), OK);
		loop.run();
		assert.equal(client.heard.at(-1), "GLOBAL_REQUEST");
		client.sendNow(message(answer));
		loop.run();
		assert.equal(await SSH_recvMessage(handle, type, new Uint8Array(0), { value: 0 }), OK);
		assert.equal(type.value, SSH_SESSION_PING_REPLY);
	}
	client.rekey();
	loop.run();
	assert.equal(SSH_sendPing(handle), ERR_SSH_KEYEX_IN_PROGRESS);
	client.go();
	assert.equal(SSH_sendPing(handle), OK);
	SSH_closeConnection(handle);
	assert.equal(SSH_sendPing(handle), ERR_SSH_BAD_ID);
});

test("SSH_closeConnection: CHANNEL_CLOSE, DISCONNECT by application, and the socket; once", async () => {
	const loop = await Loop.begin();
	SSH_init(1);
	const { client, socket } = loop.dial();
	const handle = SSH_acceptConnection(socket);
	const negotiated = SSH_negotiateConnection(handle);
	const channel = client.login().open();
	await negotiated;
	channel.request("shell", true);
	loop.run();
	const sent = { value: 0 };
	SSH_sendMessage(handle, new Uint8Array(100), 100, sent);
	assert.equal(sent.value, 100);
	assert.equal(SSH_closeConnection(handle), OK);
	assert.equal(SSH_closeConnection(handle), ERR_SSH_BAD_ID);
	loop.run();
	assert.equal(channel.data.length, 100, "what was queued goes out before");
	assert.deepEqual(client.heard.slice(-2), ["CHANNEL_CLOSE", "DISCONNECT"]);
	assert.equal(client.disconnect?.reason, 11);
	assert.ok(client.over);
	assert.equal(await SSH_recvMessage(handle, { value: 0 }, new Uint8Array(1), { value: 0 }), ERR_SSH_BAD_ID);
});

test("a stale handle is nobody's, though its place is taken again", async () => {
	const loop = await Loop.begin();
	SSH_init(1);
	const first = SSH_acceptConnection(loop.dial().socket);
	SSH_closeConnection(first);
	const { client, socket } = loop.dial();
	const second = SSH_acceptConnection(socket);
	assert.notEqual(second, first);
	const out = { value: 0 };
	assert.equal(SSH_closeConnection(first), ERR_SSH_BAD_ID);
	assert.equal(SSH_sendPing(first), ERR_SSH_BAD_ID);
	assert.equal(await SSH_negotiateConnection(first), ERR_SSH_BAD_ID);
	assert.equal(SSH_sendMessage(first, new Uint8Array(1), 1, out), ERR_SSH_BAD_ID);
	assert.equal(SSH_ioctl(first, SET_SSH_EXIT_STATUS, 0), ERR_SSH_BAD_ID);
	assert.equal(await SSH_recvMessage(first, out, new Uint8Array(1), out), ERR_SSH_BAD_ID);
	const negotiated = SSH_negotiateConnection(second);
	client.login().open();
	assert.equal(await negotiated, OK);
});

test("SSH_shutdown closes every connection and lets SSH_init begin anew", async () => {
	const loop = await Loop.begin();
	SSH_init(2);
	const { client, socket } = loop.dial();
	const handle = SSH_acceptConnection(socket);
	const negotiated = SSH_negotiateConnection(handle);
	client.login().open();
	await negotiated;
	const type = { value: 0 };
	const waiting = SSH_recvMessage(handle, type, new Uint8Array(1), { value: 0 });
	const down = SSH_shutdown();
	loop.run();
	assert.equal(await down, OK);
	assert.equal(await waiting, OK);
	assert.equal(type.value, 11);
	assert.equal(client.disconnect?.reason, 11);
	assert.equal(SSH_closeConnection(handle), ERR_SSH_BAD_ID);
	assert.equal(SSH_init(5), OK);
	assert.equal(SSH_acceptConnection(loop.dial().socket), 0x1001);
});
