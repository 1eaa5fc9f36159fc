/** Payloads that are almost right: cut short, made longer, with bytes changed. None may make the server throw. */
import { SimRandom } from "../../hal/sim/index.js";
import { concat, noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { hostKey, Place } from "../peer/place.js";
import { bytesOf, fields, message, raw } from "../peer/wire.js";

const USER = ["admin", "ssh-connection"] as const;
const KEY = fields("ssh-ed25519", noise(32));

const BEFORE_LOGIN: readonly Uint8Array[] = [
	message(50, ...USER, "none"),
	message(50, ...USER, "password", false, "wrong"),
	message(50, ...USER, "password", true, "wrong", "new"),
	message(50, ...USER, "publickey", false, "ssh-ed25519", KEY),
	message(50, ...USER, "publickey", true, "ssh-ed25519", KEY, fields("ssh-ed25519", noise(64))),
	message(
		50,
		...USER,
		"publickey",
		true,
		"rsa-sha2-256",
		fields("ssh-rsa", raw(fields(noise(3), noise(257)))),
	),
	message(50, ...USER, "keyboard-interactive", "", ""),
	message(61, 1, "wrong"),
	message(5, "ssh-connection"),
	message(7, 2, "a", "b", "c", "d"),
	message(1, 11, "text", "en"),
	message(4, true, "text", "en"),
];

const AFTER_LOGIN: readonly Uint8Array[] = [
	message(80, "hostkeys-prove-00@openssh.com", true, hostKey().publicBlob),
	message(80, "tcpip-forward", true, "127.0.0.1", 80),
	message(80, "no-more-sessions@openssh.com", false),
	message(90, "session", 1, 1000, 1000),
	message(90, "direct-tcpip", 1, 1000, 1000, "host", 80, "host", 80),
	message(93, 0, 1000),
	message(94, 0, "data"),
	message(95, 0, 1, "data"),
	message(96, 0),
	message(97, 0),
	message(98, 0, "pty-req", true, "xterm", 80, 24, 0, 0, Uint8Array.of(53, 0, 0, 0, 1, 0)),
	message(98, 0, "env", true, "LANG", "C.UTF-8"),
	message(98, 0, "exec", true, "echo"),
	message(98, 0, "shell", true),
	message(98, 0, "subsystem", true, "sftp"),
	message(98, 0, "window-change", false, 80, 24, 0, 0),
	message(98, 0, "signal", false, "INT"),
	message(98, 0, "break", true, 500),
	message(192, "data"),
];

function spoil(payload: Uint8Array, random: SimRandom): Uint8Array {
	const kind = random.below(4);
	if (kind === 0) return payload.slice(0, 1 + random.below(payload.length));
	if (kind === 1) return concat(payload, noise(1 + random.below(60), random.next()));
	const spoiled = payload.slice();
	for (let count = 1 + random.below(3); count > 0; count--) {
		const at = 1 + random.below(payload.length - 1);
		// Lengths and counts are where small and extreme values matter.
		spoiled[at] = kind === 2 ? random.below(256) : [0, 1, 0x7f, 0x80, 0xff][random.below(5)];
	}
	return spoiled;
}

function spoilAll(samples: readonly Uint8Array[], reach: (client: TestClient) => void): void {
	const random = new SimRandom(5);
	const place = new Place({ limits: { authenticationAttempts: 50 }, subsystems: ["sftp"] });
	for (let round = 0; round < 700; round++) {
		const client = place.client();
		reach(client);
		client.channels.length = 0;
		// Whatever number a channel has: what is sent to it is nothing to this test.
		client.link.onData = () => {};
		for (let count = 0; count < 4; count++)
			client.sendNow(spoil(samples[random.below(samples.length)], random));
		place.run();
		client.link.abort();
		place.run();
		assert.equal(place.server.connectionCount, 0);
	}
	assert.deepEqual(place.errors, []);
	assert.equal(place.fault(), undefined);
}

test("malformed messages of authentication", () => {
	spoilAll(BEFORE_LOGIN, client => client.start().requestAuthentication());
});

test("malformed messages of channels and of the connection", () => {
	spoilAll(AFTER_LOGIN, client => client.login().exec("echo"));
});

test("malformed messages of channels, before a command runs", () => {
	spoilAll(AFTER_LOGIN, client => client.login().open());
});

test("noise in place of everything, from the first byte on, and behind each step of a login", () => {
	const random = new SimRandom(6);
	const place = new Place();
	const steps: readonly ((client: TestClient) => unknown)[] = [
		() => {},
		client => client.link.write(bytesOf(`${client.identification}\r\n`)),
		client => client.start(),
		client => client.start().requestAuthentication(),
		client => client.login(),
	];
	for (let round = 0; round < 300; round++) {
		const client = place.client();
		steps[round % steps.length](client);
		client.link.onData = () => {};
		client.link.write(noise(1 + random.below(4000), random.next()));
		place.run();
		client.link.abort();
		place.run();
		assert.equal(place.server.connectionCount, 0);
	}
	assert.deepEqual(place.errors, []);
	assert.equal(place.fault(), undefined);
});
