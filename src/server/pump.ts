/**
 * The pump between sockets and state machines: it reads, steps, writes and lets go of what has ended. The scheduler says
 * whose turn it is; the table tells where each connection stands.
 */
import type { Hal } from "../../hal/hal.js";
import { STEP_DONE, STEP_SLICE } from "../base/steps.js";
import { CLOSE_TIME, STEPS_PER_TURN, TURN_TIME } from "../limits.js";
import {
	ERR_SSH_DISCONNECT_BY_APPLICATION,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	OK,
} from "../merrors.js";
import { disconnectReason, disconnectText, isSocketLost } from "../transport/disconnect.js";
import type { Admission } from "./admission.js";
import type { ServerConnection } from "./connection.js";
import { CLOSING, type ConnectionTable, NEGOTIATING, OPEN } from "./connection-table.js";
import { Scheduler, type SchedulerOwner } from "./scheduler.js";

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

export class Pump implements SchedulerOwner {
	/** Whose turn it is, and the connections that there are. */
	readonly scheduler: Scheduler;
	private readonly hal: Hal;
	private readonly table: ConnectionTable;
	private readonly owner: PumpOwner;

	constructor(hal: Hal, table: ConnectionTable, admission: Admission | undefined, owner: PumpOwner) {
		this.hal = hal;
		this.table = table;
		this.owner = owner;
		this.scheduler = new Scheduler(hal, this, admission);
	}

	/** Begins to serve it; where there is no memory for that, ends it. */
	start(connection: ServerConnection): void {
		this.table.setState(connection.place, NEGOTIATING);
		try {
			connection.transport.start();
			this.hal.watch(this.table.socket(connection.place), () => this.scheduler.ready(connection));
			this.scheduler.wake(connection);
		} catch (error) {
			this.giveUp(connection, error);
		}
	}

	serve(connection: ServerConnection): void {
		try {
			const status = this.turn(connection);
			if (status < OK) this.finish(connection, status);
		} catch (error) {
			this.giveUp(connection, error);
		}
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

	/** Steps a connection until nothing moves, or its turn is over. */
	private turn(connection: ServerConnection): number {
		const { hal, table } = this;
		const began = hal.now();
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
		this.scheduler.ask(connection);
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

	checkTime(connection: ServerConnection, now: number): void {
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
			this.scheduler.ask(connection);
		}
		const written = this.write(connection);
		if (written < OK) return written;
		if (packets.pending === 0 && !packets.unsealed) this.free(connection);
		return OK;
	}

	private free(connection: ServerConnection): void {
		if (connection.gone) return;
		connection.gone = true;
		this.scheduler.remove(connection);
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
		if (!this.scheduler.first) this.owner.onEmpty();
	}

	private opened(connection: ServerConnection): void {
		this.table.setState(connection.place, OPEN);
		const negotiated = connection.onNegotiated;
		connection.onNegotiated = undefined;
		negotiated?.(OK);
	}
}
