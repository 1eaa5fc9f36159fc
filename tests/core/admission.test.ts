/** Who may have a place, by what its address has done: each limit on both sides, on a clock that is an argument. */

import { ACCEPTED, CLOSING, GONE, LOGGED_IN } from "../../src/base/stages.js";
import {
	DEBT_STEP,
	DEVICE_LIMITS,
	type Limits,
	PENALTY_ABORTED,
	PENALTY_KEY_EXCHANGE,
	PENALTY_REFUSED,
	PENALTY_TOO_SLOW,
	WORK_DEBT,
} from "../../src/limits.js";
import {
	ERR_MEM_ALLOC_FAIL,
	ERR_PAYLOAD_TOO_LARGE,
	ERR_RAND,
	ERR_SSH_DISCONNECT_BY_APPLICATION,
	ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
	ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
	ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
	ERR_SSH_KEYEX_BAD_INPUT,
	ERR_SSH_TOO_MANY_CONNECTIONS,
	ERR_SSH_TRANSPORT_BAD_MAC,
	ERR_SSH_UNKNOWN_CIPHER,
	ERR_TCP_READ_TIMEOUT,
	ERR_TCP_SOCKET_CLOSED,
	OK,
} from "../../src/merrors.js";
import { Admission, refusalText } from "../../src/server/admission.js";
import { ConnectionTable } from "../../src/server/connection-table.js";
import { assert, test } from "../harness.js";

const LIMITS: Limits = {
	...DEVICE_LIMITS,
	waitingConnections: 100,
	waitingByAddress: 100,
	dropRate: 0,
	connectionsPerMinute: 0,
	addressDebt: 0,
	addressAttempts: 3,
	penaltyTime: 1_000,
	longestPenalty: 60_000,
	addressEntries: 8,
};
const OWNER = "198.51.100.0/24,2001:db8:1::/48";

class Gate {
	readonly table: ConnectionTable;
	readonly admission: Admission;
	now = 5_000;
	/** What the server's random bytes are. */
	byte = 255;

	constructor(limits: Partial<Limits> = {}, size = 100, owners?: string, guessing = false) {
		this.table = new ConnectionTable(size);
		this.admission = new Admission(this.table, { ...LIMITS, ...limits }, owners, guessing);
	}

	readonly random = (bytes: Uint8Array): number => {
		bytes.fill(this.byte);
		return OK;
	};

	/** A place, or why not. */
	enter(address: string): number | string {
		const status = this.admission.judge(address, this.now, this.random);
		if (status !== OK) return this.admission.why;
		const place = this.table.add(1);
		this.admission.take(place);
		return place;
	}

	login(address: string): number {
		const place = this.enter(address);
		if (typeof place === "string") throw new Error(place);
		this.passes(place);
		return place;
	}

	/** Logs in. */
	passes(place: number | string): void {
		for (let stage = ACCEPTED + 1; stage <= LOGGED_IN; stage++) this.move(place, stage);
		this.admission.loggedIn(place as number);
	}

	move(place: number | string, stage: number): void {
		const at = place as number;
		this.table.move(at, this.table.instance(at), stage);
	}

	leave(place: number | string): void {
		this.move(place, GONE);
	}

	/** Comes, goes and leaves no trace but the count. */
	visit(address: string): string {
		const place = this.enter(address);
		if (typeof place === "string") return place;
		this.leave(place);
		return "in";
	}

	/** So many wrong passwords, each on a connection of its own. */
	guess(address: string, count: number): void {
		for (let each = 0; each < count; each++) {
			const place = this.enter(address) as number;
			this.admission.guessedWrong(place, this.now);
			this.leave(place);
		}
	}

	mayGuess(address: string): boolean {
		const place = this.enter(address) as number;
		const may = this.admission.guessWait(place, this.now) === 0;
		this.leave(place);
		return may;
	}
}

