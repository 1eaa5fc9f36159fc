/** X25519, Ed25519 and P-256 by their published vectors, and what must be refused. */

import { asciiBytes } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { assert, test } from "../harness.js";
import { ED25519_VECTORS, ed25519Refusals } from "./ed25519.js";
import { hex, noise, run, toHex } from "./helpers.js";

const agree = (secret: Uint8Array, peer: Uint8Array) => run(nobleCrypto.x25519(secret, peer));
const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
	run(nobleCrypto.ed25519Verify(key, message, signature));

test("X25519 (RFC 7748 section 5.2)", () => {
	const { sharedSecret } = agree(
		hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
		hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
	);
	assert.equal(toHex(sharedSecret!), "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
});

test("X25519 (RFC 7748 section 6.1) in two slices, and the secret key is wiped", () => {
	const alicePublic = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
	const bobPublic = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
	const shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
	const aliceSecret = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
	const alice = nobleCrypto.x25519(aliceSecret, hex(bobPublic));
	assert.equal(alice.step(), false);
	assert.equal(alice.step(), true);
	assert.equal(toHex(alice.result.publicKey), alicePublic);
	assert.equal(toHex(alice.result.sharedSecret!), shared);
	assert.equal(toHex(aliceSecret), "00".repeat(32));
	const bob = agree(
		hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
		hex(alicePublic),
	);
	assert.equal(toHex(bob.publicKey), bobPublic);
	assert.equal(toHex(bob.sharedSecret!), shared);
});

test("X25519 with a point of low order, or no point at all, yields no secret", () => {
	// https://cr.yp.to/ecdh.html, "How do I validate Curve25519 public keys?", each with the top bit clear and set.
	for (const point of [
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	]) {
		const peer = hex(point);
		const secret = noise(32);
		const { publicKey, sharedSecret } = agree(secret, peer);
		assert.equal(sharedSecret, undefined);
		assert.equal(publicKey.length, 32);
		assert.equal(toHex(secret), "00".repeat(32));
		peer[31] |= 0x80;
		assert.equal(agree(noise(32), peer).sharedSecret, undefined);
	}
	for (const length of [0, 31, 33]) assert.equal(agree(noise(32), noise(length, 2)).sharedSecret, undefined);
	assert.throws(() => nobleCrypto.x25519(noise(31), noise(32)), RangeError);
});

test("an agreement that is given up keeps no secret", () => {
	const secret = noise(32);
	const job = nobleCrypto.x25519(secret, noise(32, 2));
	job.step();
	job.wipe?.();
	assert.equal(toHex(secret), "00".repeat(32));
});

test("Ed25519 (RFC 8032)", () => {
	for (const [seed, key, message, signature] of ED25519_VECTORS) {
		assert.equal(toHex(run(nobleCrypto.ed25519PublicKey(hex(seed)))), key);
		assert.equal(toHex(run(nobleCrypto.ed25519Sign(hex(seed), hex(key), hex(message)))), signature);
		assert.equal(verify(hex(key), hex(message), hex(signature)), true);
		assert.equal(verify(hex(key), hex(`${message}00`), hex(signature)), false);
		for (const at of [0, 31, 32, 63]) {
			const wrong = hex(signature);
			wrong[at] ^= 1;
			assert.equal(verify(hex(key), hex(message), wrong), false);
		}
	}
});

ed25519Refusals("noble", nobleCrypto);

// RFC 6979 appendix A.2.5.
const P256_SECRET = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
const P256_PUBLIC =
	"0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" +
	"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
const P256_VECTORS: readonly (readonly [string, string])[] = [
	[
		"sample",
		"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
			"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
	],
	[
		"test",
		"f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367" +
			"019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
	],
];

const verifyP256 = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
	run(nobleCrypto.p256Verify(key, message, signature));

test("ECDSA over P-256 (RFC 6979), with S in either half", () => {
	assert.equal(toHex(run(nobleCrypto.p256PublicKey(hex(P256_SECRET)))), P256_PUBLIC);
	for (const [text, signature] of P256_VECTORS) {
		const message = asciiBytes(text);
		assert.equal(toHex(run(nobleCrypto.p256Sign(hex(P256_SECRET), message))), signature);
		assert.equal(verifyP256(hex(P256_PUBLIC), message, hex(signature)), true);
		assert.equal(verifyP256(hex(P256_PUBLIC), asciiBytes(`${text}!`), hex(signature)), false);
		for (const at of [0, 31, 32, 63]) {
			const wrong = hex(signature);
			wrong[at] ^= 1;
			assert.equal(verifyP256(hex(P256_PUBLIC), message, wrong), false);
		}
	}
});

test("P-256 refuses what is no point and no number of the group, without throwing", () => {
	const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
	const [text, signature] = P256_VECTORS[0];
	const message = asciiBytes(text);
	const r = signature.slice(0, 64);
	const s = signature.slice(64);
	for (const wrong of [
		"00".repeat(32) + s,
		r + "00".repeat(32),
		order + s,
		r + order,
		r,
		"",
		`${signature}00`,
	]) {
		assert.equal(verifyP256(hex(P256_PUBLIC), message, hex(wrong)), false);
	}
	const x = P256_PUBLIC.slice(2, 66);
	const y = P256_PUBLIC.slice(66);
	for (const wrong of [
		`04${"00".repeat(64)}`,
		`04${y}${x}`,
		`06${x}${y}`,
		`02${x}`,
		`03${x}`,
		"00",
		"",
		`04${"ff".repeat(64)}`,
		`${P256_PUBLIC}00`,
	]) {
		assert.equal(verifyP256(hex(wrong), message, hex(signature)), false);
	}
});
