/** The adapter for XS against noble, on Node alone: random inputs (the same each time), and edges made with noble. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { Digest } from "../../src/crypto/port.js";
import { BaseMultiplication, L } from "../../src/crypto/xs/ed25519-comb.js";
import { TABLE } from "../../src/crypto/xs/ed25519-table.js";
import { inverse, multiply, P } from "../../src/crypto/xs/field25519.js";
import { xsCrypto } from "../../src/crypto/xs/index.js";
import { assert, test } from "../harness.js";
import { concat, littleEndian, noise, run, toHex, toLittleEndian } from "./helpers.js";

const { Point } = ed25519;
const MASK = 2n ** 255n - 1n;

function digestOf(digest: Digest, message: Uint8Array, offset = 0): string {
	const output = new Uint8Array(digest.length);
	digest.update(message, offset, message.length - offset);
	digest.digest(output, 0);
	return toHex(output);
}

test("XS and noble: SHA-2 of every length up to 300, and HMAC with keys of every length", () => {
	for (const name of ["sha256", "sha512"] as const) {
		const ours = xsCrypto.hash(name);
		const theirs = nobleCrypto.hash(name);
		for (let length = 0; length <= 300; length++) {
			const message = noise(length + 1, length);
			assert.equal(digestOf(ours, message, 1), digestOf(theirs, message, 1));
			const key = noise(length, length + 1);
			assert.equal(
				digestOf(xsCrypto.hmac(name, key), message),
				digestOf(nobleCrypto.hmac(name, key), message),
			);
		}
	}
});

test("XS and noble: SHA-2 of words that are all zeros or all ones, which carry everywhere and nowhere", () => {
	for (const name of ["sha256", "sha512"] as const) {
		for (const byte of [0, 0x7f, 0x80, 0xff]) {
			const message = new Uint8Array(1000).fill(byte);
			assert.equal(digestOf(xsCrypto.hash(name), message), digestOf(nobleCrypto.hash(name), message));
		}
	}
});

test("XS: SHA-2 of a million times a (FIPS 180-4)", () => {
	const message = new Uint8Array(1_000_000).fill(0x61);
	assert.equal(
		digestOf(xsCrypto.hash("sha256"), message),
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	);
	assert.equal(
		digestOf(xsCrypto.hash("sha512"), message),
		"e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb" +
			"de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
	);
});

test("XS and noble: ChaCha20 and Poly1305 of every length up to 300", () => {
	const tag = new Uint8Array(16);
	const other = new Uint8Array(16);
	for (let length = 0; length <= 300; length++) {
		const key = noise(32, length);
		const nonce = noise(8, length + 1);
		const ours = noise(length + 5, length + 2);
		const theirs = ours.slice();
		xsCrypto.chacha20(key).apply(nonce, 7 * length, ours, 3, length);
		nobleCrypto.chacha20(key).apply(nonce, 7 * length, theirs, 3, length);
		assert.equal(toHex(ours), toHex(theirs));
		xsCrypto.poly1305(key, ours, 3, length, tag);
		nobleCrypto.poly1305(key, ours, 3, length, other);
		assert.equal(toHex(tag), toHex(other));
	}
});

test("XS and noble: Poly1305 where sums come close to multiples of p", () => {
	const tag = new Uint8Array(16);
	const other = new Uint8Array(16);
	for (const r of [0x00, 0x01, 0x0f, 0xff]) {
		for (const s of [0x00, 0xff]) {
			for (const last of [0x00, 0x01, 0xfa, 0xfb, 0xfc, 0xff]) {
				const key = concat(new Uint8Array(16).fill(r), new Uint8Array(16).fill(s));
				if (r === 1) key.fill(0, 1, 16);
				const message = new Uint8Array(64).fill(0xff);
				message[0] = message[16] = message[48] = last;
				for (const length of [15, 16, 17, 33, 64]) {
					xsCrypto.poly1305(key, message, 0, length, tag);
					nobleCrypto.poly1305(key, message, 0, length, other);
					assert.equal(toHex(tag), toHex(other));
				}
			}
		}
	}
});

test("XS and noble: X25519 of random keys, on the curve and on its twist", () => {
	for (let i = 0; i < 200; i++) {
		const ours = run(xsCrypto.x25519(noise(32, i), noise(32, i + 1000)));
		const theirs = run(nobleCrypto.x25519(noise(32, i), noise(32, i + 1000)));
		assert.equal(toHex(ours.publicKey), toHex(theirs.publicKey));
		assert.equal(toHex(ours.sharedSecret!), toHex(theirs.sharedSecret!));
	}
});

test("XS and noble: X25519 at the edges of scalars and coordinates", () => {
	const scalars = [new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(32).fill(0x55)];
	const edges: bigint[] = [];
	for (let i = 0n; i < 20n; i++)
		edges.push(i, P - 10n + i, 2n ** 255n - 1n - i, 2n ** (i * 12n), P >> (i * 12n));
	for (const scalar of scalars) {
		for (const edge of edges) {
			const peer = toLittleEndian(edge, 32);
			const ours = run(xsCrypto.x25519(scalar.slice(), peer));
			const theirs = run(nobleCrypto.x25519(scalar.slice(), peer));
			assert.equal(
				ours.sharedSecret && toHex(ours.sharedSecret),
				theirs.sharedSecret && toHex(theirs.sharedSecret),
			);
			assert.equal(toHex(ours.publicKey), toHex(theirs.publicKey));
		}
	}
});

test("XS: X25519 a thousand times over (RFC 7748 section 5.2)", () => {
	let k = toLittleEndian(9n, 32);
	let u = k;
	for (let i = 0; i < 1000; i++) {
		const next = run(xsCrypto.x25519(k.slice(), u)).sharedSecret!;
		u = k;
		k = next;
	}
	assert.equal(toHex(k), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
});

test("the table of multiples of B is what it says", () => {
	for (let comb = 0; comb < 2; comb++) {
		for (let i = 0; i < 16; i++) {
			let scalar = 1n << BigInt(130 * comb + 104);
			for (let j = 0; j < 4; j++) {
				const tooth = 1n << BigInt(130 * comb + 26 * j);
				scalar += (i >> j) & 1 ? tooth : -tooth;
			}
			const { x, y } = Point.BASE.multiply(((scalar % L) + L) % L).toAffine();
			const d2 = Point.Fp.create(2n * Point.CURVE().d * x * y);
			assert.deepEqual(TABLE[16 * comb + i], {
				minus: Point.Fp.sub(y, x),
				plus: Point.Fp.add(y, x),
				d2,
				z2: undefined,
			});
		}
	}
	assert.equal(TABLE.length, 32);
});

test("XS and noble: multiples of the base point, with scalars at the edges", () => {
	const scalars = [
		0n,
		1n,
		2n,
		3n,
		8n,
		L - 2n,
		L - 1n,
		L,
		L + 1n,
		2n ** 252n,
		2n ** 255n - 1n,
		2n ** 512n - 1n,
	];
	for (let i = 0; i < 100; i++) scalars.push(littleEndian(noise(32, i)));
	for (const scalar of scalars) {
		const ours = new BaseMultiplication(scalar);
		while (!ours.step());
		const z = inverse(ours.point.z);
		const theirs = Point.BASE.multiplyUnsafe(scalar % L).toAffine();
		assert.equal(multiply(ours.point.x, z) % P, theirs.x);
		assert.equal(multiply(ours.point.y, z) % P, theirs.y);
	}
});

test("XS and noble: Ed25519 keys and signatures of random seeds, and each other's signatures hold", () => {
	for (let i = 0; i < 100; i++) {
		const seed = noise(32, i);
		const message = noise(3 * i, i + 1);
		const key = run(nobleCrypto.ed25519PublicKey(seed));
		assert.equal(toHex(run(xsCrypto.ed25519PublicKey(seed))), toHex(key));
		const signature = run(nobleCrypto.ed25519Sign(seed, key, message));
		assert.equal(toHex(run(xsCrypto.ed25519Sign(seed, key, message))), toHex(signature));
		assert.equal(run(xsCrypto.ed25519Verify(key, message, signature)), true);
		signature[i % 64] ^= 1 << (i % 8);
		assert.equal(run(xsCrypto.ed25519Verify(key, message, signature)), false);
	}
});

/** All 19 encodings of points of small order: canonical or not, with a sign bit or without. */
function smallOrderEncodings(): Uint8Array[] {
	const encodings: Uint8Array[] = [];
	for (let y = 0n; y < 19n; y++) {
		for (const number of [y, P + y]) {
			for (const sign of [0n, 1n]) encodings.push(toLittleEndian((number & MASK) | (sign << 255n), 32));
		}
	}
	for (const y of torsion().map(point => point.toAffine().y)) {
		for (const sign of [0n, 1n]) encodings.push(toLittleEndian(y | (sign << 255n), 32));
	}
	return encodings;
}

