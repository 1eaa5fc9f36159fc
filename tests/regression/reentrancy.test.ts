/** Callbacks that close the connection which calls them: it says good-bye, and nothing behind that. */
import { Done } from "../../src/crypto/port.js";
import { ERR_INVALID_ARG, OK } from "../../src/merrors.js";
import { assert, test } from "../harness.js";
import { authenticator, Place } from "../peer/place.js";

test("nothing follows DISCONNECT where a connection is closed as it logs in, and its socket is slow", () => {
	const place: Place = new Place({ onConnection: ({ id }) => place.server.closeConnection(id) });
	const client = place.client({}, { takes: () => 1 }).login();
	assert.equal(client.disconnect?.reason, 11);
	assert.equal(client.heard.at(-1), "DISCONNECT");
	assert.equal(place.server.connectionCount, 0);
	assert.deepEqual(place.errors, []);
});

test("nothing follows DISCONNECT where a session closes its connection as it begins", () => {
	for (const takes of [() => 1, (length: number) => length]) {
		const place: Place = new Place({
			limits: { rekeyPackets: 8 },
			onSession: ({ connection }) => place.server.closeConnection(connection.id),
		});
		const client = place.client({}, { takes }).login();
		client.exec("echo");
		assert.equal(client.heard.at(-1), "DISCONNECT");
		assert.equal(place.server.connectionCount, 0);
		assert.deepEqual(place.errors, []);
	}
});

test("a server closed from within the question who may log in", () => {
	const place: Place = new Place({
		authenticator: {
			...authenticator,
			password: () => {
				place.server.close();
				return new Done(true);
			},
		},
	});
	const client = place.client().start().requestAuthentication();
	client.password("admin", "secret");
	assert.equal(client.heard.at(-1), "DISCONNECT");
	assert.ok(!client.heard.includes("USERAUTH_SUCCESS"));
	assert.deepEqual(place.errors, []);
});

test("a socket that has a connection already gets no second one, which would close it under the first", () => {
	const place: Place = new Place({});
	const { hal } = place;
	const listener = hal.listen("192.0.2.1", 2022, () => undefined);
	hal.connect(2022);
	const socket = hal.accept(listener);
	const id = place.server.accept(socket);
	assert.ok(id > 0);
	assert.equal(place.server.accept(socket), ERR_INVALID_ARG);
	assert.equal(place.server.connectionCount, 1);
	assert.equal(place.server.closeConnection(id), OK);
	hal.connect(2022);
	assert.equal(hal.accept(listener), socket);
	assert.ok(place.server.accept(socket) > 0);
});
