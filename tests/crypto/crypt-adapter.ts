/** What is the adapter's own over the SDK's module crypt; all else it shares with the tests of crypto/xs, which run over it too. */
import { moddableCrypto } from "../../src/crypto/moddable/index.js";
import { xsCrypto } from "../../src/crypto/xs/index.js";
import { assert, test } from "../harness.js";
import { noise, run, sealGcm, toHex } from "./helpers.js";

test("native: ChaCha20 over any part of a longer array, with counters up to 31 bits", () => {
	const key = noise(32);
	const [native, ours] = [moddableCrypto.chacha20(key), xsCrypto.chacha20(key)];
	for (const [offset, length, counter] of [
		[0, 64, 0],
		[4, 1, 1],
		[5, 200, 9],
		[99, 101, 2 ** 31 - 9],
	]) {
		const [a, b] = [noise(200, 3), noise(200, 3)];
		native.apply(noise(8, 2), counter, a, offset, Math.min(length, 200 - offset));
		ours.apply(noise(8, 2), counter, b, offset, Math.min(length, 200 - offset));
		assert.equal(toHex(a), toHex(b));
	}
	assert.throws(() => native.apply(noise(8, 2), 2 ** 31, new Uint8Array(64), 0, 64), RangeError);
});

/** Bytes that make sums carry as far as they can, and others. */
const FILLS: readonly (readonly [string, (length: number) => Uint8Array])[] = [
	["noise", length => noise(length, 9)],
	["all ones", length => new Uint8Array(length).fill(0xff)],
	["zeros", length => new Uint8Array(length)],
	[
		"2^128 - 5 and so on",
		length => new Uint8Array(length).fill(0xff).map((byte, at) => (at % 16 ? byte : 0xfb)),
	],
];

test("native: Poly1305 of every length up to 130, and of every packet's, is that of the adapter in JavaScript", () => {
	const lengths = Array.from({ length: 131 }, (_, length) => length).concat(480, 1_068, 35_000);
	for (const [name, fill] of FILLS) {
		for (const [keyName, fillKey] of FILLS) {
			const key = fillKey(32);
			for (const length of lengths) {
				const bytes = fill(length + 7);
				const [native, ours] = [new Uint8Array(16), new Uint8Array(16)];
				moddableCrypto.poly1305(key, bytes, 3, length, native);
				xsCrypto.poly1305(key, bytes, 3, length, ours);
				assert.equal(toHex(native), toHex(ours), `${length} bytes of ${name}, under ${keyName}`);
			}
		}
	}
});

test("native: Poly1305 refuses what reaches beyond an array, and writes nothing", () => {
	const tag = new Uint8Array(16);
	const refused = (key: number, bytes: number, offset: number, length: number, into = tag) =>
		assert.throws(
			() => moddableCrypto.poly1305(noise(key), noise(bytes), offset, length, into),
			RangeError,
			`${key} ${bytes} ${offset} ${length} ${into.length}`,
		);
	refused(31, 8, 0, 8);
	refused(32, 8, 0, 9);
	refused(32, 8, 1, 8);
	refused(32, 8, 9, 0);
	refused(32, 8, -1, 4);
	refused(32, 8, 4, -1);
	refused(32, 8, 2 ** 31 - 1, 2 ** 31 - 1);
	refused(32, 8, 0, 8, new Uint8Array(15));
	assert.equal(toHex(tag), "00".repeat(16));
	moddableCrypto.poly1305(noise(32), noise(8), 8, 0, tag);
	assert.equal(toHex(tag), toHex(noise(32).subarray(16)));
});

test("native: keys that are views are taken from where they begin, and are not kept", () => {
	const all = noise(96);
	const bytes = () => noise(64, 5);
	const [a, b] = [bytes(), bytes()];
	const chacha = moddableCrypto.chacha20(all.subarray(32, 64));
	const aes = moddableCrypto.aesCtr(all.subarray(64, 96), all.subarray(16, 32));
	xsCrypto.chacha20(all.subarray(32, 64)).apply(noise(8), 0, b, 0, 64);
	xsCrypto.aesCtr(all.subarray(64, 96), all.subarray(16, 32)).apply(b, 0, 64);
	all.fill(0);
	chacha.apply(noise(16).subarray(0, 8), 0, a, 0, 64);
	aes.apply(a, 0, 64);
	assert.equal(toHex(a), toHex(b));
});

test("native: a cipher or a GCM that is wiped is of no more use", () => {
	const chacha = moddableCrypto.chacha20(noise(32));
	const ctr = moddableCrypto.aesCtr(noise(16), noise(16));
	const gcm = moddableCrypto.aesGcm(noise(16));
	for (const each of [chacha, ctr, gcm]) each.wipe();
	assert.throws(() => chacha.apply(noise(8), 0, new Uint8Array(64), 0, 64));
	assert.throws(() => ctr.apply(new Uint8Array(16), 0, 16));
	assert.throws(() => sealGcm(gcm, noise(12), new Uint8Array(64), 0, 4, 32));
});

test("native: a MAC that is wiped has no key", () => {
	const macs = [noise(32), noise(32, 2)].map(key => moddableCrypto.hmac("sha256", key));
	const tags = macs.map(mac => {
		mac.update(noise(10), 0, 10);
		mac.wipe();
		const tag = new Uint8Array(32);
		mac.update(noise(10), 0, 10);
		mac.digest(tag, 0);
		return toHex(tag);
	});
	assert.equal(tags[0], tags[1]);
});

test("native: signatures are those of the adapter in JavaScript", () => {
	const publicKey = run(xsCrypto.ed25519PublicKey(noise(32)));
	const signature = run(moddableCrypto.ed25519Sign(noise(32), publicKey, noise(300, 2)));
	assert.equal(toHex(run(moddableCrypto.ed25519PublicKey(noise(32)))), toHex(publicKey));
	assert.equal(toHex(signature), toHex(run(xsCrypto.ed25519Sign(noise(32), publicKey, noise(300, 2)))));
	assert.ok(run(moddableCrypto.ed25519Verify(publicKey, noise(300, 2), signature)));
	signature[0] ^= 1;
	assert.ok(!run(moddableCrypto.ed25519Verify(publicKey, noise(300, 2), signature)));
});
