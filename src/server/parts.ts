/**
 * The parts of a server, put together. Each part has this object and calls the others through it; what is decided for all
 * connections at once is decided here.
 */
import type { Hal } from "../../hal/hal.js";
import { COST_CONNECTION, NOTHING } from "../limits.js";
import { ERR_INTERNAL_ERROR, ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS, OK } from "../merrors.js";
import { __ENABLE_MOCANA_SSH_ADMISSION__ } from "../moptions.js";
import { Admission } from "./admission.js";
import { Audit } from "./audit.js";
import type { ServerConnection } from "./connection.js";
import { ConnectionTable } from "./connection-table.js";
import { EventLog } from "./event-log.js";
import { LIMITED, MemoryBudget, OWNER, STRANGER } from "./memory-budget.js";
import {
	type ConnectionSetup,
	connectionSetup,
	DEFAULT_LOG_SIZE,
	DEFAULT_MAX_CONNECTIONS,
	type SSHServerOptions,
} from "./options.js";
import { Pump } from "./pump.js";
import { Scheduler } from "./scheduler.js";

export class Parts {
	readonly options: SSHServerOptions;
	readonly hal: Hal;
	readonly setup: ConnectionSetup;
	readonly audit: Audit;
	readonly table: ConnectionTable;
	readonly admission: Admission | undefined;
	/** Undefined where the heap has no end. */
	readonly memory: MemoryBudget | undefined;
	readonly pump: Pump;
	/** Whose turn it is, and the connections that there are. */
	readonly scheduler: Scheduler;
	/** Those who wait for the last connection to end. */
	private closed: (() => void)[] = [];

	/** @throws as the constructor of SSHServer, but for the port */
	constructor(options: SSHServerOptions) {
		const { hal, maxConnections = DEFAULT_MAX_CONNECTIONS, ownerAddresses } = options;
		if (!Number.isInteger(maxConnections) || maxConnections < 1)
			throw new TypeError("maxConnections: not above 0");
		this.setup = connectionSetup(options);
		this.options = options;
		this.hal = hal;
		this.audit = new Audit(options.log ?? new EventLog(DEFAULT_LOG_SIZE, () => hal.now()));
		this.table = new ConnectionTable(maxConnections);
		const { authenticator, limits } = this.setup;
		const guessing = authenticator.chains.every(([first]) => first !== "publickey");
		this.admission = __ENABLE_MOCANA_SSH_ADMISSION__
			? new Admission(this.table, limits, ownerAddresses, guessing)
			: undefined;
		const { heap } = hal;
		this.memory =
			heap || limits.heapSlots > 0
				? new MemoryBudget(limits, heap, ownerAddresses !== undefined, maxConnections)
				: undefined;
		this.pump = new Pump(this);
		this.scheduler = new Scheduler(hal, this.pump, this.admission);
	}

	/** Whether there is memory for a connection of whom admission has just judged. */
	admitsOneMore(): boolean {
		const { memory } = this;
		if (memory === undefined) return true;
		const who = this.admission?.judgesOwner ? OWNER : STRANGER;
		return memory.admits(who, this.scheduler.first, COST_CONNECTION, memory.bufferBytes);
	}

	/** OK, or a status that ends the connection: there is no place, or no memory, for one more that has logged in so. */
	admitsLogin(connection: ServerConnection): number {
		// A stranger's place and memory come out of what is kept for the owner's login: a login with limited rights must not stay in it.
		const { count, size } = this.table;
		const last = connection.standing === LIMITED && count === size && size > 1;
		if (!last && connection.grants(NOTHING)) return OK;
		this.audit.notice(connection, `not enough ${last ? "places" : "memory"} for a login with limited rights`);
		return ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS;
	}

	/** A computation that takes memory of its own has ended, or its connection has: others may wait for that. */
	computed(connection: ServerConnection): void {
		if (this.memory?.computed(connection) !== true) return;
		for (let each = this.scheduler.first; each; each = each.next) if (each.demanding) each.wake();
	}

	/** Tells what was thrown, unless there is no memory for the words. @param connection undefined for the listener */
	tell(connection: ServerConnection | undefined, error: unknown): void {
		try {
			const where = connection ? `connection ${connection.id}` : "accept";
			this.options.onError?.(ERR_INTERNAL_ERROR, `${where}: ${error}`);
		} catch {
			// Nobody can be told, and what is to be done now matters more.
		}
	}

	/** Calls when there is no connection, once: now, or when the last one was let go. */
	whenEmpty(call: () => void): void {
		this.closed.push(call);
		this.released();
	}

	/** A connection was let go. */
	released(): void {
		if (this.scheduler.first) return;
		for (const call of this.closed.splice(0)) call();
	}
}
