/** SHA-2 and HMAC by their published vectors. */

import { asciiBytes } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { Digest } from "../../src/crypto/port.js";
import { assert, test } from "../harness.js";
import { hex, noise, toHex } from "./helpers.js";

function digestOf(digest: Digest, message: Uint8Array): string {
	const output = new Uint8Array(digest.length + 2);
	digest.update(message, 0, message.length);
	digest.digest(output, 1);
	assert.equal(output[0] | output[output.length - 1], 0);
	return toHex(output.subarray(1, 1 + digest.length));
}

test("SHA-256 and SHA-512 of abc (FIPS 180-4)", () => {
	const abc = asciiBytes("abc");
	assert.equal(
		digestOf(nobleCrypto.hash("sha256"), abc),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	);
	assert.equal(
		digestOf(nobleCrypto.hash("sha512"), abc),
		"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
			"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	);
});

const repeated = (byte: number, count: number) => new Uint8Array(count).fill(byte);

// RFC 4231 section 4: key, data, HMAC-SHA-256, HMAC-SHA-512. Test case 5 is one of truncation.
const HMAC_VECTORS: readonly (readonly [Uint8Array, Uint8Array, string, string])[] = [
	[
		repeated(0x0b, 20),
		asciiBytes("Hi There"),
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
		"87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
	],
	[
		asciiBytes("Jefe"),
		asciiBytes("what do ya want for nothing?"),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
		"164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
	],
	[
		repeated(0xaa, 20),
		repeated(0xdd, 50),
		"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
		"fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
	],
	[
		hex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
		repeated(0xcd, 50),
		"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
		"b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
	],
	[
		repeated(0xaa, 131),
		asciiBytes("Test Using Larger Than Block-Size Key - Hash Key First"),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
		"80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
	],
	[
		repeated(0xaa, 131),
		asciiBytes(
			"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
		),
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
		"e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
	],
];

test("HMAC (RFC 4231), the same again from the kept key", () => {
	for (const [key, data, sha256, sha512] of HMAC_VECTORS) {
		for (const [name, expected] of [["sha256", sha256] as const, ["sha512", sha512] as const]) {
			const hmac = nobleCrypto.hmac(name, key);
			assert.equal(digestOf(hmac, data), expected);
			assert.equal(digestOf(hmac, data), expected);
		}
	}
});

test("a digest does not depend on how its message is cut", () => {
	const message = noise(300);
	for (const name of ["sha256", "sha512"] as const) {
		for (const digest of [nobleCrypto.hash(name), nobleCrypto.hmac(name, noise(32, 2))]) {
			const whole = digestOf(digest, message);
			for (let cut = 0; cut <= message.length; cut += 7) {
				digest.update(message, 0, cut);
				const output = new Uint8Array(digest.length);
				digest.update(message, cut, message.length - cut);
				digest.digest(output, 0);
				assert.equal(toHex(output), whole);
			}
		}
	}
});

test("a wiped digest is of no more use", () => {
	const digest = nobleCrypto.hmac("sha256", noise(32));
	digest.wipe();
	assert.throws(() => digest.update(noise(1), 0, 1));
});
