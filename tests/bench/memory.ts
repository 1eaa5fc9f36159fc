/** The lane of the XS board with a device's slots: what connections take of its heap, and how many fit. */
import { Board, bytesOf, difference, type Heap, LARGE_HEAP } from "./board.js";
import { commandFigures } from "./commands.js";
import { Guest } from "./guest.js";
import { KEYS } from "./keys.js";
import type { Figures, Lane } from "./lane.js";

/** Connections that come and go first, so that what the server keeps for all of them is there. */
const BEFORE = 2;

/** A search ends when it is this close. */
const CLOSE_BYTES = 256;
const CLOSE_SLOTS = 8;

async function startWarm(): Promise<Board> {
	const board = await Board.start(LARGE_HEAP, KEYS);
	if (!board) throw new Error("the board does not start");
	for (let i = 0; i < BEFORE; i++) await (await mustEnter(board)).leave();
	return board;
}

async function mustEnter(board: Board): Promise<Guest> {
	const guest = await Guest.enter(board.port);
	if (!guest) throw new Error("no login in a large heap");
	return guest;
}

/** Of a connection more where there is one. */
async function idleOf(board: Board): Promise<Heap> {
	const first = await mustEnter(board);
	const before = await board.idleHeap();
	const second = await mustEnter(board);
	const after = await board.idleHeap();
	await first.leave();
	await second.leave();
	return difference(before, after);
}

/** Whether a board with this heap takes a login, a shell and a key exchange anew. */
async function copes(options: readonly string[]): Promise<boolean> {
	const board = await Board.start(options, { ...KEYS, unbounded: true });
	if (!board) return false;
	const guest = await Guest.enter(board.port);
	const good = guest !== undefined && (await guest.rekey()) && (await guest.isServed());
	await board.end();
	return good;
}

/** The least value that does, between one that does not and one that does. */
async function least(
	from: number,
	to: number,
	close: number,
	does: (value: number) => Promise<boolean>,
): Promise<number> {
	let low = from;
	let high = to;
	while (high - low > close) {
		const middle = Math.floor((low + high) / 2);
		if (await does(middle)) high = middle;
		else low = middle;
	}
	return high;
}

/** What the heap must have beyond what the idle server holds, found by giving it less and less. */
async function peakOf(idle: Heap): Promise<Heap> {
	const chunks = await least(idle.chunkBytes, 100_000, CLOSE_BYTES, value =>
		copes(["--chunks", `${value}`, "--slots", "200000"]),
	);
	const slots = await least(idle.slots, 10_000, CLOSE_SLOTS, value =>
		copes(["--chunks", "8000000", "--slots", `${value}`]),
	);
	return { chunkBytes: chunks - idle.chunkBytes, slots: slots - idle.slots, slotSize: idle.slotSize };
}

/** Shells at once in the heap of an ESP32-C6, the board's default; all of them answer when the last has come. */
async function connections(): Promise<number> {
	const board = await Board.start([], KEYS);
	if (!board) return 0;
	const guests: Guest[] = [];
	for (;;) {
		const guest = await Guest.enter(board.port);
		if (!guest) break;
		guests.push(guest);
	}
	let served = 0;
	for (const guest of guests) if (await guest.isServed()) served++;
	for (const guest of guests) await guest.leave();
	await board.end();
	return served;
}

async function measure(): Promise<Figures> {
	const board = await startWarm();
	const idle = await board.idleHeap();
	const connection = await idleOf(board);
	const commands = await commandFigures(board);
	await board.end();
	const peak = await peakOf(idle);
	return {
		"xs32.table.bytesPerConnection": idle.table,
		"xs32.server.idleBytes": bytesOf(idle),
		"xs32.connection.idleBytes": bytesOf(connection),
		"xs32.connection.idleBytes.chunks": connection.chunkBytes,
		"xs32.connection.peakBytes": bytesOf(peak),
		"xs32.connection.peakBytes.chunks": peak.chunkBytes,
		...commands,
		"xs32.connections": await connections(),
	};
}

export const MEMORY: Lane = { prefix: "xs32.", measure };
