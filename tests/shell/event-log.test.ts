import { LOG_BURST, LOG_INTERVAL, MAX_LOG_ENTRY } from "../../src/limits.js";
import { EventLog } from "../../src/server/event-log.js";
import { assert, test } from "../harness.js";

test("event log: keeps the last entries, oldest first, with their times", () => {
	let now = 1500;
	const log = new EventLog(3, () => now);
	for (const text of ["one", "two", "three", "four"]) {
		log.add(text);
		now += 1000;
	}
	assert.deepEqual(log.entries(), ["[     2.500] two", "[     3.500] three", "[     4.500] four"]);
	assert.throws(() => new EventLog(0, () => 0));
});

test("event log: entries are printable and bounded", () => {
	const log = new EventLog(2, () => 0);
	log.add("a\n\x1b[2J");
	assert.equal(log.entries()[0], "[     0.000] a\\x0a\\x1b[2J");
	log.add("\x01".repeat(100_000));
	assert.equal(log.entries()[1].length, MAX_LOG_ENTRY);
	log.add("x".repeat(MAX_LOG_ENTRY - 13));
	assert.equal(log.entries()[1], `[     0.000] ${"x".repeat(MAX_LOG_ENTRY - 13)}`);
});

test("event log: a listener that throws harms no one, and one that left hears nothing", () => {
	const log = new EventLog(2, () => 0);
	const heard: string[] = [];
	log.subscribe(() => {
		throw new Error("bad listener");
	});
	const leave = log.subscribe(line => heard.push(line));
	log.add("one");
	leave();
	log.add("two");
	assert.deepEqual(heard, ["[     0.000] one"]);
	assert.equal(log.entries().length, 2);
});

/** What the entries say, without their times. */
function texts(log: EventLog): string[] {
	return log.entries().map(line => line.slice(13));
}

test("event log: what matters stays, however many minor lines come, and they have half of the places", () => {
	const log = new EventLog(4, () => 0);
	for (let count = 0; count < 100; count++) log.add(`minor ${count}`, true);
	assert.deepEqual(texts(log), ["minor 96", "minor 97", "minor 98", "minor 99"]);
	for (const text of ["one", "two"]) log.add(text);
	assert.deepEqual(texts(log), ["minor 98", "minor 99", "one", "two"]);
	for (let count = 100; count < 200; count++) log.add(`minor ${count}`, true);
	assert.deepEqual(texts(log), ["one", "two", "minor 198", "minor 199"]);
	log.add("three");
	assert.deepEqual(texts(log), ["two", "minor 198", "minor 199", "three"], "half is theirs too");
	for (const text of ["four", "five", "six", "seven"]) log.add(text);
	assert.deepEqual(texts(log), ["four", "five", "six", "seven"]);
	log.add("minor", true);
	assert.deepEqual(texts(log), ["five", "six", "seven", "minor"]);
	const single = new EventLog(1, () => 0);
	for (const minor of [true, false, true, true]) single.add(`${minor}`, minor);
	assert.deepEqual(texts(single), ["true"]);
});

test("event log: LOG_BURST minor lines at once, then one each LOG_INTERVAL; the rest is counted, and told before the next", () => {
	let now = 1_000_000;
	const log = new EventLog(100, () => now);
	const heard: string[] = [];
	log.subscribe(line => heard.push(line.slice(13)));
	const flood = () => {
		let taken = 0;
		for (let count = 0; count < 1000; count++) {
			if (!log.takesMinor()) continue;
			log.add("minor", true);
			taken++;
		}
		return taken;
	};
	assert.equal(flood(), LOG_BURST);
	assert.equal(heard.length, LOG_BURST);
	now += LOG_INTERVAL - 1;
	assert.equal(flood(), 0);
	now += 1;
	assert.equal(flood(), 1);
	assert.deepEqual(heard.slice(LOG_BURST), [`dropped lines=${2000 - LOG_BURST}`, "minor"]);
	log.add("major");
	assert.deepEqual(heard.slice(-2), ["dropped lines=999", "major"]);
	log.add("another");
	assert.equal(heard.at(-1), "another", "once");
	flood();
	assert.equal(texts(log).at(-1), "dropped lines=1000", "who reads the log learns of it");
	now += LOG_BURST * LOG_INTERVAL;
	assert.equal(flood(), LOG_BURST);
});
