/** docs/core.md draws the stages of a connection as they are. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as stages from "../../src/base/stages.js";
import { assert, test } from "../harness.js";

const NAMES: [string, number][] = Object.entries(stages).flatMap(([name, stage]) =>
	typeof stage === "number" ? [[name, stage]] : [],
);

test("docs/core.md: the picture has each stage, and each step from one to another, but for GONE at once", () => {
	const drawn = readFileSync(join("docs", "core.md"), "utf8")
		.split("stateDiagram-v2")[1]
		.split("```")[0]
		.split("\n")
		.map(line => /^ {4}(\w+) --> (\w+)/.exec(line))
		.flatMap(match => (match ? [`${match[1]} ${match[2]}`] : []));
	const steps: string[] = [];
	for (const [name, from] of NAMES)
		for (const [next, to] of NAMES) {
			const atOnce = to === stages.GONE && from !== stages.CLOSING;
			if (stages.follows(from, to) && !atOnce) steps.push(`${name} ${next}`);
		}
	assert.deepEqual(drawn.sort(), steps.sort());
});
