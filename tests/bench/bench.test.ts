/** The bench itself: a recording plays again over another cryptography, byte for byte, and budgets are told from below and above. */
import type { Crypto } from "../../src/crypto/port.js";
import { xsCrypto } from "../../src/crypto/xs/index.js";
import { assert, test } from "../harness.js";
import { type Row, withinBudget } from "./budgets.js";
import { ReplayHal } from "./firmware/replay.js";
import { startServer } from "./firmware/server.js";
import { KEYS } from "./keys.js";
import { record } from "./record.js";
import { PHASES, type Recording, SEED, type Turn } from "./recording.js";

const RECORDING = record();

/** Plays with a counter that goes up by one at each look. */
function play({ turns }: Recording, crypto: Crypto = xsCrypto): ReplayHal {
	let instructions = 0;
	const hal = new ReplayHal(turns, () => instructions++, 160_000);
	startServer(hal, crypto, KEYS);
	hal.play(SEED);
	return hal;
}

test("a login that was recorded over noble plays again over the device's cryptography, byte for byte", () => {
	const { costs } = play(RECORDING);
	for (const phase of PHASES) assert.ok(costs[phase].instructions > 0, phase);
});

test("a server that sends another byte is told", () => {
	const wrong = (turn: Turn): Turn => ({ ...turn, bytes: `${turn.bytes.slice(0, -2)}00` });
	const at = RECORDING.turns.findIndex(turn => !turn.fromClient && turn.phase === "query");
	const turns = RECORDING.turns.map((turn, index) => (index === at ? wrong(turn) : turn));
	assert.throws(() => play({ ...RECORDING, turns }), /query: not what the server had sent/);
});

test("a budget is a most or a least", () => {
	const row: Row = { name: "", unit: "", now: 0, budget: 3 };
	assert.ok(withinBudget(row, 3));
	assert.ok(!withinBudget(row, 3.1));
	assert.ok(withinBudget({ ...row, atLeast: true }, 3));
	assert.ok(!withinBudget({ ...row, atLeast: true }, 2));
});
