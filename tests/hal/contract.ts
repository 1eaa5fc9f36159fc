/** What every HAL must do: the sentences of hal/hal.ts, each as a test. */
import type { Hal, TCP_SOCKET } from "../../hal/hal.js";
import {
	ERR_TCP_BAD_ADDRESS,
	ERR_TCP_LISTEN_BIND_ERROR,
	ERR_TCP_NO_SUCH_SOCKET,
	ERR_TCP_READ_ERROR,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	ERR_TCP_WRITE_ERROR,
	ERR_UNSUPPORTED_OPERATION,
	OK,
} from "../../src/merrors.js";
import { assert, test } from "../harness.js";

/** The other end of a connection, outside the HAL. */
export interface Peer {
	write(bytes: Uint8Array): void;
	/** Takes what has come. While no one does, the connection fills. */
	read(): Uint8Array;
	end(): void;
	/** Breaks the connection. */
	abort(): void;
	/** The HAL's side has ended, and all was read. */
	readonly ended: boolean;
	/** The connection broke. */
	readonly lost: boolean;
}

/** A HAL with its world. */
export interface Rig {
	readonly hal: Hal;
	/** Where it listens, and what its peers' addresses are then. */
	readonly address: string;
	connect(port: number): Promise<Peer>;
	/** Lets the world go on until the condition holds; rejects when it never does. */
	until(done: () => boolean): Promise<void>;
	stop(): Promise<void>;
}

/** A listener with one accepted connection, and the count of calls of its `ready`. */
interface Pair {
	readonly listener: TCP_SOCKET;
	readonly port: number;
	readonly socket: TCP_SOCKET;
	readonly peer: Peer;
	calls: number;
}

export function halContract(name: string, makeRig: () => Promise<Rig>): void {
	const check = (title: string, body: (rig: Rig) => Promise<void>) => {
		test(`${name}: ${title}`, async () => {
			const rig = await makeRig();
			try {
				await body(rig);
			} finally {
				await rig.stop();
			}
		});
	};
	listenerContract(check);
	streamContract(check);
	closeContract(check);
	clockContract(check);
	storageContract(check);
	deviceContract(check);
}

type Check = (title: string, body: (rig: Rig) => Promise<void>) => void;

