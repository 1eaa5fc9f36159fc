import { decodeBase64, encodeBase64 } from "../../src/base/base64.js";
import { noise, toHex } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { bytesOf, textOf } from "../peer/wire.js";

test("the test vectors of RFC 4648 section 10", () => {
	for (const [text, encoded] of [
		["", ""],
		["f", "Zg=="],
		["fo", "Zm8="],
		["foo", "Zm9v"],
		["foob", "Zm9vYg=="],
		["fooba", "Zm9vYmE="],
		["foobar", "Zm9vYmFy"],
	]) {
		assert.equal(encodeBase64(bytesOf(text)), encoded);
		assert.equal(encodeBase64(bytesOf(text), false), encoded.replaceAll("=", ""));
		assert.equal(textOf(decodeBase64(encoded)!), text);
	}
});

test("bytes of every value and every length come back", () => {
	for (let length = 0; length < 70; length++) {
		const bytes = noise(length, length);
		assert.equal(toHex(decodeBase64(encodeBase64(bytes))!), toHex(bytes));
	}
	const all = Uint8Array.from({ length: 256 }, (_, at) => at);
	assert.deepEqual(decodeBase64(encodeBase64(all)), all);
});

test("one text, one meaning: nothing but canonical, padded base64", () => {
	for (const text of [
		"Zg",
		"Zg=",
		"Zm8",
		"Z",
		"====",
		"Zg==Zg==",
		"Zh==",
		"Zm9=",
		"Zm8=\n",
		" Zm8",
		"Zm 8",
		"Zm_v",
		"Zm-v",
		"Z===",
		"=Zg=",
	])
		assert.equal(decodeBase64(text), undefined, text);
});
