/** Admission as peers meet it: what the refused are told, which methods a penalty leaves, and both APIs. */
import { TICK, TURN_TIME } from "../../src/limits.js";
import {
	ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
	ERR_SSH_TOO_MANY_CONNECTIONS,
	OK,
} from "../../src/merrors.js";
import {
	SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
	SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
	SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
	SSH_MSG_USERAUTH_BANNER,
	SSH_MSG_USERAUTH_FAILURE,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import { SSHServer } from "../../src/server/server.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { authenticator, echo, hostKey, Manual, Place } from "../peer/place.js";
import { message } from "../peer/wire.js";

const STRANGER = { address: "203.0.113.5" };
const OWNER = { address: "198.51.100.9" };
const ownerAddresses = "198.51.100.0/24";

/** A caller who speaks no SSH: what it is told, and that nothing is left of it. */
function refused(place: Place, link = STRANGER): TestClient["disconnect"] {
	const before = place.server.connectionCount;
	const client = place.client({ stopBefore: 20 }, link);
	place.run();
	assert.equal(place.server.connectionCount, before);
	assert.ok(client.over);
	return client.disconnect;
}

/** Tries passwords until the server has enough of it, on as many connections as that takes. */
function guess(place: Place, count: number, link = STRANGER): void {
	let client: TestClient | undefined;
	for (let each = 0; each < count; each++) {
		if (!client || client.over) client = place.client({}, link).start().requestAuthentication();
		client.password("admin", `guess ${each}`);
	}
	client?.link.end();
	place.run();
}

/** The methods that are named to a client that asks with `none`. */
function offered(client: TestClient): string {
	client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "none"));
	client.go();
	return client.take(SSH_MSG_USERAUTH_FAILURE).text();
}

test("waitingByAddress: one more is told so before any key exchange, and another address is served", () => {
	const place = new Place({ maxConnections: 8, limits: { waitingByAddress: 2 } });
	const waiting = [1, 2].map(seed => place.client({ seed }, STRANGER).start());
	assert.deepEqual(refused(place), {
		reason: SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
		description: "Too many connections from your address",
	});
	assert.equal(place.fault(), undefined);
	waiting[0].requestAuthentication().password("admin", "secret");
	waiting[0].take(SSH_MSG_USERAUTH_SUCCESS);
	assert.equal(place.client({ seed: 3 }, STRANGER).start().disconnect, undefined);
});

test("waitingConnections: one more is told that there are too many, until one has logged in or its time is up", () => {
	const limits = { waitingConnections: 2, authenticationTime: 20_000 };
	const place = new Place({ maxConnections: 8, limits });
	for (const address of ["203.0.113.1", "203.0.113.2"]) place.client({}, { address }).start();
	assert.deepEqual(refused(place), {
		reason: SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
		description: "Too many connections",
	});
	place.pass(20_000 + TICK);
	assert.equal(place.fault(), undefined);
});

test("connectionsPerMinute: callers who never log in are refused, who does is not", () => {
	const place = new Place({ limits: { connectionsPerMinute: 3 } });
	for (let count = 0; count < 3; count++) {
		place.client({}, STRANGER).start().link.end();
		place.run();
	}
	assert.equal(
		refused(place)?.description,
		"Too many connections from your address: try again in 20 seconds",
	);
	for (let count = 0; count < 10; count++) assert.equal(place.fault(), undefined);
	place.pass(20_000);
	assert.equal(place.client({}, STRANGER).login().disconnect, undefined);
});

test("a penalty takes passwords off the offer, for that address and that time; a key logs in meanwhile", () => {
	const limits = { addressAttempts: 4, penaltyTime: 10_000, authenticationAttempts: 3 };
	const place = new Place({ limits });
	guess(place, 4);
	const client = place.client({}, STRANGER).start().requestAuthentication();
	assert.equal(offered(client), "publickey");
	client.password("admin", "secret");
	assert.equal(
		client.take(SSH_MSG_USERAUTH_FAILURE).text(),
		"publickey",
		"right or wrong, it is not looked at",
	);
	assert.ok(!client.has(SSH_MSG_USERAUTH_SUCCESS));
	client.link.end();
	const other = place.client().start().requestAuthentication();
	assert.equal(offered(other), "publickey,password,keyboard-interactive");
	other.link.end();
	place.pass(10_000);
	const again = place.client({}, STRANGER).start().requestAuthentication();
	assert.equal(offered(again), "publickey,password,keyboard-interactive");
	again.password("admin", "secret");
	again.take(SSH_MSG_USERAUTH_SUCCESS);
});