function listenerContract(check: Check): void {
	check("port 0 picks a free port, known when it is bound", async rig => {
		let calls = 0;
		const listener = rig.hal.listen(rig.address, 0, () => calls++);
		assert.ok(listener >= 1 && listener < 2 ** 31);
		assert.equal(calls, 0);
		assert.ok(rig.hal.localPort(listener) >= 0);
		await rig.until(() => rig.hal.localPort(listener) > 0);
		const other = rig.hal.listen(rig.address, 0, () => undefined);
		await rig.until(() => rig.hal.localPort(other) > 0);
		assert.notEqual(rig.hal.localPort(other), rig.hal.localPort(listener));
		assert.notEqual(other, listener);
		rig.hal.close(listener);
		rig.hal.close(other);
	});

	check("a port in use is a bind error, at once or through ready and accept()", async rig => {
		const { hal } = rig;
		const listener = hal.listen(rig.address, 0, () => undefined);
		await rig.until(() => hal.localPort(listener) > 0);
		let told = false;
		const second = hal.listen(rig.address, hal.localPort(listener), () => {
			told = true;
		});
		if (second > 0) {
			await rig.until(() => told);
			assert.equal(hal.accept(second), ERR_TCP_LISTEN_BIND_ERROR);
			assert.equal(hal.localPort(second), ERR_TCP_LISTEN_BIND_ERROR);
			hal.close(second);
		} else assert.equal(second, ERR_TCP_LISTEN_BIND_ERROR);
		assert.equal(hal.accept(listener), ERR_TCP_WOULDBLOCK);
		hal.close(listener);
	});

	check("a bad address or port is refused", async ({ hal, address }) => {
		assert.equal(
			hal.listen("not an address", 0, () => undefined),
			ERR_TCP_BAD_ADDRESS,
		);
		assert.equal(
			hal.listen(address, 65_536, () => undefined),
			ERR_TCP_BAD_ADDRESS,
		);
		assert.equal(
			hal.listen(address, -1, () => undefined),
			ERR_TCP_BAD_ADDRESS,
		);
	});

	check("accept() would block until ready is called, and gives each connection once", async rig => {
		const { hal } = rig;
		let calls = 0;
		const listener = hal.listen(rig.address, 0, socket => {
			assert.equal(socket, listener);
			calls++;
		});
		await rig.until(() => hal.localPort(listener) > 0);
		assert.equal(hal.accept(listener), ERR_TCP_WOULDBLOCK);
		calls = 0;
		await rig.connect(hal.localPort(listener));
		await rig.connect(hal.localPort(listener));
		const accepted: TCP_SOCKET[] = [];
		await rig.until(() => {
			for (let socket = hal.accept(listener); socket > 0; socket = hal.accept(listener))
				accepted.push(socket);
			return accepted.length === 2;
		});
		assert.ok(calls > 0);
		assert.equal(new Set([listener, ...accepted]).size, 3);
		assert.equal(hal.accept(listener), ERR_TCP_WOULDBLOCK);
		for (const socket of accepted) hal.close(socket);
		hal.close(listener);
	});

	check("a closed listener takes no more, and its port is free", async rig => {
		const { hal } = rig;
		const listener = hal.listen(rig.address, 0, () => undefined);
		await rig.until(() => hal.localPort(listener) > 0);
		const port = hal.localPort(listener);
		hal.close(listener);
		assert.equal(hal.accept(listener), ERR_TCP_NO_SUCH_SOCKET);
		assert.equal(hal.localPort(listener), ERR_TCP_NO_SUCH_SOCKET);
		await assert.rejects(async () => {
			const peer = await rig.connect(port);
			await rig.until(() => peer.lost || peer.ended);
			throw new Error("gone");
		});
		const again = hal.listen(rig.address, port, () => undefined);
		await rig.until(() => hal.localPort(again) === port);
		hal.close(again);
	});

	check("a connection knows its peer's address, a listener none", async rig => {
		const pair = await connected(rig);
		assert.equal(rig.hal.remoteAddress(pair.socket), rig.address);
		assert.equal(rig.hal.remoteAddress(pair.listener), "");
		finish(rig, pair);
	});
}

