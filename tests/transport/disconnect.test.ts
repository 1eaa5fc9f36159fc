import {
	ERR_AUTH_FAILED,
	ERR_GENERAL,
	ERR_MEM_ALLOC_FAIL,
	ERR_PAYLOAD_TOO_LARGE,
	ERR_RAND,
	ERR_SESSION_NOT_OPEN,
	ERR_SSH_BAD_RECEIVE_STATE,
	ERR_SSH_DISCONNECT,
	ERR_SSH_DISCONNECT_CHANNEL_CLOSED,
	ERR_SSH_KEYEX_BAD_INPUT,
	ERR_SSH_TRANSPORT_BAD_MAC,
	ERR_SSH_UNKNOWN_CIPHER,
	ERR_TCP,
	ERR_TCP_READ_ERROR,
	ERR_TCP_READ_TIMEOUT,
	ERR_TCP_SOCKET_CLOSED,
	OK,
} from "../../src/merrors.js";
import { SSH_DISCONNECT_TOO_MANY_CONNECTIONS } from "../../src/messages.js";
import { disconnectReason, disconnectStatus, isSocketLost } from "../../src/transport/disconnect.js";
import { SERVER_IDENTIFICATION } from "../../src/transport/identification.js";
import { refusal } from "../../src/transport/refusal.js";
import { assert, test } from "../harness.js";
import { Incoming } from "../peer/packets.js";
import { Fields, textOf } from "../peer/wire.js";

test("each reason of RFC 4253 section 11.1 has its status, there and back", () => {
	for (let reason = 1; reason <= 15; reason++) {
		assert.equal(disconnectStatus(reason), ERR_SSH_DISCONNECT - reason);
		assert.equal(disconnectReason(disconnectStatus(reason)), reason);
	}
	for (const reason of [0, 16, 255, 0xffffffff]) assert.equal(disconnectStatus(reason), ERR_SSH_DISCONNECT);
});

test("a status becomes the reason that fits", () => {
	for (const [status, reason] of [
		[OK, 11],
		[ERR_SSH_TRANSPORT_BAD_MAC, 5],
		[ERR_SSH_UNKNOWN_CIPHER, 3],
		[ERR_SSH_KEYEX_BAD_INPUT, 3],
		[ERR_SSH_BAD_RECEIVE_STATE, 2],
		[ERR_PAYLOAD_TOO_LARGE, 2],
		[ERR_AUTH_FAILED, 2],
		[ERR_SESSION_NOT_OPEN, 2],
		[ERR_GENERAL, 2],
		[ERR_SSH_DISCONNECT_CHANNEL_CLOSED, 2],
		[ERR_TCP_READ_TIMEOUT, 10],
		[ERR_RAND, 11],
		[ERR_MEM_ALLOC_FAIL, 11],
	])
		assert.equal(disconnectReason(status), reason, `${status}`);
});

test("a socket is lost by the statuses of TCP, impatience excepted", () => {
	for (const status of [ERR_TCP, ERR_TCP_SOCKET_CLOSED, ERR_TCP_READ_ERROR, -5999])
		assert.equal(isSocketLost(status), true);
	for (const status of [OK, ERR_TCP_READ_TIMEOUT, ERR_GENERAL, ERR_RAND])
		assert.equal(isSocketLost(status), false);
});

test("a refusal is an identification and a DISCONNECT, whatever the length of its text", () => {
	for (let length = 0; length < 20; length++) {
		const bytes = refusal(SSH_DISCONNECT_TOO_MANY_CONNECTIONS, "x".repeat(length));
		const line = `${SERVER_IDENTIFICATION}\r\n`;
		assert.equal(textOf(bytes.subarray(0, line.length)), line);
		const incoming = new Incoming();
		incoming.add(bytes.slice(line.length));
		const reader = new Fields(incoming.next()!.payload);
		assert.deepEqual([reader.byte(), reader.uint32()], [1, SSH_DISCONNECT_TOO_MANY_CONNECTIONS]);
		assert.deepEqual([reader.text(), reader.text()], ["x".repeat(length), ""]);
		reader.end();
		assert.equal(incoming.left, 0);
	}
});
