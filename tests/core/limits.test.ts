import { DESKTOP_LIMITS, DEVICE_LIMITS, type Limits } from "../../src/limits.js";
import { limitsFault } from "../../src/server/limits-check.js";
import { SSHServer } from "../../src/server/server.js";
import { assert, test } from "../harness.js";
import { Place } from "../peer/place.js";

test("both profiles are sound, and a profile cannot be changed", () => {
	for (const limits of [DEVICE_LIMITS, DESKTOP_LIMITS]) {
		assert.equal(limitsFault(limits), undefined);
		assert.ok(Object.isFrozen(limits));
	}
});

test("the range of each limit: its ends, and one beyond them", () => {
	const memory = 2 ** 24;
	const ranges: Record<keyof Limits, readonly [least: number, most?: number]> = {
		identificationLength: [64, 255],
		nameListLength: [512, 2048],
		packetSize: [2048, memory],
		sendBufferSize: [2048, memory],
		sendPacketSize: [256, 32_768],
		cipherSlice: [320],
		maximumPacketSize: [256],
		initialWindowSize: [256, memory],
		channels: [1, memory],
		heldReplies: [128, memory],
		commandLength: [1, memory],
		environmentVariables: [0, memory],
		environmentLength: [16, 256],
		environmentBytes: [0, memory],
		terminalTypeLength: [24, 64],
		terminalModesLength: [320, 1024],
		terminalSize: [80, 1000],
		userNameLength: [1, 64],
		authenticationAttempts: [1],
		exchangesBeforeLogin: [1, 3],
		packetsBeforeLogin: [16],
		bytesBeforeLogin: [8192],
		waitingConnections: [1],
		waitingByAddress: [1],
		connectionsPerMinute: [0, 60_000],
		dropStart: [1],
		dropRate: [0, 100],
		addressDebt: [0],
		addressAttempts: [1],
		penaltyTime: [0],
		longestPenalty: [0],
		addressEntries: [1, 65_535],
		ownerPlaces: [0],
		heapSlots: [0, memory],
		heapBytes: [0, memory],
		applicationSlots: [0, memory],
		applicationBytes: [0, memory],
		identificationTime: [1],
		keyExchangeTime: [1],
		authenticationTime: [1],
		idleTime: [0],
		keepaliveInterval: [0],
		keepaliveCount: [1],
		rekeyBytes: [1024],
		rekeyPackets: [8, 2 ** 31],
		rekeyTime: [1000],
		clientRekeys: [1],
	};
	assert.deepEqual(Object.keys(ranges).sort(), Object.keys(DEVICE_LIMITS).sort());
	const small = { ...DEVICE_LIMITS, maximumPacketSize: 1024 };
	for (const [name, [least, most]] of Object.entries(ranges)) {
		const text = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
		assert.equal(limitsFault({ ...small, [name]: least }), undefined, name);
		if (most !== undefined) assert.equal(limitsFault({ ...small, [name]: most }), undefined, name);
		const wrongs = [least - 1, least + 0.5, Number.NaN, Number.POSITIVE_INFINITY, -1, undefined, "1000"];
		for (const wrong of [...wrongs, ...(most === undefined ? [] : [most + 1])]) {
			const fault = limitsFault({ ...small, [name]: wrong } as Limits) ?? "";
			assert.ok(
				fault.startsWith(`limits.${name}: ${wrong} is no whole number ${text}`),
				`${wrong}: ${fault}`,
			);
		}
	}
});

test("a limit that there is not is named, for it would be heeded by nobody", () => {
	assert.equal(
		limitsFault({ ...DEVICE_LIMITS, chanels: 2 } as Limits),
		"limits.chanels: there is none called so",
	);
});

test("limits that do not fit each other", () => {
	const packet = { ...DEVICE_LIMITS, packetSize: 2048, maximumPacketSize: 2048 - 128 };
	assert.equal(limitsFault(packet), undefined);
	assert.ok(limitsFault({ ...packet, maximumPacketSize: 2048 - 127 })?.includes("packetSize"));
});

test("a server does not begin with limits that cannot work", () => {
	assert.throws(() => new Place({ limits: { packetSize: 100 } }), TypeError);
	assert.ok(new Place({ limits: { packetSize: 2048, maximumPacketSize: 1024 } }).server instanceof SSHServer);
});

test("a server with the least of every size still serves", () => {
	const place = new Place({
		limits: {
			identificationLength: 64,
			nameListLength: 512,
			packetSize: 2048,
			sendBufferSize: 2048,
			maximumPacketSize: 256,
			initialWindowSize: 256,
			channels: 1,
			heldReplies: 128,
			exchangesBeforeLogin: 1,
			packetsBeforeLogin: 16,
			bytesBeforeLogin: 8192,
		},
	});
	assert.equal(place.fault(), undefined);
});
