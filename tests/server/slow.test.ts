/** Slow and half-open peers: each costs one place for a bounded time, and nothing of what it was not given. */
import type { Session } from "../../src/connection/session.js";
import { CLOSE_TIME, type Limits, TICK } from "../../src/limits.js";
import {
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_PING,
	SSH_MSG_REQUEST_SUCCESS,
	SSH_MSG_USERAUTH_REQUEST,
} from "../../src/messages.js";
import { assert, test } from "../harness.js";
import type { ClientChannel } from "../peer/channel.js";
import { IGNORE, type TestClient } from "../peer/client.js";
import { echo, Place } from "../peer/place.js";
import { bytesOf, message } from "../peer/wire.js";

const TIMES: Partial<Limits> = {
	identificationTime: 5_000,
	keyExchangeTime: 10_000,
	authenticationTime: 30_000,
	keepaliveInterval: 10_000,
	keepaliveCount: 2,
};

/** The place is held until `most` have passed, and no longer; what the peer does each second is told. */
function holds(place: Place, most: number, each: () => void = () => {}): void {
	const end = place.hal.now() + most;
	while (place.hal.now() < end - TICK) {
		place.pass(1_000);
		each();
		place.run();
	}
	assert.equal(place.server.connectionCount, 1, "too early");
	place.pass(3 * TICK + CLOSE_TIME);
	assert.equal(place.server.connectionCount, 0, "too late");
	assert.equal(place.fault(), undefined);
}

test("one byte a second: a KEXINIT that never ends, a login that never ends", () => {
	const place = new Place({ limits: TIMES });
	const client = place.client({ stopBefore: 20 });
	client.link.write(bytesOf("SSH-2.0-slow\r\n"));
	// 1,000 bytes are announced.
	client.link.write(Uint8Array.of(0, 0, 3, 0xe4, 4, 20));
	holds(place, 10_000, () => client.link.write(Uint8Array.of(0)));
	assert.equal(place.ends[0], "ERR_TCP_READ_TIMEOUT");

	const later = new Place({ limits: TIMES });
	const slow = later.client().start().requestAuthentication();
	const request = message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "password", false, "secret");
	const bytes = slow.outgoing.seal(request);
	let sent = 0;
	holds(later, 30_000, () => slow.link.write(bytes.slice(sent, ++sent)));
	assert.equal(later.ends[0], "ERR_TCP_READ_TIMEOUT");
});

test("half-open: connected and silent, at each stage before the login", () => {
	const places: [Place, number][] = [];
	for (const time of [5_000, 10_000, 30_000]) {
		const place = new Place({ limits: TIMES });
		if (time === 5_000) place.client({ stopBefore: 20 });
		else if (time === 10_000) place.client({ stopBefore: SSH_MSG_KEX_ECDH_INIT }).start();
		else place.client().start().requestAuthentication();
		place.run();
		places.push([place, time]);
	}
	for (const [place, time] of places) {
		holds(place, time);
		assert.equal(place.ends[0], "ERR_TCP_READ_TIMEOUT");
	}
});

test("a socket that accepts nothing: before a word was said, and amid a transfer", () => {
	const mute = new Place({ limits: TIMES });
	const client = mute.client({ stopBefore: 20 }, { sendBuffer: 0 });
	holds(mute, 5_000, () => client.link.write(bytesOf("S".slice(Math.min(1, client.link.received)))));

	const place = new Place({
		limits: TIMES,
		onSession: session => {
			session.write(new Uint8Array(100_000));
		},
	});
	const reader = place.client({}, { sendBuffer: 2_000, s2c: { receiveBuffer: 2_000 } }).login();
	const channel = reader.open();
	reader.link.onData = undefined;
	channel.request("exec", true, "burst");
	place.run();
	// Keepalives find no room, or no answer; either way they count.
	for (let count = 0; count < 100 && place.server.connectionCount > 0; count++) place.pass(1_000);
	assert.equal(place.server.connectionCount, 0);
	assert.equal(place.ends[0], "ERR_SSH_DISCONNECT_CONNECTION_LOST");
});

/** Writes without end where that is asked for; an echo else. */
function burst(session: Session): void {
	if (session.command !== "burst") echo(session);
	else {
		session.onWritable = () => session.write(new Uint8Array(100_000));
		session.onWritable(0);
	}
}

/** A client whose command has written all that its socket takes, of which it has taken nothing yet. */
function clogged(): { place: Place; client: TestClient; channel: ClientChannel } {
	const place = new Place({ limits: TIMES, onSession: burst });
	const client = place.client({}, { sendBuffer: 2_000, s2c: { receiveBuffer: 2_000 } }).login();
	const channel = client.open();
	client.link.onData = undefined;
	channel.request("exec", true, "burst");
	place.run();
	return { place, client, channel };
}

test("who takes nothing loses its place, whatever it sends meanwhile: answers that nobody asked for, data, pings", () => {
	const sends: readonly ((client: TestClient, channel: ClientChannel) => void)[] = [
		() => {},
		client => client.send(IGNORE),
		client => client.send(message(SSH_MSG_PING, "x")),
		client => client.send(message(SSH_MSG_REQUEST_SUCCESS)),
		client => client.send(message(SSH_MSG_GLOBAL_REQUEST, "keepalive@openssh.com", true)),
		(client, { recipient }) => client.send(message(SSH_MSG_CHANNEL_WINDOW_ADJUST, recipient, 1)),
		(client, { recipient }) => client.send(message(SSH_MSG_CHANNEL_DATA, recipient, "x")),
	];
	for (const send of sends) {
		const { place, client, channel } = clogged();
		holds(place, 30_000, () => send(client, channel));
		assert.equal(place.ends[0], "ERR_SSH_DISCONNECT_CONNECTION_LOST");
	}
});

test("who takes a little now and then, and says something, keeps its place", () => {
	const { place, client } = clogged();
	for (let count = 0; count < 40; count++) {
		place.pass(9_000);
		client.link.read(500);
		place.run();
		client.send(IGNORE);
	}
	assert.equal(place.server.connectionCount, 1);
});

test("a window that is never opened: nothing is kept for it, and idleTime ends it", () => {
	const taken: number[] = [];
	const place = new Place({
		limits: { ...TIMES, idleTime: 20_000 },
		onSession: session => {
			taken.push(session.write(new Uint8Array(1_000)));
			session.onWritable = () => taken.push(session.write(new Uint8Array(1_000)));
		},
	});
	const client = place.client().login();
	client.exec("burst", 0);
	for (let count = 0; count < 18; count++) place.pass(1_000);
	assert.deepEqual(taken, [0], "the writer is told, and not woken");
	assert.equal(place.server.connectionCount, 1);
	place.pass(5_000);
	assert.equal(place.server.connectionCount, 0);
	assert.equal(place.ends[0], "ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED");
});

test("a login that opens no channel, as ssh -N: it lasts while it answers, and no longer than idleTime", () => {
	const open = new Place({ limits: TIMES });
	open.client().login();
	open.pass(600_000);
	assert.equal(open.server.connectionCount, 1);
	const place = new Place({ limits: { ...TIMES, idleTime: 20_000 } });
	place.client().login();
	place.pass(19_000);
	assert.equal(place.server.connectionCount, 1);
	place.pass(3_000);
	assert.equal(place.server.connectionCount, 0);
	assert.equal(place.ends[0], "ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED");
});
