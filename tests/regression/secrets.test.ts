/** Secrets where they were overlooked: a job behind a job, and a password that nobody asked for. */
import type { Crypto, Job } from "../../src/crypto/port.js";
import { SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import { createHostKey, generateKey, type HostKeyAlgorithm } from "../../src/transport/host-key.js";
import { run } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { Place } from "../peer/place.js";
import { bytesOf, message } from "../peer/wire.js";

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
