/**
 * Memory that is refused on the board, by the engine itself: at places of a login that allocate, a place being a call of the
 * allocator in the engine and what it is for in JavaScript. That connection may end, and nothing else does.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { HostTarget } from "../../simulator/boards/xs/engine.js";
import { missing } from "../interop/harness.js";
import { faultyBoardOrReason } from "../xs/board.js";
import { ScarceBoard } from "../xs/scarce.js";

/** They fill the event log, which keeps 200 lines. */
const VISITS_BEFORE = 70;
/** After so many places a whole login is made; in between, the next one has to come as far as its own place. */
const WHOLE_EVERY = 5;
/** The listener's socket and the owner's. */
const SOCKETS = 2;
/** Beyond what there was before: timers are under way for a second, and lines of the log have many lengths. */
const SLOTS = 200;
const CHUNK_BYTES = 12_000;
/** The same in the end: a tenth of what a connection holds. */
const SLOTS_LEFT = 20;
const LONGEST_SHOWN = 2_000;

export const every = (places: number): number[] => Array.from({ length: places }, (_, place) => place);

/**
 * Refuses memory to the board for a target.
 *
 * @param choose which of so many places, numbered from 0
 */
export async function refusePlaces(target: HostTarget, choose: (places: number) => number[]): Promise<void> {
	const made = await faultyBoardOrReason(target);
	const skip = missing("ssh-keygen") ?? ("reason" in made ? made.reason : false);
	test(`memory refused at places of a login on ${target}`, { skip }, async context => {
		const board = await ScarceBoard.start((made as { board: string }).board);
		context.after(() => board.stop("SIGKILL"));
		await refuse(context, board, choose);
	});
}

/** The first of them: the rest may be thousands. */
function complaints(board: ScarceBoard): string {
	return board.errors.slice(0, LONGEST_SHOWN);
}

async function refuse(
	context: TestContext,
	board: ScarceBoard,
	choose: (places: number) => number[],
): Promise<void> {
	const hostKey = (): Buffer => readFileSync(join(board.state, "ssh_host_ed25519_key"));
	const before = hostKey();
	const say = await board.owner();
	for (let visits = 0; visits < VISITS_BEFORE; visits++) assert.equal(await board.visit(), "served");
	await board.learn();
	assert.equal(await board.visit(), "served");
	const { places, slots, chunkBytes } = await board.lookUntil(SOCKETS);
	assert.ok(places > 1_000, `${places}`);
	const chosen = choose(places);
	let refused = 0;
	let served = 0;
	for (const [tried, place] of chosen.entries()) {
		const note = `place ${place} of ${places}`;
		await board.refuse(place);
		const end = await board.visit();
		const sight = await board.lookUntil(SOCKETS, slots + SLOTS);
		assert.notEqual(end, "left hanging", `${note}: ${complaints(board)}`);
		assert.equal(sight.sockets, SOCKETS, `${note}: sockets`);
		assert.ok(sight.slots <= slots + SLOTS, `${note}: ${sight.slots} slots, ${slots} before`);
		assert.ok(
			sight.chunkBytes < chunkBytes + CHUNK_BYTES,
			`${note}: ${sight.chunkBytes}, ${chunkBytes} before`,
		);
		if (sight.refused) refused++;
		if (sight.refused && end === "served") served++;
		if (tried % WHOLE_EVERY > 0) continue;
		assert.equal(await board.visit(), "served", `after ${note}: ${complaints(board)}`);
		await say(`still here at ${place}`);
	}
	context.diagnostic(
		`${places} places, ${chosen.length} tried, ${refused} refused, of which ${served} were served all the same`,
	);
	// Some belong to the clock, and are not met in each login.
	assert.ok(refused > chosen.length * 0.8, `${refused} of ${chosen.length}`);
	// What runs out is memory, and not what the code then takes for granted.
	assert.doesNotMatch(board.errors, /TypeError|ReferenceError|SyntaxError/);
	assert.deepEqual(hostKey(), before);
	assert.equal(await board.visit(), "served");
	const left = await board.lookUntil(SOCKETS, slots + SLOTS_LEFT);
	assert.ok(left.slots <= slots + SLOTS_LEFT, `${left.slots} slots in the end, ${slots} before`);
	assert.equal(await board.stop(), 0);
}
