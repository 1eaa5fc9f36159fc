import { ERR_SSH_TOO_MANY_CONNECTIONS } from "../../src/merrors.js";
import {
	ACCEPTED,
	CLOSING,
	ConnectionTable,
	FREE,
	NEGOTIATING,
	OPEN,
	TABLE_BYTES_PER_CONNECTION,
} from "../../src/server/connection-table.js";
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
	table.release(second);
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
		assert.equal(table.find(instance), place);
		assert.equal(table.find(instance - 1), -1);
		table.release(place);
		assert.equal(table.find(instance), -1);
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
	assert.equal(table.find(0x1001), 0);
});

test("what is no instance finds nothing", () => {
	const table = new ConnectionTable(2);
	add(table);
	for (const id of [
		0,
		-1,
		0x1000,
		0x1002,
		1,
		Number.NaN,
		4097.5,
		Number.POSITIVE_INFINITY,
		0x1001 + 2 ** 32,
		undefined,
	])
		assert.equal(table.find(id as number), -1, `${id}`);
});

test("a connection that closes has no instance any more, and keeps its place", () => {
	const table = new ConnectionTable(1);
	const place = table.add(3);
	for (const state of [ACCEPTED, NEGOTIATING, OPEN]) {
		table.setState(place, state);
		assert.equal(table.find(0x1001), place);
	}
	table.setState(place, CLOSING);
	assert.equal(table.find(0x1001), -1);
	assert.equal(table.add(4), ERR_SSH_TOO_MANY_CONNECTIONS);
	assert.equal(table.socket(place), 3);
	table.release(place);
	assert.equal(table.state(place), FREE);
	assert.equal(table.socket(place), 0);
});

test("the table is one block of 9 bytes a connection", () => {
	const table = new ConnectionTable(7) as unknown as { instances: Int32Array; states: Uint8Array };
	assert.equal(TABLE_BYTES_PER_CONNECTION, 9);
	assert.equal(table.instances.buffer.byteLength, 63);
	assert.ok(table.instances.buffer === table.states.buffer);
});