test("a full table refuses everyone, the owner too, as it always has", () => {
	const gate = new Gate({}, 2, OWNER);
	gate.login("198.51.100.1");
	gate.login("198.51.100.1");
	assert.equal(gate.enter("198.51.100.1"), "table-full");
	assert.equal(gate.admission.judge("198.51.100.1", 0, gate.random), ERR_SSH_TOO_MANY_CONNECTIONS);
});

test("waitingConnections: so many have not logged in, and no more; a login, or an end, makes room", () => {
	const gate = new Gate({ waitingConnections: 3 });
	const places = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(address => gate.enter(address));
	assert.equal(gate.enter("192.0.2.4"), "waiting");
	assert.equal(gate.admission.judge("192.0.2.4", 0, gate.random), ERR_SSH_TOO_MANY_CONNECTIONS);
	gate.passes(places[1]);
	assert.equal(typeof gate.enter("192.0.2.4"), "number");
	assert.equal(gate.enter("192.0.2.5"), "waiting");
	gate.move(places[0], CLOSING);
	assert.equal(gate.enter("192.0.2.5"), "waiting", "what still closes has its memory");
	gate.leave(places[0]);
	assert.equal(typeof gate.enter("192.0.2.5"), "number");
});

test("waitingByAddress: counted by IPv4 address, by IPv6 /64, and an IPv4 address in either form", () => {
	for (const [same, other] of [
		[["192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1"], "192.0.2.2"],
		[["2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:0:8000::%eth0"], "2001:db8:0:1::1"],
	] as const) {
		const gate = new Gate({ waitingByAddress: 2 });
		const place = gate.enter(same[0]);
		gate.enter(same[1]);
		assert.equal(gate.enter(same[2]), "waiting-by-address");
		assert.equal(
			gate.admission.judge(same[2], 0, gate.random),
			ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
		);
		assert.equal(typeof gate.enter(other), "number");
		gate.passes(place);
		assert.equal(typeof gate.enter(same[2]), "number");
	}
});

test("connectionsPerMinute: so many at once, then one for each that is a minute old", () => {
	const gate = new Gate({ connectionsPerMinute: 6 });
	for (let count = 0; count < 6; count++) assert.equal(gate.visit("192.0.2.1"), "in");
	assert.equal(gate.visit("192.0.2.1"), "connections-per-minute");
	assert.equal(gate.visit("192.0.2.2"), "in", "another address");
	gate.now += 9_999;
	assert.equal(gate.visit("192.0.2.1"), "connections-per-minute", "whoever is refused is not counted either");
	gate.now += 1;
	assert.equal(gate.visit("192.0.2.1"), "in");
	assert.equal(gate.visit("192.0.2.1"), "connections-per-minute");
	gate.now += 60_000;
	for (let count = 0; count < 6; count++) assert.equal(gate.visit("192.0.2.1"), "in");
	assert.equal(gate.visit("192.0.2.1"), "connections-per-minute");
});

test("connectionsPerMinute: those that log in do not count, and give no credit", () => {
	const gate = new Gate({ connectionsPerMinute: 2 });
	for (let count = 0; count < 100; count++) gate.leave(gate.login("192.0.2.1"));
	assert.deepEqual([gate.visit("192.0.2.1"), gate.visit("192.0.2.1")], ["in", "in"]);
	assert.equal(gate.visit("192.0.2.1"), "connections-per-minute");
});

test("connectionsPerMinute: any number is a rate, and 0 none", () => {
	for (const connectionsPerMinute of [1, 7, 59, 60_000]) {
		const gate = new Gate({ connectionsPerMinute });
		let count = 0;
		while (gate.visit("192.0.2.1") === "in") count++;
		assert.equal(count, connectionsPerMinute);
	}
	const free = new Gate();
	for (let count = 0; count < 1000; count++) assert.equal(free.visit("192.0.2.1"), "in");
});

