/** Password checks are dear on purpose. They hold up neither the event loop nor anybody else. */

import { Credentials } from "../../src/accounts/credentials.js";
import { OK } from "../../src/merrors.js";
import { SSH_MSG_USERAUTH_FAILURE, SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { authenticator, Place } from "../peer/place.js";
import { message } from "../peer/wire.js";
import { MemoryStorage } from "../userauth/fakes.js";
import { countingCrypto } from "./counting.js";

const ITERATIONS = 160;
const SLICE = 20;
const ATTACKERS = 5;
const GUESSES = 3;

test("many passwords at once: the loop is held for one slice at a time, and the owner's echo waits for one round", () => {
	const crypto = countingCrypto();
	const credentials = new Credentials({
		storage: new MemoryStorage(),
		crypto,
		random: () => OK,
		users: ["admin"],
		iterations: ITERATIONS,
		sliceIterations: SLICE,
		defer: () => {},
	});
	const place = new Place({
		crypto,
		maxConnections: ATTACKERS + 1,
		// The owner's password is not looked up: his login is not what this is about.
		authenticator: {
			...authenticator,
			password: (user, password, context) =>
				user === "owner"
					? authenticator.password("admin", password, context)
					: credentials.password(user, password),
		},
		limits: { keepaliveInterval: 0 },
	});
	// On this device an iteration takes a millisecond.
	const { now } = place.hal;
	place.hal.now = () => now.call(place.hal) + crypto.macs;

	const owner = place.client().login("owner").exec("echo");
	/** Whose guess was answered. */
	const answered: number[] = [];
	const attackers = Array.from({ length: ATTACKERS }, (_, seed) => {
		const after = (_client: TestClient, number: number): void => {
			if (number === SSH_MSG_USERAUTH_FAILURE) answered.push(seed);
		};
		const client = place.client({ seed: 20 + seed, after });
		return client.start().requestAuthentication();
	});
	for (let guess = 0; guess < GUESSES; guess++) {
		for (const attacker of attackers) {
			const fields = ["admin", "ssh-connection", "password", false, `guess ${guess}`] as const;
			attacker.send(message(SSH_MSG_USERAUTH_REQUEST, ...fields));
		}
	}
	const before = crypto.macs;
	let longest = 0;
	let longestWait = 0;
	let echoes = 0;
	let asked = crypto.macs;
	owner.write("x");
	for (;;) {
		const start = crypto.macs;
		if (!place.hal.network.step()) break;
		longest = Math.max(longest, crypto.macs - start);
		if (owner.data.length === echoes) continue;
		longestWait = Math.max(longestWait, crypto.macs - asked);
		echoes = owner.data.length;
		asked = crypto.macs;
		if (crypto.macs < ATTACKERS * GUESSES * ITERATIONS) owner.write("x");
	}
	// All of it was done, and no less.
	assert.equal(crypto.macs - before, ATTACKERS * GUESSES * ITERATIONS);
	// They have their turns in turn.
	for (let round = 0; round < GUESSES; round++) {
		const together = answered.slice(round * ATTACKERS, (round + 1) * ATTACKERS).sort();
		assert.deepEqual(together, [0, 1, 2, 3, 4]);
	}
	assert.equal(longest, SLICE);
	assert.ok(longestWait <= 2 * ATTACKERS * SLICE, `${longestWait}`);
	assert.ok(echoes > (ATTACKERS * GUESSES * ITERATIONS) / (2 * ATTACKERS * SLICE), `${echoes}`);
	assert.deepEqual(place.errors, []);
});
