/** A connection that can neither go on nor say good-bye, as when a device has no memory left: it goes, and others stay. */
import { assert, test } from "../harness.js";
import { Place } from "../peer/place.js";

test("where even telling of an error throws, the connection is let go and others are served", () => {
	const memory = { gone: false };
	const fail = (): void => {
		if (memory.gone) throw new RangeError("memory full");
	};
	const place: Place = new Place({ onSession: fail, onError: fail });
	const unlucky = place.client().login();
	const other = place.client().login();
	memory.gone = true;
	unlucky.exec("x");
	memory.gone = false;
	assert.equal(place.server.connectionCount, 1);
	other.exec("x");
	assert.equal(other.disconnect, undefined);
	assert.equal(place.server.connectionCount, 1);
	place.client().login();
	assert.equal(place.server.connectionCount, 2);
});
