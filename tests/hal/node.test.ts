import { spawnSync } from "node:child_process";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNodeHal } from "../../hal/node/index.js";
import { ERR_TCP_WOULDBLOCK, OK } from "../../src/merrors.js";
import { assert, test } from "../harness.js";
import { HANG, succeed } from "../process.js";
import { FLOOD, halContract, type Peer, type Rig } from "./contract.js";

async function until(done: () => boolean): Promise<void> {
	for (const end = performance.now() + HANG; !done(); await new Promise(resolve => setTimeout(resolve, 1))) {
		if (performance.now() > end) throw new Error("not done");
	}
}

interface NodePeer extends Peer {
	destroy(): void;
}

function dial(port: number): Promise<NodePeer> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
		let lost = false;
		let ended = false;
		socket.on("readable", () => undefined);
		socket.on("end", () => {
			ended = true;
		});
		socket.on("error", error => {
			lost = true;
			reject(error);
		});
		socket.on("connect", () =>
			resolve({
				write: bytes => socket.write(bytes),
				read: () => new Uint8Array(socket.read() ?? 0),
				end: () => socket.end(),
				abort: () => socket.resetAndDestroy(),
				destroy: () => socket.destroy(),
				get ended() {
					return ended;
				},
				get lost() {
					return lost;
				},
			}),
		);
	});
}

function temporaryFolder(): string {
	return mkdtempSync(join(tmpdir(), "fieldssh-hal-"));
}

async function makeRig(): Promise<Rig> {
	const folder = temporaryFolder();
	const hal = createNodeHal({ folder: join(folder, "state") });
	const peers: NodePeer[] = [];
	return {
		hal,
		address: "127.0.0.1",
		flood: FLOOD,
		tellsEnds: true,
		reboots: false,
		connect: async port => {
			const peer = await dial(port);
			peers.push(peer);
			return peer;
		},
		until,
		// What a test that failed has left open would keep the process.
		stop: async () => {
			for (let socket = 1; socket < 20; socket++) hal.close(socket);
			for (const peer of peers) peer.destroy();
			rmSync(folder, { recursive: true });
		},
	};
}

halContract("node", makeRig);

/** Runs the body with a HAL whose storage is in a folder that is not there yet. */
function withFolder(body: (folder: string) => void | Promise<void>): () => Promise<void> {
	return async () => {
		const parent = temporaryFolder();
		try {
			await body(join(parent, "state"));
		} finally {
			rmSync(parent, { recursive: true });
		}
	};
}

const mode = (path: string) => statSync(path).mode & 0o777;

test(
	"node storage: the folder is its owner's alone, and so is each file",
	withFolder(folder => {
		const { storage } = createNodeHal({ folder });
		assert.equal(storage.get("key"), undefined);
		assert.equal(storage.remove("key"), OK);
		assert.equal(existsSync(folder), false);
		assert.equal(storage.put("key", Uint8Array.of(1)), OK);
		assert.equal(mode(folder), 0o700);
		assert.equal(mode(join(folder, "key")), 0o600);
		chmodSync(join(folder, "key"), 0o644);
		assert.equal(storage.put("key", Uint8Array.of(2)), OK);
		assert.equal(mode(join(folder, "key")), 0o600);
		assert.deepEqual(readdirSync(folder), ["key"]);
	}),
);

test(
	"node storage: a crash between writing and renaming leaves the old value",
	withFolder(folder => {
		assert.equal(createNodeHal({ folder }).storage.put("key", Uint8Array.of(1, 2, 3)), OK);
		// The process that stores the new value dies when it would rename.
		const module = new URL("../../hal/node/index.js", import.meta.url).href;
		const script = `
			import fs from "node:fs";
			import { syncBuiltinESMExports } from "node:module";
			fs.renameSync = () => process.kill(process.pid, "SIGKILL");
			syncBuiltinESMExports();
			const { createNodeHal } = await import(${JSON.stringify(module)});
			createNodeHal({ folder: ${JSON.stringify(folder)} }).storage.put("key", new Uint8Array(1000));
		`;
		const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
		assert.equal(signal, "SIGKILL");
		const [old, left] = readdirSync(folder).sort();
		assert.equal(old, "key");
		assert.equal(mode(join(folder, left)), 0o600);
		const { storage } = createNodeHal({ folder });
		assert.deepEqual(storage.get("key"), Uint8Array.of(1, 2, 3));
		assert.equal(storage.put("key", Uint8Array.of(4)), OK);
		assert.deepEqual(storage.get("key"), Uint8Array.of(4));
		assert.deepEqual(readdirSync(folder), ["key"]);
	}),
);

test("node storage: a folder that cannot be made is an error at once, however deep", () => {
	if (existsSync("/proc/self"))
		assert.ok(createNodeHal({ folder: "/proc/x/y" }).storage.put("key", new Uint8Array(1)) < 0);
	const parent = temporaryFolder();
	const folder = join(parent, "a", "b", "c");
	assert.equal(createNodeHal({ folder }).storage.put("key", new Uint8Array(1)), OK);
	for (const made of [folder, join(parent, "a", "b"), join(parent, "a")]) assert.equal(mode(made), 0o700);
	writeFileSync(join(parent, "file"), "");
	assert.ok(createNodeHal({ folder: join(parent, "file", "c") }).storage.put("key", new Uint8Array(1)) < 0);
	rmSync(parent, { recursive: true });
});

test(
	"node storage: a failed put leaves the old value and nothing else",
	withFolder(folder => {
		const { storage } = createNodeHal({ folder });
		storage.put("key", Uint8Array.of(1));
		mkdirSync(join(folder, "blocked"));
		writeFileSync(join(folder, "blocked", "file"), "");
		assert.ok(storage.put("blocked", Uint8Array.of(2)) < 0);
		assert.ok((storage.get("blocked") as number) < 0);
		assert.ok(storage.remove("blocked") < 0);
		assert.deepEqual(readdirSync(folder).sort(), ["blocked", "key"]);
	}),
);

