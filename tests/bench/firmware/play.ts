/** Plays a recorded connection to the server of the bench, and tells what each of its phases has cost. */
import instructions from "fieldssh/instructions";
import config from "mc/config";
import type { Crypto } from "../../../src/crypto/port.js";
import { type Recording, SEED } from "../recording.js";
import { ReplayHal } from "./replay.js";
import { report } from "./report.js";
import { startServer } from "./server.js";

/** Of an ESP32-C6, with one instruction a cycle. */
const PER_MILLISECOND = 160_000;

export function playLogin(crypto: Crypto): void {
	const recording = config as unknown as Recording;
	const hal = new ReplayHal(recording.turns, instructions, PER_MILLISECOND);
	startServer(hal, crypto, recording);
	hal.play(SEED);
	report(hal.costs);
}
