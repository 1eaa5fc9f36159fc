/** A Pico's storage and its way from the generator to random bytes, on the SDK: over its littlefs, by its SHA-256. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { build, launch, skip, temporaryHome } from "./sdk.js";

test("the HAL of a Pico over the SDK's littlefs", { skip, timeout: 30 * 60_000 }, async () => {
	const running = await launch(await build("tests/moddable/apps/littlefs", "release"), temporaryHome());
	await running.waitFor("end", stdout => /^all ran$/m.test(stdout), 5 * 60_000);
	await running.stop();
	assert.equal(running.stdout, "all ran\n");
});