function streamContract(check: Check): void {
	check("read() would block on a silent peer, and gives what comes after ready", async rig => {
		const pair = await connected(rig);
		const bytes = new Uint8Array(8);
		assert.equal(rig.hal.read(pair.socket, bytes, 0, 8), ERR_TCP_WOULDBLOCK);
		const before = pair.calls;
		pair.peer.write(Uint8Array.of(1, 2, 3));
		assert.equal(pair.calls, before);
		await rig.until(() => pair.calls > before);
		assert.deepEqual(await readBytes(rig, pair.socket, 3), Uint8Array.of(1, 2, 3));
		assert.equal(rig.hal.read(pair.socket, bytes, 0, 8), ERR_TCP_WOULDBLOCK);
		finish(rig, pair);
	});

	check("read() fills no more than it was given, at its offset, and keeps the rest", async rig => {
		const pair = await connected(rig);
		pair.peer.write(pattern(10));
		const bytes = new Uint8Array(12).fill(0xee);
		await rig.until(() => rig.hal.read(pair.socket, bytes, 3, 1) === 1);
		assert.deepEqual(bytes, Uint8Array.from([238, 238, 238, 0, 238, 238, 238, 238, 238, 238, 238, 238]));
		assert.deepEqual(await readBytes(rig, pair.socket, 9), pattern(10).subarray(1));
		finish(rig, pair);
	});

	check("watch() calls later, not at once, about what has come before it", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		pair.peer.write(pattern(5));
		await rig.until(() => pair.calls > 0);
		let calls = 0;
		hal.watch(pair.socket, socket => {
			assert.equal(socket, pair.socket);
			calls++;
		});
		assert.equal(calls, 0);
		await rig.until(() => calls > 0);
		assert.deepEqual(await readBytes(rig, pair.socket, 5), pattern(5));
		finish(rig, pair);
	});

	check("ready is never called from within a call", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		let inside = false;
		let calls = 0;
		hal.watch(pair.socket, () => {
			assert.equal(inside, false);
			calls++;
		});
		const call = (body: () => number) => {
			inside = true;
			const result = body();
			inside = false;
			return result;
		};
		pair.peer.write(pattern(100_000));
		const bytes = new Uint8Array(1000);
		let read = 0;
		let written = 0;
		await rig.until(() => {
			read += Math.max(
				0,
				call(() => hal.read(pair.socket, bytes, 0, 1000)),
			);
			written += Math.max(
				0,
				call(() => hal.write(pair.socket, bytes, 0, 1000)),
			);
			pair.peer.read();
			return read === 100_000 && written >= 100_000;
		});
		assert.ok(calls > 0);
		finish(rig, pair);
	});

	check("write() takes a copy", async rig => {
		const pair = await connected(rig);
		const bytes = pattern(100);
		assert.equal(rig.hal.write(pair.socket, bytes, 10, 50), 50);
		bytes.fill(0xff);
		assert.deepEqual(await receive(rig, pair.peer, 50), pattern(100).subarray(10, 60));
		finish(rig, pair);
	});

	check("write() stops while the peer does not read, is told of room, and loses nothing", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		const total = 24 * 1024 * 1024;
		const bytes = pattern(PATTERN * 64);
		let written = 0;
		const write = () => {
			for (;;) {
				const offset = written % PATTERN;
				const length = Math.min(bytes.length - offset, total - written);
				if (length === 0) return;
				const count = hal.write(pair.socket, bytes, offset, length);
				if (count === ERR_TCP_WOULDBLOCK) return;
				assert.ok(count > 0 && count <= length);
				written += count;
			}
		};
		// Once a write has blocked, only `ready` lets the next one try.
		hal.watch(pair.socket, write);
		write();
		assert.ok(written > 0 && written < total);
		let received = 0;
		await rig.until(() => {
			const piece = pair.peer.read();
			assertPattern(piece, received);
			received += piece.length;
			return received === total;
		});
		assert.equal(written, total);
		finish(rig, pair);
	});

	check("a reader that stops stops the peer, and loses nothing", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		const total = 3 * 1024 * 1024;
		pair.peer.write(pattern(total));
		const bytes = new Uint8Array(5000);
		let received = 0;
		const read = () => {
			for (;;) {
				const count = hal.read(pair.socket, bytes, 0, bytes.length);
				if (count === ERR_TCP_WOULDBLOCK) return;
				assert.ok(count > 0);
				assertPattern(bytes.subarray(0, count), received);
				received += count;
			}
		};
		hal.watch(pair.socket, read);
		await rig.until(() => received === total);
		finish(rig, pair);
	});

	check("the peer's end comes after its bytes, and we can still answer", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		pair.peer.write(pattern(7));
		pair.peer.end();
		assert.deepEqual(await readBytes(rig, pair.socket, 7), pattern(7));
		const bytes = new Uint8Array(1);
		await rig.until(() => hal.read(pair.socket, bytes, 0, 1) === ERR_TCP_SOCKET_CLOSED);
		assert.equal(hal.read(pair.socket, bytes, 0, 1), ERR_TCP_SOCKET_CLOSED);
		assert.equal(hal.write(pair.socket, pattern(9), 0, 9), 9);
		assert.deepEqual(await receive(rig, pair.peer, 9), pattern(9));
		finish(rig, pair);
	});

	check("the peer's end is told to one who waits", async rig => {
		const pair = await connected(rig);
		const bytes = new Uint8Array(1);
		assert.equal(rig.hal.read(pair.socket, bytes, 0, 1), ERR_TCP_WOULDBLOCK);
		let status = 0;
		rig.hal.watch(pair.socket, socket => {
			status = rig.hal.read(socket, bytes, 0, 1);
		});
		pair.peer.end();
		await rig.until(() => status === ERR_TCP_SOCKET_CLOSED);
		finish(rig, pair);
	});

	check("a broken connection is told, and is an error to read and to write", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		const bytes = new Uint8Array(1);
		let status = 0;
		hal.watch(pair.socket, socket => {
			status = hal.read(socket, bytes, 0, 1);
		});
		assert.equal(hal.read(pair.socket, bytes, 0, 1), ERR_TCP_WOULDBLOCK);
		pair.peer.abort();
		await rig.until(() => status === ERR_TCP_READ_ERROR);
		assert.equal(hal.write(pair.socket, bytes, 0, 1), ERR_TCP_WRITE_ERROR);
		finish(rig, pair);
	});
}

