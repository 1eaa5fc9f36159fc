/**
 * Admission decides who gets a place while only an address is known: places for those who have not logged in, in all and by
 * address, new connections a minute, penalties for wrong passwords, and a debt for the work that an address causes and
 * the way its connections end. All of it is memory taken once: 15 bytes a place of the connection table and 34 an address.
 *
 * What an address has done only ever counts against itself, and none of it against the owner's addresses.
 */

import { addressBytes, matchAddress } from "../base/address-pattern.js";
import { LOGGED_IN } from "../base/stages.js";
import { getUint32 } from "../base/wire.js";
import type { RandomSource } from "../crypto/port.js";
import { DEBT_STEP, type Limits, WORK_DEBT } from "../limits.js";
import {
	ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
	ERR_SSH_TOO_MANY_CONNECTIONS,
	OK,
} from "../merrors.js";
import { AddressTable } from "./address-table.js";
import type { ConnectionTable } from "./connection-table.js";
import { ABORTED, DEBTS, type Debt, kindOf, NONE, penaltyOf, WORK } from "./penalties.js";

const MINUTE = 60_000;

/** Why somebody was refused: a word for the log. */
export type Refusal =
	| "table-full"
	| "owner-place"
	| "waiting"
	| "early-drop"
	| "waiting-by-address"
	| "connections-per-minute"
	| "penalty"
	| "memory"
	| Debt;

// What is known of the holder of a place, as bits.
/** Has an address, by which it is counted. */
const KNOWN = 1 << 0;
/** Of an address on the owner's list. */
const OWNER = 1 << 1;
/** A key or a password of it was refused. */
const WAS_REFUSED = 1 << 2;

/** After this many failures the penalty stays at its maximum, whatever it began with. */
const MAX_FAILURES = 255;

export class Admission {
	/** Why judge() refused. */
	why: Refusal = "table-full";
	/** Milliseconds after which judge() would not refuse for that, where waiting alone helps; else 0. */
	wait = 0;

	private readonly table: ConnectionTable;
	private readonly limits: Limits;
	private readonly owners: string | undefined;
	private readonly guessing: boolean;
	private readonly addresses: AddressTable;
	/** Of the address that was looked at last. */
	private high = 0;
	private low = 0;
	private flags = 0;

	// By place of the connection table.
	private readonly placeSources: Uint32Array;
	/** The debt that its connection has brought its address: a login pays it. */
	private readonly placeDebts: Float32Array;
	/** The entry of its address, unless another has taken that since. */
	private readonly placeEntries: Uint16Array;
	private readonly placeFlags: Uint8Array;

	/**
	 * @param owners address patterns of those who are never refused for what their address did; undefined for nobody
	 * @param guessing logins begin with a password: during a penalty there is nothing to connect for
	 */
	constructor(table: ConnectionTable, limits: Limits, owners: string | undefined, guessing: boolean) {
		this.table = table;
		this.limits = limits;
		this.owners = owners;
		this.guessing = guessing;
		this.addresses = new AddressTable(limits.addressEntries);
		this.placeSources = new Uint32Array(table.size * 2);
		this.placeDebts = new Float32Array(table.size);
		this.placeEntries = new Uint16Array(table.size);
		this.placeFlags = new Uint8Array(table.size);
	}

	/**
	 * Whether a connection from this address may have a place; to be followed by take() where it may.
	 *
	 * @param now milliseconds of the HAL's clock
	 * @param random the dice for an early drop, when many wait
	 * @returns OK; ERR_SSH_TOO_MANY_CONNECTIONS where anybody would be refused, the owner's addresses perhaps apart;
	 *   ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT for what this address has done
	 */
	judge(address: string, now: number, random: RandomSource): number {
		const { limits, table } = this;
		if (table.count >= table.size) return this.refuse("table-full");
		this.look(address);
		if (this.flags & OWNER) return OK;
		let strangers = 0;
		let waiting = 0;
		let same = 0;
		for (let place = 0; place < table.size; place++) {
			const reached = table.reached(place);
			if (reached === 0 || this.isOwner(place)) continue;
			strangers++;
			if (reached >= LOGGED_IN) continue;
			waiting++;
			if (this.holds(place)) same++;
		}
		if (this.owners !== undefined && strangers >= Math.max(1, table.size - limits.ownerPlaces))
			return this.refuse("owner-place");
		if (waiting >= limits.waitingConnections) return this.refuse("waiting");
		if (this.drops(waiting, random)) return this.refuse("early-drop");
		if (!(this.flags & KNOWN)) return OK;
		if (same >= limits.waitingByAddress) return this.refuse("waiting-by-address");
		return this.judgeHistory(now);
	}

