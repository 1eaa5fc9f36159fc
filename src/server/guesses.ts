/**
 * Passwords that are tried by a client that has shown a key, or has logged in. They are counted by user and key, from whatever
 * addresses they come, in memory that is taken once: 17 bytes an entry, and 5 a place of the connection table.
 *
 * An address that guesses is refused (admission.ts). Whoever has the key cannot be refused, for it may be its owner. So
 * guesses with one key wait for one another, in the order in which they came: the time between two grows with the wrong ones,
 * up to what lets the last of all who can wait have his turn before his connection's time is up.
 */

import { encodeUtf8 } from "../base/utf8.js";
import { getUint32 } from "../base/wire.js";
import type { Crypto } from "../crypto/port.js";
import { GUESS_ENTRIES, type Limits, SHORTEST_LAST_PENALTY } from "../limits.js";

const BYTES_PER_ENTRY = 8 + 8 + 1;
/** After this many the time between two is the longest there is, whatever it began with. */
const MAX_FAILURES = 255;

export class Guesses {
	private readonly crypto: Crypto;
	private readonly limits: Limits;
	private readonly now: () => number;
	private readonly longest: number;

	// By entry.
	/** When the next guess may be looked at. */
	private readonly nextAt: Float64Array;
	/** 64 bits of a hash of user and key: both are on file, so that nobody chooses them. */
	private readonly names: Uint32Array;
	private readonly failures: Uint8Array;

	// Who waits, the first that came first.
	private count = 0;
	private readonly waiting: Int32Array;
	private readonly entries: Uint8Array;

	/**
	 * @param places of the connection table: as many may wait, each with one guess
	 * @param now milliseconds of the HAL's clock
	 */
	constructor(crypto: Crypto, limits: Limits, places: number, now: () => number) {
		this.now = now;
		const { authenticationTime, waitingConnections, longestPenalty } = limits;
		const share = Math.floor(authenticationTime / (waitingConnections + 2));
		this.crypto = crypto;
		this.limits = limits;
		this.longest = Math.min(longestPenalty, Math.max(SHORTEST_LAST_PENALTY, share));
		const block = new ArrayBuffer(GUESS_ENTRIES * BYTES_PER_ENTRY);
		this.nextAt = new Float64Array(block, 0, GUESS_ENTRIES);
		this.names = new Uint32Array(block, GUESS_ENTRIES * 8, GUESS_ENTRIES * 2);
		this.failures = new Uint8Array(block, GUESS_ENTRIES * 16, GUESS_ENTRIES);
		this.waiting = new Int32Array(places);
		this.entries = new Uint8Array(places);
	}

	/**
	 * Whether the guess that a connection has may be looked at now. Where not, the connection waits, until it asks again and may
	 * or calls leave(). A guess that may be looked at counts as wrong until right() takes that back.
	 * @param key in SSH wire format; empty for a client that has logged in
	 */
	mayLook(connection: number, user: string, key: Uint8Array): boolean {
		const now = this.now();
		const place = this.place(connection);
		const at = place < 0 ? this.count : place;
		if (place < 0) {
			if (this.count === this.waiting.length) return false;
			this.waiting[at] = connection;
			this.entries[at] = this.entry(user, key);
			this.count++;
		}
		const entry = this.entries[at];
		if (now < this.nextAt[entry] || this.entries.indexOf(entry) < at) return false;
		this.remove(at);
		this.begin(entry, now);
		return true;
	}

	/** As mayLook(), for who does not wait. */
	mayLookAtOnce(user: string): boolean {
		const now = this.now();
		const entry = this.entry(user, new Uint8Array(0));
		if (now < this.nextAt[entry]) return false;
		this.begin(entry, now);
		return true;
	}

	/** The guess that was looked at was none. */
	right(user: string, key: Uint8Array): void {
		const entry = this.entry(user, key);
		const failures = this.failures[entry];
		if (failures === 0) return;
		this.failures[entry] = failures - 1;
		this.nextAt[entry] += this.penalty(failures - 1) - this.penalty(failures);
	}

	/** A connection waits no more. */
	leave(connection: number): void {
		const at = this.place(connection);
		if (at >= 0) this.remove(at);
	}

	private begin(entry: number, now: number): void {
		if (this.nextAt[entry] + this.limits.longestPenalty <= now) this.failures[entry] = 0;
		const failures = Math.min(this.failures[entry] + 1, MAX_FAILURES);
		this.failures[entry] = failures;
		this.nextAt[entry] = now + this.penalty(failures);
	}

	/** From a guess to the next, after so many. */
	private penalty(failures: number): number {
		const { addressAttempts, penaltyTime } = this.limits;
		const over = failures - addressAttempts;
		return over < 0 ? 0 : Math.min(penaltyTime * 2 ** over, this.longest);
	}

	private place(connection: number): number {
		const at = this.waiting.indexOf(connection);
		return at < this.count ? at : -1;
	}

	private remove(at: number): void {
		this.count--;
		this.waiting.copyWithin(at, at + 1);
		this.entries.copyWithin(at, at + 1);
	}

	/** The entry of this user and key, made where there is none: in the place of the one that was used longest ago. */
	private entry(user: string, key: Uint8Array): number {
		const { names, nextAt } = this;
		const digest = this.digest(user, key);
		const high = getUint32(digest, 0);
		const low = getUint32(digest, 4);
		let oldest = 0;
		for (let entry = 0; entry < GUESS_ENTRIES; entry++) {
			if (names[entry * 2] === high && names[entry * 2 + 1] === low) return entry;
			if (nextAt[entry] < nextAt[oldest]) oldest = entry;
		}
		names[oldest * 2] = high;
		names[oldest * 2 + 1] = low;
		this.failures[oldest] = 0;
		nextAt[oldest] = 0;
		return oldest;
	}

	private digest(user: string, key: Uint8Array): Uint8Array {
		const hash = this.crypto.hash("sha256");
		const digest = new Uint8Array(hash.length);
		// No name holds a NUL: where it ends is clear.
		const name = encodeUtf8(`${user}\0`);
		hash.update(name, 0, name.length);
		hash.update(key, 0, key.length);
		hash.digest(digest, 0);
		return digest;
	}
}
