/** The contract's close(), and what holds for identifiers. */
import { ERR_TCP_NO_SUCH_SOCKET } from "../../src/merrors.js";
import { assert } from "../harness.js";
import { type Check, connected, finish, pattern, readBytes, receive } from "./rig.js";

export function closeContract(check: Check): void {
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
