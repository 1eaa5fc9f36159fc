/**
 * Who is let in before anything is known of them but an address: places for those who have not logged in, in all and by
 * address, new connections a minute, and penalties for wrong passwords. All of it is memory taken once: 9 bytes a place
 * of the connection table and 25 an address.
 *
 * Addresses are kept whole, an IPv6 one as its /64, which one machine has to itself: there is nothing to collide, and
 * no key to be found out. A flood from more addresses than there are entries forgets those who did least. What an
 * entry says only ever refuses its own address.
 */
import { type ConnectionTable, FREE } from "./connection-table.js";
import type { Limits } from "./limits.js";
import {
	ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
	ERR_SSH_TOO_MANY_CONNECTIONS,
	OK,
} from "./merrors.js";
import { addressBytes, matchAddress } from "./userauth/address-pattern.js";
import { getUint32 } from "./wire.js";

const MINUTE = 60_000;

/** Why somebody was refused: a word for the log. */
export type Refusal =
	| "table-full"
	| "owner-place"
	| "waiting"
	| "waiting-by-address"
	| "connections-per-minute"
	| "penalty"
	| "memory";

// What is known of the holder of a place, as bits.
/** Has an address, by which it is counted. */
const KNOWN = 1 << 0;
/** Of an address on the owner's list. */
const OWNER = 1 << 1;
const LOGGED_IN = 1 << 2;

/** What an address has done. */
const BYTES_PER_ADDRESS = 8 + 8 + 8 + 1;
/** Behind so many the penalty is the longest there is, whatever it began with. */
const MAX_FAILURES = 255;

export class Admission {
	/** Why judge() refused. */
	why: Refusal = "table-full";

	private readonly table: ConnectionTable;
	private readonly limits: Limits;
	private readonly owners: string | undefined;
	private readonly guessing: boolean;
	/** Of the address that was looked at last. */
	private high = 0;
	private low = 0;
	private flags = 0;

	// By place of the connection table.
	private readonly placeSources: Uint32Array;
	private readonly placeFlags: Uint8Array;

	// By entry.
	/** The first 64 bits of an IPv6 address; 0 and an IPv4 address (0::/32 is nobody's). */
	private readonly sources: Uint32Array;
	/** When all connections that were counted are a minute old: each new one puts it off (the generic cell rate). */
	private readonly busyUntil: Float64Array;
	/** End of the penalty; the last wrong guess where there was none. 0: it never guessed. */
	private readonly penaltyUntil: Float64Array;
	private readonly failures: Uint8Array;

	/**
	 * @param owners address patterns of who is never refused for what its address did; undefined for nobody
	 * @param guessing logins begin with a password: during a penalty there is nothing to connect for
	 */
	constructor(table: ConnectionTable, limits: Limits, owners: string | undefined, guessing: boolean) {
		this.table = table;
		this.limits = limits;
		this.owners = owners;
		this.guessing = guessing;
		this.placeSources = new Uint32Array(table.size * 2);
		this.placeFlags = new Uint8Array(table.size);
		const count = limits.addressEntries;
		const block = new ArrayBuffer(count * BYTES_PER_ADDRESS);
		this.busyUntil = new Float64Array(block, 0, count);
		this.penaltyUntil = new Float64Array(block, count * 8, count);
		this.sources = new Uint32Array(block, count * 16, count * 2);
		this.failures = new Uint8Array(block, count * 24, count);
	}

	/**
	 * Whether a connection from this address may have a place; to be followed by take() where it may.
	 *
	 * @param now milliseconds of the HAL's clock
	 * @returns OK; ERR_SSH_TOO_MANY_CONNECTIONS where anybody would be refused, the owner's addresses perhaps apart;
	 *   ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT for what this address has done
	 */
	judge(address: string, now: number): number {
		const { limits, table } = this;
		if (table.count >= table.size) return this.refuse("table-full");
		this.look(address);
		if (this.flags & OWNER) return OK;
		let strangers = 0;
		let waiting = 0;
		let same = 0;
		for (let place = 0; place < table.size; place++) {
			const flags = this.placeFlags[place];
			if (table.state(place) === FREE || flags & OWNER) continue;
			strangers++;
			if (flags & LOGGED_IN) continue;
			waiting++;
			if (this.holds(place)) same++;
		}
		if (this.owners !== undefined && strangers >= table.size - limits.ownerPlaces)
			return this.refuse("owner-place");
		if (waiting >= limits.waitingConnections) return this.refuse("waiting");
		if (!(this.flags & KNOWN)) return OK;
		if (same >= limits.waitingByAddress) return this.refuse("waiting-by-address");
		return this.judgeHistory(now);
	}

