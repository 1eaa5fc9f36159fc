/** The contract's connections: reading, writing, back-pressure and ends. */
import {
	ERR_TCP_READ_ERROR,
	ERR_TCP_SOCKET_CLOSED,
	ERR_TCP_WOULDBLOCK,
	ERR_TCP_WRITE_ERROR,
} from "../../src/merrors.js";
import { assert } from "../harness.js";
import { assertPattern, type Check, connected, finish, PATTERN, pattern, readBytes, receive } from "./rig.js";

export function streamContract(check: Check): void {
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
		const total = rig.flood;
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
		const total = rig.flood / 8;
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
		if (rig.tellsEnds) {
			assert.equal(hal.write(pair.socket, pattern(9), 0, 9), 9);
			assert.deepEqual(await receive(rig, pair.peer, 9), pattern(9));
		} else assert.equal(hal.write(pair.socket, pattern(9), 0, 9), ERR_TCP_WRITE_ERROR);
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
		const broken = rig.tellsEnds ? ERR_TCP_READ_ERROR : ERR_TCP_SOCKET_CLOSED;
		await rig.until(() => status === broken);
		assert.equal(hal.write(pair.socket, bytes, 0, 1), ERR_TCP_WRITE_ERROR);
		finish(rig, pair);
	});
}
