/** Every form of protection, both ends of it, and every bit that may be wrong. */

import { getUint32, putUint32 } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { Crypto } from "../../src/crypto/port.js";
import { xsCrypto } from "../../src/crypto/xs/index.js";
import {
	CIPHER_SUITES,
	cipherSuite,
	createProtection,
	MAC_ALGORITHMS,
	macKeyLength,
} from "../../src/transport/ciphers.js";
import type { Protection } from "../../src/transport/protection.js";
import { BAD_TAG, UNFINISHED } from "../../src/transport/sliced-protection.js";
import { noise, toHex } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";

/** Each cipher with each MAC that it can have. */
const FORMS: readonly (readonly [string, string])[] = CIPHER_SUITES.flatMap(({ name, macs }) =>
	macs.length === 0 ? [[name, "<implicit>"] as const] : macs.map(mac => [name, mac.name] as const),
);

function protection(
	[cipher, mac]: readonly [string, string],
	seed = 1,
	crypto: Crypto = nobleCrypto,
): Protection {
	const { keyLength, ivLength } = cipherSuite(cipher);
	const key = noise(keyLength, seed);
	const macKey = noise(macKeyLength(mac), seed + 2);
	const made = createProtection(crypto, cipher, mac, key, noise(ivLength, seed + 1), macKey);
	key.fill(0);
	macKey.fill(0);
	return made;
}

/** The smallest packet_length that fits the form, and `blocks` more. */
function packetLength({ blockSize, padsLength }: Protection, blocks: number): number {
	return (1 + blocks) * blockSize - (padsLength ? 4 : 0);
}

/** A packet of that length at `offset`, with noise around it where later packets would lie. */
function packet(form: Protection, length: number, offset: number, seed: number): Uint8Array {
	const bytes = noise(offset + 4 + length + form.tagLength + 512, seed);
	putUint32(bytes, offset, length);
	return bytes;
}

/** Opens as the binary packet protocol does: the length first, then, if it can be one, the rest. */
function open(form: Protection, sequence: number, bytes: Uint8Array, offset: number): boolean {
	const { blockSize, padsLength, tagLength } = form;
	const length = form.packetLength(sequence, bytes, offset);
	if ((padsLength ? length + 4 : length) % blockSize !== 0 || length < 5) return false;
	if (offset + 4 + length + tagLength > bytes.length) return false;
	return form.open(sequence, bytes, offset, length) !== BAD_TAG;
}

test("there are eleven forms", () => {
	assert.equal(FORMS.length, 3 + 2 * 4);
	assert.ok(Object.isFrozen(CIPHER_SUITES) && Object.isFrozen(MAC_ALGORITHMS));
});

for (const form of FORMS) {
	const name = form.join(" and ");

	test(`${name}: packets of all sizes arrive`, () => {
		const sender = protection(form);
		const receiver = protection(form);
		for (let sequence = 0; sequence < 40; sequence++) {
			const offset = sequence % 7;
			const length = packetLength(sender, sequence % 5 === 4 ? 100 : sequence);
			const bytes = packet(sender, length, offset, sequence);
			const plain = bytes.slice();
			const end = offset + 4 + length;
			sender.seal(sequence, bytes, offset, length);
			assert.equal(toHex(bytes.subarray(0, offset)), toHex(plain.subarray(0, offset)));
			assert.equal(
				toHex(bytes.subarray(end + sender.tagLength)),
				toHex(plain.subarray(end + sender.tagLength)),
			);
			assert.notEqual(toHex(bytes.subarray(offset + 4, end)), toHex(plain.subarray(offset + 4, end)));
			assert.equal(receiver.packetLength(sequence, bytes, offset), length);
			assert.ok(receiver.open(sequence, bytes, offset, length) >= 0);
			assert.equal(toHex(bytes.subarray(offset + 4, end)), toHex(plain.subarray(offset + 4, end)));
		}
	});

	test(`${name}: no single wrong bit passes`, () => {
		const sender = protection(form);
		const length = packetLength(sender, 1);
		const sealed = packet(sender, length, 0, 9);
		sender.seal(3, sealed, 0, length);
		assert.equal(open(protection(form), 3, sealed.slice(), 0), true);
		for (let bit = 0; bit < 8 * (4 + length + sender.tagLength); bit++) {
			const bytes = sealed.slice();
			bytes[bit >> 3] ^= 1 << (bit & 7);
			if (open(protection(form), 3, bytes, 0)) assert.ok(false, `bit ${bit} passed`);
		}
	});

	test(`${name}: a packet passes once, in its place, under its keys`, () => {
		const sender = protection(form);
		const length = packetLength(sender, 1);
		const sealed = packet(sender, length, 0, 9);
		const next = packet(sender, length, 0, 10);
		sender.seal(0, sealed, 0, length);
		sender.seal(1, next, 0, length);
		assert.equal(open(protection(form), 0, next.slice(), 0), false);
		assert.equal(open(protection(form, 2), 0, sealed.slice(), 0), false);
		const receiver = protection(form);
		assert.equal(open(receiver, 0, sealed.slice(), 0), true);
		assert.equal(open(receiver, 1, sealed.slice(), 0), false);
	});

	test(`${name}: the sequence number may be any uint32`, () => {
		const sender = protection(form);
		const receiver = protection(form);
		for (const sequence of [0x7fffffff, 0x80000000, 0xffffffff, 0]) {
			const length = packetLength(sender, 2);
			const bytes = packet(sender, length, 0, 1);
			sender.seal(sequence, bytes, 0, length);
			assert.equal(open(receiver, sequence, bytes, 0), true);
		}
	});

	test(`${name}: what is wiped does not serve again`, () => {
		const sender = protection(form);
		const length = packetLength(sender, 1);
		const bytes = packet(sender, length, 0, 1);
		const wiped = protection(form);
		wiped.wipe();
		sender.seal(0, bytes, 0, length);
		let passed = false;
		try {
			passed = open(wiped, 0, bytes, 0);
		} catch {
			// The hash of a MAC that was wiped throws.
		}
		assert.equal(passed, false);
	});
}

