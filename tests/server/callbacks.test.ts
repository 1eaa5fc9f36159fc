/** Callbacks of the application that throw, or close what called them: one connection is concerned, and no other. */
import type { ConnectionInfo, Session } from "../../src/connection/session.js";
import { TICK } from "../../src/limits.js";
import { OK } from "../../src/merrors.js";
import { SSH_DISCONNECT_BY_APPLICATION } from "../../src/messages.js";
import type { SSHServerOptions } from "../../src/server/server.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { authenticator, echo, Manual, Place } from "../peer/place.js";
import { bytesOf } from "../peer/wire.js";

const THROWN = "thrown by the application";

function throwing(): never {
	throw new Error(THROWN);
}

/** Each callback of the application that can throw, and what makes the server call it. */
const CALLBACKS: readonly (readonly [string, Partial<SSHServerOptions>, (client: TestClient) => unknown])[] =
	[
		["onConnection", { onConnection: throwing }, client => client.login()],
		["onSession", { onSession: throwing }, client => client.login().exec("x")],
		[
			"session.onReadable",
			{ onSession: session => Object.assign(session, { onReadable: throwing }) },
			client => client.login().exec("x").write("data"),
		],
		[
			"session.onEnd",
			{ onSession: session => Object.assign(session, { onEnd: throwing }) },
			client => client.login().exec("x").end(),
		],
		[
			"session.onSignal",
			{ onSession: session => Object.assign(session, { onSignal: throwing }) },
			client => client.login().exec("x").request("signal", true, "INT"),
		],
		[
			"session.onWritable",
			{
				onSession: session => {
					session.onWritable = throwing;
					session.write(new Uint8Array(5000));
				},
			},
			client => client.login().exec("x"),
		],
		[
			"session.onClose",
			{ onSession: session => Object.assign(session, { onClose: throwing }) },
			client => client.login().exec("x").close(),
		],
		["onPingReply", { onPingReply: throwing }, client => client.login().open()],
		[
			"authenticator",
			{ authenticator: { ...authenticator, password: throwing } },
			client => client.start().requestAuthentication().password("admin", "secret"),
		],
	];

for (const [name, options, cause] of CALLBACKS) {
	test(`an error thrown by ${name} closes that connection at most, and is told`, () => {
		const ends: [number, number][] = [];
		let guarded = true;
		const guard =
			<T extends unknown[]>(each: ((...args: T) => unknown) | undefined, other: (...args: T) => unknown) =>
			(...args: T): void => {
				if (guarded && each) each(...args);
				else other(...args);
			};
		const wrapped = {
			...options,
			onSession: guard<[Session]>(options.onSession, echo),
			onConnection: guard<[ConnectionInfo]>(options.onConnection, () => {}),
			onPingReply: guard<[ConnectionInfo]>(options.onPingReply, () => {}),
		};
		const place = new Place({ ...wrapped, onClose: ({ id }, status) => ends.push([id, status]) });
		guarded = false;
		const isAuthenticator = options.authenticator !== undefined;
		const other = isAuthenticator ? undefined : place.client({ seed: 21 }).login();
		const channel = other?.exec("echo");
		guarded = true;
		const client = place.client({ seed: 22 });
		try {
			cause(client);
		} catch {
			// The connection was closed under the client.
		}
		if (name === "onPingReply") place.server.ping(place.server.connections()[1].id);
		place.run();
		guarded = false;
		if (isAuthenticator) {
			assert.deepEqual(client.heard.slice(-1), ["USERAUTH_FAILURE"]);
			return;
		}
		assert.deepEqual(
			ends.map(([id]) => id),
			[0x1002],
		);
		assert.ok(ends[0][1] < OK);
		assert.ok(place.errors.length > 0 && place.errors[0].includes(THROWN), place.errors.join());
		assert.ok(client.over);
		assert.equal(client.disconnect?.reason, SSH_DISCONNECT_BY_APPLICATION);
		assert.equal(place.server.connectionCount, 1);
		channel?.write("undisturbed");
		place.run();
		assert.equal(channel?.text, "undisturbed");
		assert.equal(place.fault(), undefined);
	});
}

