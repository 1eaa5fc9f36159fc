/** Subsystems that a firmware registers: names that onSession serves, and rows that bring what serves them. */
import type { Subsystem } from "../../src/connection/subsystems.js";

import { Done } from "../../src/crypto/port.js";
import { FULL_PERMIT } from "../../src/userauth/authenticator.js";
import { assert, test } from "../harness.js";
import { authenticator, echo, Place, type PlaceOptions } from "../peer/place.js";

function served(options: PlaceOptions = {}): { place: Place; calls: string[] } {
	const calls: string[] = [];
	const sftp: Subsystem = {
		name: "sftp",
		serve(session) {
			calls.push(`${this.name} serves ${session.type} ${session.command}`);
			echo(session);
		},
	};
	const place = new Place({
		subsystems: ["netconf", sftp],
		onSession: session => {
			calls.push(`onSession serves ${session.type} ${session.command}`);
			echo(session);
		},
		...options,
	});
	return { place, calls };
}

test("a row serves its subsystem, onSession the names alone, commands and shells; others are refused", () => {
	const { place, calls } = served();
	const client = place.client().login();
	const asked: [string, string][] = [
		["subsystem", "sftp"],
		["subsystem", "netconf"],
		["subsystem", "undefined"],
		["exec", "sftp"],
	];
	const replies = asked.map(([type, name]) => {
		const channel = client.open();
		channel.request(type, true, name);
		place.run();
		channel.close();
		place.run();
		return channel.answers.join();
	});
	assert.deepEqual(replies, ["true", "true", "false", "true"]);
	assert.deepEqual(calls, [
		"sftp serves subsystem sftp",
		"onSession serves subsystem netconf",
		"onSession serves exec sftp",
	]);
	assert.deepEqual(place.errors, []);
	assert.equal(place.fault(), undefined);
});

test("a session that a row serves is a stream like any other, and is in the log", () => {
	const { place } = served();
	const client = place.client().login();
	const channel = client.open();
	channel.request("subsystem", true, "sftp");
	channel.write("hello");
	place.run();
	assert.equal(channel.text, "hello");
	assert.ok(
		place.server.log.entries().some(line => line.includes("type=subsystem") && line.includes('"sftp"')),
	);
});

test("a key's forced command takes the place of a subsystem that has a row", () => {
	const permit = { ...FULL_PERMIT, command: "status" };
	const { place, calls } = served({ authenticator: { ...authenticator, password: () => new Done(permit) } });
	const channel = place.client().login("admin", "x").open();
	channel.request("subsystem", true, "sftp");
	place.run();
	assert.deepEqual(calls, ["onSession serves exec status"]);
});

test("what a row throws ends the connection, as what onSession throws does", () => {
	const thrown = (): never => {
		throw new Error("out of files");
	};
	const ends = [
		{ subsystems: [{ name: "sftp", serve: thrown }] },
		{ subsystems: ["sftp"], onSession: thrown },
	];
	const [row, callback] = ends.map(options => {
		const { place } = served(options);
		const channel = place.client().login().open();
		channel.request("subsystem", true, "sftp");
		place.run();
		return [place.ends, place.errors.length, place.server.connectionCount];
	});
	assert.deepEqual(row, callback);
	assert.deepEqual(row[1], 1);
});
