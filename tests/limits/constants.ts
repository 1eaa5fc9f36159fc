/** The limits that are constants. */

import { parseAuthorizedKey } from "../../src/accounts/authorized-keys.js";
import { Credentials } from "../../src/accounts/credentials.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { isAcceptable } from "../../src/keys/public-key.js";
import * as limits from "../../src/limits.js";
import {
	ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
	ERR_SSH_TRANSPORT_BAD_MAC,
	ERR_TCP_READ_TIMEOUT,
	ERR_TCP_SOCKET_CLOSED,
	OK,
} from "../../src/merrors.js";
import {
	SSH_MSG_DISCONNECT,
	SSH_MSG_GLOBAL_REQUEST,
	SSH_MSG_IGNORE,
	SSH_MSG_PING,
} from "../../src/messages.js";
import { Admission } from "../../src/server/admission.js";
import { ConnectionTable } from "../../src/server/connection-table.js";
import { EventLog } from "../../src/server/event-log.js";
import { Guesses } from "../../src/server/guesses.js";
import { noise } from "../crypto/helpers.js";
import { IGNORE } from "../peer/client.js";
import { hostKey } from "../peer/place.js";
import { fields, message, mpint, raw } from "../peer/wire.js";
import { MemoryStorage } from "../userauth/fakes.js";
import { connectionOf, outcome, placeWith, type Row, row, running } from "./row.js";
import { plain } from "./sizes.js";

function rsaKey(bits: number): Uint8Array {
	const modulus = new Uint8Array(Math.ceil(bits / 8)).fill(0xff);
	modulus[0] = 2 ** (((bits - 1) % 8) + 1) - 1;
	return fields("ssh-rsa", raw(mpint(Uint8Array.of(1, 0, 1))), raw(mpint(modulus)));
}

/** Whether a login has a turn of so many steps, or of so many milliseconds where each takes one, amid a flood. */
function longestTurn(milliseconds: boolean): number {
	// No packet is so much work that it ends the turn.
	const { place, client } = running({ cipherSlice: 1_000_000 });
	const { transport } = connectionOf(place);
	const { step } = transport;
	const { now } = place.hal;
	let steps = 0;
	let longest = 0;
	let late = 0;
	place.hal.now = () => now.call(place.hal) + late;
	transport.step = time => {
		steps++;
		if (milliseconds) late++;
		return step.call(transport, time);
	};
	for (let count = 0; count < 300; count++) client.send(IGNORE);
	do {
		longest = Math.max(longest, steps);
		steps = 0;
	} while (place.hal.network.step());
	return longest;
}

/** The line of the log about a client's parting words. */
function partingWords(length: number): string {
	const { place, client } = running({});
	client.send(message(SSH_MSG_DISCONNECT, 11, "w".repeat(length), "en"));
	place.run();
	return place.server.log.entries().find(line => line.includes("peer disconnects")) ?? "";
}

/** How a client fares that says so many times nothing before it would log in. */
function idleTalk(messages: number, length: number): string {
	const place = placeWith({});
	const client = place.client().start().requestAuthentication();
	for (let count = 0; count < messages; count++) client.send(message(SSH_MSG_IGNORE, noise(length)));
	client.password("admin", "secret");
	return outcome(place);
}

/** How a client fares that has spent its key exchanges, and begins one so late, or when its keys have served so many bytes. */
function rekeyAfter(milliseconds: number, bytes: number): string {
	const { place, client } = running({ clientRekeys: 1 });
	client.rekey();
	place.run();
	const { c2s, s2c } = connectionOf(place).transport.packets;
	const { count } = c2s;
	c2s.count = () => count.call(c2s, 0);
	c2s.bytes = 0;
	s2c.bytes = bytes;
	place.pass(milliseconds);
	client.rekey();
	return outcome(place);
}

/** Why an address is refused that has done something on the only place, or "in". */
function judged(addressDebt: number, act: (admission: Admission) => void): string {
	const table = new ConnectionTable(2);
	const admission = new Admission(table, { ...limits.DEVICE_LIMITS, addressDebt }, undefined, false);
	const judge = () => admission.judge("203.0.113.1", 1, () => OK);
	judge();
	admission.take(table.add(1));
	act(admission);
	return judge() === OK ? "in" : admission.why;
}

