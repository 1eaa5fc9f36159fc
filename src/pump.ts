/**
 * The pump between sockets and state machines: it reads, steps, writes, watches the time and lets go of what has
 * ended. Connections are kept as a list, newest first; the table tells where each of them stands.
 */
import type { Hal } from "../hal/hal.js";
import { CLOSING, type ConnectionTable, NEGOTIATING, OPEN } from "./connection-table.js";
import { CLOSE_TIME, STEPS_PER_TURN, TICK, TURN_TIME } from "./limits.js";
import {
	ERR_SSH_DISCONNECT_BY_APPLICATION,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	OK,
} from "./merrors.js";
import type { ServerConnection } from "./server-connection.js";
import { STEP_DONE, STEP_SLICE } from "./steps.js";
import { disconnectReason, disconnectText, isSocketLost } from "./transport/disconnect.js";

/** A tick that has not come by then was lost. */
const LATE_TICK = 3 * TICK;

/** What the pump tells its server. */
export interface PumpOwner {
	/** A connection begins to close; its id is void. */
	onClosing(connection: ServerConnection, status: number): void;
	/** A connection has ended and its id is void. */
	onEnded(connection: ServerConnection, status: number): void;
	/** A callback of the application, or our own code, has thrown. */
	onThrown(text: string): void;
	/** The last connection was let go. */
	onEmpty(): void;
}

export class Pump {
	/** Connections, newest first. */
	first: ServerConnection | undefined;
	private readonly hal: Hal;
	private readonly table: ConnectionTable;
	private readonly owner: PumpOwner;
	/** The connection that is being stepped. */
	private current: ServerConnection | undefined;
	private ticking = 0;
	private working = 0;
	/** When the time of connections was last looked at, and which `working` there was then. */
	private ticked = 0;
	private workingAtTick = 0;
	/** Where work() goes on that ran out of time. */
	private resume: ServerConnection | undefined;

	constructor(hal: Hal, table: ConnectionTable, owner: PumpOwner) {
		this.hal = hal;
		this.table = table;
		this.owner = owner;
	}

	/** Takes a connection on; nothing happens to it before start(). */
	add(connection: ServerConnection): void {
		this.keepTime();
		connection.next = this.first;
		this.first = connection;
	}

	/** Begins to serve it; where there is no memory for that, ends it. */
	start(connection: ServerConnection): void {
		this.table.setState(connection.place, NEGOTIATING);
		try {
			connection.transport.start();
			this.hal.watch(this.table.socket(connection.place), () => this.pump(connection));
			this.wake(connection);
		} catch (error) {
			this.giveUp(connection, error);
		}
	}

	/** Has the times of connections looked at, if they are not: a timer that found no memory is set at the next chance. */
	keepTime(): void {
		if (this.ticking !== 0) return;
		this.ticked = this.hal.now();
		this.ticking = this.hal.setTimer(TICK, this.tick);
	}

	/** A HAL without memory may have called nobody when a timer was due, and then nobody would look at times any more. */
	private missTick(now: number): void {
		if (this.ticking === 0 || now - this.ticked < LATE_TICK) return;
		const late = this.ticking;
		this.ticking = 0;
		this.keepTime();
		this.hal.clearTimer(late);
	}

	/** Steps a connection until nothing moves, or its turn is over. */
	private pump(connection: ServerConnection): void {
		if (this.current === connection || connection.gone) return;
		const before = this.current;
		this.current = connection;
		connection.awake = false;
		try {
			const status = this.turn(connection);
			if (status < OK) this.finish(connection, status);
		} catch (error) {
			this.giveUp(connection, error);
		}
		this.current = before;
	}

	/**
	 * Ends a connection over which our own code has thrown. On a device that is memory that has run out, and a good-bye may
	 * take more of it than there is: then the connection is let go without one, so that the others get what it held.
	 */
	giveUp(connection: ServerConnection, error: unknown): void {
		this.tell(connection, error);
		try {
			this.finish(connection, ERR_SSH_DISCONNECT_BY_APPLICATION);
		} catch {
			this.free(connection);
		}
	}

