/** For tests: guests of each kind, for some seconds, and one who does no harm. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { percentilesOf } from "../load/load.js";
import { IDENTITIES } from "./fortress.js";
import { KINDS, type KindName } from "./kinds.js";
import { besiege, type Device, type Outcome } from "./siege.js";

/** Milliseconds in which a siege has long ended. */
const PATIENCE = 300_000;

const ALL = Object.keys(KINDS) as KindName[];

/**
 * @param start a device of its own for each kind: what one has left is none of the next one's
 * @param kinds all, unless told
 */
export function guestsSuite(
	start: () => Promise<Device>,
	kinds: readonly KindName[] = ALL,
	seconds = Number(process.env.FIELDSSH_GUESTS_SECONDS ?? 15),
): void {
	const seed = Number(process.env.FIELDSSH_GUESTS_SEED ?? Date.now() % 1_000_000);
	const timeout = PATIENCE + seconds * 1_000;
	for (const kind of kinds)
		test(`guests: ${kind}`, { timeout }, async context => {
			const device = await start();
			let outcome: Outcome;
			try {
				const guests = kind === "polite" ? 1 : 3;
				outcome = await besiege(device, { kind, seconds, seed, guests, identities: IDENTITIES });
			} finally {
				await device.stop().catch(error => context.diagnostic(`${error}`));
			}
			const { tally, echoes, logins, failures } = outcome;
			context.diagnostic(`seed ${seed}: ${tally.lines.join(", ")}`);
			context.diagnostic(`echo ${percentilesOf(echoes)}; logins ${percentilesOf(logins)}`);
			assert.deepEqual(failures, [], device.output().slice(-2_000));
			assert.doesNotMatch(device.output(), /memory full/);
			assert.ok(echoes.length > 0 && logins.length > 0);
			if (kind === "polite") assert.ok(tally.counts.has("commands served"), tally.lines.join(", "));
		});
}
