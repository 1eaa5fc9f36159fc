/** Settings that are times, or concern who waits and who guesses. */
import type { Limits } from "../../src/limits.js";
import { PENALTY_ABORTED, TICK } from "../../src/limits.js";
import { OK } from "../../src/merrors.js";
import { SSH_MSG_KEX_ECDH_INIT } from "../../src/messages.js";
import type { TestClient } from "../peer/client.js";
import { Place } from "../peer/place.js";
import { guess, lastRefused, offered, outcome, placeWith, type Row, row } from "./row.js";

const TIMEOUT = "ERR_TCP_READ_TIMEOUT";
const ALL = "publickey,password,keyboard-interactive";
const FIRST = "203.0.113.1";
const LONG = 10 * TICK;

const address = (number: number): string => `203.0.113.${number + 1}`;

/** What has become of a connection shortly before a time is over, or a tick behind it. */
function after(
	limits: Partial<Limits>,
	time: number,
	over: 0 | 1,
	reach: (client: TestClient) => unknown,
): string {
	const place = placeWith(limits);
	reach(place.client({ stopBefore: SSH_MSG_KEX_ECDH_INIT, stopIn: limits.keyExchangeTime ? 0 : 9 }));
	place.run();
	place.pass(over === 0 ? time - 1 : time + TICK);
	return outcome(place);
}

/** Keepalives that a client which does not answer has got, and how it ended. */
function keepalives(limits: Partial<Limits>, time: number): [number, string] {
	const place = new Place({ limits });
	const client = place.client({ answers: false }).login();
	place.pass(time);
	// The first request is about host keys.
	return [client.heard.filter(name => name === "GLOBAL_REQUEST").length - 1, outcome(place)];
}

/** What is offered to an address so long after wrong passwords from there. */
function offeredAfter(limits: Partial<Limits>, guesses: number, time: number): string {
	const place = placeWith({ authenticationAttempts: 20, ...limits });
	guess(place, guesses, FIRST);
	place.pass(time);
	return offered(place, FIRST);
}

export const TIMES: Readonly<Partial<Record<keyof Limits, Row>>> = {
	identificationTime: row("served", TIMEOUT, over =>
		after({ identificationTime: LONG }, LONG, over, () => undefined),
	),
	keyExchangeTime: row("served", TIMEOUT, over =>
		after({ keyExchangeTime: LONG }, LONG, over, client => client.start()),
	),
	authenticationTime: row("served", TIMEOUT, over =>
		after({ authenticationTime: LONG }, LONG, over, client => client.start()),
	),
	idleTime: row("served", "ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED", over =>
		after({ idleTime: LONG }, LONG, over, client => client.login()),
	),
	keepaliveInterval: row(
		0,
		1,
		over => keepalives({ keepaliveInterval: LONG }, over === 0 ? LONG - 1 : LONG + TICK)[0],
	),
	keepaliveCount: row([2, "served"], [2, "ERR_SSH_DISCONNECT_CONNECTION_LOST"], over =>
		keepalives(
			{ keepaliveInterval: LONG, keepaliveCount: 2 },
			over === 0 ? 3 * LONG - 1 : 3 * LONG + 3 * TICK,
		),
	),
	rekeyTime: row(1, 2, over => {
		const place = placeWith({ rekeyTime: LONG });
		const client = place.client().login();
		place.pass(over === 0 ? LONG - 1 : LONG + TICK);
		return client.heard.filter(name => name === "KEXINIT").length;
	}),
	authenticationAttempts: row("served", "ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE", over => {
		const place = placeWith({ authenticationAttempts: 3 });
		const client = place.client().start().requestAuthentication();
		// The last that there may be ends the connection.
		for (let count = 0; count < 2 + over; count++) client.password("admin", "wrong");
		return outcome(place);
	}),
	waitingConnections: row(false, true, over =>
		lastRefused(placeWith({ waitingConnections: 2 }, { maxConnections: 8 }), 2 + over, address),
	),
	waitingByAddress: row(false, true, over =>
		lastRefused(placeWith({ waitingByAddress: 2 }, { maxConnections: 8 }), 2 + over, () => FIRST),
	),
	connectionsPerMinute: row(false, true, over =>
		lastRefused(placeWith({ connectionsPerMinute: 3 }, { maxConnections: 8 }), 3 + over, () => FIRST),
	),
	dropStart: row(false, true, over => {
		const limits = { waitingConnections: 5, dropStart: 2, dropRate: 100 };
		return lastRefused(placeWith(limits, { maxConnections: 8 }), 2 + over, address);
	}),
	// The server's random bytes are below one in four at the second and not at the first.
	dropRate: row(false, true, over => {
		const place = placeWith(
			{ waitingConnections: 100, dropStart: 1, dropRate: 24 + over },
			{ maxConnections: 8 },
		);
		place.hal.random = bytes => {
			bytes.fill(63);
			return OK;
		};
		// Of 100 that may wait one does: dropRate is all there is.
		return lastRefused(place, 2, address);
	}),
	addressDebt: row(false, true, over => {
		const place = placeWith({ addressDebt: 2 * PENALTY_ABORTED - over });
		for (let count = 0; count < 2; count++) {
			place.client({}, { address: FIRST }).start().link.end();
			place.run();
		}
		return lastRefused(place, 1, () => FIRST);
	}),
	clientRekeys: row("served", "ERR_SSH_REKEY_REQUEST_IGNORED", over => {
		const place = placeWith({ clientRekeys: 3 });
		const client = place.client().login();
		for (let count = 0; count < 3 + over; count++) {
			client.rekey();
			place.run();
		}
		return outcome(place);
	}),
	// The last that there may be begins the penalty.
	addressAttempts: row(ALL, "publickey", over =>
		offeredAfter({ addressAttempts: 3, penaltyTime: LONG }, 2 + over, 0),
	),
	// Over when the time is over: here the limit is what a penalty lasts at least.
	penaltyTime: row("publickey", ALL, over =>
		offeredAfter({ addressAttempts: 1, penaltyTime: LONG }, 1, LONG - 1 + over),
	),
	longestPenalty: row("publickey", ALL, over => {
		const place = placeWith({ addressAttempts: 1, penaltyTime: LONG, longestPenalty: 15_000 });
		guess(place, 1, FIRST);
		place.pass(LONG);
		// Twice the first penalty would be longer.
		guess(place, 1, FIRST);
		place.pass(15_000 - 1 + over);
		return offered(place, FIRST);
	}),
	addressEntries: row("publickey", ALL, over => {
		const place = placeWith({ addressEntries: 3, addressAttempts: 1, penaltyTime: LONG });
		for (let number = 0; number < 3 + over; number++) {
			guess(place, 1, address(number));
			place.pass(1);
		}
		// The one whose penalty ends first was forgotten.
		return offered(place, address(0));
	}),
	ownerPlaces: row([false, false], [true, false], over => {
		const owners = { maxConnections: 4, ownerAddresses: "198.51.100.9" };
		const place = placeWith({ ownerPlaces: 2 }, owners);
		const refused = lastRefused(place, 2 + over, address);
		return [refused, lastRefused(place, 1, () => "198.51.100.9")];
	}),
};
