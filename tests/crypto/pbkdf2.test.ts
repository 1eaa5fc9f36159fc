import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { asciiBytes } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { Pbkdf2 } from "../../src/crypto/pbkdf2.js";
import type { Crypto } from "../../src/crypto/port.js";
import { assert, test } from "../harness.js";
import { noise, run, toHex } from "./helpers.js";

test("vectors of RFC 7914 section 11", () => {
	const first = new Pbkdf2(nobleCrypto, "sha256", asciiBytes("passwd"), asciiBytes("salt"), 1, 64, 1);
	assert.equal(
		toHex(run(first)),
		"55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc" +
			"49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
	);
	const second = new Pbkdf2(
		nobleCrypto,
		"sha256",
		asciiBytes("Password"),
		asciiBytes("NaCl"),
		80000,
		64,
		5000,
	);
	assert.equal(
		toHex(run(second)),
		"4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56" +
			"a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
	);
});

test("the same as noble's, whatever the lengths and the slices", () => {
	for (const [hash, noble] of [
		["sha256", sha256],
		["sha512", sha512],
	] as const) {
		for (const [passwordLength, saltLength, iterations, length, slice] of [
			[1, 8, 1, 1, 1],
			[8, 16, 3, 32, 2],
			[63, 0, 5, 33, 3],
			[64, 16, 7, 64, 7],
			[65, 64, 4, 65, 100],
			[200, 16, 10, 130, 9],
		]) {
			const password = noise(passwordLength);
			const salt = noise(saltLength, 2);
			const job = new Pbkdf2(nobleCrypto, hash, password, salt, iterations, length, slice);
			assert.deepEqual(run(job), pbkdf2(noble, password, salt, { c: iterations, dkLen: length }));
		}
	}
});

test("a step runs as many iterations as it was told", () => {
	for (const [iterations, slice, expected] of [
		[10, 1, 10],
		[10, 3, 4],
		[10, 10, 1],
		[10, 11, 1],
	]) {
		const job = new Pbkdf2(nobleCrypto, "sha256", noise(8), noise(8), iterations, 32, slice);
		let steps = 1;
		while (!job.step()) steps++;
		assert.equal(steps, expected);
	}
});

test("the password may change once the job was made", () => {
	const password = noise(8);
	const job = new Pbkdf2(nobleCrypto, "sha256", password, noise(16), 4, 32, 1);
	password.fill(0);
	assert.deepEqual(run(job), pbkdf2(sha256, noise(8), noise(16), { c: 4, dkLen: 32 }));
});

test("keys are wiped once, at the end or when the job is given up, and wipe() takes the result", () => {
	for (const steps of [1, 4]) {
		let wiped = 0;
		const counting: Crypto = {
			...nobleCrypto,
			hmac: (name, key) => {
				const mac = nobleCrypto.hmac(name, key);
				return {
					length: mac.length,
					update: (bytes, offset, length) => mac.update(bytes, offset, length),
					digest: (output, offset) => mac.digest(output, offset),
					wipe: () => {
						wiped++;
						mac.wipe();
					},
				};
			},
		};
		const job = new Pbkdf2(counting, "sha256", noise(8), noise(16), 4, 32, 1);
		for (let i = 1; i <= steps; i++) assert.equal(job.step(), i === 4);
		assert.equal(wiped, steps === 4 ? 1 : 0);
		job.wipe();
		assert.equal(wiped, 1);
		assert.ok(job.result.every(byte => byte === 0));
	}
});

test("counts that are none are a mistake of the caller's", () => {
	for (const [iterations, length, slice] of [
		[0, 32, 1],
		[1.5, 32, 1],
		[1, 0, 1],
		[1, 32, 0],
		[Number.NaN, 32, 1],
	]) {
		assert.throws(
			() => new Pbkdf2(nobleCrypto, "sha256", noise(8), noise(8), iterations, length, slice),
			RangeError,
		);
	}
});
