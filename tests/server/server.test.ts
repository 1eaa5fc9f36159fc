/** SSHServer: what its options and methods promise, and that nothing a connection or a callback does harms the others. */
import { createSimHal } from "../../hal/sim/index.js";
import type { ConnectionInfo } from "../../src/connection/session.js";
import { CLOSE_TIME, TICK } from "../../src/limits.js";
import {
	ERR_INVALID_ARG,
	ERR_SSH_BAD_ID,
	ERR_SSH_DISCONNECT_BY_APPLICATION,
	ERR_SSH_KEYEX_IN_PROGRESS,
	ERR_SSH_TOO_MANY_CONNECTIONS,
	ERR_TCP_LISTEN_BIND_ERROR,
	ERR_TCP_READ_TIMEOUT,
	OK,
} from "../../src/merrors.js";
import {
	SSH_DISCONNECT_BY_APPLICATION,
	SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
	SSH_MSG_KEX_ECDH_INIT,
} from "../../src/messages.js";
import { SSHServer } from "../../src/server/server.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { authenticator, echo, hostKey, Manual, Place, PORT } from "../peer/place.js";

const ECHO = { onSession: echo };

test("options that make no server are refused at once", () => {
	const options = { hal: createSimHal(), crypto: testCrypto, hostKeys: [hostKey()], authenticator, ...ECHO };
	for (const wrong of [
		{ maxConnections: 0 },
		{ maxConnections: 1.5 },
		{ maxConnections: -1 },
		{ hostKeys: [] },
		{ limits: { channels: 0 } },
	])
		assert.throws(() => new SSHServer({ ...options, ...wrong }), TypeError);
	const { authenticator: _, ...nobody } = options;
	assert.throws(() => new SSHServer(nobody), TypeError);
});

test("without randomness no server begins", () => {
	const hal = createSimHal();
	hal.randomFailures = 1;
	const options = { hal, crypto: testCrypto, hostKeys: [hostKey()], authenticator, ...ECHO, port: PORT };
	assert.throws(() => new SSHServer(options), /ERR_RAND/);
	assert.throws(() => hal.connect(PORT), /refused/);
	assert.ok(new SSHServer(options));
});

test("onListening tells the port, as soon as the loop runs", () => {
	const ports: number[] = [];
	const place = new Place({ onListening: port => ports.push(port) });
	assert.equal(ports.length, 0);
	place.run();
	place.pass(1);
	assert.deepEqual(ports, [PORT]);
	place.client().login();
	assert.deepEqual(ports, [PORT]);
	const free = new Place({ port: 0, onListening: port => ports.push(port) });
	free.pass(1);
	assert.ok(ports[1] > 1024);
});

test("a port that is taken is an error of the listener", () => {
	const hal = createSimHal();
	hal.listen("0.0.0.0", PORT, () => {});
	const errors: number[] = [];
	new Place({ hal, onError: status => errors.push(status) });
	assert.deepEqual(errors, [ERR_TCP_LISTEN_BIND_ERROR]);
});

test("a port that is taken is thrown where nobody is told", () => {
	const hal = createSimHal();
	hal.listen("0.0.0.0", PORT, () => {});
	const options = { hal, crypto: testCrypto, hostKeys: [hostKey()], authenticator, ...ECHO, port: PORT };
	assert.throws(() => new SSHServer(options), /cannot listen on port \d+: ERR_TCP_LISTEN_BIND_ERROR/);
});

test("accept, negotiate, ping and closeConnection, each in its state and no other", () => {
	const place = new Manual();
	const { server } = place;
	const { client, socket } = place.dial();
	const id = server.accept(socket);
	assert.equal(id, 0x1001);
	place.run();
	assert.equal(client.serverLine, "", "nothing is sent before negotiate()");
	assert.equal(server.ping(id), ERR_SSH_BAD_ID);
	const statuses: number[] = [];
	assert.equal(
		server.negotiate(id, status => statuses.push(status)),
		OK,
	);
	assert.equal(server.negotiate(id), ERR_SSH_BAD_ID);
	client.login();
	assert.equal(server.ping(id), ERR_SSH_BAD_ID);
	assert.deepEqual(statuses, []);
	client.open();
	assert.deepEqual(statuses, [OK]);
	assert.equal(server.negotiate(id), ERR_SSH_BAD_ID);
	assert.equal(server.ping(id), OK);
	assert.equal(server.closeConnection(id), OK);
	assert.deepEqual(
		[server.closeConnection(id), server.ping(id), server.negotiate(id)],
		[ERR_SSH_BAD_ID, ERR_SSH_BAD_ID, ERR_SSH_BAD_ID],
	);
	place.run();
	assert.equal(client.disconnect?.reason, SSH_DISCONNECT_BY_APPLICATION);
	assert.deepEqual(client.heard.slice(-2), ["CHANNEL_CLOSE", "DISCONNECT"]);
	assert.ok(client.over);
	assert.deepEqual(statuses, [OK]);
	assert.deepEqual(place.ends, ["OK"]);
	assert.equal(server.connectionCount, 0);
});

