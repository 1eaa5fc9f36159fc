/** What a channel and its command leave behind on a device: nothing, however they end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Board, difference, LARGE_HEAP } from "../bench/board.js";
import { Guest } from "../bench/guest.js";
import { KEYS } from "../bench/keys.js";
import type { ClientChannel } from "../peer/channel.js";
import { boardOrReason } from "./board.js";

const made = await boardOrReason("device");
const skip = "reason" in made ? made.reason : false;

const ROUNDS = 200;
/** Before it is counted: tables that grow by pieces are as large as they get. */
const WARM = 20;
/** Less than one slot in ten rounds, and lengths of lines of the log. */
const SLOTS = 16;
const CHUNK_BYTES = 512;

/** A command, whether it has a terminal, and how its channel ends when it has begun. */
const ENDS: readonly (readonly [string, boolean, (channel: ClientChannel) => void])[] = [
	["cat", false, channel => channel.close()],
	["cat", true, channel => channel.close()],
	["cat", false, channel => channel.end()],
	["cat", true, channel => channel.request("signal", false, "INT")],
	["sleep 1000", false, channel => channel.close()],
	["passwd", true, channel => channel.close()],
	[
		"passwd",
		true,
		channel => {
			channel.write("wrong\r");
			channel.close();
		},
	],
	["echo a; nothing; cat", false, channel => channel.close()],
	[
		"cat",
		false,
		channel => {
			channel.adjusts = false;
			channel.write("x".repeat(2_000));
			channel.close();
		},
	],
];

test(`nothing is left of ${ROUNDS} commands, however they end`, { skip, timeout: 600_000 }, async context => {
	const board = await Board.start(LARGE_HEAP, KEYS);
	assert.ok(board);
	context.after(() => board.end());
	const guest = await Guest.visit(board.port);
	assert.ok(guest);
	for (const [command, pty, end] of ENDS) {
		const note = `${command}${pty ? " on a terminal" : ""}, ended by ${end}`;
		const round = async (): Promise<void> => {
			const channel = await guest.open(1024);
			assert.ok(channel, note);
			assert.ok(await guest.exec(channel, command, pty), note);
			end(channel);
			assert.ok(await guest.until(() => channel.closed), note);
		};
		for (let count = 0; count < WARM; count++) await round();
		const before = await board.idleHeap();
		for (let count = 0; count < ROUNDS; count++) await round();
		const after = await board.idleHeap();
		const { slots, chunkBytes } = difference(before, after);
		assert.ok(slots <= SLOTS, `${slots} slots more: ${note}`);
		assert.ok(chunkBytes <= CHUNK_BYTES, `${chunkBytes} bytes more: ${note}`);
	}
	await guest.leave();
});