test("an error thrown by session.onClose, when the connection is lost, hides neither the others nor onClose", () => {
	const closed: string[] = [];
	const place = new Place({
		onSession: session => {
			session.onClose = () => {
				closed.push(session.command);
				throw new Error(THROWN);
			};
		},
	});
	const client = place.client().login();
	for (const command of ["a", "b", "c"]) client.exec(command);
	client.link.abort();
	place.run();
	assert.deepEqual(closed, ["a", "b", "c"]);
	assert.deepEqual(place.ends.length, 1);
	assert.equal(place.server.connectionCount, 0);
	assert.equal(place.errors.length, 3);
});

test("an error thrown by onClose is told, and the place is free", () => {
	const place = new Place({ onClose: throwing });
	place.client().login().link.end();
	place.run();
	assert.equal(place.server.connectionCount, 0);
	assert.ok(place.errors[0].includes(THROWN));
});

test("closing from within each callback leaves the table clean", () => {
	const close = (info: ConnectionInfo): void => {
		place.server.closeConnection(info.id);
	};
	let place = new Place();
	for (const options of [
		{ onConnection: close },
		{ onSession: (session: Session) => close(session.connection) },
		{
			onSession: (session: Session) => {
				session.onReadable = () => close(session.connection);
			},
		},
		{
			onSession: (session: Session) => {
				session.onWritable = () => close(session.connection);
				session.write(new Uint8Array(5000));
			},
		},
		{ onClose: close },
	] as const) {
		const ends: number[] = [];
		const record = {
			onClose: (info: ConnectionInfo, status: number) => {
				ends.push(status);
				if ("onClose" in options) options.onClose(info);
			},
		};
		place = new Place({ ...options, ...record });
		const client = place.client();
		try {
			client.login().exec("x").write("data");
			place.run();
			client.link.end();
			place.run();
		} catch {
			// The server was faster.
		}
		place.run();
		assert.equal(ends.length, 1);
		assert.equal(place.server.connectionCount, 0);
		assert.deepEqual(place.errors, []);
	}
});

test("a place that a callback frees and fills again is not confused with its first tenant", () => {
	let next = 0;
	const place: Manual = new Manual({
		maxConnections: 1,
		onSession: session => {
			session.onWritable = () => {
				place.server.closeConnection(session.connection.id);
				assert.equal(place.server.accept(next), 0x1002);
			};
			session.write(new Uint8Array(5000));
		},
	});
	const { client, socket } = place.dial();
	const other = place.dial({ seed: 9, identification: "SSH-2.0-Early" });
	next = other.socket;
	const early = other.client;
	early.link.write(bytesOf("SSH-2.0-Early\r\n"));
	place.server.negotiate(place.server.accept(socket));
	place.run();
	client.login().exec("x");
	place.run();
	assert.equal(place.server.connectionCount, 1);
	const [info] = place.server.connections();
	assert.equal(info.id, 0x1002);
	assert.equal(info.bytesReceived, 0, "what the second client has sent is its own");
	assert.equal(place.server.negotiate(0x1002), OK);
	place.run();
	assert.equal(place.server.connections()[0].clientVersion, "Early");
});

test("a callback of the tick that accepts a connection does not make the clock tick twice", () => {
	const place: Manual = new Manual({
		limits: { identificationTime: 5_000 },
		onClose: () => {
			if (waiting.length > 0) place.server.accept(waiting.pop()!);
		},
	});
	const waiting = [place.dial().socket, place.dial().socket, place.dial().socket];
	place.server.accept(waiting.pop()!);
	place.pass(12_000);
	assert.equal(waiting.length, 0);
	let ticks = 0;
	const { setTimer } = place.hal;
	place.hal.setTimer = (milliseconds, callback) => {
		if (milliseconds === TICK) ticks++;
		return setTimer.call(place.hal, milliseconds, callback);
	};
	place.pass(2_000);
	assert.equal(place.server.connectionCount, 1);
	assert.ok(ticks <= 2, `${ticks} ticks in 2 s`);
});