export const CONSTANTS: Readonly<Record<string, Row>> = {
	MIN_PADDING: row("served", "ERR_SSH_TRANSPORT", over => {
		const place = placeWith({});
		place.client({ stopBefore: 20 }).link.write(plain(64, limits.MIN_PADDING - over));
		return outcome(place);
	}),
	MAX_NAME_LENGTH: row("served", "ERR_SESSION_BAD_PAYLOAD", over => {
		const { place, client } = running({});
		client.send(message(SSH_MSG_GLOBAL_REQUEST, "x".repeat(limits.MAX_NAME_LENGTH + over), true));
		return outcome(place);
	}),
	MAX_PASSWORD_LENGTH: row(undefined, "a password of more than 256 bytes", over => {
		const credentials = new Credentials({
			storage: new MemoryStorage(),
			crypto: nobleCrypto,
			random: () => OK,
			users: ["admin"],
			iterations: 1,
			defer: callback => queueMicrotask(callback),
		});
		return credentials.setPassword("admin", "x".repeat(limits.MAX_PASSWORD_LENGTH + over));
	}),
	MAX_PASSWORD_JOBS: row("boolean", "string", async over => {
		const deferred: (() => void)[] = [];
		const credentials = new Credentials({
			storage: new MemoryStorage(),
			crypto: nobleCrypto,
			random: () => OK,
			users: ["admin"],
			iterations: 1,
			defer: callback => deferred.push(callback),
		});
		const checks: Promise<boolean | string>[] = [];
		for (let count = 0; count < limits.MAX_PASSWORD_JOBS + over; count++)
			checks.push(credentials.checkPassword("admin", "x", { cancelled: false }));
		for (const callback of deferred) callback();
		return typeof (await checks.at(-1));
	}),
	GUESS_ENTRIES: row(false, true, over => {
		let now = 1;
		const guesses = new Guesses(nobleCrypto, limits.DEVICE_LIMITS, 1, () => now);
		const { addressAttempts } = limits.DEVICE_LIMITS;
		for (let guess = 1; guess < addressAttempts; guess++) guesses.mayLookAtOnce("first");
		now++;
		for (let user = 1; user < limits.GUESS_ENTRIES + over; user++) guesses.mayLookAtOnce(`user${user}`);
		guesses.mayLookAtOnce("first");
		return guesses.mayLookAtOnce("first");
	}),
	SHORTEST_LAST_PENALTY: row(true, false, over => {
		let now = 1;
		const many = { ...limits.DEVICE_LIMITS, waitingConnections: 1000 };
		const guesses = new Guesses(nobleCrypto, many, 1, () => now);
		for (let guess = 0; guess < 30; guess++, now += 60_000) guesses.mayLookAtOnce("admin");
		now += limits.SHORTEST_LAST_PENALTY - 60_000 - over;
		return guesses.mayLookAtOnce("admin");
	}),
	MIN_RSA_BITS: row(true, false, over => isAcceptable(rsaKey(limits.MIN_RSA_BITS - over), "rsa-sha2-256")),
	MAX_RSA_BITS: row(true, false, over => isAcceptable(rsaKey(limits.MAX_RSA_BITS + over), "rsa-sha2-256")),
	MAX_LOG_ENTRY: row([256, false], [256, true], over => {
		const log = new EventLog(1, () => 0);
		// Behind the time, which takes 13 characters.
		log.add("x".repeat(limits.MAX_LOG_ENTRY - 13 + over));
		const [entry] = log.entries();
		return [entry.length, entry.endsWith("...")];
	}),
	LOG_BURST: row(true, false, over => {
		const log = new EventLog(1, () => 0);
		for (let count = 1; count < limits.LOG_BURST + over; count++) log.takesMinor();
		return log.takesMinor();
	}),
	LOG_INTERVAL: row(true, false, over => {
		let now = 0;
		const log = new EventLog(1, () => now);
		while (log.takesMinor());
		now = limits.LOG_INTERVAL - over;
		return log.takesMinor();
	}),
	MAX_DESCRIPTION_LENGTH: row(true, false, over => {
		const length = limits.MAX_DESCRIPTION_LENGTH + over;
		return partingWords(length).includes("w".repeat(length));
	}),
	REPLY_RESERVE: row(1, 0, over => {
		const place = placeWith({});
		const client = place.client({}, { sendBuffer: 100_000 }).login();
		const { packets, setup } = connectionOf(place).transport;
		// Bytes that the socket does not take, so that there is room for a reply of the reserve and a packet's overhead.
		place.hal.write = () => 0;
		packets.sealedEnd = packets.outputEnd = setup.limits.sendBufferSize - 88 - limits.REPLY_RESERVE + over;
		const before = packets.c2s.packets;
		client.send(IGNORE);
		place.run();
		return packets.c2s.packets - before;
	}),
	MAX_PING_LENGTH: row("served", "ERR_PAYLOAD_TOO_LARGE", over => {
		const { place, client } = running({});
		client.send(message(SSH_MSG_PING, noise(limits.MAX_PING_LENGTH + over)));
		return outcome(place);
	}),
	MAX_HOST_KEY_PROOFS: row("REQUEST_SUCCESS", "REQUEST_FAILURE", over => {
		const { place, client } = running({});
		const ask = message(SSH_MSG_GLOBAL_REQUEST, "hostkeys-prove-00@openssh.com", true, hostKey().publicBlob);
		for (let count = 0; count < limits.MAX_HOST_KEY_PROOFS + over; count++) client.send(ask);
		place.run();
		return client.heard[client.heard.length - 1];
	}),
	TICK: row("served", "ERR_TCP_READ_TIMEOUT", over => {
		const place = placeWith({ identificationTime: 1 });
		place.client({ stopBefore: 20 });
		place.pass(limits.TICK - 1 + over);
		return outcome(place);
	}),
	STEPS_PER_TURN: row(true, false, over => longestTurn(false) >= limits.STEPS_PER_TURN + over),
	TURN_TIME: row(true, false, over => longestTurn(true) >= limits.TURN_TIME + over),
	IDLE_TALK_BEFORE_LOGIN: row("served", "ERR_PAYLOAD_TOO_LARGE", over =>
		idleTalk(limits.IDLE_TALK_BEFORE_LOGIN + over, 10),
	),
	// The payload: its number, a length, and the bytes.
	MAX_IDLE_TALK_LENGTH: row("served", "ERR_PAYLOAD_TOO_LARGE", over =>
		idleTalk(1, limits.MAX_IDLE_TALK_LENGTH - 5 + over),
	),
	REKEY_TIME: row("served", "ERR_SSH_REKEY_REQUEST_IGNORED", over => rekeyAfter(limits.REKEY_TIME - over, 0)),
	REKEY_BYTES: row("served", "ERR_SSH_REKEY_REQUEST_IGNORED", over =>
		rekeyAfter(0, limits.REKEY_BYTES - over),
	),
	WORK_DEBT: row("in", "work", over =>
		judged(1_000, admission => admission.charge(0, 1_000 / limits.WORK_DEBT + over, 1)),
	),
	DEBT_STEP: row(2, 1, over => {
		let times = 0;
		judged(0, admission => {
			const first = admission.price(0, 1);
			admission.charge(0, (limits.DEBT_STEP - over) / limits.WORK_DEBT, 1);
			times = Math.floor(admission.price(0, 1) / first);
		});
		return times;
	}),
	PENALTY_ABORTED: row("in", "aborted", over =>
		judged(limits.PENALTY_ABORTED - over, admission => admission.ended(0, ERR_TCP_SOCKET_CLOSED, 1)),
	),
	PENALTY_KEY_EXCHANGE: row("in", "key-exchange", over =>
		judged(limits.PENALTY_KEY_EXCHANGE - over, admission => admission.ended(0, ERR_SSH_TRANSPORT_BAD_MAC, 1)),
	),
	PENALTY_REFUSED: row("in", "refused", over =>
		judged(limits.PENALTY_REFUSED - over, admission =>
			admission.ended(0, ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, 1),
		),
	),
	PENALTY_TOO_SLOW: row("in", "too-slow", over =>
		judged(limits.PENALTY_TOO_SLOW - over, admission => admission.ended(0, ERR_TCP_READ_TIMEOUT, 1)),
	),
	CLOSE_TIME: row(2, 1, over => {
		const place = placeWith({});
		place.client({ stopBefore: 20 }, { sendBuffer: 0 }).link.write(plain(64, 3));
		place.run();
		place.pass(over === 0 ? limits.CLOSE_TIME - 1 : limits.CLOSE_TIME + limits.TICK);
		return place.hal.openSockets;
	}),
	MAX_AUTHORIZED_KEY_LINE: row("object", "string", over => {
		const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop ";
		return typeof parseAuthorizedKey(key.padEnd(limits.MAX_AUTHORIZED_KEY_LINE + over, "x"));
	}),
};