test("addressAttempts: the last wrong password of them begins a penalty, each further one doubles it", () => {
	const gate = new Gate();
	gate.guess("192.0.2.1", 2);
	assert.ok(gate.mayGuess("192.0.2.1"));
	let penalty = 1_000;
	for (; penalty < 60_000; penalty *= 2) {
		gate.guess("192.0.2.1", 1);
		gate.now += penalty - 1;
		assert.ok(!gate.mayGuess("192.0.2.1"), `${penalty}`);
		assert.ok(gate.mayGuess("192.0.2.2"));
		gate.now += 1;
		assert.ok(gate.mayGuess("192.0.2.1"), `${penalty}`);
	}
	for (let count = 0; count < 300; count++) {
		gate.guess("192.0.2.1", 1);
		gate.now += 59_999;
		assert.ok(!gate.mayGuess("192.0.2.1"), "longestPenalty");
		gate.now += 1;
		assert.ok(gate.mayGuess("192.0.2.1"), "longestPenalty");
	}
});

test("longestPenalty: as long without a mistake behind a penalty clears the count", () => {
	const gate = new Gate();
	gate.guess("192.0.2.1", 3);
	gate.now += 1_000 + 59_999;
	gate.guess("192.0.2.1", 1);
	assert.ok(!gate.mayGuess("192.0.2.1"));
	gate.now += 2_000 + 60_000;
	gate.guess("192.0.2.1", 2);
	assert.ok(gate.mayGuess("192.0.2.1"));
	gate.guess("192.0.2.1", 1);
	assert.ok(!gate.mayGuess("192.0.2.1"));
});

test("penaltyTime: 0 is no penalty", () => {
	const gate = new Gate({ penaltyTime: 0 });
	gate.guess("192.0.2.1", 500);
	assert.ok(gate.mayGuess("192.0.2.1"));
});

test("a penalty refuses a connection only where there is nothing but guessing to connect for", () => {
	for (const guessing of [true, false]) {
		const gate = new Gate({}, 100, undefined, guessing);
		gate.guess("192.0.2.1", 3);
		assert.equal(gate.visit("192.0.2.1"), guessing ? "penalty" : "in");
		gate.now += 1_000;
		assert.equal(gate.visit("192.0.2.1"), "in");
	}
});

test("ownerAddresses: none of this refuses them, and they count against nobody", () => {
	const strict = { waitingConnections: 1, waitingByAddress: 1, connectionsPerMinute: 1 };
	const gate = new Gate(strict, 100, OWNER, true);
	for (const address of ["198.51.100.9", "2001:db8:1:ffff::1"]) {
		gate.guess(address, 20);
		assert.ok(gate.mayGuess(address));
		for (let count = 0; count < 5; count++) assert.equal(typeof gate.enter(address), "number");
	}
	assert.equal(typeof gate.enter("192.0.2.1"), "number");
	assert.equal(gate.enter("192.0.2.2"), "waiting");
});

test("ownerPlaces: of a table with no more places than that, others have one all the same", () => {
	const gate = new Gate({ ownerPlaces: 3 }, 3, OWNER);
	assert.equal(typeof gate.enter("192.0.2.1"), "number");
	assert.equal(gate.enter("192.0.2.2"), "owner-place");
	assert.equal(typeof gate.enter("198.51.100.1"), "number");
});

test("ownerPlaces: others leave so many places to the owner, whether they have logged in or not", () => {
	const gate = new Gate({ ownerPlaces: 2 }, 5, OWNER);
	for (const count of [1, 2, 3]) gate.login(`192.0.2.${count}`);
	assert.equal(gate.enter("192.0.2.4"), "owner-place");
	assert.equal(gate.admission.judge("192.0.2.4", 0, gate.random), ERR_SSH_TOO_MANY_CONNECTIONS);
	assert.equal(typeof gate.enter("198.51.100.1"), "number");
	assert.equal(gate.enter("192.0.2.4"), "owner-place", "the owner's own place is not one more for others");
	assert.equal(typeof gate.enter("198.51.100.1"), "number");
	const early = new Gate({ ownerPlaces: 2 }, 5, OWNER);
	for (const count of [1, 2]) early.login(`198.51.100.${count}`);
	for (const count of [1, 2, 3]) assert.equal(typeof early.enter(`192.0.2.${count}`), "number");
	const open = new Gate({ ownerPlaces: 2 }, 2);
	assert.deepEqual([typeof open.enter("192.0.2.1"), typeof open.enter("192.0.2.1")], ["number", "number"]);
});

