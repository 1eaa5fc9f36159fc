/**
 * For tests: that each thing costs no more than the budget of memory takes it to cost (COST_* of limits.ts), on a board with
 * a device's slots. Code that grows beyond its figure fails here, before a device runs out of memory.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import type { Crypt } from "../../simulator/boards/xs/engine.js";
import {
	COST_CHANNEL,
	COST_COMMAND,
	COST_COMPUTATION,
	COST_CONNECTION,
	COST_ENVIRONMENT,
	COST_TERMINAL,
	COST_TURN,
	DEVICE_LIMITS,
} from "../../src/limits.js";
import { type Amount, COMMANDS, type Costs, measureCosts } from "../bench/costs.js";
import { boardOrReason } from "./board.js";

const { packetSize, sendBufferSize, initialWindowSize, terminalTypeLength, terminalModesLength } =
	DEVICE_LIMITS;
const { environmentBytes } = DEVICE_LIMITS;

function plus(...amounts: readonly Amount[]): Amount {
	return amounts.reduce((sum, { slots, bytes }) => ({ slots: sum.slots + slots, bytes: sum.bytes + bytes }));
}

const bytes = (count: number): Amount => ({ slots: 0, bytes: count });

function atMost(measured: Amount, granted: Amount, what: string): void {
	const text = `${what}: ${measured.slots} slots and ${measured.bytes} bytes of ${granted.slots} and ${granted.bytes}`;
	assert.ok(measured.slots <= granted.slots && measured.bytes <= granted.bytes, text);
}

export async function costsSuite(crypt: Crypt): Promise<void> {
	const made = await boardOrReason("device", crypt);
	describe(`costs, ${crypt}`, { skip: "reason" in made ? made.reason : false }, () => {
		let costs: Costs["costs"];
		let resting: Amount;
		const work = (name: string): Amount => costs.get(name)!.work;
		const peak = (name: string): Amount => costs.get(name)!.peak;
		before(async () => {
			({ costs, resting } = await measureCosts(crypt));
		});

		test("the stack: a fifth of what the manifest asks for is left to a firmware's own code", () => {
			const { creation } = JSON.parse(readFileSync(join("hal", "moddable", "profiles", "core.json"), "utf8"));
			for (const [name, { stack }] of costs)
				assert.ok(stack <= 0.8 * creation.stack, `${name}: ${stack} of ${creation.stack} slots`);
		});

		test("a connection, with its buffers", () => {
			const granted = plus(COST_CONNECTION, bytes(packetSize + sendBufferSize));
			atMost(plus(resting, bytes(packetSize + sendBufferSize)), granted, "logged in");
			// Its client takes its time for its NEWKEYS.
			atMost(plus(work("accept"), work("exchange")), granted, "keyed");
			atMost(peak("accept"), granted, "accepted");
		});

		for (const name of ["exchange", "rekey", "key", "password"])
			test(`a computation: ${name}`, () => atMost(peak(name), COST_COMPUTATION, name));

		test("a channel, and its window", () => {
			const granted = plus(COST_CHANNEL, bytes(initialWindowSize));
			atMost(plus(work("channel"), work("window")), granted, "a full channel");
		});

		test("a terminal", () => {
			const granted = plus(COST_TERMINAL, bytes(terminalTypeLength + terminalModesLength));
			atMost(work("terminal"), granted, "at its limits");
		});

		test("variables", () => {
			const granted = plus(COST_ENVIRONMENT, bytes(environmentBytes));
			atMost(work("variables"), granted, "all of them");
		});

		// What a client types, or sends, is charged with its channel.
		const sent = bytes(initialWindowSize);
		for (const name of [...COMMANDS.map(command => `${command}, unread`), "cat", "passwd, waiting"])
			test(`a command that waits: ${name}`, () => atMost(work(name), COST_COMMAND, name));
		for (const name of ["cat, unread", "shell", "shell, help"])
			test(`a command that waits, and was sent something: ${name}`, () =>
				atMost(work(name), plus(COST_COMMAND, sent), name));
		const turn = plus(COST_COMMAND, COST_TURN);
		for (const name of [...COMMANDS, "cat"])
			test(`a command's longest turn: ${name}`, () => atMost(peak(name), turn, name));
		for (const name of ["cat, unread", "shell, help", "passwd"])
			test(`the longest turn of a command that is sent something: ${name}`, () =>
				atMost(peak(name), plus(turn, sent), name));
	});
}
