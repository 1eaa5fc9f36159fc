/** Key exchanges after the first: by either side, by both at once, at any moment, with data on its way in both directions. */
import type { LinkOptions } from "../../hal/sim/index.js";
import { DESKTOP_LIMITS, DEVICE_LIMITS, type Limits, REKEY_BYTES } from "../../src/limits.js";
import { noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import type { ClientOptions, TestClient } from "../peer/client.js";
import { Place } from "../peer/place.js";

const DATA = noise(4000);
const REKEY_DATA = noise(REKEY_BYTES);

/** Small channels, so that a session has many packets. */
const SMALL: Partial<Limits> = { maximumPacketSize: 256, initialWindowSize: 512 };

function transfer(place: Place, options: ClientOptions, link: LinkOptions = {}, data = DATA): TestClient {
	const client = place.client(options, link).login();
	const channel = client.exec("echo");
	channel.write(data);
	channel.end();
	place.run();
	assert.deepEqual(channel.data, data);
	assert.equal(channel.exitStatus, 0);
	assert.ok(channel.closed);
	return client;
}

function leave(place: Place, client: TestClient): void {
	client.link.end();
	place.run();
	assert.equal(place.server.connectionCount, 0);
	assert.deepEqual(place.errors, []);
}

/** Runs a session once for each message that the client sends behind its first key exchange, re-keying before it. */
function atEachMessage(base: ClientOptions, onReceived: boolean): number {
	const place = new Place({ limits: SMALL });
	const data = DATA.slice(0, 3000);
	for (let target = 0; ; target++) {
		let count = 0;
		const hook = (client: TestClient, number: number): void => {
			if (client.exchanges === 0 || (number >= 20 && number < 50)) return;
			if (count++ === target) client.rekey();
		};
		const client = transfer(
			place,
			{ ...base, ...(onReceived ? { after: hook } : { before: hook }) },
			{},
			data,
		);
		assert.equal(client.exchanges, count > target ? 2 : 1);
		leave(place, client);
		if (count <= target) return target;
	}
}

test("a re-key by the client before each of its packets", () => {
	assert.ok(atEachMessage({}, false) > 20);
});

test("a re-key by the client behind each packet of the server", () => {
	assert.ok(atEachMessage({}, true) > 20);
});

test("the same without strict key exchange, where sequence numbers go on", () => {
	assert.ok(atEachMessage({ strict: false }, false) > 20);
});

test("a re-key by the client at each packet, one byte of the stream at a time", () => {
	const place = new Place({ limits: SMALL });
	const one = { split: () => 1 };
	const before = (client: TestClient, number: number): void => {
		if (client.exchanges > 0 && number >= 50) client.rekey();
	};
	const client = transfer(place, { before }, { c2s: one, s2c: one }, DATA.slice(0, 1500));
	assert.ok(client.exchanges > 6, `${client.exchanges}`);
	leave(place, client);
});

test("a re-key by the server after so many packets", () => {
	const place = new Place({ limits: { ...SMALL, rekeyPackets: 8 } });
	const client = transfer(place, {});
	assert.ok(client.exchanges > 4, `${client.exchanges}`);
	leave(place, client);
});

test("a re-key by the server after so many bytes, counted in each direction", () => {
	const place = new Place({ limits: { rekeyBytes: 2000 } });
	const client = transfer(place, {}, {}, noise(20_000));
	assert.ok(client.exchanges > 8 && client.exchanges < 30, `${client.exchanges}`);
	leave(place, client);
	const silent = new Place({
		limits: { rekeyBytes: 2000 },
		onSession: session => {
			const sink = new Uint8Array(4096);
			session.onReadable = () => session.read(sink);
		},
	});
	const sender = silent.client().login();
	sender.exec("sink").write(noise(20_000));
	silent.run();
	assert.ok(sender.exchanges > 5, `${sender.exchanges}`);
});

test("a re-key by the server after so much time", () => {
	const place = new Place({ limits: { rekeyTime: 10_000, keepaliveInterval: 0 } });
	const client = place.client().login();
	const channel = client.exec("echo");
	place.pass(9_000);
	assert.equal(client.exchanges, 1);
	place.pass(2_000);
	assert.equal(client.exchanges, 2);
	place.pass(8_000);
	assert.equal(client.exchanges, 2);
	place.pass(2_000);
	assert.equal(client.exchanges, 3);
	channel.write("afterwards");
	place.run();
	assert.equal(channel.text, "afterwards");
});

test("no re-key before login: a client that has not shown who it is makes the server compute once", () => {
	const place = new Place({ limits: { rekeyPackets: 8, rekeyTime: 1000, authenticationAttempts: 20 } });
	const client = place.client().start().requestAuthentication();
	for (let count = 0; count < 12; count++) client.password("admin", "wrong");
	place.pass(3_000);
	assert.equal(client.exchanges, 1);
});

test("both sides start at once", () => {
	const place = new Place({ limits: { ...SMALL, rekeyPackets: 8 } });
	const slow = { delay: 5, split: () => 100 };
	let both = 0;
	const before = (client: TestClient, number: number): void => {
		if (client.exchanges === 0 || number < 90 || client.exchange) return;
		client.rekey();
		both++;
	};
	const client = transfer(place, { before }, { c2s: slow, s2c: slow });
	assert.ok(both > 5);
	leave(place, client);
});

test("a KEXINIT of each side on its way to the other is one key exchange", () => {
	const place = new Place({ limits: { rekeyTime: 10_000, keepaliveInterval: 0 } });
	const client = place.client({}, { c2s: { delay: 100 }, s2c: { delay: 100 } });
	client.login().exec("echo");
	let since = 0;
	while (client.heard.filter(name => name === "KEXINIT").length < 2) {
		place.pass(10);
		since += 10;
		// The server sends its KEXINIT on a tick of its clock: the client's crosses it.
		if (since % 1000 >= 950 && since > 8000) client.rekey();
		assert.ok(since < 20_000);
	}
	place.pass(2_000);
	assert.equal(client.exchange, undefined);
	assert.equal(client.heard.filter(name => name === "KEXINIT").length, client.exchanges);
});

test("data that was on its way when the server began to re-key still counts", () => {
	const place = new Place({ limits: { rekeyTime: 10_000, keepaliveInterval: 0 } });
	const link = { c2s: { delay: 50 }, s2c: { delay: 50 } };
	const client = place.client({}, link).login();
	const channel = client.exec("echo");
	let sent = "";
	for (let count = 0; count < 130; count++) {
		const text = `${count} `;
		channel.write(text);
		sent += text;
		place.pass(100);
	}
	place.run();
	assert.ok(client.exchanges >= 2);
	assert.equal(channel.text, sent);
});

test("the session id stays that of the first exchange", () => {
	const place = new Place({ limits: { rekeyPackets: 8, ...SMALL } });
	const client = place.client().start();
	const first = client.sessionId.slice();
	client.requestAuthentication().password("admin", "secret");
	const channel = client.exec("echo");
	channel.write(DATA);
	place.run();
	assert.ok(client.exchanges > 2);
	assert.deepEqual(client.sessionId, first);
	assert.notEqual(client.outgoing.sequence, 0);
	assert.deepEqual(channel.data, DATA);
});

test("each cipher is re-keyed to each other", () => {
	const ciphers = ["chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr"];
	for (const first of ciphers) {
		for (const second of ciphers) {
			const place = new Place();
			const options = { cipherC2s: [first], cipherS2c: [first] };
			const client = place.client(options).login();
			const channel = client.exec("echo");
			options.cipherC2s[0] = second;
			options.cipherS2c[0] = second;
			client.rekey();
			place.run();
			channel.write("new keys");
			place.run();
			assert.equal(channel.text, "new keys");
			assert.equal(place.server.connections()[0].algorithms?.cipherC2s, second);
		}
	}
});

const EAGER = { clientRekeys: DEVICE_LIMITS.clientRekeys };

/** Key exchanges without a byte between them; how the connection ends. */
function rekeyOften(place: Place, client: TestClient, count: number, pause: number): string {
	for (let each = 0; each < count && !client.over; each++) {
		client.rekey();
		place.run();
		place.pass(pause);
	}
	return place.ends[0] ?? "served";
}

test("clientRekeys: a client that does nothing else is told so, and ends; in its own time it may for ever", () => {
	const place = new Place({ limits: EAGER });
	const client = place.client().login();
	assert.equal(rekeyOften(place, client, 100, 0), "ERR_SSH_REKEY_REQUEST_IGNORED");
	assert.equal(client.exchanges, 1 + DEVICE_LIMITS.clientRekeys);
	assert.equal(client.disconnect?.description, "keys were exchanged too often: set RekeyLimit higher");
	// asyncssh with rekey_seconds=2, and somewhat early or late.
	const slow = new Place({ limits: { ...EAGER, keepaliveInterval: 0 } });
	const timed = slow.client().login();
	assert.equal(rekeyOften(slow, timed, 200, 1900), "served");
	assert.equal(timed.exchanges, 201);
});

test("clientRekeys: bytes earn them, in either direction, as fast as they come", () => {
	for (const sends of [true, false]) {
		const place = new Place({
			maxConnections: 1,
			limits: { ...DESKTOP_LIMITS, ...EAGER },
			onSession: session => {
				session.onReadable = () => {
					const bytes = new Uint8Array(session.readable);
					session.read(bytes);
					if (!sends) while (session.write(REKEY_DATA) > 0);
				};
				session.onWritable = () => {
					if (!sends && owed > 0)
						owed -= session.write(REKEY_DATA.subarray(0, Math.min(owed, REKEY_DATA.length)));
				};
			},
		});
		let owed = 0;
		const client = place.client().login();
		const channel = client.exec("x", 1 << 30);
		// As RekeyLimit=64K would have it, 50 times in no time at all.
		for (let each = 0; each < 50; each++) {
			if (sends) channel.write(REKEY_DATA);
			else {
				owed = REKEY_DATA.length;
				channel.write("x");
			}
			place.run();
			client.rekey();
			place.run();
			assert.equal(place.ends[0], undefined, `${each}`);
		}
		assert.equal(client.exchanges, 51);
		assert.equal(rekeyOften(place, client, 100, 0), "ERR_SSH_REKEY_REQUEST_IGNORED");
	}
});

test("clientRekeys: what the server begins, or both at once, costs the client nothing", () => {
	const place = new Place({ limits: { ...EAGER, ...SMALL, rekeyPackets: 8 } });
	const client = transfer(place, {}, {}, noise(20_000));
	assert.ok(client.exchanges > 20, `${client.exchanges}`);
	leave(place, client);
});
