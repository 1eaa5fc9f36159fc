/** AES-CTR, AES-GCM, ChaCha20 and Poly1305 by their published vectors. */

import { asciiBytes } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { assert, test } from "../harness.js";
import { CTR_VECTORS, GCM_VECTORS } from "./aes-vectors.js";
import { concat, hex, noise, openGcm, sealGcm, toHex } from "./helpers.js";

test("AES-CTR (RFC 3686) wherever the bytes lie", () => {
	for (const [key, counter, plaintext, ciphertext] of CTR_VECTORS) {
		const text = hex(plaintext);
		for (let offset = 0; offset < 5; offset++) {
			const bytes = new Uint8Array(text.length + 8);
			bytes.set(text, offset);
			nobleCrypto.aesCtr(hex(key), hex(counter)).apply(bytes, offset, text.length);
			assert.equal(toHex(bytes.subarray(offset, offset + text.length)), ciphertext);
			assert.equal(toHex(bytes.subarray(offset + text.length)), "00".repeat(8 - offset));
		}
	}
});

test("AES-CTR goes on from call to call, and its counter carries through all 16 bytes", () => {
	const key = noise(32);
	const counter = new Uint8Array(16).fill(0xff);
	const whole = noise(4096, 2);
	const parts = whole.slice();
	nobleCrypto.aesCtr(key, counter).apply(whole, 0, whole.length);
	const cipher = nobleCrypto.aesCtr(key, counter);
	cipher.apply(parts, 0, 16);
	cipher.apply(parts, 16, 2000);
	cipher.apply(parts, 2016, 2080);
	assert.equal(toHex(parts), toHex(whole));
	// Block 1 is under the counter that follows 2^128 - 1.
	const zero = noise(4096, 2).slice(16, 32);
	nobleCrypto.aesCtr(key, new Uint8Array(16)).apply(zero, 0, 16);
	assert.equal(toHex(zero), toHex(whole.subarray(16, 32)));
	assert.equal(toHex(counter), "ff".repeat(16));
});

test("a long text that is not aligned is ciphered as one that is", () => {
	const key = noise(16);
	const aligned = noise(3008, 3);
	const moved = new Uint8Array(3008 + 1);
	moved.set(aligned, 1);
	nobleCrypto.aesCtr(key, noise(16, 4)).apply(aligned, 0, aligned.length);
	nobleCrypto.aesCtr(key, noise(16, 4)).apply(moved, 1, aligned.length);
	assert.equal(toHex(moved.subarray(1)), toHex(aligned));
});

test("AES-GCM (McGrew and Viega), both ways and again under the same key", () => {
	for (const [key, nonce, plaintext, aad, ciphertext, tag] of GCM_VECTORS) {
		const cipher = nobleCrypto.aesGcm(hex(key));
		const head = hex(aad);
		const text = hex(plaintext);
		const opened = concat(new Uint8Array(3), head, text, new Uint8Array(16));
		for (let again = 0; again < 2; again++) {
			const bytes = opened.slice();
			sealGcm(cipher, hex(nonce), bytes, 3, head.length, text.length);
			assert.equal(toHex(bytes), `000000${aad}${ciphertext}${tag}`);
			assert.ok(openGcm(cipher, hex(nonce), bytes, 3, head.length, text.length));
			assert.equal(toHex(bytes), `000000${aad}${plaintext}${tag}`);
		}
	}
});

test("AES-GCM refuses a wrong tag and leaves the bytes alone", () => {
	const cipher = nobleCrypto.aesGcm(noise(16));
	const sealed = noise(4 + 32 + 16, 2);
	sealGcm(cipher, noise(12, 3), sealed, 0, 4, 32);
	for (let at = 0; at < sealed.length; at++) {
		const bytes = sealed.slice();
		bytes[at] ^= 1;
		const before = toHex(bytes);
		assert.equal(openGcm(cipher, noise(12, 3), bytes, 0, 4, 32), false);
		assert.equal(toHex(bytes), before);
	}
	assert.equal(openGcm(cipher, noise(12, 4), sealed, 0, 4, 32), false);
});

// RFC 8439 appendix A.1, where the first 4 bytes of the nonce are the upper half of the counter here: key, nonce,
// counter, key stream.
const CHACHA_VECTORS: readonly (readonly [string, string, number, string])[] = [
	[
		"00".repeat(32),
		"00".repeat(8),
		0,
		"76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7" +
			"da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
	],
	[
		"00".repeat(32),
		"00".repeat(8),
		1,
		"9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed" +
			"29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
	],
	[
		`${"00".repeat(31)}01`,
		"00".repeat(8),
		1,
		"3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a" +
			"8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0",
	],
	[
		"00".repeat(32),
		"0000000000000002",
		0,
		"c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7" +
			"8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d",
	],
];

test("ChaCha20 key streams (RFC 8439 A.1)", () => {
	for (const [key, nonce, counter, stream] of CHACHA_VECTORS) {
		const bytes = new Uint8Array(67);
		nobleCrypto.chacha20(hex(key)).apply(hex(nonce), counter, bytes, 3, 64);
		assert.equal(toHex(bytes), `000000${stream}`);
	}
});

test("ChaCha20 encryption (RFC 8439 section 2.4.2)", () => {
	const text = asciiBytes(
		"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
	);
	const key = hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
	nobleCrypto.chacha20(key).apply(hex("0000004a00000000"), 1, text, 0, text.length);
	assert.equal(
		toHex(text),
		"6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b" +
			"f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8" +
			"07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736" +
			"5af90bbf74a35be6b40b8eedf2785e42874d",
	);
});

test("Poly1305 (RFC 8439 section 2.5.2)", () => {
	const message = asciiBytes("?Cryptographic Forum Research Group?");
	const tag = new Uint8Array(16);
	const key = hex("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b");
	nobleCrypto.poly1305(key, message, 1, message.length - 2, tag);
	assert.equal(toHex(tag), "a8061dc1305136c6c22b8baf0c0127a9");
});

test("keys and counters of other lengths are the caller's mistake", () => {
	assert.throws(() => nobleCrypto.aesCtr(new Uint8Array(24), new Uint8Array(16)), RangeError);
	assert.throws(() => nobleCrypto.aesCtr(new Uint8Array(16), new Uint8Array(12)), RangeError);
	assert.throws(() => nobleCrypto.aesGcm(new Uint8Array(15)), RangeError);
	assert.throws(() => nobleCrypto.chacha20(new Uint8Array(16)), RangeError);
});
