/**
 * How the SDK's module crypt behaves where our adapter stands on it: the XS board's and the SDK's own must pass the same.
 * Answers are checked against our cryptography in JavaScript, which the published vectors hold.
 */
import { BlockCipher, Digest, GHASH, Mode, StreamCipher } from "crypt";
import { xsCrypto } from "../../src/crypto/xs/index.js";
import { assert, test } from "../harness.js";
import { concat, noise, sealGcm, toHex } from "./helpers.js";

/** A whole buffer of noise, and a view in the middle of a longer one with the same bytes. */
function both(length: number, seed = 1): { buffer: ArrayBufferLike; view: Uint8Array } {
	const bytes = noise(length, seed);
	const around = new Uint8Array(length + 9).fill(0xee);
	around.set(bytes, 4);
	return { buffer: bytes.buffer, view: around.subarray(4, 4 + length) };
}

const hexOf = (buffer: ArrayBufferLike): string => toHex(new Uint8Array(buffer));

/** What TypeScript would not let through. */
const wrong = (value: unknown): never => value as never;

function sha(name: "sha256" | "sha512", bytes: Uint8Array): string {
	const digest = xsCrypto.hash(name);
	const output = new Uint8Array(digest.length);
	digest.update(bytes, 0, bytes.length);
	digest.digest(output, 0);
	return toHex(output);
}

test("crypt: Digest takes a buffer, a view from its own offset on, and a string", () => {
	for (const [type, name] of [["SHA256", "sha256"] as const, ["SHA512", "sha512"] as const]) {
		const { buffer, view } = both(200);
		for (const bytes of [buffer, view, new DataView(view.buffer, view.byteOffset, view.length)]) {
			const digest = new Digest(type);
			digest.write(wrong(bytes));
			assert.equal(hexOf(digest.close()), sha(name, view));
		}
		const digest = new Digest(type);
		digest.write(wrong("abc"));
		assert.equal(hexOf(digest.close()), sha(name, Uint8Array.of(97, 98, 99)));
	}
});

test("crypt: Digest begins again after reset(), also when it was closed", () => {
	const digest = new Digest("SHA256");
	digest.write(noise(70));
	digest.reset();
	digest.write(noise(3));
	assert.equal(hexOf(digest.close()), sha("sha256", noise(3)));
	digest.reset();
	assert.equal(hexOf(digest.close()), sha("sha256", new Uint8Array(0)));
	digest.reset();
	digest.write(noise(64));
	digest.write(noise(65, 2));
	assert.equal(hexOf(digest.close()), sha("sha256", concat(noise(64), noise(65, 2))));
});

test("crypt: close(true) lets a Digest go on", () => {
	const digest = new Digest("SHA512");
	digest.write(noise(10));
	const close = digest.close.bind(digest) as (more?: boolean) => ArrayBuffer;
	assert.equal(hexOf(close(true)), sha("sha512", noise(10)));
	digest.write(noise(10, 2));
	assert.equal(hexOf(close()), sha("sha512", concat(noise(10), noise(10, 2))));
});

test("crypt: Digest refuses numbers, arrays of words, and names that it does not know", () => {
	const digest = new Digest("SHA256");
	for (const bytes of [5, undefined, {}, new Uint32Array(4)])
		assert.throws(() => digest.write(wrong(bytes)), TypeError);
	assert.throws(() => new Digest("SHA-256"), /unsupported digest/);
	const { blockSize, outputSize } = digest as unknown as { blockSize: number; outputSize: number };
	assert.equal(blockSize, 64);
	assert.equal(outputSize, 32);
	const call = Digest as unknown as (type: string) => unknown;
	assert.throws(() => call("SHA256"), TypeError);
});