test("the length is sent in the clear by GCM and encrypt-then-MAC alone", () => {
	for (const form of FORMS) {
		const sender = protection(form);
		const length = packetLength(sender, 1);
		const bytes = packet(sender, length, 0, 1);
		sender.seal(0, bytes, 0, length);
		const clear = form[0].includes("gcm") || form[1].includes("etm");
		assert.equal(getUint32(bytes, 0) === length, clear);
		assert.equal(sender.padsLength, !form[0].includes("@") && !form[1].includes("@"));
	}
});

test("the invocation counter of GCM carries into its upper half, not beyond (RFC 5647 section 7.1)", () => {
	const iv = new Uint8Array(12).fill(0xff);
	const zero = iv.slice();
	zero.fill(0, 4);
	const none = new Uint8Array();
	const counted = createProtection(nobleCrypto, "aes128-gcm@openssh.com", "", noise(16), iv, none);
	const fresh = createProtection(nobleCrypto, "aes128-gcm@openssh.com", "", noise(16), zero, none);
	const bytes = packet(counted, 32, 0, 1);
	counted.seal(0, bytes.slice(), 0, 32);
	const second = bytes.slice();
	counted.seal(1, second, 0, 32);
	fresh.seal(0, bytes, 0, 32);
	assert.equal(toHex(second), toHex(bytes));
});

test("names and lengths that are in no table are the caller's mistake", () => {
	const make = (cipher: string, mac: string, key: number, iv: number, macKey: number) => () =>
		createProtection(nobleCrypto, cipher, mac, noise(key), noise(iv), noise(macKey));
	assert.throws(make("aes128-cbc", "hmac-sha2-256", 16, 16, 32), RangeError);
	assert.throws(make("aes128-ctr", "hmac-sha1", 16, 16, 20), RangeError);
	assert.throws(make("aes128-ctr", "hmac-sha2-256", 32, 16, 32), RangeError);
	assert.throws(make("aes128-ctr", "hmac-sha2-256", 16, 12, 32), RangeError);
	assert.throws(make("aes128-ctr", "hmac-sha2-512", 16, 16, 32), RangeError);
	assert.throws(make("aes256-gcm@openssh.com", "", 16, 12, 0), RangeError);
	assert.throws(make("chacha20-poly1305@openssh.com", "", 32, 0, 0), RangeError);
	assert.equal(macKeyLength("<implicit>"), 0);
});

/** What a step of a device may do, and what the longest block of any cipher or MAC takes. */
const SHARE = 2600;
const BLOCK = 2200;

