/** AES for XS, by the published vectors and against noble. */
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { AeadCipher } from "../../src/crypto/port.js";
import { xsCrypto } from "../../src/crypto/xs/index.js";
import { assert, test } from "../harness.js";
import { CTR_VECTORS, GCM_VECTORS } from "./aes-vectors.js";
import { concat, hex, noise, openGcm, sealGcm, toHex } from "./helpers.js";

// FIPS 197, appendix B and appendices C.1 and C.3: key, plaintext, ciphertext.
const AES_VECTORS: readonly (readonly [string, string, string])[] = [
	[
		"2b7e151628aed2a6abf7158809cf4f3c",
		"3243f6a8885a308d313198a2e0370734",
		"3925841d02dc09fbdc118597196a0b32",
	],
	[
		"000102030405060708090a0b0c0d0e0f",
		"00112233445566778899aabbccddeeff",
		"69c4e0d86a7b0430d8cdb78070b4c55a",
	],
	[
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"00112233445566778899aabbccddeeff",
		"8ea2b7ca516745bfeafc49904b496089",
	],
];

test("XS: AES-128 and AES-256 (FIPS 197)", () => {
	for (const [key, plaintext, ciphertext] of AES_VECTORS) {
		// Counter mode over zeros is the cipher alone.
		const block = new Uint8Array(16);
		xsCrypto.aesCtr(hex(key), hex(plaintext)).apply(block, 0, 16);
		assert.equal(toHex(block), ciphertext);
	}
});

test("XS: AES-CTR (RFC 3686) wherever the bytes lie", () => {
	for (const [key, counter, plaintext, ciphertext] of CTR_VECTORS) {
		const text = hex(plaintext);
		for (let offset = 0; offset < 5; offset++) {
			const bytes = new Uint8Array(text.length + 8);
			bytes.set(text, offset);
			xsCrypto.aesCtr(hex(key), hex(counter)).apply(bytes, offset, text.length);
			assert.equal(toHex(bytes), "00".repeat(offset) + ciphertext + "00".repeat(8 - offset));
		}
	}
});

test("XS and noble: AES-CTR of random keys, in pieces, also of a view", () => {
	for (let blocks = 0; blocks <= 20; blocks++) {
		for (const keyLength of [16, 32]) {
			const key = noise(keyLength, blocks);
			const counter = noise(16, blocks + 1);
			const bytes = noise(16 * blocks + 7, blocks + 2);
			const ours = bytes.slice().subarray(3);
			const theirs = bytes.slice().subarray(3);
			const cipher = xsCrypto.aesCtr(key, counter);
			const first = 16 * (blocks >> 1);
			cipher.apply(ours, 2, first);
			cipher.apply(ours, 2 + first, 16 * blocks - first);
			nobleCrypto.aesCtr(key, counter).apply(theirs, 2, 16 * blocks);
			assert.equal(toHex(ours), toHex(theirs));
		}
	}
});

test("XS and noble: the counter carries through each of its words", () => {
	const key = noise(32);
	for (const start of [12, 8, 4, 0]) {
		for (const byte of [0x7f, 0xff]) {
			const counter = noise(16, start).fill(0xff, start);
			counter[start] = byte;
			const before = toHex(counter);
			const ours = new Uint8Array(48);
			const theirs = new Uint8Array(48);
			xsCrypto.aesCtr(key, counter).apply(ours, 0, 48);
			nobleCrypto.aesCtr(key, counter).apply(theirs, 0, 48);
			assert.equal(toHex(ours), toHex(theirs));
			assert.equal(toHex(counter), before);
		}
	}
});

test("XS: AES-GCM (McGrew and Viega), both ways and again under the same key", () => {
	for (const [key, nonce, plaintext, aad, ciphertext, tag] of GCM_VECTORS) {
		const cipher = xsCrypto.aesGcm(hex(key));
		const head = hex(aad);
		const text = hex(plaintext);
		const bytes = concat(new Uint8Array(3), head, text, new Uint8Array(16));
		for (let again = 0; again < 2; again++) {
			sealGcm(cipher, hex(nonce), bytes, 3, head.length, text.length);
			assert.equal(toHex(bytes), `000000${aad}${ciphertext}${tag}`);
			assert.ok(openGcm(cipher, hex(nonce), bytes, 3, head.length, text.length));
			assert.equal(toHex(bytes), `000000${aad}${plaintext}${tag}`);
		}
	}
});

test("XS and noble: AES-GCM of every length up to 300, with heads of every length up to 36", () => {
	let ours: AeadCipher = xsCrypto.aesGcm(noise(16));
	let theirs: AeadCipher = nobleCrypto.aesGcm(noise(16));
	for (let length = 0; length <= 300; length++) {
		if (length % 20 === 0) {
			const key = noise(length % 40 === 0 ? 16 : 32, length);
			ours = xsCrypto.aesGcm(key);
			theirs = nobleCrypto.aesGcm(key);
		}
		const nonce = noise(12, length);
		const aadLength = length % 37;
		const slice = 16 + 16 * (length % 7);
		const sealed = noise(2 + aadLength + length + 16 + 1, length + 1);
		const other = sealed.slice();
		const before = toHex(sealed.subarray(0, 2 + aadLength + length));
		sealGcm(ours, nonce, sealed, 2, aadLength, length, slice);
		sealGcm(theirs, nonce, other, 2, aadLength, length);
		assert.equal(toHex(sealed), toHex(other));
		assert.ok(openGcm(ours, nonce, sealed, 2, aadLength, length, slice));
		assert.equal(toHex(sealed.subarray(0, 2 + aadLength + length)), before);
	}
});

test("XS and noble: hash keys and texts of all ones and of single bits", () => {
	for (let bit = 0; bit < 128; bit++) {
		const key = new Uint8Array(16);
		key[bit >> 3] = 0x80 >> (bit & 7);
		const ours = new Uint8Array(64);
		ours[bit >> 3] = 0x80 >> (bit & 7);
		if (bit & 1) ours.fill(0xff, 16, 32);
		const theirs = ours.slice();
		sealGcm(xsCrypto.aesGcm(key), noise(12), ours, 0, 32, 16);
		sealGcm(nobleCrypto.aesGcm(key), noise(12), theirs, 0, 32, 16);
		assert.equal(toHex(ours), toHex(theirs));
	}
});

test("XS: AES-GCM refuses what was changed anywhere, and leaves the bytes alone", () => {
	const cipher = xsCrypto.aesGcm(noise(16));
	const sealed = noise(4 + 32 + 16, 2);
	sealGcm(cipher, noise(12, 3), sealed, 0, 4, 32);
	for (let at = 0; at < sealed.length; at++) {
		const bytes = sealed.slice();
		bytes[at] ^= 1 << (at & 7);
		const before = toHex(bytes);
		assert.equal(openGcm(cipher, noise(12, 3), bytes, 0, 4, 32), false);
		assert.equal(toHex(bytes), before);
	}
	assert.equal(openGcm(cipher, noise(12, 4), sealed, 0, 4, 32), false);
	assert.equal(openGcm(cipher, noise(12, 3), sealed, 0, 20, 16), false);
	assert.ok(openGcm(cipher, noise(12, 3), sealed, 0, 4, 32));
});

test("XS: AES keys and counters of other lengths are the caller's mistake", () => {
	assert.throws(() => xsCrypto.aesCtr(new Uint8Array(24), new Uint8Array(16)), RangeError);
	assert.throws(() => xsCrypto.aesCtr(new Uint8Array(16), new Uint8Array(12)), RangeError);
	assert.throws(() => xsCrypto.aesGcm(new Uint8Array(15)), RangeError);
});