test(
	"node storage: where no folder can be, nothing is stored and nothing throws",
	withFolder(folder => {
		writeFileSync(folder, "a file");
		const { storage } = createNodeHal({ folder });
		assert.ok(storage.put("key", Uint8Array.of(1)) < 0);
		assert.ok((storage.get("key") as number) < 0);
		assert.equal(readFileSync(folder, "latin1"), "a file");
	}),
);

test("node storage: a folder that may not be written to is a status", async context => {
	if (process.getuid?.() === 0) return context.skip("root may write everywhere");
	await withFolder(folder => {
		mkdirSync(folder, { mode: 0o500 });
		const { storage } = createNodeHal({ folder });
		assert.ok(storage.put("key", Uint8Array.of(1)) < 0);
		chmodSync(folder, 0o700);
		writeFileSync(join(folder, "key"), "x", { mode: 0 });
		assert.ok((storage.get("key") as number) < 0);
	})();
});

test(
	"node storage: no symbolic link is followed",
	withFolder(folder => {
		mkdirSync(folder);
		const outside = join(folder, "..", "outside");
		writeFileSync(outside, "secret");
		symlinkSync(outside, join(folder, "key"));
		symlinkSync(outside, join(folder, `other~${process.pid}`));
		const { storage } = createNodeHal({ folder });
		assert.ok((storage.get("key") as number) < 0);
		assert.equal(storage.put("key", Uint8Array.of(1)), OK);
		assert.equal(storage.put("other", Uint8Array.of(2)), OK);
		assert.equal(readFileSync(outside, "latin1"), "secret");
		assert.deepEqual(storage.get("key"), Uint8Array.of(1));
	}),
);

test("node: a socket that no one reads holds a bounded count of bytes", async () => {
	const hal = createNodeHal({ folder: "unused" });
	const listener = hal.listen("127.0.0.1", 0, () => undefined);
	await until(() => hal.localPort(listener) > 0);
	const peer = connect(hal.localPort(listener), "127.0.0.1");
	let socket = 0;
	await until(() => {
		socket = hal.accept(listener);
		return socket > 0;
	});
	const total = 64 * 1024 * 1024;
	peer.write(new Uint8Array(total));
	// In each turn of its loop node would read 64 KB of these.
	const before = process.memoryUsage().arrayBuffers;
	for (let turn = 0; turn < 200; turn++) await new Promise(resolve => setImmediate(resolve));
	assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
	const bytes = new Uint8Array(65_536);
	let read = 0;
	await until(() => {
		for (;;) {
			const count = hal.read(socket, bytes, 0, bytes.length);
			if (count === ERR_TCP_WOULDBLOCK) return read === total;
			read += count;
		}
	});
	peer.destroy();
	hal.close(socket);
	hal.close(listener);
});

test("node: connections beyond the backlog are reset, and those in it wait", async () => {
	const hal = createNodeHal({ folder: "unused" });
	const listener = hal.listen("127.0.0.1", 0, () => undefined);
	await until(() => hal.localPort(listener) > 0);
	const peers = await Promise.all(Array.from({ length: 20 }, () => dial(hal.localPort(listener))));
	await until(() => peers.filter(peer => peer.lost).length === 4);
	let accepted = 0;
	for (let socket = hal.accept(listener); socket > 0; socket = hal.accept(listener)) {
		accepted++;
		hal.close(socket);
	}
	assert.equal(accepted, 16);
	for (const peer of peers) peer.end();
	hal.close(listener);
});

test("node: an IPv4 peer of a listener for both families has an IPv4 address", async context => {
	const hal = createNodeHal({ folder: "unused" });
	const listener = hal.listen("::", 0, () => undefined);
	await until(() => hal.localPort(listener) !== 0);
	if (hal.localPort(listener) < 0) return context.skip("no IPv6 here");
	const peer = await dial(hal.localPort(listener));
	let socket = 0;
	await until(() => {
		socket = hal.accept(listener);
		return socket > 0;
	});
	assert.equal(hal.remoteAddress(socket), "127.0.0.1");
	peer.end();
	hal.close(socket);
	hal.close(listener);
});

test("node: a closed socket does not keep the process, though its peer never closes", async () => {
	const module = new URL("../../hal/node/index.js", import.meta.url).href;
	const script = `
		import { connect } from "node:net";
		const { createNodeHal } = await import(${JSON.stringify(module)});
		const hal = createNodeHal({ folder: "unused" });
		let closed = 0;
		process.on("exit", () => console.log(performance.now() - closed));
		const listener = hal.listen("127.0.0.1", 0, () => {
			const port = hal.localPort(listener);
			const socket = hal.accept(listener);
			if (socket < 0) return connect({ port, host: "127.0.0.1", allowHalfOpen: true }).unref();
			hal.write(socket, Uint8Array.of(1), 0, 1);
			hal.close(socket);
			hal.close(listener);
			closed = performance.now();
		});
	`;
	const kept = await succeed(process.execPath, ["--input-type=module", "-e", script]);
	// A socket lingers for 3 s; the time is the process's own, and begins when it has no more to do.
	assert.ok(Number(kept) < 2_500, kept);
});

test("node: a reboot is what the application says, later", async () => {
	let reboots = 0;
	const hal = createNodeHal({ folder: "unused", onReboot: () => reboots++ });
	assert.equal(hal.reboot(), OK);
	assert.equal(reboots, 0);
	await until(() => reboots === 1);
});