	private judgeHistory(now: number): number {
		const { addresses, interval, limits } = this;
		const entry = this.entry(now);
		const penalty = addresses.penaltyUntil[entry] - now;
		if (this.guessing && penalty > 0) return this.refuse("penalty", penalty);
		const debt = addresses.debtUntil[entry] - now;
		if (limits.addressDebt > 0 && debt > limits.addressDebt)
			return this.refuse(DEBTS[addresses.kinds[entry]], debt - limits.addressDebt);
		if (interval === 0) return OK;
		const next = Math.max(addresses.busyUntil[entry], now) + interval;
		if (next > now + MINUTE) return this.refuse("connections-per-minute", next - now - MINUTE);
		addresses.busyUntil[entry] = next;
		return OK;
	}

	/** From dropStart who wait on, one in so many is dropped, and the more the more there are (MaxStartups of OpenSSH). */
	private drops(waiting: number, random: RandomSource): boolean {
		const { dropStart, dropRate, waitingConnections } = this.limits;
		if (waiting < dropStart || dropRate === 0) return false;
		const percent = dropRate + ((100 - dropRate) * (waiting - dropStart)) / (waitingConnections - dropStart);
		const chance = new Uint8Array(1);
		return random(chance) === OK && chance[0] * 100 < percent * 256;
	}

	private refuse(why: Refusal, wait = 0): number {
		this.why = why;
		this.wait = wait;
		return why === "table-full" || why === "owner-place" || why === "waiting" || why === "early-drop"
			? ERR_SSH_TOO_MANY_CONNECTIONS
			: ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT;
	}

	/** Whom judge() has just looked at comes from one of the owner's addresses. */
	get judgesOwner(): boolean {
		return (this.flags & OWNER) !== 0;
	}

	/** The holder of a place comes from one of the owner's addresses. */
	isOwner(place: number): boolean {
		return (this.placeFlags[place] & OWNER) !== 0;
	}

	/** Whom judge() has just admitted has this place now, until the table says that it is free. */
	take(place: number): void {
		this.placeSources[place * 2] = this.high;
		this.placeSources[place * 2 + 1] = this.low;
		this.placeFlags[place] = this.flags;
		this.placeDebts[place] = 0;
	}

	/** It has logged in: neither its connection nor the work that was done for it counts against its address any more. */
	loggedIn(place: number): void {
		const { addresses } = this;
		const entry = this.isStranger(place) ? this.entryOf(place) : -1;
		if (entry < 0) return;
		addresses.busyUntil[entry] -= this.interval;
		addresses.debtUntil[entry] -= this.placeDebts[place];
	}

	/** It has ended. @param status why */
	ended(place: number, status: number, now: number): void {
		if (this.hasLoggedIn(place)) return;
		const kind = kindOf(status, (this.placeFlags[place] & WAS_REFUSED) !== 0);
		if (kind === NONE) return;
		const penalty = penaltyOf(kind);
		// A mere connection is not what an address is refused for, where most of its debt is work.
		const named = kind === ABORTED && penalty < this.placeDebts[place] ? WORK : kind;
		const entry = this.owe(place, penalty, now);
		if (entry >= 0) this.addresses.kinds[entry] = named;
	}

	/** A key, a password or the answer to a prompt was refused. */
	refused(place: number): void {
		this.placeFlags[place] |= WAS_REFUSED;
	}

	/** The processor was busy for it for so many milliseconds. */
	charge(place: number, work: number, now: number): void {
		if (work > 0 && !this.hasLoggedIn(place)) this.owe(place, work * WORK_DEBT, now);
	}

	/**
	 * What a millisecond of work costs it, as the scheduler counts: the owner's addresses have two thirds of the processor
	 * against any number of strangers, and half of it against those who have logged in.
	 */
	price(place: number, now: number): number {
		const flags = this.placeFlags[place];
		if (flags & OWNER) return 1;
		const { size } = this.table;
		if (this.hasLoggedIn(place)) return size;
		const entry = flags & KNOWN ? this.entryOf(place) : -1;
		const debt = entry < 0 ? 0 : Math.max(0, this.addresses.debtUntil[entry] - now);
		return 2 * size * (1 + debt / DEBT_STEP);
	}