	/** Tells what was thrown, unless there is no memory for the words. */
	private tell(connection: ServerConnection, error: unknown): void {
		try {
			this.owner.onThrown(`connection ${connection.id}: ${error}`);
		} catch {
			// Nobody can be told, and what is to be done now matters more.
		}
	}

	private turn(connection: ServerConnection): number {
		const { hal, table } = this;
		const began = hal.now();
		this.missTick(began);
		for (let steps = 0; steps < STEPS_PER_TURN; steps++) {
			if (connection.gone) return OK;
			if (steps > 0 && hal.now() - began >= TURN_TIME) break;
			const state = table.state(connection.place);
			if (state === CLOSING) return this.drain(connection);
			const stepped = connection.step(hal.now());
			if (stepped < OK) return stepped;
			// A callback may have closed it and given its place to another.
			if (connection.gone) return OK;
			if (state === NEGOTIATING && (connection.protocol?.open ?? 0) > 0) this.opened(connection);
			if (stepped === STEP_DONE) continue;
			if (stepped === STEP_SLICE) break;
			const written = this.write(connection);
			if (written < OK) return written;
			const read = this.read(connection);
			if (read < OK) return read;
			if (read + written === 0) return connection.inputEnded ? ERR_TCP_SOCKET_CLOSED : OK;
		}
		if (connection.gone) return OK;
		// What is there goes out before others have their turn: it may be long.
		const written = this.write(connection);
		if (written < OK) return written;
		this.schedule(connection);
		return OK;
	}

	/** Bytes read, or a status. */
	private read(connection: ServerConnection): number {
		if (connection.inputEnded) return 0;
		const { packets } = connection.transport;
		const space = connection.transport.inputSpace();
		if (space === 0) return 0;
		const socket = this.table.socket(connection.place);
		const count = this.hal.read(socket, packets.input, packets.inputEnd, space);
		if (count === ERR_TCP_WOULDBLOCK) return 0;
		if (count === ERR_TCP_SOCKET_CLOSED) {
			connection.inputEnded = true;
			return 0;
		}
		if (count > 0) connection.received(count, this.hal.now());
		return count;
	}

	/** Bytes written, or a status. */
	private write(connection: ServerConnection): number {
		const { packets } = connection.transport;
		if (packets.pending === 0) return 0;
		const socket = this.table.socket(connection.place);
		const count = this.hal.write(socket, packets.output, packets.outputStart, packets.pending);
		if (count === ERR_TCP_WOULDBLOCK) return 0;
		if (count > 0) connection.sent(count);
		return count;
	}

	/** Has a connection stepped soon; the one whose turn it is goes on anyway. */
	wake(connection: ServerConnection): void {
		if (connection !== this.current) this.schedule(connection);
	}

	private schedule(connection: ServerConnection): void {
		connection.awake = true;
		this.workSoon();
	}

	/** Many calls before the timer runs are one. */
	private workSoon(): void {
		if (this.working > 0) return;
		try {
			this.working = this.hal.setTimer(0, this.work);
		} catch {
			// No memory for a timer: the next tick does the work.
		}
	}

	/** A turn for each that is awake, until the event loop was held for a turn's time: the others' comes with the next timer. */
	private readonly work = (): void => {
		const { hal } = this;
		const began = hal.now();
		const start = this.resume ?? this.first;
		this.working = 0;
		this.resume = undefined;
		for (let each = start; each; ) {
			let { next } = each;
			if (each.awake) {
				this.pump(each);
				while (next?.gone) next = next.next;
				if (next && hal.now() - began >= TURN_TIME) {
					this.resume = next;
					break;
				}
			}
			each = next;
		}
		// Behind a break there are others, and before where it went on there may be.
		const left = this.resume !== undefined || start !== this.first;
		if (left && this.first) this.workSoon();
	};

	private readonly tick = (): void => {
		this.ticking = 0;
		const now = this.hal.now();
		for (let each = this.first; each; ) {
			const { next } = each;
			this.checkTime(each, now);
			each = next;
		}
		// A timer that was to come at once and has not for a whole tick is lost.
		if (this.working === 0 || this.working === this.workingAtTick) this.work();
		this.workingAtTick = this.working;
		const { first } = this;
		if (!first) return;
		try {
			this.keepTime();
		} catch (error) {
			// The newest goes, and with it what keeps the clock from going on for the others.
			this.giveUp(first, error);
		}
	};

