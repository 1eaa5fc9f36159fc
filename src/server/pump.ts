/**
 * The pump between sockets and state machines: it reads, steps, writes and lets go of what has ended. The scheduler says
 * whose turn it is; each connection tells its stage.
 */

import { CLOSING, GONE, LOGGED_IN, NEGOTIATING, OPEN } from "../base/stages.js";
import { STEP_DONE, STEP_SLICE } from "../base/steps.js";
import { CLOSE_TIME, STEPS_PER_TURN, TURN_TIME } from "../limits.js";
import {
	ERR_SSH_DISCONNECT_BY_APPLICATION,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	OK,
} from "../merrors.js";
import { disconnectReason, disconnectText, isSocketLost } from "../transport/disconnect.js";
import type { ServerConnection } from "./connection.js";
import type { Parts } from "./parts.js";
import type { SchedulerOwner } from "./scheduler.js";
import { step } from "./steps.js";
import { checkTime, rest } from "./times.js";

export class Pump implements SchedulerOwner {
	private readonly parts: Parts;

	constructor(parts: Parts) {
		this.parts = parts;
	}

	/** Begins to serve it; where there is no memory for that, ends it. */
	start(connection: ServerConnection): void {
		const { hal, scheduler } = this.parts;
		connection.moveTo(NEGOTIATING);
		try {
			connection.transport.start();
			hal.watch(connection.socket, () => scheduler.ready(connection));
			connection.wake();
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
		this.parts.tell(connection, error);
		try {
			this.finish(connection, ERR_SSH_DISCONNECT_BY_APPLICATION);
		} catch {
			this.free(connection);
		}
	}

	/** Steps a connection until nothing moves, or its turn is over. */
	private turn(connection: ServerConnection): number {
		const { hal, scheduler } = this.parts;
		const began = hal.now();
		for (let steps = 0; steps < STEPS_PER_TURN; steps++) {
			if (connection.stage === GONE) return OK;
			if (steps > 0 && hal.now() - began >= TURN_TIME) break;
			if (connection.stage === CLOSING) return this.drain(connection);
			const stepped = step(connection, hal.now());
			if (stepped < OK) return stepped;
			// A callback may have closed it and given its place to another.
			if (connection.stage === GONE) return OK;
			if (connection.stage === LOGGED_IN && connection.openChannels > 0) this.opened(connection);
			if (stepped === STEP_DONE) continue;
			if (stepped === STEP_SLICE) break;
			const written = this.write(connection);
			if (written < OK) return written;
			const read = this.read(connection);
			if (read < OK) return read;
			if (read + written === 0) return connection.inputEnded ? ERR_TCP_SOCKET_CLOSED : OK;
		}
		if (connection.stage === GONE) return OK;
		// What is there goes out before others have their turn: it may be long.
		const written = this.write(connection);
		if (written < OK) return written;
		scheduler.ask(connection);
		return OK;
	}

	/** Bytes read, or a status. */
	private read(connection: ServerConnection): number {
		if (connection.inputEnded) return 0;
		const { hal } = this.parts;
		const { packets } = connection.transport;
		const space = connection.transport.inputSpace();
		if (space === 0) return 0;
		const count = hal.read(connection.socket, packets.input, packets.inputEnd, space);
		if (count === ERR_TCP_WOULDBLOCK) return 0;
		if (count === ERR_TCP_SOCKET_CLOSED) {
			connection.inputEnded = true;
			return 0;
		}
		if (count > 0) connection.received(count, hal.now());
		return count;
	}

	/** Bytes written, or a status. */
	private write(connection: ServerConnection): number {
		const { packets } = connection.transport;
		if (packets.pending === 0) return 0;
		const { output, outputStart, pending } = packets;
		const count = this.parts.hal.write(connection.socket, output, outputStart, pending);
		if (count === ERR_TCP_WOULDBLOCK) return 0;
		if (count > 0) connection.sent(count);
		return count;
	}

	checkTime(connection: ServerConnection, now: number): void {
		// Another's callback in this tick may have closed it, and its place may be a third one's.
		if (connection.stage === GONE) return;
		if (connection.stage === CLOSING) {
			if (now - connection.closingSince >= CLOSE_TIME) this.free(connection);
			return;
		}
		try {
			const status = checkTime(connection, now);
			if (status < OK) this.finish(connection, status);
			else rest(connection, now);
		} catch (error) {
			this.giveUp(connection, error);
		}
	}

	/** Ends a connection: the peer is told, what is queued goes out, the id is void. */
	finish(connection: ServerConnection, status: number): void {
		if (connection.stage === GONE) return;
		if (connection.stage === CLOSING) {
			if (status < OK) this.free(connection);
			return;
		}
		connection.moveTo(CLOSING);
		connection.closingSince = this.parts.hal.now();
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
		const { audit, hal } = this.parts;
		try {
			this.parts.computed(connection);
			audit.close(connection, status, hal.now());
		} catch (error) {
			this.parts.tell(connection, error);
		}
		try {
			connection.finish(disconnectReason(status), disconnectText(status), status === OK);
		} catch (error) {
			this.parts.tell(connection, error);
		}
	}

	/** True when all of them know; else one more knows, unless there is no memory even to ask. */
	private endSessions(connection: ServerConnection): boolean {
		try {
			connection.endSessions();
			return true;
		} catch (error) {
			this.parts.tell(connection, error);
			return false;
		}
	}

	private callBack(connection: ServerConnection, status: number): void {
		const { admission, hal, options } = this.parts;
		const negotiated = connection.onNegotiated;
		connection.onNegotiated = undefined;
		try {
			negotiated?.(status === OK ? ERR_SSH_DISCONNECT_BY_APPLICATION : status);
		} catch (error) {
			this.parts.tell(connection, error);
		}
		try {
			admission?.ended(connection.place, status, hal.now());
			options.onClose?.(connection, status);
		} catch (error) {
			this.parts.tell(connection, error);
		}
	}

	/** Writes what is left; frees the connection when nothing is. */
	private drain(connection: ServerConnection): number {
		const { packets } = connection.transport;
		if (packets.unsealed) {
			packets.sealSlice();
			this.parts.scheduler.ask(connection);
		}
		const written = this.write(connection);
		if (written < OK) return written;
		if (packets.pending === 0 && !packets.unsealed) this.free(connection);
		return OK;
	}

	private free(connection: ServerConnection): void {
		if (connection.stage === GONE) return;
		const { hal, scheduler } = this.parts;
		const { socket } = connection;
		scheduler.remove(connection);
		connection.moveTo(GONE);
		// The place is free, whatever there is no memory for now.
		try {
			hal.close(socket);
		} catch (error) {
			this.parts.tell(connection, error);
		}
		try {
			connection.transport.wipe();
		} catch (error) {
			this.parts.tell(connection, error);
		}
		this.parts.released();
	}

	private opened(connection: ServerConnection): void {
		connection.moveTo(OPEN);
		const negotiated = connection.onNegotiated;
		connection.onNegotiated = undefined;
		negotiated?.(OK);
	}
}
