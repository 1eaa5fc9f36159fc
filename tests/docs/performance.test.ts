/** docs/performance.md's table has the figures that the bench last had, and its budgets. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../architecture/tree.js";
import { ROWS } from "../bench/budgets.js";

const page = readFileSync(join(ROOT, "docs/performance.md"), "utf8");

/** A number as the page writes one with so many places. */
function show(value: number, like: string): string {
	const digits = like.split(".")[1]?.length ?? 0;
	return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

test("docs/performance.md's table has each figure of the bench's budgets as it is", () => {
	const rows = [
		...page.matchAll(/^\| ((?:rv32|xs32|bytecode)\.[\w.]+)(?:,[^|]*)? \| [^|]*\| ([^|]*) \|([^|]*)\|$/gm),
	];
	assert.ok(rows.length > 20);
	for (const [, name, now, budget] of rows) {
		const row = ROWS.find(each => each.name === name);
		assert.ok(row, name);
		const figure = now.replaceAll("*", "");
		assert.equal(figure, show(row.now, figure), name);
		assert.equal(budget.trim(), row.budget === undefined ? "" : show(row.budget, budget), name);
	}
});
