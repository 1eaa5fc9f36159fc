/** docs/troubleshooting.md has every text that a client is told and every reason of the log, and none that is not in src. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DEVICE_LIMITS } from "../../src/limits.js";
import * as merrors from "../../src/merrors.js";
import { Admission, refusalText } from "../../src/server/admission.js";
import { ConnectionTable } from "../../src/server/connection-table.js";
import { disconnectText } from "../../src/transport/disconnect.js";
import { ROOT, sourceFiles } from "../architecture/tree.js";

const page = readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8");
const src = sourceFiles("src")
	.map(({ source }) => source)
	.join("\n");

/** The words of a union of text literals. */
function wordsOf(type: string): string[] {
	const [, union] = new RegExp(`export type ${type} =([^;]*);`).exec(src)!;
	return [...union.matchAll(/"(.*?)"/g)].map(([, word]) => word);
}

test("docs/troubleshooting.md has the text of each status that has words of its own", () => {
	const statuses = Object.values(merrors).filter(value => typeof value === "number");
	const texts = statuses.filter(status => disconnectText(status) !== merrors.DISPLAY_ERROR(status));
	assert.ok(texts.length > 5);
	const missing = texts.map(disconnectText).filter(text => !page.includes(`\`${text}\``));
	assert.deepEqual(missing, []);
});

test("docs/troubleshooting.md has each reason to refuse a connection, and what is told of it", () => {
	const admission = new Admission(new ConnectionTable(1), DEVICE_LIMITS, undefined, true);
	const reasons = [...wordsOf("Refusal"), ...wordsOf("Debt")] as Admission["why"][];
	assert.ok(reasons.length > 10);
	for (const why of reasons) {
		const row = page.split("\n").find(line => line.includes(`why=${why}\``));
		assert.ok(row, why);
		const anybody = ["table-full", "owner-place", "waiting", "early-drop", "memory"].includes(why);
		admission.why = why;
		admission.wait = why === "waiting-by-address" ? 0 : 12_000;
		const told = anybody ? "Too many connections" : refusalText(admission);
		assert.ok(row.startsWith(`| \`${told}\` |`), `${why}: ${told}`);
	}
});

test("docs/troubleshooting.md has no text that src has not", () => {
	const cells = page
		.split("\n")
		.filter(line => line.startsWith("| ") && !line.startsWith("| the client says"));
	assert.ok(cells.length > 30);
	const missing: string[] = [];
	for (const row of cells) {
		const [client, log, ...rest] = row.split(" | ");
		assert.equal(rest.length, 2, row);
		const texts = [...`${client} ${log}`.matchAll(/`([^`]+)`/g)].map(([, text]) => text);
		for (const text of texts) if (!isOfSource(text)) missing.push(text);
	}
	assert.deepEqual(missing, []);
});

/** A text as it stands in src, in pieces where something varies. */
function isOfSource(text: string): boolean {
	const [, reason] = /^why="?([^"]*)"?$/.exec(text) ?? [];
	if (reason !== undefined) return reason === "OK" || src.includes(`"${reason}"`) || reason in merrors;
	if (/^Too many .* from your address(: try again in 12 seconds)?$/.test(text)) return true;
	return text
		.split("...")
		.map(piece => piece.trim())
		.every(piece => src.includes(piece));
}
