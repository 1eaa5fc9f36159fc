/** ChaCha20 and Poly1305 of the adapter for XS, by their published vectors; and what that adapter leaves to others. */

import { asciiBytes } from "../../src/base/wire.js";
import { Done } from "../../src/crypto/port.js";
import { createXsCrypto, xsCrypto } from "../../src/crypto/xs/index.js";
import { assert, test } from "../harness.js";
import { hex, noise, run, toHex } from "./helpers.js";

// RFC 8439 appendix A.1, where the first 4 bytes of the nonce are the upper half of the counter here.
const CHACHA_VECTORS: readonly (readonly [string, string, number, string])[] = [
	[
		"00".repeat(32),
		"00".repeat(8),
		0,
		"76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7" +
			"da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
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

test("XS: ChaCha20 key streams (RFC 8439 A.1)", () => {
	for (const [key, nonce, counter, stream] of CHACHA_VECTORS) {
		const bytes = new Uint8Array(67);
		xsCrypto.chacha20(hex(key)).apply(hex(nonce), counter, bytes, 3, 64);
		assert.equal(toHex(bytes), `000000${stream}`);
	}
});

test("XS: ChaCha20 encryption (RFC 8439 section 2.4.2), of every length up to its own", () => {
	const plain = asciiBytes(
		"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
	);
	const cipher = xsCrypto.chacha20(hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
	const expected =
		"6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b" +
		"f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8" +
		"07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736" +
		"5af90bbf74a35be6b40b8eedf2785e42874d";
	for (let length = 0; length <= plain.length; length++) {
		const bytes = plain.slice();
		cipher.apply(hex("0000004a00000000"), 1, bytes, 0, length);
		assert.equal(toHex(bytes), expected.slice(0, 2 * length) + toHex(plain.subarray(length)));
	}
});

// RFC 8439 section 2.5.2, and appendix A.3 from 7 on, which are the edges of the arithmetic: key, message, tag.
const POLY1305_VECTORS: readonly (readonly [string, string, string])[] = [
	[
		"85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b",
		toHex(asciiBytes("Cryptographic Forum Research Group")),
		"a8061dc1305136c6c22b8baf0c0127a9",
	],
	[`02${"00".repeat(31)}`, "ff".repeat(16), `03${"00".repeat(15)}`],
	[`02${"00".repeat(15)}${"ff".repeat(16)}`, `02${"00".repeat(15)}`, `03${"00".repeat(15)}`],
	[
		`01${"00".repeat(31)}`,
		`${"ff".repeat(16)}f0${"ff".repeat(15)}11${"00".repeat(15)}`,
		`05${"00".repeat(15)}`,
	],
	[`01${"00".repeat(31)}`, `${"ff".repeat(16)}fb${"fe".repeat(15)}${"01".repeat(16)}`, "00".repeat(16)],
	[`02${"00".repeat(31)}`, `fd${"ff".repeat(15)}`, `fa${"ff".repeat(15)}`],
	[
		`0100000000000000040000000000000000000000000000000000000000000000`,
		"e33594d7505e43b900000000000000003394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000",
		"14000000000000005500000000000000",
	],
	[
		`0100000000000000040000000000000000000000000000000000000000000000`,
		"e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000",
		"13000000000000000000000000000000",
	],
];

test("XS: Poly1305 (RFC 8439)", () => {
	for (const [key, message, expected] of POLY1305_VECTORS) {
		const bytes = hex(`00${message}00`);
		const tag = new Uint8Array(16);
		xsCrypto.poly1305(hex(key), bytes, 1, bytes.length - 2, tag);
		assert.equal(toHex(tag), expected);
	}
});

test("XS: Poly1305 of nothing is s, and the clamped bits of r do not count", () => {
	const tag = new Uint8Array(16);
	xsCrypto.poly1305(noise(32), new Uint8Array(0), 0, 0, tag);
	assert.equal(toHex(tag), toHex(noise(32).subarray(16)));
	const ones = new Uint8Array(32).fill(0xff);
	const clamped = hex(`ffffff0f fcffff0f fcffff0f fcffff0f ${"ff".repeat(16)}`);
	const other = new Uint8Array(16);
	xsCrypto.poly1305(ones, noise(100), 0, 100, tag);
	xsCrypto.poly1305(clamped, noise(100), 0, 100, other);
	assert.equal(toHex(tag), toHex(other));
});

test("XS: a ChaCha20 key of another length is the caller's mistake", () => {
	assert.throws(() => xsCrypto.chacha20(new Uint8Array(16)), RangeError);
});

test("XS: P-256 is another adapter's, or absent", () => {
	assert.throws(() => xsCrypto.p256PublicKey(noise(32)));
	assert.throws(() => xsCrypto.p256Sign(noise(32), noise(1)));
	assert.equal(run(xsCrypto.p256Verify(noise(65), noise(1), noise(64))), false);
	const { p256PublicKey, p256Sign } = xsCrypto;
	const crypto = createXsCrypto({ p256PublicKey, p256Sign, p256Verify: () => new Done(true) });
	assert.equal(run(crypto.p256Verify(noise(65), noise(1), noise(64))), true);
});
