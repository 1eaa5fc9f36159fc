/**
 * `npm run fuzz -- [TARGET...] [--seconds N]`: fuzzes each target for so long, one after another, from the corpus and from
 * what earlier runs have found to be new (build/fuzz/corpus). What breaks an invariant is in build/fuzz/findings then, and
 * the exit status is 1. An input that was found becomes a test: of a name in tests/regression, or a file of the corpus.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../architecture/tree.js";
import { launch } from "../minder.js";
import { ensureJazzer, type Jazzer, WORK } from "./jazzer.js";
import { TARGETS } from "./targets/index.js";

/** Targets that answer with a promise. */
const ASYNCHRONOUS: readonly string[] = ["terminal"];

/** The longest input: a few packets of the device's size. */
const MAX_LENGTH = 8192;

/** Of V8, and of the whole process: what grows without bound comes to it within a run. */
const HEAP_MEGABYTES = 256;
const PROCESS_MEGABYTES = 1024;

/** Seconds for one input: far above what any takes, on a machine that has other things to do. */
const INPUT_SECONDS = 60;

/** Runs one target. Yields what libFuzzer had to say last, and whether all was well. */
function fuzz(
	{ cli, env }: Jazzer,
	target: string,
	seconds: number,
): Promise<{ well: boolean; last: string }> {
	const own = join(WORK, "corpus", target);
	mkdirSync(own, { recursive: true });
	mkdirSync(join(WORK, "findings"), { recursive: true });
	const args = [
		`--max-old-space-size=${HEAP_MEGABYTES}`,
		cli,
		join(ROOT, "build/tests/fuzz/targets", `${target}.js`),
		own,
		join(ROOT, "tests/fuzz/corpus", target),
		...["-i", "build/src/"],
		...["--disable_bug_detectors", ".*"],
		`--timeout=${INPUT_SECONDS * 1000}`,
		...(ASYNCHRONOUS.includes(target) ? [] : ["--sync"]),
		"--",
		`-max_total_time=${seconds}`,
		`-max_len=${MAX_LENGTH}`,
		`-rss_limit_mb=${PROCESS_MEGABYTES}`,
		`-timeout=${INPUT_SECONDS}`,
		`-artifact_prefix=${join(WORK, "findings", target)}-`,
	];
	const child = launch(process.execPath, args, {
		cwd: ROOT,
		env,
		stdio: ["ignore", "pipe", "pipe"],
	});
	let text = "";
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding("utf8").on("data", (more: string) => {
			text += more;
		});
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", status => {
			const lines = text.split("\n");
			const counters = /Loaded \d+ modules {3}\((\d+) /.exec(text)?.[1];
			const state = lines.filter(line => /^#\d+\t/.test(line)).at(-1) ?? "no input was run";
			if (status !== 0) process.stdout.write(`${lines.slice(-60).join("\n")}\n`);
			const cov = /cov: \d+/.exec(state)?.[0] ?? "";
			const rate = /exec\/s: \d+/.exec(state)?.[0] ?? "";
			const runs = /Done (\d+) runs/.exec(text)?.[1] ?? /^#(\d+)/.exec(state)?.[1];
			resolve({ well: status === 0, last: `${runs} inputs, ${rate}, ${cov} of ${counters} edges` });
		});
	});
}

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		options: { seconds: { type: "string", default: "60" } },
		allowPositionals: true,
	});
	const seconds = Number(values.seconds);
	const names = positionals.length > 0 ? positionals : Object.keys(TARGETS);
	const unknown = names.find(name => !(name in TARGETS));
	if (unknown !== undefined || !Number.isInteger(seconds) || seconds < 1) {
		console.error(`npm run fuzz -- [TARGET...] [--seconds N]; targets: ${Object.keys(TARGETS).join(", ")}`);
		return 2;
	}
	const jazzer = ensureJazzer();
	let status = 0;
	for (const name of names) {
		const { well, last } = await fuzz(jazzer, name, seconds);
		console.log(`${name}: ${well ? "" : "FAILED, "}${last}`);
		if (!well) status = 1;
	}
	return status;
}

process.exitCode = await main();
