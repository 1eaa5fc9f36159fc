/** SHA-2 and HMAC of the adapter for XS, by their published vectors. */

import { asciiBytes } from "../../src/base/wire.js";
import type { Digest } from "../../src/crypto/port.js";
import { xsCrypto } from "../../src/crypto/xs/index.js";
import { assert, test } from "../harness.js";
import { hex, noise, toHex } from "./helpers.js";

function digestOf(digest: Digest, message: Uint8Array): string {
	const output = new Uint8Array(digest.length + 2);
	digest.update(message, 0, message.length);
	digest.digest(output, 1);
	assert.equal(output[0] | output[output.length - 1], 0);
	return toHex(output.subarray(1, 1 + digest.length));
}

// The examples of FIPS 180-4 (NIST, "Cryptographic Standards and Guidelines: Example Values"): none, one and two blocks.
const SHA_VECTORS: readonly (readonly ["sha256" | "sha512", string, string])[] = [
	["sha256", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
	["sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
	[
		"sha256",
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	],
	[
		"sha512",
		"",
		"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce" +
			"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
	],
	[
		"sha512",
		"abc",
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
			"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	],
	[
		"sha512",
		"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		"8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018" +
			"501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
	],
];

test("XS: SHA-256 and SHA-512 (FIPS 180-4), and again with the same object", () => {
	for (const [name, message, expected] of SHA_VECTORS) {
		const digest = xsCrypto.hash(name);
		for (let i = 0; i < 2; i++) assert.equal(digestOf(digest, asciiBytes(message)), expected);
	}
});

test("XS: a message in pieces has the hash of the whole, wherever the pieces end", () => {
	for (const name of ["sha256", "sha512"] as const) {
		const message = noise(300);
		const digest = xsCrypto.hash(name);
		const whole = digestOf(digest, message);
		for (let piece = 1; piece <= 150; piece += piece < 20 ? 1 : 13) {
			for (let at = 0; at < 300; at += piece) digest.update(message, at, Math.min(piece, 300 - at));
			const output = new Uint8Array(digest.length);
			digest.digest(output, 0);
			assert.equal(toHex(output), whole);
		}
	}
});

// RFC 4231 section 4, test cases 2, 6 and 7: key, data, HMAC-SHA-256, HMAC-SHA-512.
const HMAC_VECTORS: readonly (readonly [Uint8Array, string, string, string])[] = [
	[
		asciiBytes("Jefe"),
		"what do ya want for nothing?",
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
		"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554" +
			"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
	],
	[
		new Uint8Array(131).fill(0xaa),
		"Test Using Larger Than Block-Size Key - Hash Key First",
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
		"80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352" +
			"6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
	],
	[
		new Uint8Array(131).fill(0xaa),
		"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be " +
			"hashed before being used by the HMAC algorithm.",
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
		"e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944" +
			"b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
	],
];

test("XS: HMAC (RFC 4231), the same again from the kept key", () => {
	for (const [key, data, sha256, sha512] of HMAC_VECTORS) {
		for (const [name, expected] of [["sha256", sha256] as const, ["sha512", sha512] as const]) {
			const mac = xsCrypto.hmac(name, key);
			for (let i = 0; i < 3; i++) assert.equal(digestOf(mac, asciiBytes(data)), expected);
		}
	}
});

test("XS: a key of exactly one block is not hashed, one byte more is", () => {
	// The key of one block, and the hash of the longer one as a key, padded with zeros: RFC 2104 section 2.
	for (const name of ["sha256", "sha512"] as const) {
		const hash = xsCrypto.hash(name);
		const blockLength = 2 * hash.length;
		const long = noise(blockLength + 1);
		const short = hex(digestOf(hash, long));
		const message = asciiBytes("message");
		assert.equal(digestOf(xsCrypto.hmac(name, long), message), digestOf(xsCrypto.hmac(name, short), message));
		const block = noise(blockLength);
		const hashed = hex(digestOf(hash, block));
		assert.notEqual(
			digestOf(xsCrypto.hmac(name, block), message),
			digestOf(xsCrypto.hmac(name, hashed), message),
		);
	}
});