function closeContract(check: Check): void {
	check("close() sends what write() took, then ends", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		const bytes = pattern(200_000);
		const count = hal.write(pair.socket, bytes, 0, bytes.length);
		assert.ok(count > 0);
		hal.close(pair.socket);
		assert.deepEqual(await receive(rig, pair.peer, count), bytes.subarray(0, count));
		await rig.until(() => pair.peer.ended);
		assert.equal(pair.peer.lost, false);
		pair.peer.end();
		hal.close(pair.listener);
	});

	check("close() with bytes unread loses nothing of what was sent last", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		pair.peer.write(pattern(500_000));
		await rig.until(() => pair.calls > 0);
		assert.equal(hal.write(pair.socket, pattern(60), 0, 60), 60);
		hal.close(pair.socket);
		assert.deepEqual(await receive(rig, pair.peer, 60), pattern(60));
		await rig.until(() => pair.peer.ended);
		pair.peer.end();
		hal.close(pair.listener);
	});

	check("no callback follows a close", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		const other = await connected(rig);
		// Something to tell is on its way already: the close takes it back.
		pair.peer.write(pattern(10));
		await rig.until(() => pair.calls > 0);
		let calls = 0;
		hal.watch(pair.socket, () => calls++);
		hal.close(pair.socket);
		pair.peer.write(pattern(10));
		await rig.until(() => pair.peer.ended);
		pair.peer.end();
		// A round trip on another connection: whatever there was to tell would have been told by now.
		other.peer.write(pattern(3));
		await readBytes(rig, other.socket, 3);
		hal.write(other.socket, pattern(3), 0, 3);
		await receive(rig, other.peer, 3);
		assert.equal(calls, 0);
		hal.close(pair.listener);
		finish(rig, other);
	});

	check("identifiers are not shared while open, and free at once after a close", async rig => {
		const { hal } = rig;
		const pair = await connected(rig);
		const second = await rig.connect(pair.port);
		let socket = 0;
		await rig.until(() => {
			socket = hal.accept(pair.listener);
			return socket > 0;
		});
		assert.notEqual(socket, pair.socket);
		hal.close(pair.socket);
		assert.equal(hal.read(pair.socket, new Uint8Array(1), 0, 1), ERR_TCP_NO_SUCH_SOCKET);
		second.write(pattern(4));
		assert.deepEqual(await readBytes(rig, socket, 4), pattern(4));
		pair.peer.end();
		hal.close(socket);
		hal.close(pair.listener);
	});

	check("a socket that there is not is told apart", async ({ hal, address }) => {
		const bytes = new Uint8Array(4);
		const listener = hal.listen(address, 0, () => undefined);
		for (const socket of [0, -1, 77, 2 ** 31 - 1, 1.5, Number.NaN]) {
			assert.equal(hal.accept(socket), ERR_TCP_NO_SUCH_SOCKET);
			assert.equal(hal.localPort(socket), ERR_TCP_NO_SUCH_SOCKET);
			assert.equal(hal.read(socket, bytes, 0, 4), ERR_TCP_NO_SUCH_SOCKET);
			assert.equal(hal.write(socket, bytes, 0, 4), ERR_TCP_NO_SUCH_SOCKET);
			assert.equal(hal.remoteAddress(socket), "");
			hal.watch(socket, () => assert.ok(false));
			hal.close(socket);
		}
		// A listener is no connection.
		assert.equal(hal.read(listener, bytes, 0, 4), ERR_TCP_NO_SUCH_SOCKET);
		assert.equal(hal.write(listener, bytes, 0, 4), ERR_TCP_NO_SUCH_SOCKET);
		hal.close(listener);
		hal.close(listener);
	});
}

