/** Where a connection stands: each stage and what may follow it, in the table and on the way of a real client. */
import {
	ACCEPTED,
	AUTHENTICATING,
	CLOSING,
	GONE,
	IDENTIFIED,
	KEYED,
	LOGGED_IN,
	NEGOTIATING,
	OPEN,
} from "../../src/base/stages.js";
import { ERR_SSH_BAD_ID, OK } from "../../src/merrors.js";
import { SSH_MSG_NEWKEYS } from "../../src/messages.js";
import type { ServerConnection } from "../../src/server/connection.js";
import { ConnectionTable } from "../../src/server/connection-table.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { Manual, Place, type PlaceOptions } from "../peer/place.js";

/** What may follow each. */
const FOLLOWING: readonly (readonly [number, readonly number[]])[] = [
	[ACCEPTED, [NEGOTIATING, CLOSING, GONE]],
	[NEGOTIATING, [IDENTIFIED, CLOSING, GONE]],
	[IDENTIFIED, [KEYED, CLOSING, GONE]],
	[KEYED, [AUTHENTICATING, CLOSING, GONE]],
	[AUTHENTICATING, [LOGGED_IN, CLOSING, GONE]],
	[LOGGED_IN, [OPEN, CLOSING, GONE]],
	[OPEN, [CLOSING, GONE]],
	[CLOSING, [GONE]],
	[GONE, []],
];

/** How a client comes from each stage to the next. */
const STEPS: readonly (readonly [number, (client: TestClient, way: Way) => unknown])[] = [
	[NEGOTIATING, (_client, way) => way.place.server.negotiate(way.connection.id)],
	[IDENTIFIED, client => client.start()],
	[KEYED, client => client.go()],
	[AUTHENTICATING, client => client.requestAuthentication()],
	[LOGGED_IN, client => client.password("admin", "secret")],
	[OPEN, client => client.exec("echo")],
];

/** A connection on its way. */
class Way {
	readonly place: Manual;
	readonly client: TestClient;
	readonly connection: ServerConnection;

	constructor(options: PlaceOptions = {}) {
		this.place = new Manual(options);
		const { client, socket } = this.place.dial({ stopBefore: SSH_MSG_NEWKEYS });
		this.client = client;
		this.place.server.accept(socket);
		this.connection = this.place.server.connections()[0] as ServerConnection;
	}

	/** Goes as far as this stage. */
	reach(stage: number): this {
		for (const [each, step] of STEPS) if (each <= stage) step(this.client, this);
		assert.equal(this.connection.stage, stage);
		return this;
	}
}

test("each stage is followed by the next one, or by the end; any other is refused, and changes nothing", () => {
	for (const [from, following] of FOLLOWING) {
		for (let to = -1; to <= GONE + 7; to++) {
			const table = new ConnectionTable(1);
			const place = table.add(5);
			const id = table.instance(place);
			for (let stage = ACCEPTED + 1; stage <= from; stage++) table.move(place, id, stage);
			assert.equal(table.stage(place, id), from);
			if (following.includes(to)) table.move(place, id, to);
			else assert.throws(() => table.move(place, id, to), /stage/, `${to} after ${from}`);
			assert.equal(table.stage(place, id), following.includes(to) ? to : from);
		}
	}
});

test("a client comes through all stages in order, and a new key exchange moves it to none", () => {
	const way = new Way();
	assert.equal(way.connection.stage, ACCEPTED);
	for (const [stage, step] of STEPS) {
		step(way.client, way);
		assert.equal(way.connection.stage, stage);
		if (stage < KEYED) continue;
		way.client.rekey();
		way.client.go();
		assert.equal(way.connection.stage, stage, "after a new key exchange");
	}
	assert.deepEqual(way.place.errors, []);
});

test("from every stage a connection closes, and is gone when its last byte is out", () => {
	for (const [stage, following] of FOLLOWING) {
		if (!following.includes(CLOSING)) continue;
		const { client, connection, place } = new Way().reach(stage);
		const { server } = place;
		const stages: number[] = [];
		const { write } = place.hal;
		place.hal.write = (...args) => {
			stages.push(connection.stage);
			return write.apply(place.hal, args);
		};
		assert.equal(server.closeConnection(connection.id), OK);
		assert.ok(
			stages.every(each => each === CLOSING),
			`${stages}`,
		);
		// To who was not negotiated with it says nothing, to any other its identification at least.
		assert.equal(stages.length > 0, stage >= NEGOTIATING, `${stage}`);
		place.run();
		assert.equal(connection.stage, GONE);
		assert.equal(server.connectionCount, 0);
		assert.equal(server.closeConnection(connection.id), ERR_SSH_BAD_ID);
		assert.ok(client.over);
		assert.deepEqual(place.errors, []);
	}
});

test("from every stage a connection is gone when its socket is", () => {
	for (const [stage] of STEPS) {
		const { client, connection, place } = new Way().reach(stage);
		client.link.abort();
		place.run();
		assert.equal(connection.stage, GONE, `${stage}`);
		assert.equal(place.server.connectionCount, 0);
		assert.deepEqual(place.errors, []);
	}
});

test("who listens to the log may close a connection at each of its lines, that of the login too", () => {
	for (const [word, loggedIn] of [
		["auth ", false],
		["session ", true],
	] as const) {
		const logins: number[] = [];
		const place = new Place({ onConnection: ({ id }) => logins.push(id) });
		const { server } = place;
		server.log.subscribe(line => {
			if (line.includes(` ${word}`)) for (const { id } of server.connections()) server.closeConnection(id);
		});
		const client = place.client().start().requestAuthentication();
		client.password("admin", "secret");
		if (loggedIn) client.exec("echo");
		place.run();
		assert.deepEqual([logins.length > 0, place.errors], [loggedIn, []], word);
	}
});

test("what is no instance id finds no connection", () => {
	const way = new Way().reach(OPEN);
	const { server } = way.place;
	const { id } = way.connection;
	const others = [
		0,
		-1,
		1,
		id - 1,
		id + 1,
		id + 0.5,
		id + 2 ** 32,
		Number.NaN,
		Number.POSITIVE_INFINITY,
		undefined,
	];
	for (const other of others) {
		assert.equal(server.ping(other as number), ERR_SSH_BAD_ID, `${other}`);
		assert.equal(server.closeConnection(other as number), ERR_SSH_BAD_ID, `${other}`);
	}
	assert.equal(server.ping(id), OK);
});
