/** One step of a connection: a packet, or a slice of what takes long. The pump takes steps until nothing moves. */
import { STEP_DONE, STEP_SLICE, STEP_WAITS } from "../base/steps.js";
import { OK } from "../merrors.js";
import type { ServerConnection } from "./connection.js";

/**
 * Does one thing.
 * @returns STEP_SLICE, STEP_DONE or STEP_WAITS; a status below zero ends the connection
 */
export function step(connection: ServerConnection, now: number): number {
	const { demanding, parts, transport } = connection;
	const { packets } = transport;
	if (packets.unsealed) return packets.sealSlice();
	if (demanding && !connection.mayCompute()) return STEP_WAITS;
	const status = work(connection, now);
	if (demanding && !connection.demanding) parts.computed(connection);
	return status === STEP_WAITS && packets.unsealed ? STEP_DONE : status;
}

/** A step other than sealing what the ones before it have queued. */
function work(connection: ServerConnection, now: number): number {
	const { auth, protocol, transport } = connection;
	if (auth?.busy) {
		transport.renewShare();
		transport.packets.work = 0;
		return connection.afterAuth(auth.work());
	}
	if (protocol?.busy) {
		const status = protocol.work();
		return status > 0 ? STEP_SLICE : status;
	}
	// Before the next packet, whose answer may take the room that KEXINIT needs, over and over.
	const rekeyed = transport.rekeyIfDue(now);
	if (rekeyed < OK) return rekeyed;
	// Our KEXINIT goes out with the identification: as long as a slice.
	const computing = transport.computing || !transport.identified;
	const status = transport.step(now);
	if (status < OK) return status;
	if (computing || transport.computing || connection.auth?.busy) return status > 0 ? STEP_SLICE : STEP_WAITS;
	const flushed = protocol ? protocol.flush() : OK;
	return flushed < OK ? flushed : status;
}