test("a penalty begins within a connection too, and what was not looked at prolongs none", () => {
	const place = new Place({
		limits: { addressAttempts: 2, penaltyTime: 10_000, authenticationAttempts: 20 },
	});
	const client = place.client({}, STRANGER).start().requestAuthentication();
	const answers: string[] = [];
	for (const password of ["one", "two", "secret", "secret"]) {
		client.password("admin", password);
		answers.push(client.take(SSH_MSG_USERAUTH_FAILURE).text());
	}
	const all = "publickey,password,keyboard-interactive";
	assert.deepEqual(answers, [all, "publickey", "publickey", "publickey"]);
	place.pass(10_000);
	client.password("admin", "secret");
	client.take(SSH_MSG_USERAUTH_SUCCESS);
});

test("keys that are refused bring no penalty: they cannot be guessed", () => {
	const place = new Place({ limits: { addressAttempts: 1, penaltyTime: 10_000 } });
	const client = place.client({}, STRANGER).start().requestAuthentication();
	for (let count = 0; count < 4; count++)
		client.send(
			message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "publickey", false, "none", "key"),
		);
	assert.equal(offered(client), "publickey,password,keyboard-interactive");
});

test("where logins begin with a password, a penalty refuses before the key exchange", () => {
	const place = new Place({
		authenticator: { ...authenticator, chains: [["password"], ["keyboard-interactive"]] },
		limits: { addressAttempts: 3, penaltyTime: 10_000 },
	});
	const client = place.client({}, STRANGER).start().requestAuthentication();
	for (const password of ["one", "two", "three"]) client.password("admin", password);
	assert.equal(client.disconnect?.reason, SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE);
	assert.deepEqual(refused(place), {
		reason: SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
		description: "Too many wrong passwords from your address: try again in 10 seconds",
	});
	assert.equal(place.fault(), undefined);
	place.pass(10_000);
	place.client({}, STRANGER).login();
});

test("ownerAddresses: the owner logs in while strangers hold every place that they can, and guess", () => {
	const limits = { connectionsPerMinute: 5, waitingByAddress: 2, addressAttempts: 2, penaltyTime: 5_000 };
	const place = new Place({ maxConnections: 4, ownerAddresses, limits });
	for (const count of [1, 2, 3]) place.client({ seed: count }, { address: `203.0.113.${count}` }).start();
	assert.equal(refused(place)?.reason, SSH_DISCONNECT_TOO_MANY_CONNECTIONS);
	for (let count = 0; count < 20; count++) {
		guess(place, 3, OWNER);
		const client = place.client({}, OWNER).login();
		const channel = client.exec("echo");
		channel.write("mine");
		place.run();
		assert.equal(channel.text, "mine");
		client.link.end();
		place.run();
	}
	assert.equal(refused(place)?.reason, SSH_DISCONNECT_TOO_MANY_CONNECTIONS);
});

test("accept() tells the two refusals apart, sends nothing, and leaves the socket to its caller", () => {
	const limits = { waitingConnections: 2, waitingByAddress: 1 };
	const manual = new Manual({ maxConnections: 5, limits });
	assert.equal(manual.server.accept(manual.dial({}, STRANGER).socket), 0x1001);
	const second = manual.dial({ stopBefore: 20 }, STRANGER);
	assert.equal(manual.server.accept(second.socket), ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT);
	assert.equal(
		manual.server.accept(manual.dial({}, { address: "203.0.113.6" }).socket),
		0x1002,
		"no id is lost",
	);
	const third = manual.dial({ stopBefore: 20 }, { address: "203.0.113.7" });
	assert.equal(manual.server.accept(third.socket), ERR_SSH_TOO_MANY_CONNECTIONS);
	manual.run();
	for (const { client } of [second, third]) assert.deepEqual([client.serverLine, client.over], ["", false]);
	assert.equal(manual.server.closeConnection(0x1001), OK);
	manual.run();
	assert.equal(manual.server.accept(second.socket), 0x1003, "it may be tried again");
});