	private judgeHistory(now: number): number {
		const interval = this.interval;
		if (interval === 0 && !this.guessing) return OK;
		const entry = this.entry(now);
		if (this.guessing && this.penaltyUntil[entry] > now) return this.refuse("penalty");
		const next = Math.max(this.busyUntil[entry], now) + interval;
		if (next > now + MINUTE) return this.refuse("connections-per-minute");
		this.busyUntil[entry] = next;
		return OK;
	}

	private refuse(why: Refusal): number {
		this.why = why;
		return why === "table-full" || why === "owner-place" || why === "waiting"
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
	}

	/** It has logged in: it waits no more, and its connection does not count against its address. */
	loggedIn(place: number): void {
		this.placeFlags[place] |= LOGGED_IN;
		const entry = this.isStranger(place) ? this.find(place) : -1;
		if (entry >= 0) this.busyUntil[entry] -= this.interval;
	}

	/** A password, or the answer to a prompt, was wrong. */
	guessedWrong(place: number, now: number): void {
		const { addressAttempts, penaltyTime, longestPenalty } = this.limits;
		if (!this.isStranger(place)) return;
		this.recall(place);
		const entry = this.entry(now);
		if (this.penaltyUntil[entry] + longestPenalty <= now) this.failures[entry] = 0;
		const failures = Math.min(this.failures[entry] + 1, MAX_FAILURES);
		this.failures[entry] = failures;
		const over = failures - addressAttempts;
		const penalty = over < 0 ? 0 : Math.min(penaltyTime * 2 ** over, longestPenalty);
		this.penaltyUntil[entry] = now + penalty;
	}

	/** Whether a password may be tried from there now. Keys may always: they cannot be guessed. */
	mayGuess(place: number, now: number): boolean {
		const entry = this.isStranger(place) ? this.find(place) : -1;
		return entry < 0 || this.penaltyUntil[entry] <= now;
	}

	/** Milliseconds that one connection counts for; 0 where they are not counted. */
	private get interval(): number {
		const { connectionsPerMinute } = this.limits;
		return connectionsPerMinute === 0 ? 0 : Math.floor(MINUTE / connectionsPerMinute);
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

	private recall(place: number): void {
		this.high = this.placeSources[place * 2];
		this.low = this.placeSources[place * 2 + 1];
	}

	private holds(place: number): boolean {
		if (!(this.flags & this.placeFlags[place] & KNOWN)) return false;
		return this.placeSources[place * 2] === this.high && this.placeSources[place * 2 + 1] === this.low;
	}

	/** The entry of a place's address, or -1. */
	private find(place: number): number {
		this.recall(place);
		const { sources } = this;
		for (let entry = 0; entry < this.failures.length; entry++)
			if (sources[entry * 2] === this.high && sources[entry * 2 + 1] === this.low) return entry;
		return -1;
	}

	/**
	 * The entry of the address looked at, made where there is none: in the place of the one whose penalty ends first,
	 * and of those that never guessed the one that connected least.
	 */
	private entry(now: number): number {
		const { sources, penaltyUntil, busyUntil } = this;
		let least = 0;
		for (let entry = 0; entry < this.failures.length; entry++) {
			if (sources[entry * 2] === this.high && sources[entry * 2 + 1] === this.low) return entry;
			const penalty = penaltyUntil[entry] - penaltyUntil[least];
			if (penalty < 0 || (penalty === 0 && busyUntil[entry] < busyUntil[least])) least = entry;
		}
		sources[least * 2] = this.high;
		sources[least * 2 + 1] = this.low;
		busyUntil[least] = now;
		penaltyUntil[least] = 0;
		this.failures[least] = 0;
		return least;
	}
}