test("crypt: BlockCipher takes whole buffers alone", () => {
	const { buffer, view } = both(16);
	const aes = new BlockCipher("AES", noise(32, 2).buffer);
	const result = new ArrayBuffer(16);
	assert.ok(aes.encrypt(buffer, result) === result);
	assert.equal(hexOf(aes.encrypt(buffer)), hexOf(result));
	assert.throws(() => aes.encrypt(wrong(view)), TypeError);
	assert.throws(() => aes.encrypt(buffer, wrong(new Uint8Array(16))), TypeError);
	assert.throws(() => aes.encrypt(new ArrayBuffer(15)), /bad size/);
	assert.throws(() => aes.encrypt(buffer, new ArrayBuffer(15)), /buffer too small/);
	assert.throws(() => new BlockCipher("AES", wrong(view)), TypeError);
	assert.throws(() => new BlockCipher("AES", new ArrayBuffer(20)), /bad key size/);
	assert.throws(() => new BlockCipher("AES128", buffer), /unsupported cipher/);
	const { keySize, blockSize, decrypt } = aes as unknown as {
		keySize: number;
		blockSize: number;
		decrypt(bytes: ArrayBuffer): ArrayBuffer;
	};
	assert.equal(keySize, 32);
	assert.equal(blockSize, 16);
	assert.equal(hexOf(decrypt.call(aes, result)), toHex(view));
	// The direction changes back.
	assert.equal(hexOf(aes.encrypt(buffer)), hexOf(result));
});

test("crypt: BlockCipher keeps its own copy of the key", () => {
	const key = noise(16, 2);
	const aes = new BlockCipher("AES", key.buffer);
	key.fill(0);
	const expected = noise(16);
	xsCrypto.aesCtr(noise(16, 2), expected.slice()).apply(expected.fill(0), 0, 16);
	assert.equal(hexOf(aes.encrypt(noise(16).buffer)), toHex(expected));
});

test("crypt: Mode's decrypt() writes to views, in place; encrypt() to buffers alone", () => {
	const { view } = both(80, 3);
	const expected = view.slice();
	xsCrypto.aesCtr(noise(16), noise(16, 2)).apply(expected, 0, 80);
	const mode = new Mode("CTR", new BlockCipher("AES", noise(16).buffer), noise(16, 2).buffer);
	mode.decrypt(view.subarray(0, 32), view.subarray(0, 32));
	mode.decrypt(view.subarray(32), view.subarray(32));
	assert.equal(toHex(view), toHex(expected));
	assert.equal(view.buffer.byteLength, 89);
	const around = new Uint8Array(view.buffer);
	assert.equal(around[3] & around[84], 0xee);
	const { encrypt } = mode as unknown as { encrypt(...args: unknown[]): ArrayBuffer };
	assert.throws(() => encrypt.call(mode, view, view), TypeError);
	mode.setIV(noise(16, 2).buffer);
	assert.equal(hexOf(encrypt.call(mode, noise(80, 3))), toHex(expected));
	assert.throws(() => mode.decrypt(view, new Uint8Array(79)), /output too small/);
	assert.throws(() => mode.setIV(wrong(noise(16))), TypeError);
	assert.throws(() => new Mode("OFB", new BlockCipher("AES", noise(16).buffer)), /unsupported mode/);
});

test("crypt: Mode counts over all of its block, and goes on within one", () => {
	const counter = new Uint8Array(16).fill(0xff);
	const mode = new Mode("CTR", new BlockCipher("AES", noise(32).buffer), counter.buffer);
	const [ours, expected] = [new Uint8Array(100), new Uint8Array(112)];
	for (let at = 0; at < 100; at += 5) mode.decrypt(ours.subarray(at, at + 5), ours.subarray(at, at + 5));
	xsCrypto.aesCtr(noise(32), counter).apply(expected, 0, 112);
	assert.equal(toHex(ours), toHex(expected.subarray(0, 100)));
});

test("crypt: a Mode keeps its BlockCipher alive", () => {
	const mode = new Mode("CTR", new BlockCipher("AES", noise(16).buffer), noise(16, 2).buffer);
	let garbage: unknown[] = [];
	for (let i = 0; i < 2000; i++) garbage = [garbage.length, new Uint8Array(64)];
	const [ours, expected] = [new Uint8Array(16), new Uint8Array(16)];
	mode.decrypt(ours, ours);
	xsCrypto.aesCtr(noise(16), noise(16, 2)).apply(expected, 0, 16);
	assert.equal(toHex(ours), toHex(expected));
});

