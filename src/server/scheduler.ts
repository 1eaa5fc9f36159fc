/**
 * The scheduler decides whose turn is next, and when times are looked at. A turn is one callback of the event loop in which one connection
 * is served: a few packets, or a slice of a computation. Between two turns the loop can hear of what has come for others.
 *
 * Each connection has a tag: the work that was done for it, weighted by its price, counted from the tag of the one that was
 * served when it began to ask (start-time fair queueing, Goyal, Vin and Cheng 1996). The least tag has the next turn. So
 * who asks for little is served next, who asks for much has a share, and nobody saves up more than BURST.
 */
import type { Hal } from "../../hal/hal.js";
import { CLOSING, GONE } from "../base/stages.js";
import { TICK } from "../limits.js";
import type { Admission } from "./admission.js";
import type { ServerConnection } from "./connection.js";

/** A timer that has not come by then was lost. */
const LATE = 3 * TICK;

/** What a turn costs beside its milliseconds, so that turns are shared where they are too short for the clock. */
const TURN_COST = 1;

/**
 * How far before the others one begins who has asked for nothing for a while. An echo takes several turns, and is to have
 * them at once: to the owner this is 100 ms, to others, who pay more, a turn or less.
 */
const BURST = 100;

/** What the scheduler tells who serves. */
export interface SchedulerOwner {
	/** A turn of this connection. Never called from within another turn; it throws nothing. */
	serve(connection: ServerConnection): void;
	/** Looks at the times that this connection is allowed. */
	checkTime(connection: ServerConnection, now: number): void;
	/** Ends a connection over which something was thrown. */
	giveUp(connection: ServerConnection, error: unknown): void;
}

export class Scheduler {
	/** Connections, newest first. */
	first: ServerConnection | undefined;
	private readonly hal: Hal;
	private readonly owner: SchedulerOwner;
	private readonly admission: Admission | undefined;
	/** The tag of the last that was served: who begins to ask begins there. */
	private clock = 0;
	/** Whose turn it is. */
	private current: ServerConnection | undefined;
	/** The timer of the next turn, and when it was set. */
	private turning = 0;
	private turnSince = 0;
	/** The timer of the next look at times, and when it was set. */
	private ticking = 0;
	private tickSince = 0;

	/** @param admission tells what work costs whom; without it all pay the same */
	constructor(hal: Hal, owner: SchedulerOwner, admission: Admission | undefined) {
		this.hal = hal;
		this.owner = owner;
		this.admission = admission;
	}

	/** Takes a connection on; it is not served before the first wake(). Where there is no memory for a timer, it throws. */
	add(connection: ServerConnection): void {
		this.keepTime();
		connection.next = this.first;
		this.first = connection;
	}

	/** The connection that has this instance id, and does not close; undefined for whatever is no such id. */
	find(instance: number): ServerConnection | undefined {
		let each = this.first;
		while (each && !(each.id === instance && each.stage < CLOSING)) each = each.next;
		return each;
	}

	/** Forgets a connection; with the last one the timers end. */
	remove(connection: ServerConnection): void {
		if (this.first === connection) this.first = connection.next;
		else {
			let before = this.first!;
			while (before.next !== connection) before = before.next!;
			before.next = connection.next;
		}
		if (this.first) return;
		const { ticking, turning } = this;
		this.ticking = this.turning = 0;
		this.hal.clearTimer(ticking);
		this.hal.clearTimer(turning);
	}

	/** Has a connection served soon. The one whose turn it is goes on anyway. */
	wake(connection: ServerConnection): void {
		if (connection !== this.current) this.ask(connection);
	}

	/** Something has come for a connection, or its socket has room again. */
	ready(connection: ServerConnection): void {
		if (connection.stage === GONE) return;
		const now = this.hal.now();
		this.missTick(now);
		this.missTurn(now);
		this.wake(connection);
		// There was no memory for a timer: this event has the turn.
		if (this.turning === 0) this.turn();
	}

	/** Has the turn that is over followed by another of the same connection, when the others have had theirs. */
	ask(connection: ServerConnection): void {
		if (!connection.awake) {
			connection.awake = true;
			connection.tag = Math.max(connection.tag, this.clock - BURST);
		}
		this.turnSoon();
	}

	// --- turns

	/** Many calls before the timer runs are one. */
	private turnSoon(): void {
		if (this.turning !== 0) return;
		try {
			this.turning = this.hal.setTimer(0, this.turn);
			this.turnSince = this.hal.now();
		} catch {
			// No memory for a timer: the next tick has the turn.
		}
	}

	private readonly turn = (): void => {
		this.turning = 0;
		const next = this.choose();
		if (!next) return;
		const { hal, admission } = this;
		const began = hal.now();
		const price = this.price(next, began);
		this.clock = Math.max(this.clock, next.tag);
		next.awake = false;
		this.current = next;
		this.owner.serve(next);
		this.current = undefined;
		const work = hal.now() - began;
		next.tag += (work + TURN_COST) * price;
		admission?.charge(next.place, work, began);
		if (this.choose()) this.turnSoon();
	};

	/** Of those that are awake the one with the least tag, and of several the one who pays least. */
	private choose(): ServerConnection | undefined {
		let best: ServerConnection | undefined;
		for (let each = this.first; each; each = each.next) {
			if (!each.awake) continue;
			if (!best || each.tag < best.tag || (each.tag === best.tag && this.isCheaper(each, best))) best = each;
		}
		return best;
	}

	private isCheaper(one: ServerConnection, other: ServerConnection): boolean {
		const now = this.hal.now();
		return this.price(one, now) < this.price(other, now);
	}

	private price(connection: ServerConnection, now: number): number {
		return this.admission?.price(connection.place, now) ?? 1;
	}

	// --- times

	/** Has the times of connections looked at, if they are not: a timer that found no memory is set at the next chance. */
	private keepTime(): void {
		if (this.ticking !== 0) return;
		this.tickSince = this.hal.now();
		this.ticking = this.hal.setTimer(TICK, this.tick);
	}

	private readonly tick = (): void => {
		this.ticking = 0;
		const { hal, owner } = this;
		const now = hal.now();
		for (let each = this.first; each; ) {
			const { next } = each;
			owner.checkTime(each, now);
			each = next;
		}
		if (!this.first) return;
		if (this.turning === 0) this.turn();
		else this.missTurn(now);
		const { first } = this;
		if (!first) return;
		try {
			this.keepTime();
		} catch (error) {
			// The newest goes, and with it what keeps the clock from going on for the others.
			owner.giveUp(first, error);
		}
	};

	// A HAL without memory may have called nobody when a timer was due. Whatever comes finds such a timer late.

	private missTick(now: number): void {
		const late = this.ticking;
		if (late !== 0 && now - this.tickSince < LATE) return;
		this.ticking = 0;
		try {
			this.keepTime();
		} catch {
			// No memory for it now either: the next event is the next chance.
		}
		this.hal.clearTimer(late);
	}

	private missTurn(now: number): void {
		if (this.turning === 0 || now - this.turnSince < TICK) return;
		const late = this.turning;
		this.turn();
		this.hal.clearTimer(late);
	}
}
