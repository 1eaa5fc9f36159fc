/**
 * Who has stolen a key, where key and password are asked for both, guesses the password no faster than others do, and
 * cannot keep its owner out, who has the same key.
 */

import { Credentials } from "../../src/accounts/credentials.js";
import { encodeBase64 } from "../../src/base/base64.js";
import {
	DESKTOP_LIMITS,
	DEVICE_LIMITS,
	GUESS_ENTRIES,
	type Limits,
	SHORTEST_LAST_PENALTY,
	TICK,
} from "../../src/limits.js";
import { OK } from "../../src/merrors.js";
import {
	SSH_MSG_USERAUTH_FAILURE,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import { Guesses } from "../../src/server/guesses.js";
import type { Authenticator } from "../../src/userauth/authenticator.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { Place } from "../peer/place.js";
import { message, raw } from "../peer/wire.js";
import { ClientKey, MemoryStorage } from "../userauth/fakes.js";

const KEY = new ClientKey(1);
const THIEF = (place: number) => ({ address: `203.0.113.${place}` });
const OWNER = { address: "198.51.100.9" };
const { addressAttempts, penaltyTime, authenticationTime, waitingConnections, longestPenalty } =
	DEVICE_LIMITS;
/** What docs/security.md says: the time that all who can wait share, and some. */
const LONGEST = authenticationTime / (waitingConnections + 2);

/** Guesses at times that a test names. */
class TimedGuesses {
	private now = 0;
	private readonly guesses: Guesses;

	constructor(limits: Limits) {
		this.guesses = new Guesses(testCrypto, limits, 4, () => this.now);
	}

	mayLook(connection: number, user: string, key: Uint8Array, now: number): boolean {
		this.now = now;
		return this.guesses.mayLook(connection, user, key);
	}

	mayLookAtOnce(user: string, now: number): boolean {
		this.now = now;
		return this.guesses.mayLookAtOnce(user);
	}

	right(user: string, key: Uint8Array): void {
		this.guesses.right(user, key);
	}

	leave(connection: number): void {
		this.guesses.leave(connection);
	}
}

interface Scene {
	readonly place: Place;
	/** When a password was looked at, in the HAL's time. */
	readonly looked: number[];
}

async function scene(): Promise<Scene> {
	const storage = new MemoryStorage();
	storage.write("authorized_keys.admin", `ssh-ed25519 ${encodeBase64(KEY.blob)}\n`);
	const credentials = new Credentials({
		storage,
		crypto: testCrypto,
		random: () => OK,
		users: ["admin"],
		chains: [["publickey", "password"]],
		iterations: 2,
		defer: callback => void Promise.resolve().then(callback),
	});
	await credentials.setPassword("admin", "secret");
	const looked: number[] = [];
	const authenticator: Authenticator = {
		chains: credentials.chains,
		authorizedKey: (...request) => credentials.authorizedKey(...request),
		password: (user, password) => {
			looked.push(place.hal.now());
			return credentials.password(user, password);
		},
		interactive: (user, round, responses) => credentials.interactive(user, round, responses),
	};
	const place = new Place({
		authenticator,
		maxConnections: 8,
		limits: { penaltyTime, waitingConnections, keepaliveInterval: 0 },
	});
	return { place, looked };
}

function showKey(client: TestClient): void {
	client.start().requestAuthentication();
	client.send(message(SSH_MSG_USERAUTH_REQUEST, raw(KEY.signed("admin", client.sessionId))));
	client.go();
	client.take(SSH_MSG_USERAUTH_FAILURE);
}

function tryPassword(client: TestClient, password: string): void {
	client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "password", false, password));
	client.go();
}

/** Guesses on so many connections at once, each from its own address, for so long; looks around each second. */
class Thief {
	private readonly clients: (TestClient | undefined)[];
	private readonly place: Place;
	private guesses = 0;

	constructor(place: Place, connections: number) {
		this.place = place;
		this.clients = new Array(connections).fill(undefined);
	}

	/** Each connection that waits for nothing sends a guess; one that is over is followed by another. */
	act(): void {
		this.clients.forEach((known, at) => {
			let client = known;
			if (client === undefined || client.over) {
				client = this.place.client({ seed: 100 + at }, THIEF(at));
				showKey(client);
				this.clients[at] = client;
				tryPassword(client, `guess ${this.guesses++}`);
			} else if (client.has(SSH_MSG_USERAUTH_FAILURE)) {
				client.take(SSH_MSG_USERAUTH_FAILURE);
				tryPassword(client, `guess ${this.guesses++}`);
			}
		});
	}
}

test("a stolen key: guesses are slowed by user and key, on however many connections and from wherever they come", async () => {
	const { place, looked } = await scene();
	const thief = new Thief(place, waitingConnections);
	const minutes = 5;
	const start = place.hal.now();
	for (let second = 0; second < minutes * 60; second++) {
		// As often as he can in a second.
		for (let each = 0; each < 5; each++) thief.act();
		place.pass(1000);
	}
	assert.ok(looked.length > addressAttempts, "he does guess");
	assert.ok(
		looked.length <= addressAttempts + 1 + (minutes * 60_000) / LONGEST + 1,
		`${looked.length} in ${minutes} minutes`,
	);
	const late = looked.filter(at => at - start > 60_000);
	for (let at = 1; at < late.length; at++) assert.ok(late[at] - late[at - 1] >= LONGEST, String(at));
});

