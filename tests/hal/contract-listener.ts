/** The contract's listeners and accept(). */
import type { TCP_SOCKET } from "../../hal/hal.js";
import {
	ERR_TCP_BAD_ADDRESS,
	ERR_TCP_LISTEN_BIND_ERROR,
	ERR_TCP_NO_SUCH_SOCKET,
	ERR_TCP_WOULDBLOCK,
} from "../../src/merrors.js";
import { assert } from "../harness.js";
import { type Check, connected, finish } from "./rig.js";

export function listenerContract(check: Check): void {
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
