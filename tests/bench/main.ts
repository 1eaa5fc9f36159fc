/**
 * `npm run bench`: measures what docs/performance.md explains, and prints a table.
 *
 *     npm run bench -- [--only PREFIX] [--json] [--check]
 *
 * --only measures the lanes that have figures whose names begin so, and prints those; --json prints an object; --check
 * ends with status 1 when a figure is beyond its budget, or with CI=true when a lane could not be measured.
 */
import { ROWS, type Row, withinBudget } from "./budgets.js";
import { BYTECODE } from "./bytecode.js";
import { EMULATED } from "./emulated.js";
import { type Figures, type Lane, NotMeasured } from "./lane.js";
import { MEMORY } from "./memory.js";
import { THROUGHPUT } from "./throughput.js";

const LANES: readonly Lane[] = [...EMULATED, MEMORY, BYTECODE, THROUGHPUT];

const USAGE = "usage: npm run bench -- [--only PREFIX] [--json] [--check]\n";

interface Options {
	readonly only: string;
	readonly json: boolean;
	readonly check: boolean;
}

function parse(args: readonly string[]): Options | undefined {
	let only = "";
	let json = false;
	let check = false;
	for (let at = 0; at < args.length; at++) {
		if (args[at] === "--json") json = true;
		else if (args[at] === "--check") check = true;
		else if (args[at] === "--only" && at + 1 < args.length) only = args[++at];
		else return undefined;
	}
	return { only, json, check };
}

/** A lane is asked where it has such figures, or where the prefix is that of the lane itself. */
function isAsked({ prefix }: Lane, only: string): boolean {
	return prefix.startsWith(only) || only.startsWith(prefix);
}

/** The figures, and the lanes that could not be measured, a line each. */
async function measure(only: string): Promise<[Figures, string[]]> {
	const figures: Record<string, number> = {};
	const missing: string[] = [];
	for (const lane of LANES.filter(each => isAsked(each, only))) {
		try {
			for (const [name, figure] of Object.entries(await lane.measure()))
				if (name.startsWith(only)) figures[name] = figure;
		} catch (error) {
			if (!(error instanceof NotMeasured)) throw error;
			missing.push(`${lane.prefix}*: not measured: ${error.message}`);
		}
	}
	return [figures, missing];
}

function describe(row: Row | undefined, figure: number): string {
	if (row?.budget === undefined) return "reported";
	const bound = row.atLeast ? "at least" : "at most";
	return `${bound} ${row.budget}${withinBudget(row, figure) ? "" : "   BEYOND"}`;
}

function table(figures: Figures): string {
	const lines: string[] = [];
	const head = [
		"figure".padEnd(56),
		"now".padStart(12),
		"as it came".padStart(12),
		"unit".padEnd(22),
		"budget",
	];
	lines.push(head.join("  "));
	for (const [name, figure] of Object.entries(figures)) {
		const row = ROWS.find(each => each.name === name);
		const cells = [
			name.padEnd(56),
			`${figure}`.padStart(12),
			`${row?.before ?? ""}`.padStart(12),
			(row?.unit ?? unitOf(name)).padEnd(22),
			describe(row, figure),
		];
		lines.push(cells.join("  "));
	}
	return lines.join("\n");
}

/** Of the figures that are many: what their names say. */
function unitOf(name: string): string {
	if (name.startsWith("rv32.throughput.")) return "instructions a byte";
	if (name.startsWith("rv32.native.packet.")) return "instructions a packet";
	if (name.startsWith("rv32.native.byte.")) return "instructions a byte";
	if (name.startsWith("rv32.native.times.")) return "of JavaScript's speed";
	if (/^rv32\.(native\.)?phase\./.test(name)) return "M instructions";
	if (/^rv32\.(native\.)?slice\./.test(name)) return "ms";
	if (name.endsWith(".slots")) return "slots";
	if (name.endsWith(".ratio")) return "of ssh2's";
	if (name.startsWith("node.throughput.")) return "MB/s";
	return "bytes";
}

async function main(): Promise<number> {
	const options = parse(process.argv.slice(2));
	if (options === undefined) {
		process.stderr.write(USAGE);
		return 2;
	}
	const [figures, missing] = await measure(options.only);
	process.stdout.write(`${options.json ? JSON.stringify(figures, null, "\t") : table(figures)}\n`);
	for (const line of missing) process.stderr.write(`${line}\n`);
	if (!options.check) return 0;
	const beyond = ROWS.filter(row => row.name in figures && !withinBudget(row, figures[row.name]));
	for (const { name, budget } of beyond)
		process.stderr.write(`${name}: ${figures[name]} is beyond its budget of ${budget}\n`);
	return beyond.length > 0 || (missing.length > 0 && process.env.CI === "true") ? 1 : 0;
}

process.exitCode = await main();