test("crypt: GHASH takes its key and what comes before the text as buffers, and begins again with them", () => {
	const [key, nonce, aad] = [noise(16), noise(12, 2), noise(4, 3)];
	const aes = new BlockCipher("AES", key.buffer);
	const h = aes.encrypt(new ArrayBuffer(16));
	const first = new Uint8Array(16);
	first.set(nonce);
	first[15] = 1;
	const mask = new Uint8Array(aes.encrypt(first.buffer));
	for (const length of [0, 1, 16, 33]) {
		const sealed = new Uint8Array(4 + length + 16);
		sealed.set(aad);
		sealGcm(xsCrypto.aesGcm(key), nonce, sealed, 0, 4, length);
		const ghash = new GHASH(h, aad.buffer);
		for (let turn = 0; turn < 2; turn++) {
			ghash.write(sealed.subarray(4, 4 + length));
			const sum = new Uint8Array(ghash.close()).map((byte, i) => byte ^ mask[i]);
			assert.equal(toHex(sum), toHex(sealed.subarray(4 + length)));
			ghash.reset();
		}
	}
	assert.throws(() => new GHASH(wrong(noise(16)), aad.buffer), TypeError);
	assert.throws(() => new GHASH(h, wrong(aad)), TypeError);
});

test("crypt: StreamCipher takes views, in place, no more of them than its count", () => {
	const { view } = both(150, 3);
	const cipher = new StreamCipher("ChaCha", noise(32).buffer);
	cipher.setIV(noise(8, 2).buffer, 7, true);
	const expected = view.slice();
	xsCrypto.chacha20(noise(32)).apply(noise(8, 2), 7, expected, 0, 130);
	assert.ok(cipher.encrypt(view, view, 130) === view);
	assert.equal(toHex(view), toHex(expected));
	// A key stream goes on where it was.
	const [ours, stream] = [new Uint8Array(150), new Uint8Array(150)];
	cipher.setIV(noise(8, 2).buffer, 0, true);
	cipher.encrypt(ours, ours, 70);
	cipher.encrypt(ours.subarray(70), ours.subarray(70), 80);
	xsCrypto.chacha20(noise(32)).apply(noise(8, 2), 0, stream, 0, 150);
	assert.equal(toHex(ours), toHex(stream));
	assert.throws(() => cipher.encrypt(view, new Uint8Array(100), 101), /output too small/);
	assert.throws(() => cipher.encrypt(wrong(5), view, 5), TypeError);
});

test("crypt: StreamCipher's nonce is heeded with a third argument", () => {
	const cipher = new StreamCipher("ChaCha", noise(32).buffer);
	const [ours, expected] = [new Uint8Array(64), new Uint8Array(64)];
	(cipher.setIV as (...args: unknown[]) => void)(noise(8, 2).buffer, 3, false);
	cipher.encrypt(ours, ours, 64);
	xsCrypto.chacha20(noise(32)).apply(new Uint8Array(8), 3, expected, 0, 64);
	assert.equal(toHex(ours), toHex(expected));
	assert.throws(() => cipher.setIV(wrong(noise(8, 2)), 3, true), TypeError);
	assert.throws(() => new StreamCipher("ChaCha", wrong(noise(32))), TypeError);
	assert.throws(() => new StreamCipher("ChaCha", noise(15).buffer), /chacha_keysetup failed/);
	assert.throws(() => new StreamCipher("ChaCha20", noise(32).buffer), /unsupported cipher/);
});

test("crypt: StreamCipher carries into the upper half of its block counter", () => {
	const cipher = new StreamCipher("ChaCha", noise(32).buffer);
	// -1 is all ones in 64 bits; with 12 bytes of IV the first four are the counter's upper half as well.
	const [ours, expected] = [new Uint8Array(128), new Uint8Array(128)];
	cipher.setIV(noise(8, 2).buffer, -1, true);
	cipher.encrypt(ours, ours, 128);
	const js = xsCrypto.chacha20(noise(32));
	js.apply(noise(8, 2), 0, expected, 64, 64);
	assert.equal(toHex(ours.subarray(64)), toHex(expected.subarray(64)));
	const iv = concat(Uint8Array.of(1, 0, 0, 0), noise(8, 2));
	const [high, other] = [new Uint8Array(64), new Uint8Array(64)];
	cipher.setIV(iv.buffer, 0, true);
	cipher.encrypt(high, high, 64);
	js.apply(noise(8, 2), 2 ** 32, other, 0, 64);
	assert.equal(toHex(high), toHex(other));
});
