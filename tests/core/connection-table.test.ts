import { ACCEPTED, CLOSING, GONE, OPEN } from "../../src/base/stages.js";
import { ERR_SSH_TOO_MANY_CONNECTIONS } from "../../src/merrors.js";
import { ConnectionTable, TABLE_BYTES_PER_CONNECTION } from "../../src/server/connection-table.js";
import { assert, test } from "../harness.js";

/** Puts the counter where the next instance is `next`, as 2^31 connections would. */
function forward(table: ConnectionTable, next: number): void {
	(table as unknown as { lastInstance: number }).lastInstance = next - 1;
}

const add = (table: ConnectionTable, socket = 1): number => table.instance(table.add(socket));

test("instances begin at 0x1001 and rise", () => {
	const table = new ConnectionTable(3);
	assert.deepEqual([add(table), add(table), add(table)], [0x1001, 0x1002, 0x1003]);
});

test("a full table refuses, and takes again when a place is free", () => {
	const table = new ConnectionTable(2);
	add(table);
	const second = table.add(7);
	assert.equal(table.count, 2);
	assert.equal(table.add(9), ERR_SSH_TOO_MANY_CONNECTIONS);
	assert.equal(table.count, 2);
	table.move(second, table.instance(second), GONE);
	assert.equal(table.count, 1);
	assert.equal(add(table), 0x1003);
	assert.equal(table.add(9), ERR_SSH_TOO_MANY_CONNECTIONS);
});

test("an instance that was closed matches no other: ids do not come again", () => {
	const table = new ConnectionTable(1);
	for (let count = 0; count < 100; count++) {
		const place = table.add(5);
		const instance = table.instance(place);
		assert.equal(instance, 0x1001 + count);
		assert.equal(table.stage(place, instance), ACCEPTED);
		assert.equal(table.stage(place, instance - 1), GONE);
		table.move(place, instance, GONE);
		assert.equal(table.stage(place, instance), GONE);
	}
});

test("at the end of the positive numbers it begins again at 0x1000, past those that live", () => {
	const table = new ConnectionTable(6);
	const first = add(table);
	forward(table, 0x7ffffffe);
	assert.deepEqual(
		[add(table), add(table), add(table), add(table)],
		[0x7ffffffe, 0x7fffffff, 0x1000, 0x1002],
	);
	assert.equal(first, 0x1001);
	assert.equal(table.stage(0, 0x1001), ACCEPTED);
});

test("a connection that closes keeps its place, and how far it had come, until it is gone", () => {
	const table = new ConnectionTable(1);
	const place = table.add(3);
	for (let stage = ACCEPTED + 1; stage <= OPEN; stage++) {
		table.move(place, 0x1001, stage);
		assert.equal(table.stage(place, 0x1001), stage);
		assert.equal(table.reached(place), stage);
	}
	table.move(place, 0x1001, CLOSING);
	assert.equal(table.stage(place, 0x1001), CLOSING);
	assert.equal(table.reached(place), OPEN);
	assert.equal(table.add(4), ERR_SSH_TOO_MANY_CONNECTIONS);
	assert.equal(table.socket(place), 3);
	table.move(place, 0x1001, GONE);
	assert.equal(table.reached(place), 0);
	assert.equal(table.count, 0);
	assert.equal(table.socket(place), 0);
});

test("a connection that is gone moves nobody who has its place now", () => {
	const table = new ConnectionTable(1);
	const place = table.add(3);
	table.move(place, 0x1001, GONE);
	table.add(4);
	assert.throws(() => table.move(place, 0x1001, CLOSING), /connection 4097: stage 8 after 9/);
	assert.equal(table.stage(place, 0x1002), ACCEPTED);
});

test("the table is one block of 9 bytes a connection", () => {
	const table = new ConnectionTable(7) as unknown as { instances: Int32Array; stages: Uint8Array };
	assert.equal(TABLE_BYTES_PER_CONNECTION, 9);
	assert.equal(table.instances.buffer.byteLength, 63);
	assert.ok(table.instances.buffer === table.stages.buffer);
});
