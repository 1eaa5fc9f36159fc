import { createSimHal, type LinkOptions, type SimHal, SimHeap } from "../../hal/sim/index.js";
import {
	ERR_RAND,
	ERR_TCP_READ_ERROR,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	ERR_TCP_WRITE_ERROR,
	OK,
} from "../../src/merrors.js";
import { assert, test } from "../harness.js";
import { FLOOD, HEAP_BYTES, HEAP_SLOTS, halContract, type Rig } from "./contract.js";

function rigOf(options: LinkOptions): () => Promise<Rig> {
	return async () => {
		const heap = new SimHeap(4_000, 70_000);
		const hal = createSimHal({ heap });
		return {
			hal,
			memory: {
				take: () => heap.take(HEAP_SLOTS, HEAP_BYTES),
				drop: () => heap.drop(HEAP_SLOTS, HEAP_BYTES),
			},
			address: "192.0.2.1",
			flood: FLOOD,
			tellsEnds: true,
			reboots: false,
			connect: async port => hal.connect(port, options),
			until: done => hal.network.until(done),
			stop: async () => undefined,
		};
	};
}

halContract("sim", rigOf({}));

halContract(
	"sim with delays and splits",
	rigOf({
		c2s: { delay: 3, split: () => 1400 },
		s2c: { delay: 7, split: n => (n >> 1) + 1 },
		sendBuffer: 9000,
	}),
);

/** A server's socket with its client. */
function link(hal: SimHal, options: LinkOptions = {}) {
	const listener = hal.listen("0.0.0.0", 22, () => undefined);
	const client = hal.connect(22, options);
	const socket = hal.accept(listener);
	return { client, socket };
}

test("sim: a split of one lets a byte come a turn", () => {
	const hal = createSimHal();
	const { client, socket } = link(hal, { c2s: { split: () => 1 } });
	const seen: number[] = [];
	const bytes = new Uint8Array(10);
	hal.watch(socket, () => {
		for (;;) {
			const count = hal.read(socket, bytes, 0, 10);
			if (count < 0) break;
			seen.push(count);
		}
	});
	client.write(Uint8Array.of(1, 2, 3, 4));
	hal.network.run();
	assert.deepEqual(seen, [1, 1, 1, 1]);
});

test("sim: delays pass only when the clock is turned", () => {
	const hal = createSimHal();
	const { client, socket } = link(hal, { c2s: { delay: 50 } });
	client.write(Uint8Array.of(1));
	const bytes = new Uint8Array(1);
	hal.network.advance(49);
	assert.equal(hal.read(socket, bytes, 0, 1), ERR_TCP_WOULDBLOCK);
	hal.network.advance(1);
	assert.equal(hal.read(socket, bytes, 0, 1), 1);
	assert.equal(hal.now(), 50);
});

test("sim: runUntilIdle passes over delays, and leaves timers that are not due", () => {
	const hal = createSimHal();
	const { client, socket } = link(hal, { s2c: { delay: 20, split: () => 1 } });
	let ran = 0;
	hal.setTimer(30, () => ran++);
	hal.setTimer(1000, () => ran++);
	hal.write(socket, new Uint8Array(3), 0, 3);
	hal.network.runUntilIdle();
	assert.equal(client.readable, 3);
	assert.equal(hal.now(), 60);
	assert.equal(ran, 1);
});

test("sim: the connection is lost after the byte that was chosen, to both sides", () => {
	for (const breakAfter of [0, 1, 5]) {
		const hal = createSimHal();
		const { client, socket } = link(hal, { c2s: { breakAfter } });
		client.write(new Uint8Array(9));
		hal.network.run();
		const bytes = new Uint8Array(20);
		if (breakAfter > 0) assert.equal(hal.read(socket, bytes, 0, 20), breakAfter);
		assert.equal(hal.read(socket, bytes, 0, 20), ERR_TCP_READ_ERROR);
		assert.equal(hal.write(socket, bytes, 0, 20), ERR_TCP_WRITE_ERROR);
		assert.equal(client.lost, true);
	}
});

test("sim: a peer that vanishes is silent, and takes what fits and no more", () => {
	const hal = createSimHal();
	const { client, socket } = link(hal, { sendBuffer: 100 });
	client.vanish();
	client.write(new Uint8Array(9));
	assert.equal(hal.write(socket, new Uint8Array(200), 0, 200), 100);
	hal.network.runUntilIdle();
	assert.equal(hal.write(socket, new Uint8Array(200), 0, 200), ERR_TCP_WOULDBLOCK);
	assert.equal(hal.read(socket, new Uint8Array(9), 0, 9), ERR_TCP_WOULDBLOCK);
	assert.equal(client.readable, 0);
});

test("sim: writes take what the test says, none too, and the server is told to go on", () => {
	const hal = createSimHal();
	const amounts = [0, 1, 0, 0, 3, 2];
	const { client, socket } = link(hal, { takes: () => amounts.shift() ?? 1 });
	const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
	const results: number[] = [];
	let at = 0;
	const write = () => {
		if (at === bytes.length) return;
		const count = hal.write(socket, bytes, at, bytes.length - at);
		results.push(count);
		if (count > 0) at += count;
	};
	hal.watch(socket, write);
	write();
	hal.network.run();
	const blocked = ERR_TCP_WOULDBLOCK;
	assert.deepEqual(results, [blocked, 1, blocked, blocked, 3, 2, 1, 1]);
	assert.deepEqual(client.read(), bytes);
});

