/**
 * With every place but the owner's held by strangers or guests who make the device work, the owner's login takes at most
 * three times what it takes alone, and 95 % of his echoes come within 300 ms: in the device's time, simulated. `npm run load --
 * --attack all` shows them all.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { percentile } from "./load.js";
import { shares } from "./shares.js";

const LONGEST_LOGIN = 3;
const LONGEST_ECHO = 300;

const alone = shares(undefined, { logins: 1 }).logins[0];

for (const mix of ["ignore", "strangers", "rekeys", "data", "mixed", "guests"]) {
	test(`${mix}: the owner logs in within three times the time, and types on`, context => {
		const { logins, echoes } = shares(mix);
		const late = percentile(echoes, 0.95);
		context.diagnostic(
			`login ${logins.map(Math.round).join(", ")} ms, alone ${Math.round(alone)}; echo ${Math.round(late)} ms`,
		);
		for (const login of logins) assert.ok(login <= LONGEST_LOGIN * alone, `${login} ms, alone ${alone}`);
		assert.ok(echoes.length >= 100, `${echoes.length} echoes`);
		assert.ok(late <= LONGEST_ECHO, `${late} ms`);
	});
}
