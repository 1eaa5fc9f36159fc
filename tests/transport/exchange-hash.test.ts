import { deriveKey, ExchangeHash, encodeSharedSecret } from "../../src/transport/exchange-hash.js";
import { hex, toHex } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { bytesOf } from "../peer/wire.js";

// The numbers here were computed with Python's hashlib, by the formulas of RFC 4253 sections 7.2 and 8.
const SECRET = Uint8Array.from({ length: 32 }, (_, at) => 0x80 + at);
const HASH = hex("a83bbc0ead23511a8dfeba3cece78240196ec099fde3706c50a440d2e897b76d");
const SESSION_ID = new Uint8Array(32).fill(0x55);

function exchangeHash(): Uint8Array {
	return new ExchangeHash(testCrypto, "sha256")
		.string(bytesOf("SSH-2.0-client"))
		.ascii("SSH-2.0-server")
		.string(bytesOf("??\x14client kexinit??"), 2, 17)
		.string(bytesOf("\x14server kexinit"))
		.string(bytesOf("host key"))
		.string(new Uint8Array(32).fill(1))
		.string(new Uint8Array(32).fill(2))
		.finish(encodeSharedSecret(SECRET, "mpint"));
}

test("the exchange hash is over V_C, V_S, I_C, I_S, K_S, Q_C, Q_S and K", () => {
	assert.deepEqual(exchangeHash(), HASH);
});

test("keys longer than one hash are continued with what was made", () => {
	const derive = (letter: string, length: number): string =>
		toHex(
			deriveKey(testCrypto, "sha256", encodeSharedSecret(SECRET, "mpint"), HASH, letter, SESSION_ID, length),
		);
	const long =
		"25b3c96b5fd9f7938d6edc08451ad8578e6e55c2cdd4a065f7f473aad1d70887" +
		"f7778f0d586204e439cd7575474afa2dac1fb6221eb33d74e4ac85bbd4e4ee9b" +
		"89c4451b54ca8acda19f2beaf170d51c";
	for (const length of [0, 1, 16, 31, 32, 33, 64, 65, 80]) {
		assert.equal(derive("C", length), long.slice(0, 2 * length).padEnd(2 * length, "?"), `${length}`);
	}
	assert.equal(derive("A", 12), "e5aea383fe2322e50803d11f");
});

test("K is an mpint: leading zeros go, a zero comes before a high bit", () => {
	assert.equal(toHex(encodeSharedSecret(SECRET, "mpint")).slice(0, 12), "000000210080");
	const short = new Uint8Array(32);
	short[2] = 0x7f;
	assert.equal(toHex(encodeSharedSecret(short, "mpint")), `0000001e7f${"00".repeat(29)}`);
	const padded = new Uint8Array(32);
	padded[31] = 0x80;
	assert.equal(toHex(encodeSharedSecret(padded, "mpint")), "000000020080");
});

test("K may be a string as well, whose bytes stay as they are", () => {
	const short = new Uint8Array(32);
	short[2] = 0x7f;
	assert.equal(toHex(encodeSharedSecret(short, "string")), `0000002000007f${"00".repeat(29)}`);
});
