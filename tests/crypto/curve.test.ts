/** X25519, Ed25519 and P-256 by their published vectors, and what must be refused. */
import { nobleCrypto } from "../../src/crypto/noble.js";
import { asciiBytes } from "../../src/wire.js";
import { assert, test } from "../harness.js";
import { concat, hex, littleEndian, noise, run, toHex, toLittleEndian } from "./helpers.js";

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

// RFC 8032 section 7.1, tests 1 to 3: seed, public key, message, signature.
const ED25519_VECTORS: readonly (readonly [string, string, string, string])[] = [
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

/** The order of Ed25519's base point (RFC 8032 section 5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

test("Ed25519 refuses S + L (RFC 8032 section 5.1.7)", () => {
	for (const [, key, message, signature] of ED25519_VECTORS) {
		const bytes = hex(signature);
		const s = littleEndian(bytes.subarray(32));
		for (let added = s + L; added < 2n ** 256n; added += L) {
			bytes.set(toLittleEndian(added, 32), 32);
			assert.equal(verify(hex(key), hex(message), bytes), false);
		}
	}
});

test("Ed25519 refuses keys and signatures of other lengths without throwing (CVE-2020-9283)", () => {
	const [, key, message, signature] = ED25519_VECTORS[1];
	for (const length of [0, 1, 31, 33, 64]) {
		assert.equal(verify(concat(hex(key), hex(key)).slice(0, length), hex(message), hex(signature)), false);
	}
	for (const length of [0, 1, 32, 63, 65, 128]) {
		const long = concat(hex(signature), hex(signature)).slice(0, length);
		assert.equal(verify(hex(key), hex(message), long), false);
	}
});

function sha512(...parts: Uint8Array[]): Uint8Array {
	const digest = nobleCrypto.hash("sha512");
	for (const part of parts) digest.update(part, 0, part.length);
	const output = new Uint8Array(64);
	digest.digest(output, 0);
	return output;
}

test("Ed25519 refuses a point whose encoding is not canonical", () => {
	// A signature whose R is the neutral element, y = 1: sound in its canonical encoding, and with y = p + 1 refused for
	// its encoding alone.
	const [seed, key] = ED25519_VECTORS[0];
	const message = asciiBytes("either");
	const clamped = sha512(hex(seed)).slice(0, 32);
	clamped[0] &= 248;
	clamped[31] = (clamped[31] & 127) | 64;
	const a = littleEndian(clamped);
	const sign = (r: Uint8Array) => {
		const k = littleEndian(sha512(r, hex(key), message)) % L;
		return concat(r, toLittleEndian((k * a) % L, 32));
	};
	assert.equal(verify(hex(key), message, sign(hex(`01${"00".repeat(31)}`))), true);
	assert.equal(verify(hex(key), message, sign(hex(`ee${"ff".repeat(30)}7f`))), false);
});

test("Ed25519 refuses keys of small order, for which any message has a signature", () => {
	const signature = concat(hex(`01${"00".repeat(31)}`), new Uint8Array(32));
	for (const key of [
		`01${"00".repeat(31)}`,
		`ec${"ff".repeat(30)}7f`,
		"00".repeat(32),
		`ee${"ff".repeat(30)}7f`,
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	]) {
		for (let i = 0; i < 8; i++) assert.equal(verify(hex(key), noise(8, i), signature), false);
	}
});

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
