/** Every figure of the bench: what it may be, and what it was when last measured. Names and units are in docs/performance.md. */

export interface Row {
	readonly name: string;
	readonly unit: string;
	/** Undefined for what is reported only. */
	readonly budget?: number;
	/** The budget is the least that it may be, not the most. */
	readonly atLeast?: boolean;
	/** As it came, when first measured; undefined where that was not. */
	readonly before?: number;
	/** By `npm run bench`, when this file was last changed. */
	readonly now: number;
}

const row = (name: string, unit: string, now: number, rest: Partial<Row> = {}): Row =>
	Object.freeze({ name, unit, now, ...rest });

const M = "M instructions";
const TIMES = "of JavaScript's speed";

/** 200 slots and 2 KB: a guest's command is then less than half of a connection with its shell. */
const COMMAND = 200 * 16 + 2048;
/** What a client has sent and nobody can pass on: the window, and a piece that the command has read. */
const UNREAD = 2048 + 512;

export const ROWS: readonly Row[] = Object.freeze([
	row("rv32.x25519", M, 16.19, { budget: 20, before: 83.4 }),
	row("rv32.x25519.agreement", M, 20.91),
	row("rv32.ed25519.sign", M, 16.99, { budget: 40, before: 3000 }),
	row("rv32.ed25519.verify", M, 28.47, { budget: 50, before: 140 }),
	row("rv32.login", M, 154.24, { budget: 260 }),
	row("rv32.rekey", M, 101.69),
	row("rv32.longestSlice", "ms", 23.6, { budget: 25, before: 930.2 }),
	row("rv32.longestSlice.login", "ms", 17.9, { before: 201 }),
	row("rv32.longestSlice.aes", "ms", 24.6, { budget: 25 }),
	row("rv32.native.login", M, 100.78, { budget: 120 }),
	row("rv32.native.rekey", M, 48.88),
	row("rv32.native.longestSlice", "ms", 17.7),
	row("rv32.native.longestSlice.login", "ms", 17.7),
	row("rv32.native.longestSlice.aes", "ms", 18.6),
	row("rv32.native.times.aes128-gcm.s2c", TIMES, 37.2, { budget: 20, atLeast: true }),
	row("rv32.native.times.aes128-gcm.c2s", TIMES, 47.6, { budget: 20, atLeast: true }),
	row("rv32.native.times.aes128-ctr+hmac-sha2-256-etm.s2c", TIMES, 72.8, { budget: 20, atLeast: true }),
	row("rv32.native.times.aes128-ctr+hmac-sha2-256-etm.c2s", TIMES, 109.3, { budget: 20, atLeast: true }),
	row("rv32.native.times.chacha20-poly1305.s2c", TIMES, 30.5, { budget: 20, atLeast: true }),
	row("rv32.native.times.chacha20-poly1305.c2s", TIMES, 52.7, { budget: 20, atLeast: true }),
	row("xs32.table.bytesPerConnection", "bytes", 9.16, { budget: 16 }),
	row("xs32.server.idleBytes", "bytes", 13_296),
	row("xs32.connection.idleBytes", "bytes", 6432, { budget: 8192, before: 18_536 }),
	row("xs32.connection.peakBytes", "bytes", 18_951, { budget: 24_576, before: 25_762 }),
	row("xs32.channel.bytes", "bytes", 416, { budget: 480 }),
	row("xs32.command.startBytes", "bytes", 2896, { budget: COMMAND, before: 9668 }),
	row("xs32.command.terminalBytes", "bytes", 3612, { budget: COMMAND, before: 10_272 }),
	row("xs32.command.unreadBytes", "bytes", 5796, { budget: COMMAND + UNREAD, before: 14_020 }),
	row("xs32.connections", "connections", 4, { budget: 3, atLeast: true, before: 6 }),
	row("bytecode.totalBytes", "bytes", 249_949, { budget: 110_000, before: 214_048 }),
	row("bytecode.minimalBytes", "bytes", 127_509, { budget: 64_000, before: 131_030 }),
]);

/** Whether a figure is where its budget wants it. */
export function withinBudget({ budget, atLeast }: Row, figure: number): boolean {
	if (budget === undefined) return true;
	return atLeast ? figure >= budget : figure <= budget;
}
