import {
	calibrate,
	hashPassword,
	MAX_ITERATIONS,
	MIN_CALIBRATED_ITERATIONS,
	PasswordVerification,
	parsePasswordHash,
} from "../../src/accounts/password-hash.js";
import { encodeBase64 } from "../../src/base/base64.js";
import { asciiBytes } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { Crypto, Job } from "../../src/crypto/port.js";
import { ERR_RAND, OK } from "../../src/merrors.js";
import { assert, test } from "../harness.js";
import { run } from "./fakes.js";

const SALT = encodeBase64(new Uint8Array(16));
const HASH = encodeBase64(new Uint8Array(32));

function hashed(password: string, iterations: number): string {
	let next = 0;
	const random = (bytes: Uint8Array): number => {
		for (let i = 0; i < bytes.length; i++) bytes[i] = ++next;
		return OK;
	};
	const job = hashPassword(nobleCrypto, random, asciiBytes(password), iterations, 3);
	assert.equal(typeof job, "object");
	return run(job as Job<string>);
}

test("a hash verifies its password and no other", () => {
	const text = hashed("sesame", 10);
	assert.ok(text.startsWith("$pbkdf2-sha256$i=10$AQIDBAUGBwgJCgsMDQ4PEA==$"));
	const hash = parsePasswordHash(text);
	assert.ok(hash);
	for (const [password, expected] of [
		["sesame", true],
		["Sesame", false],
		["sesame ", false],
		["", false],
	] as const) {
		const job = new PasswordVerification(nobleCrypto, asciiBytes(password), hash, 10, 4);
		assert.equal(run(job), expected);
	}
});

test("without randomness there is no hash", () => {
	assert.equal(
		hashPassword(nobleCrypto, () => ERR_RAND, asciiBytes("x"), 10, 1),
		ERR_RAND,
	);
});

test("only the exact form parses", () => {
	assert.deepEqual(parsePasswordHash(`$pbkdf2-sha256$i=1000$${SALT}$${HASH}`), {
		iterations: 1000,
		salt: new Uint8Array(16),
		hash: new Uint8Array(32),
	});
	assert.equal(
		parsePasswordHash(`$pbkdf2-sha256$i=${MAX_ITERATIONS}$${SALT}$${HASH}`)?.iterations,
		MAX_ITERATIONS,
	);
	for (const text of [
		"",
		"*",
		"sesame",
		`pbkdf2-sha256$i=1000$${SALT}$${HASH}`,
		`$pbkdf2-sha512$i=1000$${SALT}$${HASH}`,
		`$pbkdf2-sha256$1000$${SALT}$${HASH}`,
		`$pbkdf2-sha256$i=$${SALT}$${HASH}`,
		`$pbkdf2-sha256$i=0$${SALT}$${HASH}`,
		`$pbkdf2-sha256$i=01$${SALT}$${HASH}`,
		`$pbkdf2-sha256$i=-1$${SALT}$${HASH}`,
		`$pbkdf2-sha256$i=1e3$${SALT}$${HASH}`,
		`$pbkdf2-sha256$i=1.5$${SALT}$${HASH}`,
		`$pbkdf2-sha256$i=${MAX_ITERATIONS + 1}$${SALT}$${HASH}`,
		`$pbkdf2-sha256$i=99999999999999999999$${SALT}$${HASH}`,
		`$pbkdf2-sha256$i=1000$$${HASH}`,
		`$pbkdf2-sha256$i=1000$${encodeBase64(new Uint8Array(7))}$${HASH}`,
		`$pbkdf2-sha256$i=1000$${encodeBase64(new Uint8Array(65))}$${HASH}`,
		`$pbkdf2-sha256$i=1000$${SALT}$`,
		`$pbkdf2-sha256$i=1000$${SALT}$${encodeBase64(new Uint8Array(31))}`,
		`$pbkdf2-sha256$i=1000$${SALT}$${HASH}$`,
		`$pbkdf2-sha256$i=1000$${SALT}$${HASH} `,
		`$pbkdf2-sha256$i=1000$${SALT.slice(0, -1)}$${HASH}`,
	]) {
		assert.equal(parsePasswordHash(text), undefined, text);
	}
});

/** Counts what a verification costs: HMACs computed. */
function costOf(expected: string | undefined, cost: number): number {
	let digests = 0;
	const counting: Crypto = {
		...nobleCrypto,
		hmac: (name, key) => {
			const mac = nobleCrypto.hmac(name, key);
			return {
				length: mac.length,
				update: (bytes, offset, length) => mac.update(bytes, offset, length),
				digest: (output, offset) => {
					digests++;
					mac.digest(output, offset);
				},
				wipe: () => mac.wipe(),
			};
		},
	};
	const hash = expected === undefined ? undefined : parsePasswordHash(expected);
	const job = new PasswordVerification(counting, asciiBytes("wrong"), hash, cost, 3);
	assert.equal(run(job), false);
	return digests;
}

test("no hash, a cheap hash and a dear one cost the same", () => {
	assert.equal(costOf(undefined, 20), 20);
	assert.equal(costOf(hashed("sesame", 20), 20), 20);
	assert.equal(costOf(hashed("sesame", 5), 20), 20);
	const cheap = parsePasswordHash(hashed("sesame", 5));
	assert.equal(run(new PasswordVerification(nobleCrypto, asciiBytes("sesame"), cheap, 20, 3)), true);
});

test("calibrate() finds what takes the time that was asked for", () => {
	// A clock that turns by a millisecond for each `speed` HMACs.
	const measured = (speed: number, targetMs: number): number => {
		let digests = 0;
		const counting: Crypto = {
			...nobleCrypto,
			hmac: () => ({
				length: 32,
				update: () => undefined,
				digest: () => {
					digests++;
				},
				wipe: () => undefined,
			}),
		};
		return calibrate(counting, () => Math.floor(digests / speed), targetMs);
	};
	const fast = measured(100, 250);
	assert.ok(fast > 24_000 && fast < 26_000, String(fast));
	assert.equal(measured(1, 250), MIN_CALIBRATED_ITERATIONS);
	assert.equal(measured(5000, 250), MAX_ITERATIONS);
});
