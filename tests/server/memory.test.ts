/** A server whose heap has an end: who is refused what, that nobody is cut off for it, and that it is all given back. */
import type { Session } from "../../src/connection/session.js";
import { type Crypto, Done } from "../../src/crypto/port.js";
import { DEVICE_LIMITS, type Limits, TICK } from "../../src/limits.js";
import { ERR_SSH_TOO_MANY_CONNECTIONS } from "../../src/merrors.js";
import { SSH_DISCONNECT_TOO_MANY_CONNECTIONS, SSH_OPEN_RESOURCE_SHORTAGE } from "../../src/messages.js";
import { type Authenticator, FULL_PERMIT } from "../../src/userauth/authenticator.js";
import { assert, test } from "../harness.js";
import type { ClientChannel } from "../peer/channel.js";
import { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { authenticator, Manual, Place, type PlaceOptions, PORT } from "../peer/place.js";

const STRANGER = { address: "203.0.113.5" };
const OWNER = { address: "198.51.100.9" };
const ownerAddresses = "198.51.100.0/24";

/** "admin" may do all, "guest" has a forced command; both with the password "secret". */
const accounts: Authenticator = {
	...authenticator,
	chains: [["password"]],
	password: user =>
		new Done(user === "admin" ? FULL_PERMIT : { ...FULL_PERMIT, command: "cat", limited: true }),
};

/** A device with so much more heap than nothing: the rest of its figures as they are. */
function device(limits: Partial<Limits> = {}, options: PlaceOptions = {}): Place {
	const { heapSlots } = DEVICE_LIMITS;
	return new Place({
		maxConnections: 6,
		authenticator: accounts,
		onSession: () => {},
		...options,
		limits: { heapSlots, keepaliveInterval: 0, ...limits },
	});
}

function login(place: Place, user: string, link = STRANGER, seed = 1): TestClient {
	return place.client({ seed }, link).login(user);
}

/** Channels that this client opens, on which it runs a command, until it is refused. */
function fill(place: Place, client: TestClient): string {
	for (let count = 0; count < 100; count++) {
		const channel = client.open();
		place.run();
		if (channel.refused) {
			assert.equal(channel.refused, SSH_OPEN_RESOURCE_SHORTAGE);
			return `channel ${count}`;
		}
		channel.request("exec", true, "cat");
		place.run();
		if (!channel.answers[0]) return `exec ${count}`;
	}
	return "never";
}

test("guests who take all that they get leave the owner a login, a shell and a terminal, and are cut off from nothing", () => {
	for (const owners of [undefined, ownerAddresses]) {
		const place = device({}, owners === undefined ? {} : { ownerAddresses: owners });
		const guests: TestClient[] = [];
		for (let seed = 1; seed < 6; seed++) {
			const client = place.client({ seed }, STRANGER);
			client.start();
			if (client.over) break;
			client.requestAuthentication().password("guest", "secret");
			place.run();
			if (client.over) continue;
			guests.push(client);
			assert.notEqual(fill(place, client), "never");
		}
		assert.ok(guests.length > 0);
		assert.deepEqual(place.errors, []);

		const client = login(place, "admin", owners === undefined ? STRANGER : OWNER, 9);
		const channel = client.open();
		channel.request("pty-req", true, "xterm", 80, 24, 0, 0, "");
		channel.request("shell", true);
		place.run();
		assert.deepEqual(channel.answers, [true, true]);
		// A guest for whom nothing was left went when he logged in; nobody was cut off later.
		for (const end of place.ends) assert.equal(end, "ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS");
		for (const guest of guests) assert.equal(guest.over, false);
		for (const each of [...guests, client]) each.link.end();
		place.run();
		assert.equal(place.held(), "");
	}
});

test("the last place of a table is not for a login with limited rights", () => {
	const place = device({ heapSlots: 0 }, { maxConnections: 3 });
	const guests = [1, 2].map(seed => login(place, "guest", STRANGER, seed));
	const third = place.client({ seed: 3 }, STRANGER).start().requestAuthentication();
	third.password("guest", "secret");
	place.run();
	assert.deepEqual(third.disconnect, {
		reason: SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
		description: "no room for one more login with limited rights",
	});
	login(place, "admin", STRANGER, 4);
	for (const guest of guests) assert.equal(guest.over, false);
	// Of one place there is no last one to keep.
	const small = device({ heapSlots: 0 }, { maxConnections: 1 });
	assert.equal(login(small, "guest").over, false);
});

test("what is refused is granted once others have let go of it", () => {
	const place = device({ channels: 16 });
	const guest = login(place, "guest");
	const first = fill(place, guest);
	for (const channel of guest.channels) if (channel.refused === 0) channel.close();
	place.run();
	assert.equal(fill(place, guest), first);
	guest.link.end();
	place.run();
	assert.equal(fill(place, login(place, "guest")), first);
});

test("nobody gets a place for whom there is no memory: accept says so, nothing was sent, and the log tells why", () => {
	const place = new Manual({
		maxConnections: 6,
		authenticator: accounts,
		onSession: () => {},
		limits: { heapSlots: DEVICE_LIMITS.heapSlots, channels: 16 },
	});
	const { client, socket } = place.dial();
	place.server.negotiate(place.server.accept(socket));
	client.login("guest");
	fill(place, client);
	let last: number;
	do last = place.server.accept(place.dial({ stopBefore: 20 }, STRANGER).socket);
	while (last > 0);
	assert.equal(last, ERR_SSH_TOO_MANY_CONNECTIONS);
	assert.ok(place.server.connectionCount < 6);
	assert.match(place.server.log.entries().at(-1)!, / refuse from=203\.0\.113\.5 why=memory$/);
});

test("a listener's caller is told Too many connections", () => {
	const place = device({ channels: 16 });
	fill(place, login(place, "guest"));
	let client: TestClient;
	let seed = 2;
	do {
		client = place.client({ stopBefore: 20, seed: seed++ }, STRANGER);
		place.run();
	} while (!client.over);
	assert.ok(place.server.connectionCount < 6);
	assert.deepEqual(client.disconnect, {
		reason: SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
		description: "Too many connections",
	});
});

test("variables and terminals count, each where it is stored", () => {
	/** Channels of a guest who asks for more on each. */
	const channels = (ask: (channel: ClientChannel) => void): number => {
		const place = device({ channels: 100 });
		const guest = login(place, "guest");
		for (let count = 0; ; count++) {
			const channel = guest.open();
			place.run();
			if (channel.refused) return count;
			ask(channel);
			place.run();
		}
	};
	const plain = channels(() => {});
	const variables = channels(channel => {
		for (let count = 0; count < 8; count++) channel.request("env", true, `LC_${count}`, "x".repeat(200));
	});
	const terminals = channels(channel => {
		channel.request("pty-req", true, "xterm", 80, 24, 0, 0, "m".repeat(320));
	});
	assert.ok(plain > 4 && plain < 100, `${plain}`);
	assert.ok(variables < plain, `${variables} of ${plain}`);
	assert.ok(terminals < plain, `${terminals} of ${plain}`);
});

test("who rests takes no buffers before there is memory for them, and is served then", () => {
	const place = device({ channels: 16 }, { onSession: echoing });
	const resting = login(place, "guest");
	const channel = resting.exec("cat");
	place.run();
	place.pass(2 * TICK);
	const admin = login(place, "admin", STRANGER, 2);
	// All that anybody may have is an administrator's.
	while (admin.open().refused === 0) place.run();
	place.run();
	channel.write("hello");
	place.run();
	place.pass(3 * TICK);
	assert.equal(channel.text, "");
	for (const each of admin.channels) each.close();
	place.run();
	place.pass(TICK);
	assert.equal(channel.text, "hello");
});

test("an owner who rests has his buffers again, and a login beside it, whatever the others have taken meanwhile", () => {
	for (let heapBytes = 62_000; heapBytes <= 74_000; heapBytes += 400) {
		const place = device(
			{
				heapBytes,
				heapSlots: 20_000,
				applicationBytes: 0,
				waitingConnections: 6,
				waitingByAddress: 6,
				dropRate: 0,
			},
			{ ownerAddresses, onSession: echoing, maxConnections: 8 },
		);
		const owner = login(place, "admin", OWNER);
		const shell = owner.open();
		shell.request("shell", true);
		place.run();
		place.pass(3 * TICK);
		const guest = login(place, "guest", STRANGER, 2);
		if (!guest.over) while (guest.open().refused === 0 && guest.channels.length < 4) place.run();
		for (let seed = 3; seed < 9; seed++) {
			const stranger = place.client({ seed }, STRANGER);
			if (!stranger.over) stranger.start();
		}
		place.run();
		shell.write("still here");
		place.run();
		assert.equal(shell.text, "still here", `${heapBytes}`);
		const again = login(place, "admin", OWNER, 9);
		const channel = again.open();
		channel.request("pty-req", true, "xterm", 80, 24, 0, 0, "");
		channel.request("shell", true);
		place.run();
		assert.deepEqual(channel.answers, [true, true], `${heapBytes}`);
	}
});

test("a request that waits counts as a copy of its packet", () => {
	const channels = (waits: boolean): number => {
		const never: Authenticator = {
			...accounts,
			password: (user, password, context) =>
				user === "slow" ? new Promise(() => {}) : accounts.password(user, password, context),
		};
		const limits = { heapSlots: 20_000, heapBytes: 70_000, channels: 100 };
		const place = device(limits, { authenticator: never });
		const guest = login(place, "guest");
		const stranger = place.client({ seed: 2 }, STRANGER).start().requestAuthentication();
		place.run();
		if (waits) stranger.password("slow", "secret");
		place.run();
		for (let count = 0; ; count++) {
			const channel = guest.open();
			place.run();
			if (channel.refused) return count;
		}
	};
	assert.ok(channels(true) < channels(false));
});

function echoing(session: Session): void {
	session.onReadable = () => {
		const bytes = new Uint8Array(session.readable);
		session.read(bytes);
		session.write(bytes);
	};
}

test("one login of strangers is computed at a time, the owner's beside it, and all come to their end", () => {
	/** Agreements that have begun and not ended, by whether the owner is among them. */
	let under = 0;
	let most = 0;
	const crypto: Crypto = {
		...testCrypto,
		x25519: (secretKey, publicKey) => {
			const job = testCrypto.x25519(secretKey, publicKey);
			let steps = 0;
			return {
				get result() {
					return job.result;
				},
				step: () => {
					if (steps++ === 0) most = Math.max(most, ++under);
					if (steps < 10 || !job.step()) return false;
					under--;
					return true;
				},
			};
		},
	};
	for (const [ownerAddress, expected] of [
		[STRANGER.address, 1],
		[OWNER.address, 2],
	] as const) {
		most = 0;
		const place = device({ waitingConnections: 4 }, { ownerAddresses, crypto });
		const from = (address: string, seed: number) =>
			new TestClient(place.hal.connect(PORT, { address }), () => {}, { seed }).start();
		const clients = [1, 2, 3].map(seed => from(STRANGER.address, seed));
		while (under === 0 && place.hal.network.step());
		clients.push(from(ownerAddress, 4));
		place.run();
		assert.equal(most, expected);
		for (const client of clients) assert.equal(client.exchanges, 1);
		// One goes in the midst of it: the others do not wait for it.
		for (const client of clients) client.rekey();
		while (under === 0 && place.hal.network.step());
		assert.ok(under >= 1 && under <= expected, `${under}`);
		clients[0].link.lose();
		clients[1].link.lose();
		place.run();
		for (const client of clients.slice(2)) assert.equal(client.exchanges, 2);
		under = 0;
	}
});

test("a heap that does not hold the table is refused when the server is made", () => {
	assert.throws(
		() => device({}, { maxConnections: 60 }),
		/^TypeError: maxConnections: 60 need \d+ \w+ of heap/,
	);
});
