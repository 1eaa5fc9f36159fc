/** State of the ciphers in JavaScript that native ones do not have: counters beyond 32 bits, and keys that can be wiped. */
import { xsCrypto } from "../../src/crypto/xs/index.js";
import { assert, test } from "../harness.js";
import { noise, sealGcm, toHex } from "./helpers.js";

test("XS: ChaCha20's block counter has 64 bits", () => {
	const cipher = xsCrypto.chacha20(noise(32));
	const stream = (counter: number, length: number) => {
		const bytes = new Uint8Array(length);
		cipher.apply(noise(8, 2), counter, bytes, 0, length);
		return toHex(bytes);
	};
	const across = stream(2 ** 32 - 1, 192);
	assert.equal(across, stream(2 ** 32 - 1, 64) + stream(2 ** 32, 64) + stream(2 ** 32 + 1, 64));
	assert.notEqual(stream(2 ** 32, 64), stream(0, 64));
	assert.notEqual(stream(2 ** 31, 64), stream(2 ** 32 + 2 ** 31, 64));
});

test("XS: a ChaCha20 that is wiped has no key", () => {
	const cipher = xsCrypto.chacha20(noise(32));
	cipher.wipe();
	const [ours, unkeyed] = [new Uint8Array(64), new Uint8Array(64)];
	cipher.apply(new Uint8Array(8), 0, ours, 0, 64);
	xsCrypto.chacha20(new Uint8Array(32)).apply(new Uint8Array(8), 0, unkeyed, 0, 64);
	assert.equal(toHex(ours), toHex(unkeyed));
});

test("XS: an AES cipher that is wiped has no key", () => {
	const [first, second] = [xsCrypto.aesCtr(noise(16), noise(16)), xsCrypto.aesCtr(noise(16, 2), noise(16))];
	const [one, other] = [new Uint8Array(16), new Uint8Array(16)];
	first.wipe();
	second.wipe();
	first.apply(one, 0, 16);
	second.apply(other, 0, 16);
	assert.equal(toHex(one), toHex(other));
	const [sealed, resealed] = [noise(64), noise(64)];
	for (const [key, bytes] of [
		[noise(32), sealed],
		[noise(32, 2), resealed],
	]) {
		const cipher = xsCrypto.aesGcm(key);
		cipher.wipe();
		sealGcm(cipher, noise(12), bytes, 0, 16, 32);
	}
	assert.equal(toHex(sealed), toHex(resealed));
});