test("accept takes sockets alone", () => {
	const { server } = new Manual();
	for (const wrong of [0, -1, 1.5, Number.NaN]) assert.equal(server.accept(wrong), ERR_INVALID_ARG);
	assert.equal(server.connectionCount, 0);
});

test("no call knows an id that was never given", () => {
	const { server } = new Manual();
	for (const id of [0, -1, 0x1000, 0x1001, Number.NaN]) {
		assert.equal(server.negotiate(id), ERR_SSH_BAD_ID);
		assert.equal(server.ping(id), ERR_SSH_BAD_ID);
		assert.equal(server.closeConnection(id), ERR_SSH_BAD_ID);
		assert.equal(server.limitSessionTime(id, 1), ERR_SSH_BAD_ID);
	}
});

test("negotiate tells once how it ended: by the client, by time, by us", () => {
	for (const [end, expected] of [
		[(_place: Manual, client: TestClient) => client.link.end(), -5901],
		[(place: Manual) => place.pass(12_000), ERR_TCP_READ_TIMEOUT],
		[(place: Manual) => place.server.closeConnection(0x1001), ERR_SSH_DISCONNECT_BY_APPLICATION],
	] as const) {
		const place = new Manual();
		const { client, socket } = place.dial();
		const statuses: number[] = [];
		place.server.negotiate(place.server.accept(socket), status => statuses.push(status));
		place.run();
		end(place, client);
		place.run();
		place.pass(5_000);
		assert.deepEqual(statuses, [expected]);
		assert.equal(place.ends.length, 1);
	}
});

test("a connection that was accepted and not negotiated does not hold its place for ever", () => {
	const place = new Manual();
	const { client, socket } = place.dial();
	place.server.accept(socket);
	place.pass(12_000);
	assert.deepEqual(place.ends, ["ERR_TCP_READ_TIMEOUT"]);
	assert.equal(place.server.connectionCount, 0);
	place.run();
	assert.ok(client.over);
});

test("a full table, where a second session reset another's device: accept() leaves the socket to its caller, the listener says why and serves on", () => {
	const place = new Place({ maxConnections: 2 });
	const first = place.client({ seed: 1 }).login().exec("echo");
	const second = place.client({ seed: 2 }).login();
	for (let count = 0; count < 5; count++) {
		const third = place.client({ stopBefore: 20 });
		place.run();
		assert.equal(third.disconnect?.reason, SSH_DISCONNECT_TOO_MANY_CONNECTIONS);
		assert.ok(third.over);
	}
	first.write("undisturbed");
	place.run();
	assert.equal(first.text, "undisturbed");
	second.link.end();
	place.run();
	assert.equal(place.fault(), undefined);
	assert.deepEqual(place.errors, []);

	const manual = new Manual({ maxConnections: 1 });
	manual.server.accept(manual.dial().socket);
	const { client, socket } = manual.dial({ stopBefore: 20 });
	assert.equal(manual.server.accept(socket), ERR_SSH_TOO_MANY_CONNECTIONS);
	manual.run();
	assert.deepEqual([client.serverLine, client.over], ["", false]);
	manual.hal.close(socket);
});

test("ping: the answer is told, and during a key exchange there is none", () => {
	const replies: number[] = [];
	const place = new Place({ onPingReply: ({ id }) => replies.push(id) });
	const client = place.client({ stopBefore: SSH_MSG_KEX_ECDH_INIT, stopIn: 1 }).login();
	client.open();
	const { id } = place.server.connections()[0];
	assert.equal(place.server.ping(id), OK);
	place.run();
	assert.deepEqual(replies, [id]);
	client.rekey();
	place.run();
	assert.equal(place.server.ping(id), ERR_SSH_KEYEX_IN_PROGRESS);
	client.go();
	assert.equal(place.server.ping(id), OK);
	place.run();
	assert.deepEqual(replies, [id, id]);
});

