/** Ed25519 by its published vectors, and what an adapter must refuse, whichever it is. */

import { asciiBytes } from "../../src/base/wire.js";
import type { Crypto } from "../../src/crypto/port.js";
import { assert, test } from "../harness.js";
import { concat, hex, littleEndian, noise, run, toLittleEndian } from "./helpers.js";

// RFC 8032 section 7.1, tests 1 to 3: seed, public key, message, signature.
export const ED25519_VECTORS: readonly (readonly [string, string, string, string])[] = [
	[
		"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
		"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
		"",
		"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
			"5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
	],
	[
		"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
		"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
		"72",
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
			"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
	],
	[
		"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
		"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
		"af82",
		"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac" +
			"18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
	],
];

/** The order of the base point (RFC 8032 section 5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

function sha512(crypto: Crypto, ...parts: Uint8Array[]): Uint8Array {
	const digest = crypto.hash("sha512");
	for (const part of parts) digest.update(part, 0, part.length);
	const output = new Uint8Array(64);
	digest.digest(output, 0);
	return output;
}

/** @param name of the adapter, before that of each test */
export function ed25519Refusals(name: string, crypto: Crypto): void {
	const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
		run(crypto.ed25519Verify(key, message, signature));

	test(`${name}: Ed25519 refuses S + L (RFC 8032 section 5.1.7)`, () => {
		for (const [, key, message, signature] of ED25519_VECTORS) {
			const bytes = hex(signature);
			const s = littleEndian(bytes.subarray(32));
			for (let added = s + L; added < 2n ** 256n; added += L) {
				bytes.set(toLittleEndian(added, 32), 32);
				assert.equal(verify(hex(key), hex(message), bytes), false);
			}
		}
	});

	test(`${name}: Ed25519 refuses keys and signatures of other lengths without throwing (CVE-2020-9283)`, () => {
		const [, key, message, signature] = ED25519_VECTORS[1];
		for (const length of [0, 1, 31, 33, 64]) {
			assert.equal(verify(concat(hex(key), hex(key)).slice(0, length), hex(message), hex(signature)), false);
		}
		for (const length of [0, 1, 32, 63, 65, 128]) {
			const long = concat(hex(signature), hex(signature)).slice(0, length);
			assert.equal(verify(hex(key), hex(message), long), false);
		}
	});

	test(`${name}: Ed25519 refuses a point whose encoding is not canonical`, () => {
		// Signatures whose R is the neutral element, y = 1: sound in its canonical encoding; with y = p + 1, or with the sign
		// bit of an x that is 0, refused for the encoding alone.
		const [seed, key] = ED25519_VECTORS[0];
		const message = asciiBytes("either");
		const clamped = sha512(crypto, hex(seed)).slice(0, 32);
		clamped[0] &= 248;
		clamped[31] = (clamped[31] & 127) | 64;
		const a = littleEndian(clamped);
		const sign = (r: Uint8Array) => {
			const k = littleEndian(sha512(crypto, r, hex(key), message)) % L;
			return concat(r, toLittleEndian((k * a) % L, 32));
		};
		assert.equal(verify(hex(key), message, sign(hex(`01${"00".repeat(31)}`))), true);
		assert.equal(verify(hex(key), message, sign(hex(`ee${"ff".repeat(30)}7f`))), false);
		assert.equal(verify(hex(key), message, sign(hex(`01${"00".repeat(30)}80`))), false);
		// y = 2 is no point's.
		assert.equal(verify(hex(key), message, sign(hex(`02${"00".repeat(31)}`))), false);
		assert.equal(verify(hex(`02${"00".repeat(31)}`), message, sign(hex(`01${"00".repeat(31)}`))), false);
	});

	test(`${name}: Ed25519 refuses keys of small order, for which any message has a signature`, () => {
		const signature = concat(hex(`01${"00".repeat(31)}`), new Uint8Array(32));
		for (const key of [
			`01${"00".repeat(31)}`,
			`ec${"ff".repeat(30)}7f`,
			"00".repeat(32),
			`${"00".repeat(31)}80`,
			`ed${"ff".repeat(30)}7f`,
			`ee${"ff".repeat(30)}7f`,
			"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
			"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
			"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
			"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		]) {
			for (let i = 0; i < 8; i++) assert.equal(verify(hex(key), noise(8, i), signature), false);
		}
	});
}
