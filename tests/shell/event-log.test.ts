import { EventLog } from "../../src/event-log.js";
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
	assert.ok(log.entries()[1].length <= 200);
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
