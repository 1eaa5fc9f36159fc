/** Clocks that jump: now() forward by hours, a loop that stands still, a date that goes back or is lost. */
import { SimStorage } from "../../hal/sim/index.js";
import { Credentials } from "../../src/accounts/credentials.js";
import { encodeBase64 } from "../../src/base/base64.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { TICK } from "../../src/limits.js";
import { OK } from "../../src/merrors.js";
import {
	SSH_MSG_USERAUTH_PK_OK,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import { concat } from "../crypto/helpers.js";
import { assert, EACH, test } from "../harness.js";
import { bytesOf } from "../peer/wire.js";
import { ClientKey } from "../userauth/fakes.js";
import { FaultPlace, session } from "./session.js";

const HOURS = 5 * 3_600_000;
/** Slow enough for the server's tick to come between the packets. */
const SLOW = { c2s: { delay: 150 }, s2c: { delay: 150 } };

/** A session whose server sees the clock jump at its n-th look. True where it came to that look. */
function jumpsAt(target: number, jump: (place: FaultPlace) => void): boolean {
	const place = new FaultPlace();
	const { hal } = place;
	let looks = 0;
	const { now } = hal;
	hal.now = () => {
		if (looks++ === target) jump(place);
		return now.call(hal);
	};
	const client = session(place, {}, SLOW, true);
	hal.now = now;
	const note = `look ${target}`;
	const [end] = place.ends;
	assert.equal(place.ends.length, 1, note);
	const whole = client.exchanges > 1 && client.channels[0]?.closed === true;
	// Who is not yet in is out of time, and so is a key exchange; who is in stays.
	assert.ok(whole ? end === "ERR_TCP_SOCKET_CLOSED" : end === "ERR_TCP_READ_TIMEOUT", `${note}: ${end}`);
	const exchanging = client.exchange !== undefined || client.heard.at(-2) === "NEWKEYS";
	assert.ok(whole || exchanging || client.channels.length === 0, `${note}: ${client.heard.slice(-5)}`);
	place.assertClean(note);
	assert.deepEqual(place.errors, [], note);
	return looks > target;
}

test("now() jumps ahead by hours at any look of a session", () => {
	let target = 0;
	while (jumpsAt(target, ({ hal }) => hal.jump(HOURS))) target += EACH;
	assert.ok(target > 50, `${target}`);
});

test("the loop stands still for hours at any look of a session: timers are late, all of them", () => {
	let target = 0;
	while (jumpsAt(target, ({ hal }) => hal.network.stall(HOURS))) target += EACH;
	assert.ok(target > 50, `${target}`);
});

test("an idle session outlives jumps: it is asked for a sign of life, once, and exchanges keys", () => {
	const place = new FaultPlace();
	const client = place.client().login();
	const channel = client.exec("echo");
	for (let count = 1; count <= 3; count++) {
		const asked = client.heard.filter(name => name === "GLOBAL_REQUEST").length;
		place.hal.jump(HOURS);
		place.pass(2 * TICK);
		assert.equal(client.heard.filter(name => name === "GLOBAL_REQUEST").length, asked + 1);
		assert.equal(client.exchanges, 1 + count);
		channel.write(`${count}`);
		place.run();
	}
	assert.equal(channel.text, "123");
	client.link.end();
	place.assertClean("idle");
});

test("a jump ends what has had its time, each with its status", () => {
	const limits = { idleTime: 60_000 };
	for (const [reach, status] of [
		[place => place.client(), "ERR_TCP_READ_TIMEOUT"],
		[place => place.client().start(), "ERR_TCP_READ_TIMEOUT"],
		[place => place.client().start().requestAuthentication(), "ERR_TCP_READ_TIMEOUT"],
		[place => place.client().login().exec("echo"), "ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED"],
	] as readonly [(place: FaultPlace) => unknown, string][]) {
		const place = new FaultPlace({ limits });
		reach(place);
		place.run();
		place.hal.jump(HOURS);
		place.pass(2 * TICK);
		assert.deepEqual(place.ends, [status]);
		place.assertClean(status);
	}
});

test("now() beyond 2^31 and 2^32 milliseconds: sessions, keepalives and re-keys as before", () => {
	for (const start of [2 ** 31, 2 ** 32]) {
		const place = new FaultPlace();
		place.hal.jump(start - 30_000);
		const client = place.client().login();
		const channel = client.exec("echo");
		place.pass(120_000);
		channel.write("across");
		place.run();
		assert.equal(channel.text, "across");
		assert.deepEqual(place.ends, []);
		client.link.end();
		place.assertClean(`${start}`);
	}
});

/** 2030-01-01, until when the key may log in. */
const EXPIRY = 1_893_456_000;

const REQUEST = Uint8Array.of(SSH_MSG_USERAUTH_REQUEST);

test("a date that jumps, also between a client's question and its signature, decides by what it is then", () => {
	const key = new ClientKey(1);
	const storage = new SimStorage();
	const line = `expiry-time="20300101Z" ssh-ed25519 ${encodeBase64(key.blob)} expires\n`;
	storage.put("authorized_keys.admin", bytesOf(line));
	const authenticator = new Credentials({
		storage,
		crypto: nobleCrypto,
		random: () => OK,
		users: ["admin"],
		iterations: 1,
		defer: callback => callback(),
	});
	const place = new FaultPlace({ authenticator });
	for (const [asked, signed] of [
		[EXPIRY - 1, true],
		[EXPIRY - 20 * 365 * 86_400, true],
		[0, false],
		[EXPIRY + 1, false],
		[EXPIRY + 1_000_000_000, false],
	] as const) {
		for (const before of [0, EXPIRY - 1, EXPIRY + 5]) {
			const note = `asked at ${before}, signed at ${asked}`;
			const client = place.client().start().requestAuthentication();
			place.hal.setDate(before);
			client.send(concat(REQUEST, key.query("admin")));
			place.run();
			assert.equal(client.has(SSH_MSG_USERAUTH_PK_OK), before === EXPIRY - 1, note);
			place.hal.setDate(asked);
			client.send(concat(REQUEST, key.signed("admin", new Uint8Array(client.sessionId))));
			place.run();
			assert.equal(client.has(SSH_MSG_USERAUTH_SUCCESS), signed, note);
			client.link.end();
			place.run();
		}
	}
	assert.equal(place.held(), "");
});

test("who is logged in stays, whatever becomes of the date", () => {
	const place = new FaultPlace();
	place.hal.setDate(EXPIRY);
	const channel = place.client().login().exec("echo");
	for (const date of [0, 1, EXPIRY - 1_000_000, EXPIRY + 1_000_000_000]) {
		place.hal.setDate(date);
		place.pass(2 * TICK);
		channel.write(`${date} `);
		place.run();
	}
	assert.equal(channel.text.split(" ").length, 5);
	assert.deepEqual(place.ends, []);
});