test("an address that is not known is held to nothing but the totals: it would be everybody's", () => {
	const gate = new Gate({ waitingByAddress: 1, connectionsPerMinute: 1, waitingConnections: 3 });
	for (const address of ["", "somewhere", "1.2.3"]) assert.equal(typeof gate.enter(address), "number");
	assert.equal(gate.enter(""), "waiting");
	const guesses = new Gate();
	guesses.guess("", 100);
	assert.ok(guesses.mayGuess(""));
});

test("addressEntries: a flood from many addresses forgets who did least, never a penalty for a mere connection", () => {
	const gate = new Gate({ connectionsPerMinute: 10, addressEntries: 4 });
	gate.guess("192.0.2.1", 3);
	gate.guess("192.0.2.2", 1);
	for (let count = 0; count < 200; count++) assert.equal(gate.visit(`203.0.113.${count}`), "in");
	assert.ok(!gate.mayGuess("192.0.2.1"));
	gate.guess("192.0.2.2", 2);
	assert.ok(!gate.mayGuess("192.0.2.2"), "its first mistake was kept");
});

test("addressEntries: with a penalty in each entry, the one that ends first makes room, and newcomers still come in", () => {
	const gate = new Gate({ addressEntries: 4, penaltyTime: 20_000 });
	for (const count of [1, 2, 3, 4]) {
		gate.guess(`192.0.2.${count}`, 3);
		gate.now += 10;
	}
	assert.equal(gate.visit("203.0.113.1"), "in");
	gate.guess("203.0.113.2", 1);
	assert.ok(gate.mayGuess("192.0.2.1"), "the oldest is forgiven");
	for (const count of [2, 3, 4]) assert.ok(!gate.mayGuess(`192.0.2.${count}`), `${count}`);
});

test("what one address does is held against no other, whichever it is", () => {
	const gate = new Gate({ connectionsPerMinute: 1, addressEntries: 16 });
	gate.visit("192.0.2.1");
	gate.guess("2001:db8::1", 1);
	for (const address of ["::1", "192.0.2.0", "2001:db8:0:1::1", "2001:db9::1"])
		assert.equal(gate.visit(address), "in", address);
	assert.equal(gate.visit("192.0.2.1"), "connections-per-minute");
});

test("times far from zero, and a clock that jumps ahead", () => {
	const gate = new Gate({ connectionsPerMinute: 2 });
	gate.now = 2 ** 45;
	gate.visit("192.0.2.1");
	gate.visit("192.0.2.1");
	assert.equal(gate.visit("192.0.2.1"), "connections-per-minute");
	gate.now += 10 * 365 * 86_400_000;
	assert.equal(gate.visit("192.0.2.1"), "in");
});

test("dropStart: from so many who wait on, chance decides, and more often the more there are; never about the owner", () => {
	const limits = { waitingConnections: 10, dropStart: 6, dropRate: 30 };
	for (const [waiting, percent] of [
		[5, 0],
		[6, 30],
		[7, 47.5],
		[8, 65],
		[9, 82.5],
	] as const) {
		let dropped = 0;
		for (let byte = 0; byte < 256; byte++) {
			const gate = new Gate(limits, 100, OWNER);
			for (let count = 0; count < waiting; count++) gate.enter(`192.0.2.${count}`);
			gate.byte = byte;
			const entered = gate.enter("203.0.113.1");
			if (entered === "early-drop") dropped++;
			else assert.equal(typeof entered, "number");
			assert.equal(typeof gate.enter("198.51.100.1"), "number");
		}
		assert.equal(dropped, Math.ceil((256 * percent) / 100), `${waiting}`);
	}
	const gate = new Gate({ ...limits, connectionsPerMinute: 3 }, 100);
	for (let count = 0; count < 6; count++) gate.enter(`192.0.2.${count}`);
	gate.byte = 0;
	for (let count = 0; count < 10; count++) assert.equal(gate.enter("203.0.113.1"), "early-drop");
	assert.equal(gate.admission.judge("203.0.113.1", 0, gate.random), ERR_SSH_TOO_MANY_CONNECTIONS);
	gate.byte = 255;
	assert.equal(gate.visit("203.0.113.1"), "in", "who was dropped is not counted");
});

