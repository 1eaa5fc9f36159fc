import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

// The suite runs in the checkout's root, as `npm test` does.
const page = readFileSync(join("docs", "security.md"), "utf8");
const [, section] = page.split("\n## Attacks\n");
const rows = section
	.split("\n## ")[0]
	.split("\n")
	.filter(line => line.startsWith("| "))
	.slice(2);
const cves = (text: string): string[] => text.match(/CVE-\d{4}-\d+/g) ?? [];
const files = (text: string): string[] => text.match(/tests\/[\w/.-]+\.test\.ts/g) ?? [];

test("docs/security.md: each attack has its tests, which name it", () => {
	assert.ok(rows.length > 20);
	for (const row of rows) {
		const texts = files(row).map(file => readFileSync(file, "utf8"));
		assert.ok(texts.length > 0, row);
		for (const cve of cves(row))
			assert.ok(
				texts.some(text => text.includes(cve)),
				`${cve}: ${row}`,
			);
	}
});

test("docs/security.md names each test of an attack, and each CVE that one has", () => {
	const table = rows.join("\n");
	for (const name of readdirSync(join("tests", "attacks"))) {
		if (!name.endsWith(".test.ts")) continue;
		assert.ok(files(table).includes(`tests/attacks/${name}`), name);
		for (const cve of cves(readFileSync(join("tests", "attacks", name), "utf8")))
			assert.ok(cves(table).includes(cve), `${cve} of ${name}`);
	}
});
