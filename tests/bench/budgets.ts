/** Every figure of the bench: what it may be, and what it was when last measured. Names and units are in docs/performance.md. */

export interface Row {
	readonly name: string;
	readonly unit: string;
	/** Undefined for what is reported only. */
	readonly budget?: number;
	/** The budget is the least that it may be, not the most. */
	readonly atLeast?: boolean;
	/** With the first design, before anything was tuned; undefined where that was never measured. */
	readonly before?: number;
	/** By `npm run bench`, when this file was last changed. */
	readonly now: number;
}

const row = (name: string, unit: string, now: number, rest: Partial<Row> = {}): Row =>
	Object.freeze({ name, unit, now, ...rest });

const M = "M instructions";

export const ROWS: readonly Row[] = Object.freeze([
	row("rv32.x25519", M, 21.52, { budget: 20, before: 83.4 }),
	row("rv32.x25519.agreement", M, 27.87),
	row("rv32.ed25519.sign", M, 18.99, { budget: 40, before: 3000 }),
	row("rv32.ed25519.verify", M, 35.93, { budget: 50, before: 140 }),
	row("rv32.login", M, 178.47, { budget: 260 }),
	row("rv32.rekey", M, 0),
	row("rv32.longestSlice", "ms", 0, { budget: 50 }),
	row("xs32.table.bytesPerConnection", "bytes", 0, { budget: 16 }),
	row("xs32.connection.idleBytes", "bytes", 0, { budget: 8192 }),
	row("xs32.connection.peakBytes", "bytes", 0, { budget: 24_576 }),
	row("xs32.connections", "connections", 0, { budget: 3, atLeast: true }),
	row("bytecode.totalBytes", "bytes", 0, { budget: 110_000 }),
	row("bytecode.minimalBytes", "bytes", 0, { budget: 64_000 }),
]);

/** Whether a figure is where its budget wants it. */
export function withinBudget({ budget, atLeast }: Row, figure: number): boolean {
	if (budget === undefined) return true;
	return atLeast ? figure >= budget : figure <= budget;
}