/** So many connections that end in this way, and why the next one is refused. */
function ends(gate: Gate, count: number, status: number, refused = false): string {
	for (let each = 0; each < count; each++) {
		const place = gate.enter("192.0.2.1");
		if (typeof place === "string") return `${place} at ${each}`;
		if (refused) gate.admission.refused(place);
		gate.admission.ended(place, status, gate.now);
		gate.leave(place);
	}
	return gate.visit("192.0.2.1");
}

test("addressDebt: each end of a connection has its price and its name, which is told with the time left", () => {
	const KINDS: readonly (readonly [number, boolean, string, number])[] = [
		[ERR_TCP_SOCKET_CLOSED, false, "aborted", PENALTY_ABORTED],
		[ERR_TCP_SOCKET_CLOSED, true, "refused", PENALTY_REFUSED],
		[ERR_SSH_DISCONNECT_BY_APPLICATION, false, "aborted", PENALTY_ABORTED],
		[ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED, false, "aborted", PENALTY_ABORTED],
		[ERR_SSH_UNKNOWN_CIPHER, false, "aborted", PENALTY_ABORTED],
		[ERR_SSH_TRANSPORT_BAD_MAC, false, "key-exchange", PENALTY_KEY_EXCHANGE],
		[ERR_SSH_KEYEX_BAD_INPUT, false, "key-exchange", PENALTY_KEY_EXCHANGE],
		[ERR_PAYLOAD_TOO_LARGE, false, "key-exchange", PENALTY_KEY_EXCHANGE],
		[ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, false, "refused", PENALTY_REFUSED],
		[ERR_TCP_READ_TIMEOUT, true, "too-slow", PENALTY_TOO_SLOW],
	];
	for (const [status, refused, name, penalty] of KINDS) {
		const gate = new Gate({ addressDebt: 30_000 });
		const count = 30_000 / penalty;
		assert.equal(ends(gate, count, status, refused), "in", name);
		assert.equal(ends(gate, 1, status, refused), name);
		assert.equal(gate.admission.wait, penalty);
		assert.equal(
			gate.admission.judge("192.0.2.1", gate.now, gate.random),
			ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
		);
		assert.match(refusalText(gate.admission), /^Too many .* from your address: try again in \d+ seconds$/);
		assert.equal(gate.visit("192.0.2.2"), "in", "another address");
		gate.now += penalty;
		assert.equal(gate.visit("192.0.2.1"), "in", "waiting pays");
	}
	for (const status of [OK, ERR_MEM_ALLOC_FAIL, ERR_RAND])
		assert.equal(ends(new Gate({ addressDebt: 1 }), 100, status), "in", "the device's own doing");
	assert.equal(ends(new Gate(), 1000, ERR_TCP_READ_TIMEOUT), "in", "0 is no limit");
});

test("addressDebt: work is paid for, whichever the connection, and a login pays what its connection owes", () => {
	const gate = new Gate({ addressDebt: 10_000 });
	const places = [1, 2, 3, 4].map(() => gate.enter("192.0.2.1") as number);
	for (const place of places) gate.admission.charge(place, 10_000 / WORK_DEBT / 4, gate.now);
	assert.equal(gate.visit("192.0.2.1"), "in");
	gate.admission.charge(places[0], 1, gate.now);
	assert.equal(gate.visit("192.0.2.1"), "work");
	gate.passes(places[0]);
	assert.equal(gate.visit("192.0.2.1"), "in");
	gate.admission.charge(places[0], 1e6, gate.now);
	assert.equal(gate.visit("192.0.2.1"), "in", "who has logged in pays in turns alone");
	gate.admission.ended(places[0], ERR_TCP_READ_TIMEOUT, gate.now);
	assert.equal(gate.visit("192.0.2.1"), "in");
});

