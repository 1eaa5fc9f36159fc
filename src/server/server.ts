/** The server, as an application has it: options go in, connections are told of by their instance ids. */
import type { TCP_SOCKET } from "../../hal/hal.js";
import { ACCEPTED, CLOSING, GONE, OPEN } from "../base/stages.js";
import type { ConnectionInfo } from "../connection/session.js";
import { keyLabel } from "../keys/public-key.js";
import { ERR_INVALID_ARG, ERR_SSH_BAD_ID, ERR_SSH_TOO_MANY_CONNECTIONS, OK } from "../merrors.js";
import { ServerConnection } from "./connection.js";
import type { EventLog } from "./event-log.js";
import { CommandGuard } from "./guard.js";
import { Listener } from "./listener.js";
import type { SSHServerOptions } from "./options.js";
import { Parts } from "./parts.js";

export type { SSHServerOptions };

export class SSHServer {
	/** The last events. */
	readonly log: EventLog;
	/** What the shell's commands tell the server of, and ask it for. */
	readonly guard: CommandGuard;
	private readonly parts: Parts;
	private readonly listener: Listener;

	/**
	 * @throws TypeError for options that make no server; Error where the HAL has no cryptographic randomness, and where the
	 *   port cannot be listened on and no onError is there to hear of it
	 */
	constructor(options: SSHServerOptions) {
		this.parts = new Parts(options);
		this.log = this.parts.audit.log;
		this.guard = new CommandGuard(this.parts);
		this.listener = new Listener(this, this.parts);
		if (options.port !== undefined) this.listener.listen(options.address ?? "0.0.0.0", options.port);
	}

	/**
	 * Registers a connection; nothing is sent before negotiate().
	 *
	 * @returns its instance id; ERR_INVALID_ARG for what is no socket, or has a connection already; ERR_SSH_TOO_MANY_CONNECTIONS when the table is
	 *   full, or as full as it may get with those who have not logged in;
	 *   ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT while its address has too many connections or wrong passwords. The
	 *   socket is still the caller's then
	 */
	accept(socket: TCP_SOCKET): number {
		const { admission, audit, hal, scheduler, setup, table } = this.parts;
		if (!Number.isInteger(socket) || socket < 1 || table.holds(socket)) return ERR_INVALID_ARG;
		const address = hal.remoteAddress(socket);
		const now = hal.now();
		const free = table.count < table.size ? OK : ERR_SSH_TOO_MANY_CONNECTIONS;
		const judged = admission?.judge(address, now, setup.random) ?? free;
		if (judged < OK) {
			audit.refuse(address, admission?.why ?? "table-full", admission?.wait ?? 0);
			return judged;
		}
		if (!this.parts.admitsOneMore()) {
			audit.refuse(address, "memory", 0);
			return ERR_SSH_TOO_MANY_CONNECTIONS;
		}
		const place = table.add(socket);
		const id = table.instance(place);
		try {
			admission?.take(place);
			const connection = new ServerConnection(this.parts, place, address, now);
			audit.accept(connection);
			// Nothing after this line can fail; the pump owns the connection from here on.
			scheduler.add(connection);
			return id;
		} catch (error) {
			table.move(place, id, GONE);
			throw error;
		}
	}

	/**
	 * Exchanges keys and authenticates.
	 *
	 * @param done called once: with OK when the client has opened its first session channel, or with the status that
	 *   ended the connection before that
	 * @returns OK, or ERR_SSH_BAD_ID for what accept() did not give or was negotiated already
	 */
	negotiate(connectionInstance: number, done?: (status: number) => void): number {
		const connection = this.parts.scheduler.find(connectionInstance);
		if (!connection || connection.stage !== ACCEPTED) return ERR_SSH_BAD_ID;
		connection.onNegotiated = done;
		this.parts.pump.start(connection);
		return OK;
	}

	/** Sends keepalive@openssh.com. ERR_SSH_BAD_ID unless open; ERR_SSH_KEYEX_IN_PROGRESS during a re-key. */
	ping(connectionInstance: number): number {
		const connection = this.parts.scheduler.find(connectionInstance);
		if (!connection || connection.stage !== OPEN) return ERR_SSH_BAD_ID;
		return connection.ping();
	}

	/** CHANNEL_CLOSE and DISCONNECT(by application); the id is void at once. OK or ERR_SSH_BAD_ID. */
	closeConnection(connectionInstance: number): number {
		const connection = this.parts.scheduler.find(connectionInstance);
		if (!connection) return ERR_SSH_BAD_ID;
		this.parts.pump.finish(connection, OK);
		return OK;
	}

	/** Ends a connection that has lasted this many milliseconds from accept on; 0 lets it last. OK or ERR_SSH_BAD_ID. */
	limitSessionTime(connectionInstance: number, milliseconds: number): number {
		const connection = this.parts.scheduler.find(connectionInstance);
		if (!connection) return ERR_SSH_BAD_ID;
		connection.sessionTime = milliseconds;
		return OK;
	}

	/** Live connections, the oldest first. */
	connections(): ConnectionInfo[] {
		const live: ConnectionInfo[] = [];
		for (let each = this.parts.scheduler.first; each; each = each.next)
			if (each.stage < CLOSING) live.unshift(each);
		return live;
	}

	/** Places in use, of `maxConnections`. */
	get connectionCount(): number {
		return this.parts.table.count;
	}

	/** One a host key, as ssh shows them: "SHA256:... (ED25519)". */
	hostKeyFingerprints(): string[] {
		return this.parts.options.hostKeys.map(
			({ algorithm, fingerprint }) => `${fingerprint} (${keyLabel(algorithm)})`,
		);
	}

	/** Stops listening and closes every connection; resolves when the last byte is out or CLOSE_TIME has passed. */
	close(): Promise<void> {
		this.listener.close();
		return new Promise(resolve => {
			for (let each = this.parts.scheduler.first; each; ) {
				const { next } = each;
				this.parts.pump.finish(each, OK);
				each = next;
			}
			this.parts.whenEmpty(resolve);
		});
	}
}
