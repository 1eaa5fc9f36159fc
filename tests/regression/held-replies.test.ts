/** Replies that a key exchange holds back are sent, or end the connection; none is dropped. */
import { ERR_RAND } from "../../src/merrors.js";
import { assert, test } from "../harness.js";
import { Place } from "../peer/place.js";

/** Requests that cross the server's KEXINIT, with the n-th call for randomness failing. True where it came to that. */
function fails(target: number): boolean {
	const place = new Place({ limits: { rekeyTime: 2_000, keepaliveInterval: 0 } });
	const { random } = place.hal;
	let calls = 0;
	const client = place.client({}, { c2s: { delay: 50 }, s2c: { delay: 50 } }).login();
	const channel = client.exec("echo");
	place.hal.random = bytes => (calls++ === target ? ERR_RAND : random.call(place.hal, bytes));
	let asked = 1;
	while (client.exchanges < 2 && !client.over) {
		channel.request("nothing@example.org", true);
		asked++;
		place.pass(30);
	}
	place.pass(1000);
	if (calls <= target) {
		assert.equal(channel.answers.length, asked);
		assert.deepEqual(place.ends, []);
		return false;
	}
	assert.deepEqual(place.ends, ["ERR_RAND"], `call ${target}`);
	return true;
}

test("a connection ends wherever randomness fails it, around a key exchange too", () => {
	let target = 0;
	while (fails(target)) target++;
	assert.ok(target > 60, `${target}`);
});
