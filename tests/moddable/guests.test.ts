/**
 * Guests of every kind on the SDK's own XS, in a heap of an ESP32-C6's size, which ends the machine when it is full: nobody
 * may fill it, and the owner is served all the while. `npm run test:moddable`.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { authorize, IDENTITIES } from "../guests/fortress.js";
import { KINDS, type KindName } from "../guests/kinds.js";
import { besiege } from "../guests/siege.js";
import { percentilesOf } from "../load/load.js";
import { type App, build, skip, startDevice } from "./sdk.js";

/** Seconds for each kind; and what the dice begin with. */
const SECONDS = Number(process.env.FIELDSSH_GUESTS_SECONDS ?? 20);
const SEED = Number(process.env.FIELDSSH_GUESTS_SEED ?? Date.now() % 1_000_000);

describe("guests, on the SDK", { skip, timeout: 10 * 3_600_000 }, () => {
	let app: App;
	before(async () => {
		app = await build("tests/moddable/apps/guests", "release");
	});

	for (const kind of Object.keys(KINDS) as KindName[]) {
		test(kind, async context => {
			const device = await startDevice(app, async () => undefined, authorize);
			try {
				const outcome = await besiege(device, {
					kind,
					seconds: SECONDS,
					seed: SEED,
					guests: 3,
					identities: IDENTITIES,
				});
				context.diagnostic(`seed ${SEED}: ${outcome.tally.join(", ")}`);
				context.diagnostic(`echo ${percentilesOf(outcome.echoes)}`);
				assert.deepEqual(outcome.failures, [], device.output().slice(-2_000));
			} finally {
				await device.stop();
			}
		});
	}
});
