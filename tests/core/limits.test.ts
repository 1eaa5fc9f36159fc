import { DESKTOP_LIMITS, DEVICE_LIMITS, type Limits, limitsFault } from "../../src/limits.js";
import { SSHServer } from "../../src/server.js";
import { assert, test } from "../harness.js";
import { Place } from "../peer/place.js";

test("both profiles are sound, and a profile cannot be changed", () => {
	for (const limits of [DEVICE_LIMITS, DESKTOP_LIMITS]) {
		assert.equal(limitsFault(limits), undefined);
		assert.ok(Object.isFrozen(limits));
	}
});

test("the least value of each limit, and one below it", () => {
	const least: Record<keyof Limits, number> = {
		packetSize: 2048,
		sendBufferSize: 2048,
		sendPacketSize: 256,
		cipherSlice: 64,
		maximumPacketSize: 256,
		initialWindowSize: 256,
		channels: 1,
		heldReplies: 128,
		commandLength: 1,
		environmentVariables: 0,
		authenticationAttempts: 1,
		waitingConnections: 1,
		waitingByAddress: 1,
		connectionsPerMinute: 0,
		addressAttempts: 1,
		penaltyTime: 0,
		longestPenalty: 0,
		addressEntries: 1,
		ownerPlaces: 0,
		identificationTime: 1,
		keyExchangeTime: 1,
		authenticationTime: 1,
		idleTime: 0,
		keepaliveInterval: 0,
		keepaliveCount: 1,
		rekeyBytes: 1024,
		rekeyPackets: 8,
		rekeyTime: 1000,
	};
	assert.deepEqual(Object.keys(least).sort(), Object.keys(DEVICE_LIMITS).sort());
	const small = { ...DEVICE_LIMITS, maximumPacketSize: 1024 };
	for (const [name, value] of Object.entries(least)) {
		assert.equal(limitsFault({ ...small, [name]: value }), undefined, name);
		for (const wrong of [
			value - 1,
			value + 0.5,
			Number.NaN,
			Number.POSITIVE_INFINITY,
			-1,
			undefined,
			"1000",
		]) {
			const fault = limitsFault({ ...small, [name]: wrong } as Limits);
			assert.ok(fault?.includes(`limits.${name}`), `${name} ${wrong}`);
		}
	}
});

test("limits that do not fit each other", () => {
	const packet = { ...DEVICE_LIMITS, packetSize: 2048, maximumPacketSize: 2048 - 128 };
	assert.equal(limitsFault(packet), undefined);
	assert.ok(limitsFault({ ...packet, maximumPacketSize: 2048 - 127 })?.includes("packetSize"));
	assert.equal(limitsFault({ ...DEVICE_LIMITS, initialWindowSize: 2 ** 24 }), undefined);
	assert.ok(limitsFault({ ...DEVICE_LIMITS, initialWindowSize: 2 ** 24 + 1 })?.includes("initialWindowSize"));
	assert.equal(limitsFault({ ...DEVICE_LIMITS, sendPacketSize: 32_768 }), undefined);
	assert.ok(limitsFault({ ...DEVICE_LIMITS, sendPacketSize: 32_769 })?.includes("sendPacketSize"));
	assert.equal(limitsFault({ ...DEVICE_LIMITS, cipherSlice: 128 }), undefined);
	assert.ok(limitsFault({ ...DEVICE_LIMITS, cipherSlice: 100 })?.includes("cipherSlice"));
	assert.equal(limitsFault({ ...DEVICE_LIMITS, rekeyPackets: 2 ** 31 }), undefined);
	assert.ok(limitsFault({ ...DEVICE_LIMITS, rekeyPackets: 2 ** 31 + 1 })?.includes("rekeyPackets"));
});

test("a server does not begin with limits that cannot work", () => {
	assert.throws(() => new Place({ limits: { packetSize: 100 } }), TypeError);
	assert.ok(new Place({ limits: { packetSize: 2048, maximumPacketSize: 1024 } }).server instanceof SSHServer);
});

test("a server with the least of every size still serves", () => {
	const place = new Place({
		limits: {
			packetSize: 2048,
			sendBufferSize: 2048,
			maximumPacketSize: 256,
			initialWindowSize: 256,
			channels: 1,
			heldReplies: 128,
		},
	});
	assert.equal(place.fault(), undefined);
});
