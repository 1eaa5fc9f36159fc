/**
 * The firmware of examples/esp32, built by the Moddable SDK for its simulator, and run without a screen: real clients log in.
 * `npm run test:moddable`; where MODDABLE is not set, it is skipped by name.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Client, Result } from "../interop/clients/client.js";
import { dropbear } from "../interop/clients/dropbear.js";
import { keyLogin, openssh, ssh } from "../interop/clients/openssh.js";
import { plink } from "../interop/clients/plink.js";
import type { Target } from "../interop/harness.js";
import { interopSuite, isRefused, says } from "../interop/suite.js";
import { run } from "../process.js";
import { provide, warnings } from "./owner.js";
import { type App, build, bytecode, type Device, launch, skip, startDevice, temporaryHome } from "./sdk.js";

/** The simulator's sockets hand over 1,536 bytes every 20 ms: 10 MB take minutes. */
const LONG = 20 * 60_000;

async function terminal(device: Device): Promise<void> {
	const typed = "lamp oon\x1b[D\x1b[D\x7f\rexit\r";
	const { status, stdout, stderr } = await ssh(device, ["-tt", device.host], { stdin: typed });
	assert.equal(status, 0, stderr);
	assert.match(stdout.toString(), /admin@field-1> /);
	assert.match(stdout.toString(), /the lamp is on\r\n/);
}

describe("examples/esp32", { skip, timeout: 3 * LONG }, () => {
	let app: App;
	let device: Device;
	before(async () => {
		app = await build("examples/esp32", "release", "port=0");
		device = await startDevice(app, provide);
	});
	after(() => device?.stop());

	test("the linker finds nothing of ours to warn of", context => {
		context.diagnostic(`default profile: ${bytecode(app)} bytes of bytecode`);
		assert.deepEqual(warnings(app), []);
	});

	// One device for all: who starts it ends it.
	const start = async (): Promise<Target> => ({ ...device, stop: async () => undefined });
	for (const client of [openssh, plink, dropbear]) {
		const keys = client.keys.filter(key => key !== "ecdsa");
		interopSuite({ ...client, name: `${client.name} on the SDK`, keys }, start);
	}

	test("a terminal: prompt, line editing, the firmware's own command", async () => terminal(device));

	test("10 MB through cat, keys changed every MB", { timeout: LONG }, async () => {
		const text = randomBytes(10_000_000);
		const args = [...keyLogin(device), "-o", "RekeyLimit=1M", device.host, "cat"];
		const { status, stdout, stderr } = await run("ssh", args, { stdin: text, limit: LONG });
		assert.equal(status, 0, stderr);
		assert.ok(stdout.equals(text));
	});

	test("after a restart it has the same host key, keys and password, and says no password again", async () => {
		const output = await device.restart();
		assert.ok(output.includes(device.fingerprint));
		assert.doesNotMatch(output, /^password:/m);
		says(await ssh(device, [device.host, "lamp on"]), "the lamp is on\n");
		assert.equal((await ssh(device, [device.host, "lamp"])).status, 2);
		const password = { method: "password", password: device.password } as const;
		says(await openssh.run(device, { login: password, command: "lamp off" }), "the lamp is off\n");
	});
});

describe("examples/esp32, debug build", { skip, timeout: LONG }, () => {
	test("runs without a debugger: by password, by key, with a terminal", async () => {
		const device = await startDevice(await build("examples/esp32", "debug", "port=0"), provide);
		try {
			says(await ssh(device, [device.host, "lamp on"]), "the lamp is on\n");
			await terminal(device);
		} finally {
			await device.stop();
		}
	});
});

describe("examples/nanossh-loop", { skip, timeout: LONG }, () => {
	test("builds without a warning of ours", async () => {
		assert.deepEqual(warnings(await build("examples/nanossh-loop", "release")), []);
	});
});

describe("the full profile", { skip, timeout: LONG }, () => {
	test("builds without a warning of ours, and logs in", async context => {
		const app = await build("tests/moddable/apps/full", "release");
		context.diagnostic(`full profile: ${bytecode(app)} bytes of bytecode`);
		assert.deepEqual(warnings(app), []);
		const device = await startDevice(app, provide);
		try {
			says(await ssh(device, [device.host, "lamp on"]), "the lamp is on\n");
		} finally {
			await device.stop();
		}
	});
});

describe("the minimal profile", { skip, timeout: LONG }, () => {
	let app: App;
	let device: Device;
	before(async () => {
		app = await build("tests/moddable/apps/minimal", "release");
		device = await startDevice(app, async () => undefined);
	});
	after(() => device?.stop());

	const runs = (client: Client): Promise<Result> => {
		const login = { method: "publickey", key: device.keys.ed25519 } as const;
		return client.run(device, { login, command: "lamp on" });
	};

	test("builds without a warning of ours, and is smaller", async context => {
		context.diagnostic(`minimal profile: ${bytecode(app)} bytes of bytecode`);
		assert.deepEqual(warnings(app), []);
		assert.ok(bytecode(app) < bytecode(await build("examples/esp32", "release", "port=0")));
	});

	test("has no passwords: who has no key stays out", async () => {
		assert.equal(device.password, "");
		isRefused(await runs(openssh));
	});

	test("a key logs in, over chacha20-poly1305", async () => {
		mkdirSync(join(device.home, ".fieldssh"), { recursive: true });
		copyFileSync(`${device.keys.ed25519}.pub`, join(device.home, ".fieldssh/authorized_keys.admin"));
		says(await runs(openssh), "the lamp is on\n");
		says(await runs(plink), "the lamp is on\n");
		says(await runs(dropbear), "the lamp is on\n");
	});

	test("nothing else is offered", async () => {
		const { stderr } = await run("ssh", [...keyLogin(device, "DEBUG2"), device.host, "lamp on"]);
		assert.match(stderr, /^debug2: ciphers ctos: chacha20-poly1305@openssh\.com\r?$/m);
		assert.match(stderr, /server-sig-algs=<ssh-ed25519>/);
		const { status } = await ssh(device, ["-c", "aes128-ctr", device.host, "lamp on"]);
		assert.equal(status, undefined);
	});
});

describe("memory before the first connection", { skip, timeout: LONG }, () => {
	test("our modules, preloaded, take less than 4 KB", async context => {
		const app = await build("tests/moddable/apps/memory", "instrument");
		const home = temporaryHome();
		const running = await launch(app, home);
		const look = (stdout: string) => {
			const lines = stdout
				.split("\n")
				.slice(0, -1)
				.filter(line => line.startsWith("{"));
			return lines.length === 4 && lines;
		};
		const lines = await running.waitFor("figures", look, 60_000);
		await running.stop();
		const [{ taken, kept }, ...looks] = lines.map(line => JSON.parse(line));
		assert.ok(taken.slots >= 50 && taken.bytes >= 2_000, lines[0]);
		assert.ok(kept.slots < 50 && kept.bytes < 500, lines[0]);
		for (const { slots, chunks, used, total } of looks) {
			assert.equal(used, slots + chunks);
			// A simulator's heaps grow by what malloc gives.
			assert.equal(total, 0);
		}
		const [start, loaded, listening] = looks.map(deviceBytes);
		context.diagnostic(`loaded: ${loaded - start} bytes, listening: ${listening - start} bytes`);
		assert.ok(loaded - start < 4096, `${loaded - start}`);
	});
});

/** Slots have 16 bytes on a device, 32 here. */
function deviceBytes({ slots, chunks }: { readonly slots: number; readonly chunks: number }): number {
	return slots / 2 + chunks;
}