	/** A password, or the answer to a prompt, was wrong. */
	guessedWrong(place: number, now: number): void {
		const { addressAttempts, penaltyTime, longestPenalty } = this.limits;
		if (!this.isStranger(place)) return;
		const { failures, penaltyUntil } = this.addresses;
		const entry = this.entryAt(place, now);
		if (penaltyUntil[entry] + longestPenalty <= now) failures[entry] = 0;
		const count = Math.min(failures[entry] + 1, MAX_FAILURES);
		failures[entry] = count;
		const over = count - addressAttempts;
		const penalty = over < 0 ? 0 : Math.min(penaltyTime * 2 ** over, longestPenalty);
		penaltyUntil[entry] = now + penalty;
	}

	/** Milliseconds until a password may be tried from there. Keys may always: they cannot be guessed. */
	guessWait(place: number, now: number): number {
		const entry = this.isStranger(place) ? this.entryOf(place) : -1;
		return entry < 0 ? 0 : Math.max(0, this.addresses.penaltyUntil[entry] - now);
	}

	/** Adds to the debt of a place's address. @returns its entry; -1 where nobody is to answer for it */
	private owe(place: number, debt: number, now: number): number {
		if (!this.isStranger(place)) return -1;
		const { debtUntil, kinds } = this.addresses;
		const entry = this.entryAt(place, now);
		if (debtUntil[entry] <= now) kinds[entry] = WORK;
		this.placeDebts[place] += debt;
		debtUntil[entry] = Math.max(debtUntil[entry], now) + debt;
		return entry;
	}

	/** Milliseconds that one connection counts for; 0 where they are not counted. */
	private get interval(): number {
		const { connectionsPerMinute } = this.limits;
		return connectionsPerMinute === 0 ? 0 : Math.floor(MINUTE / connectionsPerMinute);
	}

	/** Then it waits no more, and owes nothing; nor does it when it closes. */
	private hasLoggedIn(place: number): boolean {
		return this.table.reached(place) >= LOGGED_IN;
	}

	/** Has an address of its own to answer for. */
	private isStranger(place: number): boolean {
		return (this.placeFlags[place] & (KNOWN | OWNER)) === KNOWN;
	}

	private look(address: string): void {
		const bytes = addressBytes(address);
		this.high = this.low = this.flags = 0;
		if (!bytes) return;
		this.flags = KNOWN;
		if (bytes.length === 16) this.high = getUint32(bytes, 0);
		this.low = getUint32(bytes, bytes.length === 16 ? 4 : 0);
		if (this.owners !== undefined && matchAddress(this.owners, address)) this.flags |= OWNER;
	}

	private holds(place: number): boolean {
		if (!(this.flags & this.placeFlags[place] & KNOWN)) return false;
		return this.placeSources[place * 2] === this.high && this.placeSources[place * 2 + 1] === this.low;
	}

	/** The entry of the address looked at. */
	private entry(now: number): number {
		return this.addresses.entry(this.high, this.low, now);
	}

	/** The entry of a place's address; -1 where it was forgotten. */
	private entryOf(place: number): number {
		const { addresses, placeEntries, placeSources } = this;
		const high = placeSources[place * 2];
		const low = placeSources[place * 2 + 1];
		const entry = placeEntries[place];
		return addresses.isOf(entry, high, low) ? entry : addresses.find(high, low);
	}

	/** The same, made anew where it was forgotten. */
	private entryAt(place: number, now: number): number {
		const { addresses, placeEntries, placeSources } = this;
		const found = this.entryOf(place);
		const entry =
			found < 0 ? addresses.entry(placeSources[place * 2], placeSources[place * 2 + 1], now) : found;
		placeEntries[place] = entry;
		return entry;
	}
}

/** What somebody reads who was refused for what his address has done. */
export function refusalText({ why, wait }: Admission): string {
	const until = wait > 0 ? `: try again in ${Math.ceil(wait / 1000)} seconds` : "";
	return `Too many ${countOf(why)} from your address${until}`;
}

function countOf(why: Refusal): string {
	switch (why) {
		case "penalty":
			return "wrong passwords";
		case "work":
			return "requests without a login";
		case "aborted":
			return "connections without a login";
		case "key-exchange":
			return "failed key exchanges";
		case "refused":
			return "refused logins";
		case "too-slow":
			return "logins that were not finished in time";
		default:
			return "connections";
	}
}
