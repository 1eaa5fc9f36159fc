/**
 * A soak: 500 connections one after another, with an end of every kind, on the board with a device's heap. What a
 * connection leaves behind adds up: at the end the heap must be where it began.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { missing, startSimulator, type Target } from "../interop/harness.js";
import { byKey, command, loggedIn, TURN } from "../load/visits.js";
import { boardOrReason } from "./board.js";

const made = await boardOrReason("device");
const skip = missing("ssh-keygen") ?? ("reason" in made ? made.reason : false);

const CONNECTIONS = 500;
/** Turns before the first reading: they fill the event log, which keeps 200 lines and takes a part of those of strangers. */
const TURNS_BEFORE = 10;
/** Bytes that the heap may have grown by, garbage among them: 4 for each connection. */
const TOLERANCE = 2_000;
/** Readings at one time: enough for some collections among them. */
const READINGS = 1_200;

/**
 * Reads the heap in use, in one session. It counts what is no longer needed until the next collection, so the least of
 * many readings is taken.
 *
 * @throws where somebody else is connected
 */
async function heapInUse(target: Target): Promise<number> {
	let text = "";
	await loggedIn(target, client => {
		client.shell(false, (error, channel) => {
			assert.equal(error, undefined);
			channel.setEncoding("utf8").on("data", (more: string) => {
				text += more;
			});
			channel.on("close", () => client.end());
			// Lines of many lengths shift the readings against the collections, so that one of them comes right behind one.
			let lines = "uptime\n";
			for (let i = 0; i < READINGS; i++) lines += `true ${"x".repeat((i * 7) % 61)}\nfree\n`;
			channel.end(lines);
		});
	});
	assert.match(text, /, 1 connection\n/);
	const readings = [...text.matchAll(/^ +\d+ +(\d+) +\d+$/gm)].map(([, used]) => Number(used));
	assert.equal(readings.length, READINGS, text);
	return Math.min(...readings);
}

test(`${CONNECTIONS} connections leave nothing on the heap`, { skip }, async context => {
	// All of them come from one address, and few of them log in.
	const uncounted = [
		"--limit",
		"connectionsPerMinute=0",
		"--limit",
		"penaltyTime=0",
		"--limit",
		"addressDebt=0",
	];
	const target = await startSimulator({ args: ["--engine", "xs", "--limits", "device", ...uncounted] });
	const turn = async () => {
		for (const visit of TURN) await visit(target);
	};
	try {
		for (let before = 0; before < TURNS_BEFORE; before++) await turn();
		const readings = [await heapInUse(target)];
		for (let made = 0; made < CONNECTIONS; made += TURN.length) {
			await turn();
			if ((made / TURN.length) % 5 === 4) readings.push(await heapInUse(target));
		}
		context.diagnostic(`bytes in use: ${readings.join(", ")}`);
		assert.ok(readings.at(-1)! - readings[0] < TOLERANCE, `the heap has grown: ${readings.join(", ")}`);
		assert.doesNotMatch(target.output(), /memory full/);
		await command(byKey)(target);
	} finally {
		await target.stop();
	}
});