function clockContract(check: Check): void {
	check("timers run once, in the order of their times, not before, never from within the call", async rig => {
		const { hal } = rig;
		const ran: string[] = [];
		const start = hal.now();
		let early = false;
		const timer = (name: string, milliseconds: number) =>
			hal.setTimer(milliseconds, () => {
				early ||= hal.now() - start < milliseconds;
				ran.push(name);
			});
		const ids = [timer("c", 60), timer("a", 0), timer("b", 25)];
		assert.equal(ran.length, 0);
		assert.equal(new Set(ids).size, 3);
		for (const id of ids) assert.ok(id > 0);
		await rig.until(() => ran.length === 3);
		assert.deepEqual(ran, ["a", "b", "c"]);
		assert.equal(early, false);
	});

	check("a cleared timer does not run; clearing anything else does nothing", async rig => {
		const { hal } = rig;
		let cleared = false;
		let last = false;
		const id = hal.setTimer(5, () => {
			cleared = true;
		});
		const first = hal.setTimer(0, () => hal.clearTimer(id));
		hal.setTimer(30, () => {
			last = true;
		});
		await rig.until(() => last);
		assert.equal(cleared, false);
		for (const unknown of [id, first, 0, -1, 1e9]) hal.clearTimer(unknown);
	});

	check("a very long timer is not a short one", async rig => {
		let ran = false;
		const id = rig.hal.setTimer(2 ** 31 + 5, () => {
			ran = true;
		});
		let last = false;
		rig.hal.setTimer(20, () => {
			last = true;
		});
		await rig.until(() => last);
		assert.equal(ran, false);
		rig.hal.clearTimer(id);
	});

	check("now() does not go back, and date() is a whole number of seconds", async rig => {
		const { hal } = rig;
		let last = hal.now();
		let passed = false;
		hal.setTimer(10, () => {
			passed = true;
		});
		const start = last;
		await rig.until(() => {
			const now = hal.now();
			assert.ok(now >= last);
			last = now;
			return passed;
		});
		assert.ok(last - start >= 10);
		assert.ok(Number.isInteger(hal.date()) && hal.date() >= 0);
	});
}