/** JavaScript's cryptography, which adds up the work that it is given: thousands of instructions, as docs/performance.md has them. */
function counting(): { crypto: Crypto; spent(): number } {
	let work = 0;
	const spend = (bytes: number, cost: number): void => {
		work += bytes * cost;
	};
	const crypto: Crypto = {
		...xsCrypto,
		chacha20(key) {
			const cipher = xsCrypto.chacha20(key);
			return {
				apply(nonce, counter, bytes, offset, length) {
					spend(Math.ceil(length / 64) * 64, 5);
					cipher.apply(nonce, counter, bytes, offset, length);
				},
				wipe: () => cipher.wipe(),
			};
		},
		poly1305: () => assert.fail("a whole packet at once"),
		aesCtr(key, counter) {
			const cipher = xsCrypto.aesCtr(key, counter);
			return {
				apply(bytes, offset, length) {
					spend(length, 12);
					cipher.apply(bytes, offset, length);
				},
				wipe: () => cipher.wipe(),
			};
		},
		aesGcm(key) {
			const cipher = xsCrypto.aesGcm(key);
			return {
				begin: (bytes, offset, length) => cipher.begin(bytes, offset, length),
				authenticate(bytes, offset, length) {
					spend(length, 6);
					cipher.authenticate(bytes, offset, length);
				},
				finish: (nonce, tag) => cipher.finish(nonce, tag),
				apply(nonce, block, bytes, offset, length) {
					spend(length, 12);
					cipher.apply(nonce, block, bytes, offset, length);
				},
				wipe: () => cipher.wipe(),
			};
		},
		hmac(name, key) {
			const hmac = xsCrypto.hmac(name, key);
			const cost = name === "sha256" ? 10 : 17;
			return {
				length: hmac.length,
				update(bytes, offset, length) {
					spend(length, cost);
					hmac.update(bytes, offset, length);
				},
				digest: () => assert.fail("all of a MAC's end at once"),
				digestSlice(output, offset) {
					spend(2 * hmac.length, cost);
					return hmac.digestSlice!(output, offset);
				},
				wipe: () => hmac.wipe(),
			};
		},
	};
	const spent = (): number => {
		const before = work;
		work = 0;
		return before;
	};
	return { crypto, spent };
}

/** The work of each call until it is done. @param step as open() and seal() */
function slices(step: () => number, spent: () => number): { last: number; most: number; count: number } {
	spent();
	let most = 0;
	for (let count = 1; ; count++) {
		const last = step();
		most = Math.max(most, spent());
		if (last !== UNFINISHED) return { last, most, count };
	}
}

for (const form of FORMS) {
	test(`${form.join(" and ")}: no slice takes more than its share, and all of them make the packet`, () => {
		const { crypto, spent } = counting();
		const sender = protection(form, 1, crypto);
		const whole = protection(form);
		const receiver = protection(form, 1, crypto);
		for (const [sequence, blocks] of [1, 28, 130, 2, 150].entries()) {
			const length = packetLength(sender, blocks);
			const bytes = packet(sender, length, 3, sequence);
			const plain = bytes.slice();
			const expected = bytes.slice();
			whole.seal(sequence, expected, 3, length);
			const sealed = slices(() => sender.seal(sequence, bytes, 3, length, SHARE), spent);
			assert.equal(toHex(bytes), toHex(expected));
			assert.equal(receiver.packetLength(sequence, bytes, 3), length);
			const opened = slices(() => receiver.open(sequence, bytes, 3, length, SHARE), spent);
			const end = 7 + length;
			assert.ok(opened.last >= 0);
			assert.equal(toHex(bytes.subarray(7, end)), toHex(plain.subarray(7, end)));
			for (const { most, count } of [sealed, opened]) {
				assert.ok(most <= SHARE, `${most}`);
				assert.ok(length < 1000 || count > 2, `${count} slices of ${length} bytes`);
			}
			// Without work left there is a block a slice.
			const again = protection(form, 1, crypto);
			assert.ok(slices(() => again.seal(sequence, plain, 3, length, 0), spent).most <= BLOCK);
		}
	});

	test(`${form.join(" and ")}: a wrong tag is found in slices as well, and where the tag is first nothing is decrypted`, () => {
		const sender = protection(form);
		const length = packetLength(sender, 100);
		const sealed = packet(sender, length, 0, 9);
		sender.seal(0, sealed, 0, length);
		for (const at of [4 + 16, 4 + length - 1, 4 + length, 4 + length + sender.tagLength - 1]) {
			const bytes = sealed.slice();
			bytes[at] ^= 1;
			const before = toHex(bytes);
			const receiver = protection(form, 1, xsCrypto);
			receiver.packetLength(0, bytes, 0);
			assert.equal(
				slices(
					() => receiver.open(0, bytes, 0, length, SHARE),
					() => 0,
				).last,
				BAD_TAG,
			);
			if (!sender.padsLength) assert.equal(toHex(bytes), before);
		}
	});
}
