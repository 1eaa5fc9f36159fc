/**
 * Who has logged in floods: with requests that want an answer, channels that come and go, windows that open by nothing, and
 * what may come at any time. Nothing grows by it, and a friend has his echo behind a few turns. Not on
 * the board, where it takes minutes.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEVICE_LIMITS, MAX_HOST_KEY_PROOFS, STEPS_PER_TURN } from "../../src/limits.js";
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_PING,
} from "../../src/messages.js";
import type { ServerConnection } from "../../src/server/connection.js";
import { excess, holding } from "../fuzz/budget.js";
import { DEBUG, IGNORE } from "../peer/client.js";
import { hostKey, Place } from "../peer/place.js";
import { message } from "../peer/wire.js";

const KEY = hostKey();
const MESSAGES = 500;

/** The echo runs on channel 0; the next that opens is 1. */
const FLOODS: Readonly<Record<string, readonly Uint8Array[]>> = {
	"global requests": [message(SSH_MSG_GLOBAL_REQUEST, "tea@example.com", true)],
	keepalives: [message(SSH_MSG_GLOBAL_REQUEST, "keepalive@openssh.com", true)],
	proofs: [message(SSH_MSG_GLOBAL_REQUEST, "hostkeys-prove-00@openssh.com", true, KEY.publicBlob)],
	"channel requests": [message(SSH_MSG_CHANNEL_REQUEST, 0, "tea@example.com", true)],
	variables: [message(SSH_MSG_CHANNEL_REQUEST, 0, "env", true, "LC_ALL", "C")],
	"channels that come and go": [
		message(SSH_MSG_CHANNEL_OPEN, "session", 7, 1000, 1000),
		message(SSH_MSG_CHANNEL_CLOSE, 1),
	],
	"commands that come and go": [
		message(SSH_MSG_CHANNEL_OPEN, "session", 7, 1000, 1000),
		message(SSH_MSG_CHANNEL_REQUEST, 1, "exec", true, "echo"),
		message(SSH_MSG_CHANNEL_CLOSE, 1),
	],
	"channels that are refused": [message(SSH_MSG_CHANNEL_OPEN, "direct-tcpip", 7, 1000, 1000)],
	"window adjustments by 0": [message(SSH_MSG_CHANNEL_WINDOW_ADJUST, 0, 0)],
	"window adjustments by 1": [message(SSH_MSG_CHANNEL_WINDOW_ADJUST, 0, 1)],
	pings: [message(SSH_MSG_PING, "x")],
	IGNORE: [IGNORE],
	DEBUG: [DEBUG],
	"what nobody knows": [message(150, "x")],
};

/** @param reads the flooder takes what it is answered */
function flood(
	messages: readonly Uint8Array[],
	reads: boolean,
): { before: number; left: number; signatures: number } {
	let signatures = 0;
	const counted = {
		...KEY,
		sign(data: Uint8Array) {
			signatures++;
			return KEY.sign(data);
		},
	};
	const place = new Place({ hostKeys: [counted] });
	const friend = place.client().login().exec("echo");
	const link = reads ? {} : { sendBuffer: 500, s2c: { receiveBuffer: 500 } };
	const flooder = place.client({}, link).login();
	flooder.exec("echo");
	const connection = place.server.connections().find(({ id }) => id === 0x1002) as ServerConnection;
	flooder.link.onData = reads ? () => {} : undefined;
	const { c2s } = connection.transport.packets;
	// Its own two logins took some.
	signatures = 0;
	const began = c2s.packets;
	for (let count = 0; count < MESSAGES; count++) flooder.sendNow(messages[count % messages.length]);
	friend.write("x");
	let before = 0;
	const shared = new Set<unknown>([connection.transport.setup, place.parts, connection.next]);
	while (place.hal.network.step()) {
		if (friend.data.length === 0) before = c2s.packets - began;
		const wrong = excess(holding(connection, shared), connection.transport.setup.limits);
		if (wrong) throw new Error(wrong);
	}
	assert.equal(friend.text, "x");
	friend.write("y");
	place.run();
	assert.equal(friend.text, "xy");
	assert.deepEqual(place.errors, []);
	return { before, left: MESSAGES - (c2s.packets - began), signatures };
}

test("a flood of requests, channels or nothings keeps a friend from nothing, and is answered to its end", () => {
	for (const [name, messages] of Object.entries(FLOODS)) {
		const { before, left, signatures } = flood(messages, true);
		assert.ok(before <= 2 * STEPS_PER_TURN, `${name}: ${before} packets before the echo`);
		// Who does not wait for an answer may name a channel that is still to be closed, and is gone then.
		if (!name.includes("come and go")) assert.equal(left, 0, name);
		assert.equal(signatures, name === "proofs" ? MAX_HOST_KEY_PROOFS : 0, name);
	}
});

test("the same from one who takes no answers: he is listened to no longer than there is room for them", () => {
	for (const [name, messages] of Object.entries(FLOODS)) {
		const { before, left } = flood(messages, false);
		assert.ok(before <= 2 * STEPS_PER_TURN, `${name}: ${before} packets before the echo`);
		const silent = /^(window|IGNORE|DEBUG)/.test(name);
		if (silent) assert.equal(left, 0, name);
		// An answer takes 28 bytes or more, of which the buffers and the link hold so many.
		else assert.ok(MESSAGES - left <= (DEVICE_LIMITS.sendBufferSize + 1_000) / 28, `${name}: ${left} left`);
	}
});

test("channels that come and go, each with a command and data, leave nothing behind", () => {
	const place = new Place();
	const client = place.client().login();
	const connection = place.server.connections()[0] as ServerConnection;
	const shared = new Set<unknown>([connection.transport.setup, place.parts]);
	const visit = () => {
		const channel = client.exec("echo");
		channel.write("x");
		channel.close();
		place.run();
		assert.ok(channel.closed);
		return holding(connection, shared);
	};
	const { bytes, places } = visit();
	for (let count = 0; count < 100; count++) visit();
	const after = visit();
	assert.equal(connection.openChannels, 0);
	assert.deepEqual([after.bytes, after.places], [bytes, places]);
});
