/** X25519 and Ed25519 of the adapter for XS: published vectors, and what must be refused. */
import { L } from "../../src/crypto/ed25519-comb.js";
import {
	inverse,
	inverseOfEphemeral,
	load,
	multiply,
	P,
	square,
	store,
} from "../../src/crypto/field25519.js";
import { xsCrypto } from "../../src/crypto/xs.js";
import { asciiBytes } from "../../src/wire.js";
import { assert, test } from "../harness.js";
import { concat, hex, littleEndian, noise, run, toHex, toLittleEndian } from "./helpers.js";

const agree = (secret: Uint8Array, peer: Uint8Array) => run(xsCrypto.x25519(secret, peer));
const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
	run(xsCrypto.ed25519Verify(key, message, signature));

const EDGES: readonly bigint[] = [
	0n,
	1n,
	2n,
	18n,
	19n,
	20n,
	P - 1n,
	P,
	P + 1n,
	2n ** 255n - 1n,
	2n ** 255n,
	2n * P - 1n,
];

test("XS: numbers are loaded and stored, wherever they lie", () => {
	for (const number of [...EDGES, 2n ** 256n - 1n, littleEndian(noise(32))]) {
		const bytes = new Uint8Array(35);
		store(number, bytes, 2);
		assert.equal(toHex(bytes), `0000${toHex(toLittleEndian(number, 32))}00`);
		assert.equal(load(bytes, 2), number);
	}
});

test("XS: products, squares and inverses at the edges of the field", () => {
	for (const x of EDGES) {
		for (const y of EDGES) {
			const product = multiply(x, y);
			assert.equal(product % P, (x * y) % P);
			assert.ok(product < 2n * P);
		}
		for (let count = 0; count < 5; count++) {
			const power = square(x, count);
			assert.equal(power % P, x ** (2n ** BigInt(count)) % P);
			assert.ok(power < 2n * P);
		}
		const expected = x % P === 0n ? 0n : 1n;
		for (const inverted of [inverse(x), inverseOfEphemeral(x)]) {
			assert.equal((inverted * x) % P, expected);
			assert.ok(inverted >= 0n && inverted < P);
		}
	}
});

// RFC 7748 section 5.2: scalar, u, result.
const X25519_VECTORS: readonly (readonly [string, string, string])[] = [
	[
		"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
		"e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
		"c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
	],
	[
		"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
		"e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
		"95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
	],
	// The first iteration.
	[
		`09${"00".repeat(31)}`,
		`09${"00".repeat(31)}`,
		"422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
	],
];

test("XS: X25519 (RFC 7748 section 5.2)", () => {
	for (const [scalar, u, expected] of X25519_VECTORS) {
		assert.equal(toHex(agree(hex(scalar), hex(u)).sharedSecret!), expected);
	}
});

test("XS: X25519 (RFC 7748 section 6.1), and the secret key is wiped", () => {
	const alicePublic = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
	const bobPublic = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
	const shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
	const aliceSecret = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
	const alice = agree(aliceSecret, hex(bobPublic));
	assert.equal(toHex(alice.publicKey), alicePublic);
	assert.equal(toHex(alice.sharedSecret!), shared);
	assert.equal(toHex(aliceSecret), "00".repeat(32));
	const bob = agree(
		hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
		hex(alicePublic),
	);
	assert.equal(toHex(bob.publicKey), bobPublic);
	assert.equal(toHex(bob.sharedSecret!), shared);
});

test("XS: X25519 with a point of low order, or no point at all, yields a public key and no secret", () => {
	// https://cr.yp.to/ecdh.html, "How do I validate Curve25519 public keys?", each with the top bit clear and set.
	const publicKey = toHex(agree(noise(32), hex(X25519_VECTORS[0][1])).publicKey);
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
		for (const top of [0, 0x80]) {
			peer[31] |= top;
			const secret = noise(32);
			const agreement = agree(secret, peer);
			assert.equal(agreement.sharedSecret, undefined);
			assert.equal(toHex(agreement.publicKey), publicKey);
			assert.equal(toHex(secret), "00".repeat(32));
		}
	}
	for (const length of [0, 31, 33]) {
		const agreement = agree(noise(32), noise(length, 2));
		assert.equal(agreement.sharedSecret, undefined);
		assert.equal(toHex(agreement.publicKey), publicKey);
	}
	assert.throws(() => xsCrypto.x25519(noise(31), noise(32)), RangeError);
});