/** The eight points whose order divides the cofactor. */
function torsion(): InstanceType<typeof Point>[] {
	const generator = Point.fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
	const points = [Point.ZERO];
	while (points.length < 8) points.push(points[points.length - 1].add(generator));
	return points;
}

function verdicts(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
	const ours = run(xsCrypto.ed25519Verify(key, message, signature));
	const theirs = run(nobleCrypto.ed25519Verify(key, message, signature));
	assert.equal(ours, theirs, `key ${toHex(key)} signature ${toHex(signature)}`);
	return ours;
}

test("XS and noble agree on every key and R of small order or odd encoding", () => {
	const encodings = smallOrderEncodings();
	const seed = noise(32);
	const key = run(nobleCrypto.ed25519PublicKey(seed));
	const { scalar } = ed25519.utils.getExtendedPublicKey(seed);
	for (const encoding of encodings) {
		const message = noise(8, encoding[0]);
		for (const s of [0n, 1n, L - 1n, L]) {
			verdicts(encoding, message, concat(encodings[0], toLittleEndian(s, 32)));
			verdicts(encoding, message, concat(encoding, toLittleEndian(s, 32)));
		}
		// Signed with the key, R being the encoding.
		const digest = nobleCrypto.hash("sha512");
		const k = littleEndian(hashed(digest, concat(encoding, key, message)));
		verdicts(key, message, concat(encoding, toLittleEndian((k * scalar) % L, 32)));
	}
});

