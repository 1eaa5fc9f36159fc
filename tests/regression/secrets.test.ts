/** Secrets where they were overlooked: a job behind a job, and a password that nobody asked for. */
import type { Crypto, Job } from "../../src/crypto/port.js";
import { createHostKey, generateKey, type HostKeyAlgorithm } from "../../src/keys/host-key.js";
import { SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import { LineBuffer } from "../../src/shell/editor/line-buffer.js";
import { StreamInput } from "../../src/shell/input.js";
import { run } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { Place } from "../peer/place.js";
import { bytesOf, message } from "../peer/wire.js";
import { FakeSession } from "../shell/fake-session.js";

const ALGORITHMS: readonly HostKeyAlgorithm[] = ["ssh-ed25519", "ecdsa-sha2-nistp256"];

test("a signature, or a key, that is given up wipes the job that computes it", () => {
	let wiped = 0;
	const never: Job<Uint8Array> = { step: () => false, wipe: () => wiped++, result: new Uint8Array(0) };
	const stuck: Crypto = {
		...testCrypto,
		ed25519Sign: () => never,
		ed25519PublicKey: () => never,
		p256Sign: () => never,
		p256PublicKey: () => never,
	};
	for (const algorithm of ALGORITHMS) {
		const key = run(generateKey(testCrypto, algorithm, new Uint8Array(48).fill(7)));
		wiped = 0;
		createHostKey(stuck, key).sign(new Uint8Array(32)).wipe?.();
		assert.equal(wiped, 1);
		generateKey(stuck, algorithm, new Uint8Array(48).fill(7)).wipe?.();
		assert.equal(wiped, 2);
	}
});

test("a password behind the login is not left in the input", () => {
	const inputs: Uint8Array[] = [];
	const place = new Place();
	const { read } = place.hal;
	place.hal.read = (socket, bytes, offset, length) => {
		if (!inputs.includes(bytes)) inputs.push(bytes);
		return read.call(place.hal, socket, bytes, offset, length);
	};
	const client = place.client().login();
	const password = "a password of some length that nobody has asked for";
	client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", "password", false, password));
	place.run();
	assert.equal(inputs.length, 1);
	const held = inputs[0].join();
	assert.ok(!held.includes(bytesOf(password).slice(0, 8).join()));
	assert.equal(client.disconnect, undefined);
});

test("a password that is typed is not left in the buffer that was too small for it", () => {
	const line = new LineBuffer(1024);
	const buffers = new Set<Uint32Array>();
	for (let at = 0; at < 100; at++) {
		line.insert(0x41);
		buffers.add(line.points);
	}
	line.clear();
	assert.ok(buffers.size > 1);
	for (const points of buffers) assert.ok(points.every(point => point === 0));
});

test("a password that is read from stdin is not left in what was read ahead, nor in a buffer that was too small for it", async () => {
	const session = new FakeSession();
	const ahead = new Set<Uint8Array>();
	const { read } = session;
	session.read = (target, ...more) => {
		ahead.add(target);
		return read.call(session, target, ...more);
	};
	const input = new StreamInput(session);
	const held = input as unknown as { lines: { partial: Uint8Array } };
	const partial = new Set<Uint8Array>();
	for (const length of [10, 100, 300]) {
		session.send(`${"x".repeat(length)}\nnext\n`);
		const whole = input.readLine();
		assert.equal((await whole)?.length, length);
		assert.equal(await input.readLine(), "next");
		// The same byte by byte, so that each buffer is seen.
		const line = input.readLine();
		for (let at = 0; at < length; at++) {
			session.send("x");
			input.wake();
			partial.add(held.lines.partial);
		}
		session.send("\n");
		input.wake();
		assert.equal((await line)?.length, length);
	}
	assert.ok(partial.size > 2);
	for (const bytes of [...ahead, ...partial]) assert.ok(bytes.every(byte => byte === 0));
});