test("connections: who is there, the oldest first, with what is known of them", () => {
	const seen: ConnectionInfo[] = [];
	const place = new Place({ onConnection: info => seen.push(info) });
	const client = place.client({ cipherC2s: ["aes128-ctr"] }, { address: "192.0.2.7" });
	place.run();
	assert.equal(place.server.connections()[0].user, "");
	place.pass(500);
	client.login();
	place.client({ seed: 3 }, { address: "2001:db8::1" });
	place.run();
	const [first, second] = place.server.connections();
	assert.deepEqual(seen, [first]);
	assert.deepEqual([first.id, second.id], [0x1001, 0x1002]);
	assert.deepEqual([first.user, second.user], ["admin", ""]);
	assert.deepEqual([first.remoteAddress, second.remoteAddress], ["192.0.2.7", "2001:db8::1"]);
	assert.deepEqual([first.since, second.since], [0, 500]);
	assert.equal(first.clientVersion, "TestClient_1.0");
	assert.equal(first.algorithms?.cipherC2s, "aes128-ctr");
	assert.ok(first.bytesReceived > 500 && first.bytesSent === client.link.received);
	assert.equal(second.algorithms, undefined);
	place.server.closeConnection(first.id);
	assert.deepEqual(place.server.connections(), [second]);
});

test("host keys are shown as ssh shows them", () => {
	const [shown] = new Place().server.hostKeyFingerprints();
	assert.ok(shown.startsWith("SHA256:") && shown.endsWith(" (ED25519)"));
	assert.equal(shown.length, 7 + 43 + 10);
});

test("close ends every connection, says good-bye, frees the port, and resolves", async () => {
	const place = new Place();
	const clients = [1, 2, 3].map(seed => place.client({ seed }, { takes: () => 1 }).login());
	const channel = clients[0].exec("echo");
	let closed = 0;
	const done = [place.server.close(), place.server.close()].map(each => each.then(() => closed++));
	assert.throws(() => place.hal.connect(PORT), /refused/);
	place.run();
	for (const client of clients) {
		assert.equal(client.disconnect?.reason, SSH_DISCONNECT_BY_APPLICATION);
		assert.ok(client.over);
	}
	assert.ok(channel.closed);
	await Promise.all(done);
	assert.equal(closed, 2);
	assert.deepEqual(place.ends, ["OK", "OK", "OK"]);
	assert.equal(place.server.connectionCount, 0);
	place.pass(10_000);
	assert.equal(place.hal.network.clock.next, undefined);
});

test("close with nobody there resolves as well, and again", async () => {
	const place = new Place();
	await place.server.close();
	await place.server.close();
});

test("a socket that takes nothing is let go CLOSE_TIME after the connection was closed", () => {
	const place = new Place({
		onSession: session => (session.command === "burst" ? session.write(new Uint8Array(1000)) : echo(session)),
	});
	const client = place.client({}, { sendBuffer: 100, s2c: { receiveBuffer: 100 } }).login();
	client.open();
	client.link.onData = undefined;
	client.channels[0].request("exec", true, "burst");
	place.run();
	const { id } = place.server.connections()[0];
	assert.equal(place.server.closeConnection(id), OK);
	assert.deepEqual(place.ends, ["OK"]);
	assert.deepEqual(place.server.connections(), []);
	assert.equal(place.server.connectionCount, 1, "its place is not free yet");
	place.pass(CLOSE_TIME - TICK);
	assert.equal(place.server.connectionCount, 1);
	place.pass(3 * TICK);
	assert.equal(place.server.connectionCount, 0);
	assert.deepEqual(place.ends, ["OK"]);
	assert.equal(place.fault(), undefined);
});

test("what a slow socket takes late still arrives: data, then CLOSE, then DISCONNECT", () => {
	const place = new Place({
		onSession: session => {
			session.write(new Uint8Array(400).fill(120));
			place.server.closeConnection(session.connection.id);
		},
	});
	const client = place.client({}, { takes: () => 1 }).login();
	const channel = client.exec("burst");
	place.run();
	assert.equal(channel.text.length, 400);
	assert.ok(channel.closed);
	assert.equal(client.disconnect?.reason, SSH_DISCONNECT_BY_APPLICATION);
	assert.equal(place.server.connectionCount, 0);
});

test("two servers share nothing", () => {
	const one = new Place();
	const two = new Place({ hostKeys: [hostKey(77)] });
	const clients = [one, two].map(place => place.client().login().exec("echo"));
	clients[0].write("one");
	clients[1].write("two");
	one.run();
	two.run();
	assert.deepEqual(
		clients.map(({ text }) => text),
		["one", "two"],
	);
});

test("accept() that finds no memory leaves the table as it was", () => {
	const place = new Place();
	place.client({ seed: 4 }).login();
	place.hal.remoteAddress = () => {
		throw new Error("out of memory");
	};
	const client = place.client({ stopBefore: 20 });
	place.run();
	assert.ok(client.over);
	assert.equal(place.server.connectionCount, 1);
	assert.ok(place.errors[0].includes("out of memory"));
	place.hal.remoteAddress = () => "192.0.2.9";
	assert.equal(place.fault(), undefined);
});