test("XS and noble take the equation with the cofactor: a key and an R that are off by small order", () => {
	const seed = noise(32, 2);
	const { scalar } = ed25519.utils.getExtendedPublicKey(seed);
	const nonce = littleEndian(noise(32, 3)) % L;
	let held = 0;
	for (const [i, offA] of torsion().entries()) {
		for (const [j, offR] of torsion().entries()) {
			const key = Point.BASE.multiply(scalar).add(offA).toBytes();
			const r = Point.BASE.multiply(nonce).add(offR).toBytes();
			const message = noise(8, 8 * i + j);
			const k = littleEndian(hashed(nobleCrypto.hash("sha512"), concat(r, key, message)));
			if (verdicts(key, message, concat(r, toLittleEndian((nonce + k * scalar) % L, 32)))) held++;
		}
	}
	assert.equal(held, 64);
});

test("XS and noble agree on random bytes for keys and for signatures", () => {
	for (let i = 0; i < 300; i++) {
		const signature = noise(64, i);
		signature[63] &= 0x0f;
		verdicts(noise(32, i + 1000), noise(8, i), signature);
	}
});

function hashed(digest: Digest, message: Uint8Array): Uint8Array {
	const output = new Uint8Array(digest.length);
	digest.update(message, 0, message.length);
	digest.digest(output, 0);
	return output;
}