test("XS: X25519 takes a number from p on as the one below it, and does not look at the top bit", () => {
	for (const u of [2n, 9n, 18n]) {
		const expected = toHex(agree(noise(32), toLittleEndian(u, 32)).sharedSecret!);
		assert.equal(toHex(agree(noise(32), toLittleEndian(P + u, 32)).sharedSecret!), expected);
		assert.equal(toHex(agree(noise(32), toLittleEndian(2n ** 255n + u, 32)).sharedSecret!), expected);
		assert.equal(toHex(agree(noise(32), toLittleEndian(2n ** 255n + P + u, 32)).sharedSecret!), expected);
	}
});

test("XS: an agreement that is given up, in any slice, keeps no secret", () => {
	for (let slices = 0; slices < 14; slices++) {
		const secret = noise(32);
		const job = xsCrypto.x25519(secret, noise(32, 2));
		for (let i = 0; i < slices; i++) job.step();
		job.wipe?.();
		assert.equal(toHex(secret), "00".repeat(32));
	}
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

test("XS: Ed25519 (RFC 8032)", () => {
	for (const [seed, key, message, signature] of ED25519_VECTORS) {
		assert.equal(toHex(run(xsCrypto.ed25519PublicKey(hex(seed)))), key);
		assert.equal(toHex(run(xsCrypto.ed25519Sign(hex(seed), hex(key), hex(message)))), signature);
		assert.equal(verify(hex(key), hex(message), hex(signature)), true);
		assert.equal(verify(hex(key), hex(`${message}00`), hex(signature)), false);
		for (const at of [0, 31, 32, 63]) {
			const wrong = hex(signature);
			wrong[at] ^= 1;
			assert.equal(verify(hex(key), hex(message), wrong), false);
		}
	}
});

test("XS: a long message is hashed in slices, and its signature holds", () => {
	const seed = noise(32);
	const key = run(xsCrypto.ed25519PublicKey(seed));
	for (const length of [63, 64, 128, 129, 500]) {
		const message = noise(length, 2);
		const signature = run(xsCrypto.ed25519Sign(seed, key, message));
		assert.equal(verify(key, message, signature), true);
		message[length - 1] ^= 1;
		assert.equal(verify(key, message, signature), false);
	}
	assert.throws(() => xsCrypto.ed25519PublicKey(noise(31)), RangeError);
	assert.throws(() => xsCrypto.ed25519Sign(noise(33), key, noise(1)), RangeError);
	assert.throws(() => xsCrypto.ed25519Sign(seed, noise(31), noise(1)), RangeError);
});

test("XS: Ed25519 refuses S + L (RFC 8032 section 5.1.7)", () => {
	for (const [, key, message, signature] of ED25519_VECTORS) {
		const bytes = hex(signature);
		const s = littleEndian(bytes.subarray(32));
		for (let added = s + L; added < 2n ** 256n; added += L) {
			bytes.set(toLittleEndian(added, 32), 32);
			assert.equal(verify(hex(key), hex(message), bytes), false);
		}
	}
});

test("XS: Ed25519 refuses keys and signatures of other lengths without throwing (CVE-2020-9283)", () => {
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
	const digest = xsCrypto.hash("sha512");
	for (const part of parts) digest.update(part, 0, part.length);
	const output = new Uint8Array(64);
	digest.digest(output, 0);
	return output;
}

test("XS: Ed25519 refuses a point whose encoding is not canonical", () => {
	// Signatures whose R is the neutral element, y = 1: sound in its canonical encoding; with y = p + 1, or with the sign
	// bit of an x that is 0, refused for the encoding alone.
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
	assert.equal(verify(hex(key), message, sign(hex(`01${"00".repeat(30)}80`))), false);
	// y = 2 is no point's.
	assert.equal(verify(hex(key), message, sign(hex(`02${"00".repeat(31)}`))), false);
	assert.equal(verify(hex(`02${"00".repeat(31)}`), message, sign(hex(`01${"00".repeat(31)}`))), false);
});

test("XS: Ed25519 refuses keys of small order, for which any message has a signature", () => {
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