test("sim: a client's listener gets the bytes that waited, then each piece, then the end", () => {
	const hal = createSimHal();
	const { client, socket } = link(hal, { s2c: { split: () => 2 } });
	hal.write(socket, Uint8Array.of(1, 2, 3), 0, 3);
	hal.network.run();
	const pieces: number[][] = [];
	client.onData = bytes => pieces.push([...bytes]);
	client.onEnd = () => pieces.push([]);
	hal.network.run();
	hal.write(socket, Uint8Array.of(4, 5, 6), 0, 3);
	hal.close(socket);
	hal.network.run();
	assert.deepEqual(pieces, [[1, 2, 3], [4, 5], [6], []]);
	assert.equal(client.ended, true);
});

test("sim: a client that does not read stops the server at both buffers", () => {
	const hal = createSimHal();
	const { client, socket } = link(hal, { sendBuffer: 40, s2c: { receiveBuffer: 60 } });
	let taken = 0;
	for (let count = 1; count > 0; hal.network.run()) {
		count = hal.write(socket, new Uint8Array(7), 0, 7);
		if (count > 0) taken += count;
	}
	assert.equal(taken, 100);
	assert.equal(client.read().length, 60);
	hal.network.run();
	assert.equal(client.read().length, 40);
});

test("sim: bytes go in both directions after one side has ended", () => {
	const hal = createSimHal();
	const { client, socket } = link(hal);
	client.end();
	hal.network.run();
	assert.equal(hal.read(socket, new Uint8Array(1), 0, 1), ERR_TCP_SOCKET_CLOSED);
	hal.write(socket, Uint8Array.of(8), 0, 1);
	hal.network.run();
	assert.deepEqual(client.read(), Uint8Array.of(8));
});

test("sim: the backlog is bounded, and a port that no one listens on refuses", () => {
	const hal = createSimHal();
	hal.listen("0.0.0.0", 22, () => undefined);
	const clients = Array.from({ length: 17 }, () => hal.connect(22));
	hal.network.run();
	assert.deepEqual(
		clients.map(client => client.lost),
		[...new Array<boolean>(16).fill(false), true],
	);
	assert.throws(() => hal.connect(23), /refused/);
});

test("sim: the same seed gives the same entropy, another seed another", () => {
	const bytes = [7, 7, 8].map(seed => {
		const random = new Uint8Array(32);
		createSimHal({ seed }).random(random);
		return random.join();
	});
	assert.equal(bytes[0], bytes[1]);
	assert.notEqual(bytes[0], bytes[2]);
});

test("sim: entropy fails as often as told, and leaves the array alone", () => {
	const hal = createSimHal();
	hal.randomFailures = 2;
	const bytes = new Uint8Array(8);
	assert.equal(hal.random(bytes), ERR_RAND);
	assert.equal(hal.random(bytes), ERR_RAND);
	assert.deepEqual(bytes, new Uint8Array(8));
	assert.equal(hal.random(bytes), OK);
});

test("sim: storage fails and tears when told", () => {
	const { storage } = createSimHal();
	storage.put("a", Uint8Array.of(1, 2, 3));
	storage.readOnly = true;
	assert.ok(storage.put("a", Uint8Array.of(4)) < 0);
	assert.ok(storage.remove("a") < 0);
	assert.deepEqual(storage.get("a"), Uint8Array.of(1, 2, 3));
	storage.unreadable.add("a");
	assert.ok((storage.get("a") as number) < 0);
	storage.unreadable.delete("a");
	storage.tear("a", 2);
	assert.deepEqual(storage.get("a"), Uint8Array.of(1, 2));
	assert.deepEqual(storage.names(), ["a"]);
});

test("sim: the date is unknown, or goes with the clock", () => {
	const hal = createSimHal();
	hal.network.advance(5000);
	assert.equal(hal.date(), 0);
	hal.setDate(1_000_000);
	assert.equal(hal.date(), 1_000_000);
	hal.network.advance(2500);
	assert.equal(hal.date(), 1_000_002);
});

test("sim: settle lets promise jobs and events make more of each other", async () => {
	const hal = createSimHal();
	const done: number[] = [];
	const turn = () => new Promise<void>(resolve => hal.setTimer(0, resolve));
	const work = async () => {
		for (let i = 0; i < 5; i++) {
			await turn();
			for (let j = 0; j < 10; j++) await undefined;
			done.push(i);
		}
	};
	const finished = work();
	await hal.network.settle();
	assert.deepEqual(done, [0, 1, 2, 3, 4]);
	assert.equal(hal.now(), 0);
	await finished;
});

test("sim: until goes through time, and rejects what never comes", async () => {
	const hal = createSimHal();
	let ran = false;
	hal.setTimer(500, () => {
		ran = true;
	});
	await hal.network.until(() => ran);
	assert.equal(hal.now(), 500);
	await assert.rejects(() => hal.network.until(() => false), /nothing more/);
	hal.setTimer(500, () => undefined);
	await assert.rejects(() => hal.network.until(() => false, 100), /not done/);
});

test("sim: pass stops at its time, with promise jobs between timers", async () => {
	const hal = createSimHal();
	const times: number[] = [];
	const work = async () => {
		for (;;) {
			await new Promise<void>(resolve => hal.setTimer(10, resolve));
			times.push(hal.now());
		}
	};
	work();
	await hal.network.pass(35);
	assert.deepEqual(times, [10, 20, 30]);
	assert.equal(hal.now(), 35);
});

test("sim: a reboot is an event", () => {
	let reboots = 0;
	const hal = createSimHal({ onReboot: () => reboots++ });
	assert.equal(hal.reboot(), OK);
	assert.equal(reboots, 0);
	hal.network.run();
	assert.equal(reboots, 1);
});