test("addressDebt: what ordinary use owes is far from it, on a device that takes a second for a key exchange", () => {
	const limits = { ...DEVICE_LIMITS, waitingByAddress: 5, waitingConnections: 100, dropRate: 0 };
	const visit = (gate: Gate, status: number, work: number, refused = false): string => {
		const place = gate.enter("192.0.2.1");
		if (typeof place === "string") return place;
		gate.admission.charge(place, work, gate.now);
		if (refused) gate.admission.refused(place);
		gate.admission.ended(place, status, gate.now);
		gate.leave(place);
		return "in";
	};
	// A probe that only connects, once a second for an hour.
	const probe = new Gate(limits);
	for (let second = 0; second < 3600; second++, probe.now += 1000)
		assert.equal(visit(probe, ERR_TCP_SOCKET_CLOSED, 30), "in", `second ${second}`);
	// ssh-keyscan once a minute for an hour: one type of key that there is, and four that there are not. Four at once, too.
	const scan = (gate: Gate): void => {
		assert.equal(visit(gate, ERR_TCP_SOCKET_CLOSED, 1000), "in");
		for (let type = 0; type < 4; type++)
			assert.equal(visit(gate, ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED, 300), "in");
	};
	const scanned = new Gate(limits);
	for (let minute = 0; minute < 60; minute++, scanned.now += 60_000) scan(scanned);
	for (let count = 0; count < 4; count++) scan(scanned);
	// Ansible with five forks, one playbook behind the other; each connection logs in.
	const ansible = new Gate(limits);
	for (let task = 0; task < 100; task++, ansible.now += 1000) {
		const places = [1, 2, 3, 4, 5].map(() => ansible.enter("192.0.2.1"));
		for (const place of places) {
			assert.equal(typeof place, "number");
			ansible.admission.charge(place as number, 1500, ansible.now);
		}
		for (const place of places) ansible.passes(place);
		for (const place of places) ansible.leave(place);
	}
	// A person's bad day: six times ssh with three wrong passwords, half a minute each.
	const person = new Gate({ ...limits, connectionsPerMinute: 60 });
	for (let count = 0; count < 6; count++, person.now += 30_000)
		assert.equal(visit(person, ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE, 2000, true), "in");
});

test("price: the owner least, then who has logged in, then strangers, and of those who owes much the most", () => {
	const gate = new Gate({ ownerPlaces: 1 }, 4, OWNER);
	const owner = gate.enter("198.51.100.1") as number;
	const guest = gate.login("192.0.2.1");
	const stranger = gate.enter("192.0.2.2") as number;
	const debtor = gate.enter("192.0.2.3") as number;
	gate.admission.charge(debtor, DEBT_STEP / WORK_DEBT, gate.now);
	gate.admission.charge(guest, 1e6, gate.now);
	gate.admission.charge(owner, 1e6, gate.now);
	const prices = [owner, guest, stranger, debtor].map(place => gate.admission.price(place, gate.now));
	assert.deepEqual(prices, [1, 4, 8, 16]);
	gate.now += DEBT_STEP;
	assert.equal(gate.admission.price(debtor, gate.now), 8);
});

test("addressEntries: what a place's address owes and may not is found again, whichever entry it has by then", () => {
	const gate = new Gate({ addressEntries: 2, penaltyTime: 5_000, addressDebt: 1_000 });
	const place = gate.enter("192.0.2.1") as number;
	for (let count = 0; count < 3; count++) gate.admission.guessedWrong(place, gate.now);
	assert.ok(gate.admission.guessWait(place, gate.now) > 0);
	// Two with longer penalties take both entries.
	for (const address of ["192.0.2.2", "192.0.2.3"]) gate.guess(address, 6);
	assert.equal(gate.admission.guessWait(place, gate.now), 0, "forgotten is forgiven");
	gate.now += 1_000_000;
	gate.admission.charge(place, 1_000, gate.now);
	assert.equal(gate.enter("192.0.2.1"), "work");
});
