/** One connection that keeps a slow processor busy leaves the others their turn. */
import { assert, test } from "../harness.js";
import { Place } from "../peer/place.js";

test("many packets of one client do not keep another waiting for all of them", () => {
	const order: string[] = [];
	let late = 0;
	const place = new Place({
		limits: { keepaliveInterval: 0 },
		onSession: session => {
			session.onReadable = () => {
				session.read(new Uint8Array(100));
				order.push(session.command);
				late += 15;
			};
		},
	});
	const { now } = place.hal;
	place.hal.now = () => now.call(place.hal) + late;
	const busy = place.client().login().exec("busy");
	const quiet = place.client().login().exec("quiet");
	for (let count = 0; count < 40; count++) busy.write("x");
	quiet.write("y");
	place.run();
	assert.equal(order.length, 41);
	assert.ok(order.indexOf("quiet") < 5, order.join(" "));
});

test("what was answered goes out before another connection has its turn", () => {
	const sent: number[] = [];
	let late = 0;
	let steps = 0;
	const place = new Place({
		limits: { keepaliveInterval: 0 },
		onSession: session => {
			session.onReadable = count => {
				const bytes = new Uint8Array(count);
				session.read(bytes);
				session.write(bytes);
				steps++;
				late += 30;
			};
		},
	});
	const { now, write } = place.hal;
	place.hal.now = () => now.call(place.hal) + late;
	const channel = place.client().login().exec("slow");
	place.hal.write = (socket, bytes, offset, length) => {
		sent.push(steps);
		return write.call(place.hal, socket, bytes, offset, length);
	};
	for (let count = 0; count < 10; count++) channel.write("x");
	place.run();
	assert.equal(channel.text, "xxxxxxxxxx");
	assert.deepEqual(sent.slice(0, 3), [1, 2, 3]);
});
