/** The times that a connection is allowed, on a clock that the test turns; each is exact to one tick of the server. */
import type { Limits } from "../../src/limits.js";
import { TICK } from "../../src/limits.js";
import {
	SSH_DISCONNECT_BY_APPLICATION,
	SSH_DISCONNECT_CONNECTION_LOST,
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_NEWKEYS,
	SSH_MSG_PING,
	SSH_MSG_REQUEST_SUCCESS,
} from "../../src/messages.js";
import { assert, test } from "../harness.js";
import { type ClientOptions, IGNORE, type TestClient } from "../peer/client.js";
import { Place } from "../peer/place.js";
import { bytesOf, message } from "../peer/wire.js";

const QUIET: Partial<Limits> = { keepaliveInterval: 0, idleTime: 0 };

/** Holds a connection to a time: there just before it, gone one tick behind it. */
function lasts(place: Place, milliseconds: number, during: () => void = () => {}): void {
	const end = place.hal.now() + milliseconds;
	while (place.hal.now() < end - 100) {
		place.pass(Math.min(500, end - 100 - place.hal.now()));
		during();
	}
	assert.equal(place.server.connectionCount, 1, "too early");
	place.pass(TICK + 200);
	assert.equal(place.server.connectionCount, 0, "too late");
}

test("identificationTime: whole line or not, bytes that trickle in win no time", () => {
	const place = new Place({ limits: { ...QUIET, identificationTime: 5_000 } });
	const client = place.client();
	const line = bytesOf("SSH-2.0-a_very_slow_client");
	let sent = 0;
	lasts(place, 5_000, () => client.link.write(line.slice(sent, ++sent)));
	assert.ok(sent > 8);
	assert.deepEqual(place.ends, ["ERR_TCP_READ_TIMEOUT"]);
});

test("keyExchangeTime: from a KEXINIT to NEWKEYS, in the first exchange and in later ones", () => {
	const limits = { ...QUIET, keyExchangeTime: 5_000, rekeyTime: 20_000 };
	for (const stopBefore of [SSH_MSG_KEX_ECDH_INIT, SSH_MSG_NEWKEYS]) {
		const place = new Place({ limits });
		const client = place.client({ stopBefore });
		client.link.write(bytesOf(`${client.identification}\r\n`));
		client.rekey();
		place.run();
		lasts(place, 5_000);
		assert.equal(client.disconnect?.reason, SSH_DISCONNECT_CONNECTION_LOST);
		const later = new Place({ limits });
		const again = later.client({ stopBefore, stopIn: 1 }).login();
		again.exec("echo");
		again.rekey();
		later.run();
		lasts(later, 5_000);
		assert.deepEqual(later.ends, ["ERR_TCP_READ_TIMEOUT"]);
	}
});

test("keyExchangeTime: a re-key of the server that the client does not answer", () => {
	const place = new Place({ limits: { ...QUIET, keyExchangeTime: 5_000, rekeyTime: 20_000 } });
	const client = place.client().login();
	client.link.onData = undefined;
	place.pass(20_000);
	lasts(place, 5_000);
	assert.deepEqual(place.ends, ["ERR_TCP_READ_TIMEOUT"]);
});

test("authenticationTime: from accept on, whatever the client does meanwhile", () => {
	const place = new Place({ limits: { ...QUIET, authenticationTime: 20_000, authenticationAttempts: 1000 } });
	const client = place.client().start().requestAuthentication();
	let count = 0;
	lasts(place, 20_000, () => {
		if (count++ % 4 === 0) client.password("admin", "wrong");
		else if (count % 4 === 2 && client.exchanges < 3) client.rekey();
		else if (count <= 12) client.sendNow(IGNORE);
		place.run();
	});
	assert.equal(client.disconnect?.reason, SSH_DISCONNECT_CONNECTION_LOST);
	assert.ok(client.exchanges > 2);
});

test("authenticationTime ends with the login", () => {
	const place = new Place({ limits: { ...QUIET, authenticationTime: 20_000 } });
	const channel = place.client().login().exec("echo");
	place.pass(100_000);
	channel.write("still");
	place.run();
	assert.equal(channel.text, "still");
});

test("idleTime: without anything on a channel; requests about the connection do not count", () => {
	const place = new Place({ limits: { idleTime: 30_000, keepaliveInterval: 7_000 } });
	const client = place.client().login();
	const channel = client.exec("echo");
	for (let count = 0; count < 5; count++) {
		place.pass(20_000);
		channel.write("x");
		place.run();
	}
	assert.equal(channel.text, "xxxxx");
	lasts(place, 30_000, () => {
		client.send(message(SSH_MSG_PING, "x"));
		client.send(message(SSH_MSG_GLOBAL_REQUEST, "keepalive@openssh.com", true));
	});
	assert.deepEqual(place.ends, ["ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED"]);
	assert.ok(client.disconnect);
});

