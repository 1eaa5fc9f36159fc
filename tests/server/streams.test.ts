/** The whole server over a network that cuts the stream wherever it likes: what arrives must not depend on it. */
import type { LinkOptions } from "../../hal/sim/index.js";
import { SimRandom } from "../../hal/sim/index.js";
import { SSH_MSG_DEBUG, SSH_MSG_IGNORE } from "../../src/messages.js";
import { MACS } from "../../src/transport/algorithms.js";
import { CIPHER_SUITES } from "../../src/transport/ciphers.js";
import { noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { type ClientOptions, DEBUG, IGNORE } from "../peer/client.js";
import { Place } from "../peer/place.js";

const DATA = noise(5000);

/** Login, a command, data there and back, the end: all of it as if nothing were cut. */
function session(place: Place, options: ClientOptions, link: LinkOptions, data = DATA): void {
	const client = place.client(options, link).login();
	const channel = client.exec("echo");
	channel.write(data);
	channel.end();
	place.run();
	assert.deepEqual(channel.data, data);
	assert.equal(channel.exitStatus, 0);
	assert.ok(channel.closed);
	client.link.end();
	place.run();
	assert.equal(place.server.connectionCount, 0);
}

/** As session(), at the end of which nothing else has happened to the server. */
function sessions(links: readonly LinkOptions[], options: ClientOptions = {}, data = DATA): void {
	const place = new Place();
	for (const link of links) session(place, options, link, data);
	assert.deepEqual(place.errors, []);
	assert.deepEqual([...new Set(place.ends)], ["ERR_TCP_SOCKET_CLOSED"]);
}

test("one byte at a time, from the client, from the server, and both", () => {
	const one = { split: () => 1 };
	sessions([{ c2s: one }, { s2c: one }, { c2s: one, s2c: one }], {}, DATA.slice(0, 1000));
});

test("every size of a piece from 1 to 64 bytes", () => {
	const sizes = Array.from({ length: 64 }, (_, at) => at + 1);
	const links = sizes.map(size => ({ c2s: { split: () => size }, s2c: { split: () => size } }));
	sessions(links, {}, DATA.slice(0, 300));
});

test("pieces of any size, for each cipher and MAC", () => {
	const random = new SimRandom(3);
	const split = () => 1 + random.below(300);
	for (const { name: cipher, macs } of CIPHER_SUITES) {
		for (const mac of macs.length === 0 ? MACS.slice(0, 1) : macs.map(({ name }) => name)) {
			const options = { cipherC2s: [cipher], cipherS2c: [cipher], macC2s: [mac], macS2c: [mac] };
			sessions([{ c2s: { split }, s2c: { split } }], options, DATA.slice(0, 2000));
		}
	}
});

test("different algorithms in the two directions", () => {
	const options = {
		cipherC2s: ["aes256-ctr"],
		macC2s: ["hmac-sha2-512"],
		cipherS2c: ["chacha20-poly1305@openssh.com"],
		macS2c: ["hmac-sha2-256"],
	};
	sessions([{}], options);
});

test("a socket that takes one byte at a time, or none every other time", () => {
	let turn = 0;
	const reluctant = (length: number) => (turn++ % 2 === 0 ? 0 : length);
	sessions([{ takes: () => 1 }, { takes: reluctant }, { takes: () => turn++ % 2 }], {}, DATA.slice(0, 1000));
});

test("a slow network with small buffers", () => {
	const slow = { delay: 3, receiveBuffer: 100, split: () => 41 };
	sessions([{ c2s: slow, s2c: slow, sendBuffer: 100 }]);
});

test("IGNORE and DEBUG before every packet behind the key exchange", () => {
	let injected = 0;
	const before: ClientOptions["before"] = (client, number) => {
		if (number < 50 && number !== 5) return;
		injected++;
		client.sendNow(IGNORE);
		client.sendNow(DEBUG);
	};
	sessions([{}], { before });
	assert.ok(injected > 10);
});

test("IGNORE and DEBUG between the packets of a first key exchange that is not strict, and of later ones", () => {
	const place = new Place();
	const numbers = new Set<number>();
	const before: ClientOptions["before"] = (client, number) => {
		numbers.add(number);
		client.sendNow(IGNORE);
		client.sendNow(DEBUG);
		if (number === 96) client.rekey();
	};
	session(place, { strict: false, before }, {});
	assert.ok([20, 21, 30].every(number => numbers.has(number)));
	assert.deepEqual(
		[SSH_MSG_IGNORE, SSH_MSG_DEBUG].map(number => numbers.has(number)),
		[false, false],
	);
});

test("padding of any length", () => {
	const place = new Place();
	for (const extra of [0, 1, 7, 29]) {
		const client = place.client();
		const seal = client.outgoing.seal.bind(client.outgoing);
		client.outgoing.seal = payload => seal(payload, extra);
		const channel = client.login().exec("echo");
		channel.write("padded");
		place.run();
		assert.equal(channel.text, "padded");
		client.link.end();
		place.run();
	}
});

test("a client that goes silent halfway is cut off by time", () => {
	const place = new Place({ limits: { idleTime: 0, keepaliveInterval: 0 } });
	place.client().start().link.vanish();
	place.pass(59_000);
	assert.equal(place.server.connectionCount, 1);
	place.pass(4_000);
	assert.equal(place.server.connectionCount, 0);
	assert.deepEqual(place.ends, ["ERR_TCP_READ_TIMEOUT"]);
});

test("the longest exit-signal fits the smallest packet that limits allow, whatever its letters take", () => {
	for (const message of ["M".repeat(1000), "字".repeat(1000), "\u{1f600}".repeat(1000)]) {
		const place = new Place({
			limits: { sendPacketSize: 256 },
			onSession: session => session.exitSignal("N".repeat(1000), message),
		});
		const channel = place.client().login().exec("x");
		assert.equal(channel.exitSignal, "N".repeat(64));
		assert.ok(channel.closed);
	}
});