function storageContract(check: Check): void {
	check("storage gives back what was put last, as a copy", async ({ hal: { storage } }) => {
		assert.equal(storage.get("key"), undefined);
		const value = pattern(300);
		assert.equal(storage.put("key", value), OK);
		value.fill(0);
		assert.deepEqual(storage.get("key"), pattern(300));
		(storage.get("key") as Uint8Array).fill(0);
		assert.deepEqual(storage.get("key"), pattern(300));
		assert.equal(storage.put("key", Uint8Array.of(1)), OK);
		assert.deepEqual(storage.get("key"), Uint8Array.of(1));
		assert.equal(storage.put("key", new Uint8Array(0)), OK);
		assert.deepEqual(storage.get("key"), new Uint8Array(0));
		assert.equal(storage.get("other"), undefined);
	});

	check("storage removes, and does not mind removing nothing", async ({ hal: { storage } }) => {
		assert.equal(storage.remove("never"), OK);
		assert.equal(storage.put("a", pattern(3)), OK);
		assert.equal(storage.put("b", pattern(4)), OK);
		assert.equal(storage.remove("a"), OK);
		assert.equal(storage.get("a"), undefined);
		assert.deepEqual(storage.get("b"), pattern(4));
	});

	check("storage takes plain file names only", async ({ hal: { storage } }) => {
		for (const name of ["", ".", "..", "a/b", "../a", "a\\b", "a b", "a\u0000", "ä", "a~1"]) {
			assert.ok((storage.get(name) as number) < 0);
			assert.ok(storage.put(name, pattern(1)) < 0);
			assert.ok(storage.remove(name) < 0);
		}
		for (const name of ["a", "A-1_b.c", ".hidden", "..."]) {
			assert.equal(storage.put(name, pattern(2)), OK);
			assert.deepEqual(storage.get(name), pattern(2));
		}
	});
}

function deviceContract(check: Check): void {
	check("random fills the whole array, differently each time", async ({ hal }) => {
		const seen = new Set<string>();
		for (let round = 0; round < 8; round++) {
			const bytes = new Uint8Array(64);
			assert.equal(hal.random(bytes), OK);
			assert.ok(new Set(bytes).size > 16);
			assert.ok(bytes.subarray(48).some(byte => byte !== 0));
			seen.add(bytes.join());
		}
		assert.equal(seen.size, 8);
		assert.equal(hal.random(new Uint8Array(0)), OK);
	});

	check("memory figures are counts of bytes, and reboot says where it cannot", async ({ hal }) => {
		const { total, used } = hal.memory();
		assert.ok(total >= 0 && used >= 0 && used <= total);
		assert.equal(hal.reboot(), ERR_UNSUPPORTED_OPERATION);
	});
}

/** A prime, so that a lost or doubled block shows. */
const PATTERN = 251;

function pattern(length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let i = 0; i < length; i++) bytes[i] = i % PATTERN;
	return bytes;
}

/** The bytes of a pattern that stand from `start` on. */
function assertPattern(bytes: Uint8Array, start: number): void {
	let value = start % PATTERN;
	for (let i = 0; i < bytes.length; i++) {
		if (bytes[i] !== value) assert.equal(bytes[i], value, `byte ${start + i}`);
		if (++value === PATTERN) value = 0;
	}
}

async function connected(rig: Rig): Promise<Pair> {
	const { hal } = rig;
	const listener = hal.listen(rig.address, 0, () => undefined);
	await rig.until(() => hal.localPort(listener) > 0);
	const port = hal.localPort(listener);
	const peer = await rig.connect(port);
	let socket = 0;
	await rig.until(() => {
		socket = hal.accept(listener);
		return socket > 0;
	});
	const pair: Pair = { listener, port, socket, peer, calls: 0 };
	hal.watch(socket, () => pair.calls++);
	return pair;
}

function finish(rig: Rig, pair: Pair): void {
	rig.hal.close(pair.socket);
	rig.hal.close(pair.listener);
	pair.peer.end();
}

async function readBytes(rig: Rig, socket: TCP_SOCKET, length: number): Promise<Uint8Array> {
	const bytes = new Uint8Array(length);
	let at = 0;
	await rig.until(() => {
		const count = rig.hal.read(socket, bytes, at, length - at);
		if (count !== ERR_TCP_WOULDBLOCK) {
			assert.ok(count > 0, `read: ${count}`);
			at += count;
		}
		return at === length;
	});
	return bytes;
}

async function receive(rig: Rig, peer: Peer, length: number): Promise<Uint8Array> {
	const bytes = new Uint8Array(length);
	let at = 0;
	await rig.until(() => {
		const piece = peer.read();
		bytes.set(piece, at);
		at += piece.length;
		return at === length;
	});
	return bytes;
}