test("options: owner's addresses that are no patterns, or that leave nobody else a place", () => {
	const { hal } = new Place();
	const options = { hal, crypto: testCrypto, hostKeys: [hostKey()], authenticator, onSession: echo };
	for (const wrong of [
		{ ownerAddresses: "device.example" },
		{ ownerAddresses: "" },
		{ ownerAddresses, maxConnections: 1 },
	])
		assert.throws(() => new SSHServer({ ...options, ...wrong }), TypeError);
	for (const right of [
		{ maxConnections: 1 },
		{ ownerAddresses, maxConnections: 2 },
		{ ownerAddresses, maxConnections: 3, limits: { ownerPlaces: 3 } },
		{ ownerAddresses, maxConnections: 1, limits: { ownerPlaces: 0 } },
	])
		assert.ok(new SSHServer({ ...options, ...right }));
});

test("addressDebt: what is too much is named with the time left, to the person and in the log, and paid by waiting", () => {
	const place = new Place({ limits: { addressDebt: 10_000, authenticationAttempts: 1 } });
	for (let count = 0; count < 3; count++) {
		const client = place.client({}, STRANGER).start().requestAuthentication();
		client.password("admin", "wrong");
		assert.equal(client.disconnect?.reason, SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE);
		place.run();
	}
	assert.deepEqual(refused(place), {
		reason: SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
		description: "Too many refused logins from your address: try again in 5 seconds",
	});
	const [line] = place.server.log.entries().filter(entry => entry.includes(" refuse "));
	assert.match(line, /refuse from=203\.0\.113\.5 why=refused wait=5$/);
	assert.equal(place.fault(), undefined, "another address");
	place.pass(5_000);
	place.client({}, STRANGER).login();
});

test("addressDebt: each way to end, as the server sees it", () => {
	const limits = { addressDebt: 400, authenticationTime: 5_000, packetSize: 2_560 };
	const ends: Record<string, (place: Place) => void> = {
		aborted: place => {
			place.client({}, STRANGER).start().link.end();
			place.run();
		},
		"key-exchange": place => {
			const client = place.client({}, STRANGER).start();
			client.link.write(new Uint8Array(64));
			place.run();
		},
		refused: place => guess(place, 1),
		"too-slow": place => {
			place.client({}, STRANGER).start();
			place.pass(5_000 + TICK);
		},
	};
	for (const [why, act] of Object.entries(ends)) {
		const place = new Place({ limits });
		act(place);
		refused(place);
		const line = place.server.log.entries().find(entry => entry.includes(" refuse "));
		assert.ok(line?.includes(`why=${why} `), `${why}: ${line}`);
	}
	const place = new Place({ limits });
	for (let count = 0; count < 5; count++) {
		const client = place.client({}, STRANGER).login();
		client.link.end();
		place.run();
	}
	assert.equal(place.client({}, STRANGER).start().disconnect, undefined, "a login owes nothing");
});

test("who may try no password reads so before the methods that are left", () => {
	const limits = { addressAttempts: 2, penaltyTime: 10_000 };
	for (const banner of [undefined, "Pump house\r\n"]) {
		const place = new Place({ limits, ...(banner === undefined ? {} : { banner }) });
		guess(place, 2);
		place.pass(1_500);
		const client = place.client({}, STRANGER).start().requestAuthentication();
		client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "none"));
		place.run();
		const text = client.take(SSH_MSG_USERAUTH_BANNER).text();
		const told = "Too many wrong passwords from your address: keys alone for 9 seconds\r\n";
		assert.equal(text, (banner ?? "") + told);
		assert.equal(client.take(SSH_MSG_USERAUTH_FAILURE).text(), "publickey");
	}
});

test("a flood of connections is taken for no longer than a turn at a time: others are served between", () => {
	const place = new Place({ maxConnections: 3, limits: { waitingConnections: 1 } });
	const channel = place.client().login().exec("echo");
	place.client({ stopBefore: 20 }, STRANGER);
	place.run();
	const { accept } = place.hal;
	// Each takes the device as long as half a turn.
	let taken = 0;
	place.hal.accept = listener => {
		const socket = accept.call(place.hal, listener);
		if (socket > 0) {
			taken++;
			place.hal.network.stall(TURN_TIME / 2);
		}
		return socket;
	};
	for (let count = 0; count < 16; count++) place.client({ stopBefore: 20 }, STRANGER);
	channel.write("x");
	let before = 0;
	while (channel.text === "" && place.hal.network.step()) before = taken;
	assert.equal(channel.text, "x");
	assert.ok(before <= 10, `${before} connections before the echo`);
	place.run();
	assert.equal(taken, 16);
	assert.equal(place.server.connectionCount, 2);
});
