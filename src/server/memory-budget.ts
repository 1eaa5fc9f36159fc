/**
 * One budget for the memory of all connections. XS ends the program when its heap is full, so nothing may be begun that
 * could not be finished. Whoever wants to begin something (a connection, a channel, a command, what it stores) asks here
 * first, and is refused where too little would be left for those who have more of a right to it.
 *
 * What has been handed out is counted anew for each question, from what there is: each thing at the most that it takes
 * (COST_* of limits.ts), whether or not it has taken it yet. Where the HAL tells what the heap has left, that must
 * suffice as well: the application lives in the same heap.
 */
import type { Heap } from "../../hal/hal.js";
import type { Charges } from "../connection/host.js";
import {
	COST_CHANNEL,
	COST_COMMAND,
	COST_COMPUTATION,
	COST_CONNECTION,
	COST_TERMINAL,
	COST_TURN,
	type Cost,
	type Limits,
} from "../limits.js";

/** Computations of strangers and limited keys that run at a time, and those of the others. */
const COMPUTATIONS = 2;

// Who asks: the lower, the more is held back.
/** Has not logged in, and does not come from one of the owner's addresses. */
export const STRANGER = 0;
/** Logged in with less than all rights. */
export const LIMITED = 1;
/** Logged in with all rights, or about to log in from one of the owner's addresses. */
export const OWNER = 2;

/** What is counted, or held back. A pair of numbers that is written again and again instead of being made anew. */
class Sum implements Cost {
	slots = 0;
	bytes = 0;

	reset(): this {
		this.slots = this.bytes = 0;
		return this;
	}

	/** @param bytes besides those of the cost, as the limits have it: buffers, windows */
	add({ slots, bytes }: Cost, more = 0): this {
		this.slots += slots;
		this.bytes += bytes + more;
		return this;
	}
}

/** A connection: adds what it has been granted to the sum. */
export interface Charged {
	readonly next: Charged | undefined;
	charge(budget: MemoryBudget): void;
}

export class MemoryBudget implements Charges {
	private readonly limits: Limits;
	private readonly heap: Heap | undefined;
	/** For all connections together: the heap without the application's share. */
	private readonly total = new Sum();
	private readonly sum = new Sum();
	/** Who asks. */
	private asking = OWNER;
	/** By who asks. */
	private readonly heldBack: readonly Sum[];
	/** Whose computation is under way: of strangers and limited keys, and of the others. */
	private readonly computing: (object | undefined)[] = [undefined, undefined];

	/**
	 * @param owners some addresses are the owner's: then strangers leave enough for a login from there
	 * @param maxConnections places of the table
	 * @throws TypeError where the heap does not hold what must always be possible, or so many connections
	 */
	constructor(limits: Limits, heap: Heap | undefined, owners: boolean, maxConnections: number) {
		this.limits = limits;
		this.heap = heap;
		heap?.collect();
		this.total.slots = (heap?.freeSlots() ?? limits.heapSlots) - limits.applicationSlots;
		this.total.bytes = (heap?.freeBytes() ?? limits.heapBytes) - limits.applicationBytes;

		const always = new Sum().add(COST_TURN);
		for (let i = 0; i < COMPUTATIONS; i++) always.add(COST_COMPUTATION);
		const shell = new Sum().add(COST_CHANNEL, limits.initialWindowSize).add(COST_TERMINAL).add(COST_COMMAND);
		const login = new Sum().add(COST_CONNECTION, this.bufferBytes);
		const stranger = new Sum().add(always).add(shell);
		if (owners) stranger.add(login);
		const limited = new Sum().add(stranger).add(login);
		this.heldBack = [stranger, limited, always];

		// The owner in a shell, another who logs in, and the others at rest.
		const least = new Sum().add(always).add(shell);
		for (let place = 0; place < maxConnections; place++) least.add(place < 2 ? login : COST_CONNECTION);
		this.check("slots", least.slots, this.total.slots, limits.applicationSlots, maxConnections);
		this.check("bytes", least.bytes, this.total.bytes, limits.applicationBytes, maxConnections);
	}

	private check(what: string, needed: number, there: number, application: number, connections: number): void {
		if (needed <= there) return;
		throw new TypeError(
			`maxConnections: ${connections} need ${needed} ${what} of heap; there are ${there} beside the application's ${application}`,
		);
	}

	/** Both buffers of a connection that does not rest. */
	get bufferBytes(): number {
		return this.limits.packetSize + this.limits.sendBufferSize;
	}

	/**
	 * For Charged: a connection's own. Who rests has no buffers. Those of an owner are kept from the others all the same: he
	 * has them again with his next key, and a login beside it.
	 */
	addConnection(resting: boolean, owners: boolean): void {
		this.sum.add(COST_CONNECTION, resting && !(owners && this.asking !== OWNER) ? 0 : this.bufferBytes);
	}

	/** For Charged: this is taken. */
	add(cost: Cost, bytes = 0): void {
		this.sum.add(cost, bytes);
	}

	/**
	 * Whether this may be begun.
	 *
	 * @param who STRANGER, LIMITED or OWNER
	 * @param first of all connections
	 * @param cost what it takes at the most  @param bytes the same, beyond the cost's own
	 */
	admits(who: number, first: Charged | undefined, cost: Cost, bytes = 0): boolean {
		const { total, heap } = this;
		this.asking = who;
		const sum = this.sum.reset().add(this.heldBack[who]).add(cost, bytes);
		// What the heap has left has been taken from already: there only what is begun now, and what is held back, counts.
		const { slots: neededSlots, bytes: neededBytes } = sum;
		for (let each = first; each; each = each.next) each.charge(this);
		if (sum.slots > total.slots || sum.bytes > total.bytes) return false;
		if (heap === undefined) return true;
		if (heap.freeSlots() >= neededSlots && heap.freeBytes() >= neededBytes) return true;
		heap.collect();
		return heap.freeSlots() >= neededSlots && heap.freeBytes() >= neededBytes;
	}

	/**
	 * Whether this connection may go on with a computation that takes memory of its own while it lasts. One at a time does,
	 * and besides it one of those whom nobody may hold up.
	 */
	computes(connection: object, who: number): boolean {
		const lane = who === OWNER ? 1 : 0;
		this.computing[lane] ??= connection;
		return this.computing[lane] === connection;
	}

	/** Its computation has ended, or it has. True when others may wait for that. */
	computed(connection: object): boolean {
		const lane = this.computing.indexOf(connection);
		if (lane < 0) return false;
		this.computing[lane] = undefined;
		return true;
	}
}
