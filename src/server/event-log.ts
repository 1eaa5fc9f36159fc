/** The last events of a server, in memory. */

import { printable } from "../base/utf8.js";
import { LOG_BURST, LOG_INTERVAL, MAX_LOG_ENTRY } from "../limits.js";
import type { LogSource } from "../shell/device.js";

interface Listener {
	readonly call: (line: string) => void;
	readonly reader: string | undefined;
}

export class EventLog implements LogSource {
	private readonly now: () => number;
	private readonly size: number;
	/** The oldest first. */
	private readonly lines: string[] = [];
	/** Which of them are minor. */
	private readonly minor: boolean[] = [];
	/** Of whom each tells; undefined for what everybody may know. */
	private readonly users: (string | undefined)[] = [];
	/** When all minor lines that were taken have used up their time. */
	private busyUntil = 0;
	/** Minor lines that were not taken, and not told of yet. */
	private dropped = 0;
	private readonly listeners = new Set<Listener>();

	/**
	 * @param size entries that are kept
	 * @param now milliseconds, as the HAL's; each entry begins with it in seconds
	 * @throws RangeError for a size that is no integer above zero
	 */
	constructor(size: number, now: () => number) {
		if (!Number.isInteger(size) || size < 1) throw new RangeError("an event log keeps at least one entry");
		this.size = size;
		this.now = now;
	}

	/**
	 * Whether one more minor line is taken now, LOG_BURST at once and one each LOG_INTERVAL; to be asked before the line is
	 * made. One that is not is counted, and told of as "dropped lines=N" before the next line.
	 */
	takesMinor(): boolean {
		const now = this.now();
		const next = Math.max(this.busyUntil, now) + LOG_INTERVAL;
		if (next > now + LOG_BURST * LOG_INTERVAL) {
			this.dropped++;
			return false;
		}
		this.busyUntil = next;
		return true;
	}

	/**
	 * Adds an event. The text may come from a peer: it is made printable and cut to a bounded length.
	 *
	 * @param minor pushes out other minor ones when those have half of the places; others push out minor ones before
	 * @param user of whom it tells, "" for a stranger; without it everybody may know
	 */
	add(text: string, minor = false, user?: string): void {
		this.tellDropped();
		this.keep(text, minor, user);
	}

	/** The last entries, the oldest first. @param reader leaves out those that tell of others than this user */
	entries(reader?: string): string[] {
		this.tellDropped();
		return this.lines.filter((_line, at) => mayRead(reader, this.users[at]));
	}

	/** @param reader as of entries() */
	subscribe(listener: (line: string) => void, reader?: string): () => void {
		// The same function can listen twice and leave once.
		const own: Listener = { call: listener, reader };
		this.listeners.add(own);
		return () => {
			this.listeners.delete(own);
		};
	}

	private tellDropped(): void {
		const { dropped } = this;
		if (dropped === 0) return;
		this.dropped = 0;
		this.keep(`dropped lines=${dropped}`, true, undefined);
	}

	private keep(text: string, minor: boolean, user: string | undefined): void {
		const time = (this.now() / 1000).toFixed(3).padStart(10);
		const entry = cut(`[${time}] ${printable(text.slice(0, MAX_LOG_ENTRY))}`);
		if (this.lines.length >= this.size) this.makeRoom(minor);
		this.lines.push(entry);
		this.minor.push(minor);
		this.users.push(user);
		this.listeners.forEach(({ call, reader }) => {
			try {
				if (mayRead(reader, user)) call(entry);
			} catch {
				// Who listens badly must not keep others from their log, nor the server from its work.
			}
		});
	}

	/** Lets the oldest minor entry go where minor ones have their half of the places, else the oldest of all. */
	private makeRoom(minor: boolean): void {
		let count = minor ? 1 : 0;
		this.minor.forEach(each => {
			if (each) count++;
		});
		const crowded = count > this.size / 2;
		const victim = crowded ? Math.max(0, this.minor.indexOf(true)) : 0;
		this.lines.splice(victim, 1);
		this.minor.splice(victim, 1);
		this.users.splice(victim, 1);
	}
}

function mayRead(reader: string | undefined, user: string | undefined): boolean {
	return reader === undefined || user === undefined || user === reader;
}

function cut(entry: string): string {
	return entry.length > MAX_LOG_ENTRY ? `${entry.slice(0, MAX_LOG_ENTRY - 3)}...` : entry;
}