test("a stolen key: its owner logs in while it is guessed with on every other place, within the time that a login has", async () => {
	const { place } = await scene();
	const thief = new Thief(place, waitingConnections - 1);
	for (let second = 0; second < 300; second++) {
		thief.act();
		place.pass(1000);
	}
	for (let login = 0; login < 5; login++) {
		const began = place.hal.now();
		const owner = place.client({ seed: 7 }, OWNER);
		showKey(owner);
		tryPassword(owner, "secret");
		while (!owner.has(SSH_MSG_USERAUTH_SUCCESS)) {
			assert.ok(!owner.over, `shut out ${owner.disconnect?.description}`);
			thief.act();
			place.pass(1000);
		}
		const waited = place.hal.now() - began;
		assert.ok(waited <= waitingConnections * (LONGEST + TICK), `${waited} ms`);
		owner.link.end();
		place.run();
	}
});

test("a stolen key: who leaves the line makes room for who comes after", async () => {
	const { place, looked } = await scene();
	const first = place.client({ seed: 7 }, OWNER);
	showKey(first);
	for (let wrong = 0; wrong < addressAttempts; wrong++) {
		const client = place.client({ seed: 50 + wrong }, THIEF(wrong));
		showKey(client);
		tryPassword(client, "wrong");
		client.link.end();
		place.run();
	}
	assert.equal(looked.length, addressAttempts);
	// Dozens come, wait in line and go: none of them has used up a turn.
	for (let each = 0; each < 40; each++) {
		const client = place.client({ seed: 90 + each }, THIEF(each));
		showKey(client);
		tryPassword(client, "wrong");
		client.link.end();
		place.run();
	}
	tryPassword(first, "secret");
	assert.equal(looked.length, addressAttempts);
	place.pass(LONGEST + 2 * TICK);
	assert.ok(first.has(SSH_MSG_USERAUTH_SUCCESS));
	assert.equal(looked.length, addressAttempts + 1);
});

test("a stolen key: what was wrong is forgotten after longestPenalty, and another's key never heard of it", () => {
	const guesses = new TimedGuesses(DEVICE_LIMITS);
	const other = new ClientKey(2).blob;
	for (let wrong = 0; wrong < addressAttempts + 3; wrong++)
		while (!guesses.mayLook(wrong, "admin", KEY.blob, wrong * 60_000)) assert.fail("a minute later it may");
	const now = (addressAttempts + 2) * 60_000;
	assert.equal(guesses.mayLook(1, "admin", KEY.blob, now + LONGEST - 1), false);
	assert.ok(guesses.mayLook(2, "admin", other, now));
	assert.ok(guesses.mayLook(3, "guest", KEY.blob, now));
	guesses.leave(1);
	const later = now + LONGEST + longestPenalty;
	for (let wrong = 0; wrong < addressAttempts; wrong++)
		assert.ok(guesses.mayLook(1, "admin", KEY.blob, later), String(wrong));
	assert.equal(guesses.mayLook(1, "admin", KEY.blob, later), false);
});

test("a right password is no guess, and takes back none that was wrong", () => {
	const guesses = new TimedGuesses(DEVICE_LIMITS);
	for (let login = 0; login < 3 * addressAttempts; login++) {
		assert.ok(guesses.mayLook(1, "admin", KEY.blob, 0));
		guesses.right("admin", KEY.blob);
	}
	for (let wrong = 0; wrong < addressAttempts; wrong++) {
		assert.ok(guesses.mayLook(1, "admin", KEY.blob, 0), String(wrong));
		if (wrong < addressAttempts - 1) {
			assert.ok(guesses.mayLook(2, "admin", KEY.blob, 0));
			guesses.right("admin", KEY.blob);
		}
	}
	assert.equal(guesses.mayLook(1, "admin", KEY.blob, 0), false);
});

test("guesses are remembered in memory of one size, and who was there last is forgotten last", () => {
	const guesses = new TimedGuesses(DEVICE_LIMITS);
	for (let wrong = 0; wrong < addressAttempts; wrong++) guesses.mayLookAtOnce("admin", 0);
	assert.equal(guesses.mayLookAtOnce("admin", 1), false);
	for (let user = 0; user < 10 * GUESS_ENTRIES; user++) guesses.mayLookAtOnce(`user${user}`, 1);
	assert.equal(guesses.mayLookAtOnce("admin", 1), false);
});

test("the time between two guesses lets all who can wait have their turn before theirs is up", () => {
	for (const limits of [DEVICE_LIMITS, DESKTOP_LIMITS, { ...DEVICE_LIMITS, waitingConnections: 1000 }]) {
		const guesses = new TimedGuesses(limits);
		let now = 0;
		let last = 0;
		for (let wrong = 0; wrong < 40; wrong++) {
			last = now;
			while (!guesses.mayLook(1, "admin", KEY.blob, now)) now += 100;
		}
		const between = now - last;
		const share = limits.authenticationTime / (limits.waitingConnections + 2);
		assert.ok(between >= Math.max(share, SHORTEST_LAST_PENALTY), `${between}`);
		assert.ok(between < Math.max(share, SHORTEST_LAST_PENALTY) + 100, `${between}`);
	}
});