	private checkTime(connection: ServerConnection, now: number): void {
		// Another's callback in this tick may have closed it, and its place may be a third one's.
		if (connection.gone) return;
		if (this.table.state(connection.place) === CLOSING) {
			if (now - connection.closingSince >= CLOSE_TIME) this.free(connection);
			return;
		}
		try {
			const status = connection.checkTime(now);
			if (status < OK) this.finish(connection, status);
			else connection.rest(now);
		} catch (error) {
			this.giveUp(connection, error);
		}
	}

	/** Ends a connection: the peer is told, what is queued goes out, the id is void. */
	finish(connection: ServerConnection, status: number): void {
		const { table } = this;
		if (connection.gone) return;
		if (table.state(connection.place) === CLOSING) {
			if (status < OK) this.free(connection);
			return;
		}
		table.setState(connection.place, CLOSING);
		connection.closingSince = this.hal.now();
		this.say(connection, status);
		let open: number;
		do open = connection.openChannels;
		while (!this.endSessions(connection) && connection.openChannels < open);
		this.callBack(connection, status);
		if (isSocketLost(status)) this.free(connection);
		else if (this.drain(connection) < OK) this.free(connection);
	}

	// What follows ends a connection in the midst of anything, memory that has run out too: what throws is told, and keeps
	// nobody else from being called.

	private say(connection: ServerConnection, status: number): void {
		try {
			this.owner.onClosing(connection, status);
		} catch (error) {
			this.tell(connection, error);
		}
		try {
			connection.finish(disconnectReason(status), disconnectText(status), status === OK);
		} catch (error) {
			this.tell(connection, error);
		}
	}

	/** True when all of them know; else one more knows, unless there is no memory even to ask. */
	private endSessions(connection: ServerConnection): boolean {
		try {
			connection.endSessions();
			return true;
		} catch (error) {
			this.tell(connection, error);
			return false;
		}
	}

	private callBack(connection: ServerConnection, status: number): void {
		const negotiated = connection.onNegotiated;
		connection.onNegotiated = undefined;
		try {
			negotiated?.(status === OK ? ERR_SSH_DISCONNECT_BY_APPLICATION : status);
		} catch (error) {
			this.tell(connection, error);
		}
		try {
			this.owner.onEnded(connection, status);
		} catch (error) {
			this.tell(connection, error);
		}
	}

	/** Writes what is left; frees the connection when nothing is. */
	private drain(connection: ServerConnection): number {
		const { packets } = connection.transport;
		if (packets.unsealed) {
			packets.sealSlice();
			this.schedule(connection);
		}
		const written = this.write(connection);
		if (written < OK) return written;
		if (packets.pending === 0 && !packets.unsealed) this.free(connection);
		return OK;
	}

	private free(connection: ServerConnection): void {
		if (connection.gone) return;
		connection.gone = true;
		this.unlink(connection);
		const socket = this.table.socket(connection.place);
		this.table.release(connection.place);
		// The place is free, whatever there is no memory for now.
		try {
			this.hal.close(socket);
		} catch (error) {
			this.tell(connection, error);
		}
		try {
			connection.transport.wipe();
		} catch (error) {
			this.tell(connection, error);
		}
		if (!this.first) this.stop();
	}

	private stop(): void {
		const { ticking, working } = this;
		this.ticking = this.working = 0;
		this.hal.clearTimer(ticking);
		this.hal.clearTimer(working);
		this.owner.onEmpty();
	}

	private unlink(connection: ServerConnection): void {
		if (this.resume === connection) this.resume = connection.next;
		if (this.first === connection) this.first = connection.next;
		else {
			let before = this.first!;
			while (before.next !== connection) before = before.next!;
			before.next = connection.next;
		}
	}

	private opened(connection: ServerConnection): void {
		this.table.setState(connection.place, OPEN);
		const negotiated = connection.onNegotiated;
		connection.onNegotiated = undefined;
		negotiated?.(OK);
	}
}
