/** Connections that are cut, and sockets that take next to nothing: at every byte of a session, in both directions. */
import type { LinkOptions } from "../../hal/sim/index.js";
import { assert, EACH, test } from "../harness.js";
import { FaultPlace, session } from "./session.js";

/** Bytes of a session from the client, and from the server. */
function lengths(): { c2s: number; s2c: number } {
	let c2s = 0;
	const place = new FaultPlace();
	const client = session(place, {
		after: () => {
			c2s = place.server.connections()[0]?.bytesReceived ?? c2s;
		},
	});
	assert.ok(c2s > 1500 && client.link.received > 1500, `${c2s}, ${client.link.received}`);
	return { c2s, s2c: client.link.received };
}

const LOST = ["ERR_TCP_READ_ERROR", "ERR_TCP_WRITE_ERROR"];

function cutAtEach(total: number, link: (count: number) => LinkOptions): void {
	const place = new FaultPlace();
	let sessions = 0;
	for (let count = 0; count < total; count += EACH) {
		place.ends.length = 0;
		const client = session(place, {}, link(count), true);
		assert.ok(client.link.lost, `byte ${count}`);
		assert.equal(place.ends.length, 1, `byte ${count}: told once`);
		assert.ok(LOST.includes(place.ends[0]), `byte ${count}: ${place.ends}`);
		assert.equal(place.held(), "", `byte ${count}`);
		assert.equal(place.told, place.begun, `byte ${count}`);
		sessions = place.begun;
		// What comes next is a login too: a whole one is made in between now and then.
		if (count % (8 * EACH) === 0) assert.equal(place.fault(), undefined, `byte ${count}`);
	}
	assert.ok(sessions > 0);
	assert.deepEqual(place.errors, []);
}

test("a connection that is cut at any byte from the client leaves nothing, and the next login is good", () => {
	cutAtEach(lengths().c2s, count => ({ c2s: { breakAfter: count } }));
});

test("a connection that is cut at any byte from the server leaves nothing, and the next login is good", () => {
	cutAtEach(lengths().s2c, count => ({ s2c: { breakAfter: count } }));
});

test("cut at any byte while others are in: they do not notice", () => {
	const place = new FaultPlace();
	const other = place.client({ seed: 31 }).login();
	const channel = other.exec("echo");
	const { c2s } = lengths();
	let sent = "";
	// A prime, so that with the bytes of a session it meets each kind of packet.
	for (let count = 0; count < c2s; count += 61) {
		session(place, {}, { c2s: { breakAfter: count } }, true);
		assert.equal(place.server.connectionCount, 1, `byte ${count}`);
		channel.write(`${count} `);
		sent += `${count} `;
		place.run();
		assert.equal(channel.text, sent);
	}
	other.link.end();
	place.assertClean("the other has gone too");
	assert.deepEqual(place.errors, []);
});

test("the client ends its side at any byte: the server ends its own, and nothing is left", () => {
	const { c2s } = lengths();
	const place = new FaultPlace();
	for (let count = 0; count < c2s; count += 7 * EACH) {
		place.ends.length = 0;
		const client = place.client();
		const { write } = client.link;
		let left = count;
		client.link.write = bytes => {
			write.call(client.link, bytes.subarray(0, left));
			left -= Math.min(left, bytes.length);
			if (left === 0) client.link.end();
		};
		try {
			client.login().exec("echo").end();
		} catch (error) {
			if (!client.over) throw error;
		}
		client.link.end();
		place.run();
		assert.equal(place.held(), "", `byte ${count}`);
		assert.deepEqual(place.ends, ["ERR_TCP_SOCKET_CLOSED"], `byte ${count}`);
		assert.equal(place.told, place.begun, `byte ${count}`);
	}
	place.assertClean("after all");
	assert.deepEqual(place.errors, []);
});

test("a socket that takes 0 or 1 byte whenever it is written to: every session is whole, none spins", () => {
	let turn = 0;
	const links: readonly [string, LinkOptions][] = [
		["one byte", { takes: () => 1 }],
		["none, then one", { takes: () => turn++ & 1 }],
		["none three times, then all", { takes: length => (turn++ % 4 === 3 ? length : 0) }],
		["a buffer of one byte", { sendBuffer: 1 }],
		["a buffer of one byte, a slow network", { sendBuffer: 1, s2c: { delay: 5, receiveBuffer: 1 } }],
	];
	for (const [name, link] of links) {
		const place = new FaultPlace();
		let writes = 0;
		const { write } = place.hal;
		place.hal.write = (...args) => {
			writes++;
			return write.apply(place.hal, args);
		};
		const client = session(place, {}, link);
		assert.ok(
			writes < 6 * client.link.received,
			`${name}: ${writes} writes for ${client.link.received} bytes`,
		);
		place.assertClean(name);
		assert.deepEqual(place.errors, [], name);
	}
});

test("a socket that takes nothing any more from any byte on holds its place for a bounded time", () => {
	const { s2c } = lengths();
	const limits = { keepaliveInterval: 10_000, keepaliveCount: 2 };
	const place = new FaultPlace({ limits });
	for (let count = 0; count < s2c; count += 29 * EACH) {
		const client = place.client(
			{ answers: false },
			{ sendBuffer: 1, s2c: { split: () => 1, receiveBuffer: 1 } },
		);
		// It reads so far, and then no more: one byte waits on the way, and one in the socket.
		const read = client.takeBytes;
		let left = count;
		client.link.onData = bytes => {
			if (left-- <= 0) client.link.onData = undefined;
			else read(bytes);
		};
		try {
			client.login().exec("echo").write("data");
		} catch {
			// It waits for what never comes.
		}
		place.pass(70_000);
		assert.equal(place.held(), "", `byte ${count}`);
		assert.equal(place.told, place.begun, `byte ${count}`);
	}
	place.assertClean("after all");
	assert.deepEqual(place.errors, []);
});