test("idleTime begins with the login, however long that took", () => {
	const place = new Place({ limits: { idleTime: 20_000, keepaliveInterval: 0 } });
	const client = place.client().start().requestAuthentication();
	place.pass(40_000);
	client.password("admin", "secret");
	lasts(place, 20_000);
	assert.deepEqual(place.ends, ["ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED"]);
});

function keepalives({ heard }: TestClient): number {
	// The first GLOBAL_REQUEST is hostkeys-00@openssh.com.
	return heard.filter(name => name === "GLOBAL_REQUEST").length - 1;
}

test("keepaliveInterval: a silent connection is asked, and lasts as long as it answers", () => {
	const place = new Place({ limits: { keepaliveInterval: 10_000, keepaliveCount: 2 } });
	const client = place.client().login();
	place.pass(9_000);
	assert.equal(keepalives(client), 0);
	place.pass(2_000);
	assert.equal(keepalives(client), 1);
	place.pass(300_000);
	assert.ok(keepalives(client) >= 27 && keepalives(client) <= 31, `${keepalives(client)}`);
	assert.equal(place.server.connectionCount, 1);
});

test("keepaliveInterval: one that is not silent is not asked", () => {
	const place = new Place({ limits: { keepaliveInterval: 10_000 } });
	const client = place.client().login();
	for (let count = 0; count < 20; count++) {
		place.pass(5_000);
		client.send(IGNORE);
		place.run();
	}
	assert.equal(keepalives(client), 0);
});

test("keepaliveCount: so many may go unanswered, and then the connection is lost", () => {
	for (const keepaliveCount of [1, 3]) {
		const place = new Place({ limits: { keepaliveInterval: 10_000, keepaliveCount } });
		const client = place.client({ answers: false }).login();
		place.pass(10_000 * keepaliveCount + 5_000);
		assert.equal(keepalives(client), keepaliveCount);
		assert.equal(place.server.connectionCount, 1);
		place.pass(7_000);
		assert.equal(place.server.connectionCount, 0);
		assert.deepEqual(place.ends, ["ERR_SSH_DISCONNECT_CONNECTION_LOST"]);
		assert.equal(client.disconnect?.reason, SSH_DISCONNECT_CONNECTION_LOST);
	}
});

test("an answer before the last clears the count", () => {
	const place = new Place({ limits: { keepaliveInterval: 10_000, keepaliveCount: 2 } });
	const client = place.client({ answers: false }).login();
	for (let count = 0; count < 10; count++) {
		place.pass(14_000);
		while (client.has(SSH_MSG_GLOBAL_REQUEST)) {
			if (client.take(SSH_MSG_GLOBAL_REQUEST).text().startsWith("keepalive"))
				client.send(message(SSH_MSG_REQUEST_SUCCESS));
		}
		place.run();
	}
	assert.equal(place.server.connectionCount, 1);
	assert.ok(keepalives(client) > 5);
});

test("without keepalives and re-keys a connection lasts for days, and costs one timer a second", () => {
	const place = new Place({ limits: { ...QUIET, rekeyTime: 2 ** 31 } });
	const channel = place.client().login().exec("echo");
	place.pass(3 * 86_400_000);
	channel.write("good morning");
	place.run();
	assert.equal(channel.text, "good morning");
});

test("no timer is left when the last connection is gone", () => {
	const place = new Place();
	const client = place.client().login();
	client.link.end();
	place.run();
	assert.equal(place.hal.network.clock.next, undefined);
	assert.equal(place.fault(), undefined);
});

test("a client that vanishes during a transfer is noticed", () => {
	const options: ClientOptions = {};
	const place = new Place({ limits: { keepaliveInterval: 10_000, keepaliveCount: 2 } });
	const client = place.client(options).login();
	client.exec("echo").write("x".repeat(10_000));
	client.link.vanish();
	place.pass(40_000);
	assert.equal(place.server.connectionCount, 0);
	assert.equal(place.fault(), undefined);
});

test("limitSessionTime ends a connection, its reason given", () => {
	const place = new Place({ limits: QUIET });
	const client = place.client().login();
	const { id } = place.server.connections()[0];
	assert.equal(place.server.limitSessionTime(id, 20_000), 0);
	lasts(place, 20_000);
	assert.deepEqual(place.ends, ["ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED"]);
	assert.ok(client.disconnect && client.disconnect.reason !== SSH_DISCONNECT_BY_APPLICATION);
	assert.equal(place.server.limitSessionTime(id, 20_000), -6305);
});
