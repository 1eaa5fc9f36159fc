/** How a server's refusal looks from outside. */
import { assert } from "../harness.js";
import type { TestClient } from "./client.js";
import type { Place } from "./place.js";

/** The server ended the connection for this reason, and serves on. */
export function refused(place: Place, client: TestClient, reason: number, note?: string): void {
	place.run();
	assert.equal(client.disconnect?.reason, reason, note);
	assert.ok(client.over, note);
	assert.deepEqual(place.errors, [], note);
	assert.equal(place.fault(), undefined, note);
}
