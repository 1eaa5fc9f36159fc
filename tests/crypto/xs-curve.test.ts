/** X25519 and Ed25519 of the adapter for XS: published vectors, and what must be refused. */
import {
	inverse,
	inverseOfEphemeral,
	load,
	multiply,
	P,
	square,
	store,
} from "../../src/crypto/xs/field25519.js";
import { xsCrypto } from "../../src/crypto/xs/index.js";
import { assert, test } from "../harness.js";
import { ED25519_VECTORS, ed25519Refusals } from "./ed25519.js";
import { hex, littleEndian, noise, run, toHex, toLittleEndian } from "./helpers.js";

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

ed25519Refusals("XS", xsCrypto);
