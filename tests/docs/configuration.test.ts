import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { USAGE } from "../../simulator/command-line.js";
import * as limits from "../../src/limits.js";
import { DESKTOP_LIMITS, DEVICE_LIMITS, type Limits } from "../../src/limits.js";

// The suite runs in the checkout's root, as `npm test` does.
const page = readFileSync(join("docs", "configuration.md"), "utf8");

test("docs/configuration.md shows each limit as it is in both profiles", () => {
	for (const name of Object.keys(DESKTOP_LIMITS) as (keyof Limits)[]) {
		const row = `| \`${name}\` | ${show(DESKTOP_LIMITS[name])} | ${show(DEVICE_LIMITS[name])} |`;
		assert.ok(page.includes(row), `the page has no row ${row}`);
	}
});

test("docs/configuration.md has no limit that there is not", () => {
	const rows = [...page.matchAll(/^\| `(\w+)` \| [\d,]+ \| [\d,]+ \|/gm)].map(([, name]) => name);
	assert.deepEqual(rows, Object.keys(DESKTOP_LIMITS));
});

test("docs/configuration.md shows each constant of src/limits.ts with its value, and no other", () => {
	const constants = Object.entries(limits).filter(([, value]) => typeof value === "number");
	const rows = [...page.matchAll(/^\| (`[A-Z_`, ]+) \| ([\d, ]+) \|/gm)].flatMap(([, names, values]) => {
		const shown = values.split(", ");
		return names.split(", ").map((name, at) => [name.replaceAll("`", ""), shown[at].trim()]);
	});
	assert.deepEqual(rows.sort(), constants.map(([name, value]) => [name, show(value as number)]).sort());
});

test("docs/configuration.md names each flag of src/moptions.ts", () => {
	const flags = readFileSync(join("src", "moptions.ts"), "utf8").match(/__ENABLE_\w+__/g)!;
	for (const flag of flags) assert.ok(page.includes(`\`${flag}\``), flag);
});

test("docs/configuration.md names each option of the simulator", () => {
	const options = USAGE.match(/--[a-z-]+/g)!;
	for (const option of options) if (option !== "--help") assert.ok(page.includes(`[${option} `), option);
});

function show(value: number): string {
	return value.toLocaleString("en");
}
