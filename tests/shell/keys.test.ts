import { encodeUtf8 } from "../../src/base/utf8.js";
import * as keys from "../../src/shell/editor/keys.js";
import { assert, test } from "../harness.js";

class Keys implements keys.KeyReceiver {
	readonly got: number[] = [];
	key(key: number): boolean {
		this.got.push(key);
		return true;
	}
}

function decode(chunks: Uint8Array[]): number[] {
	const decoder = new keys.KeyDecoder();
	const receiver = new Keys();
	for (const chunk of chunks) assert.equal(decoder.feed(chunk, 0, chunk.length, receiver), chunk.length);
	return receiver.got;
}

const a = 0x61;

const SEQUENCES: readonly (readonly [string, readonly number[]])[] = [
	["a", [a]],
	["é漢😀", [0xe9, 0x6f22, 0x1f600]],
	["\x1b[Aa", [keys.KEY_UP, a]],
	["\x1bOBa", [keys.KEY_DOWN, a]],
	["\x1b[1;5Ca", [keys.KEY_WORD_RIGHT, a]],
	["\x1b[1;2Ca", [keys.KEY_RIGHT, a]],
	["\x1bO5Da", [keys.KEY_WORD_LEFT, a]],
	["\x1bOMa", [keys.KEY_ENTER, a]],
	["\x1b[3;5~a", [keys.KEY_DELETE, a]],
	["\x1b[99999999999999999999~a", [a]],
	["\x1b[1;2;3;4;5;6zа", [0x430]],
	["\x1b[<0;1;1Ma", [a]],
	["\x1b[200~a\x1b[201~", [keys.KEY_PASTE_START, a, keys.KEY_PASTE_END]],
	["\x1bb\x1b\x7f\x1b\x08", [keys.META | 0x62, keys.META | 127, keys.META | 8]],
	["\x1b[\ra", [keys.KEY_ENTER, a]],
	["\x1b]0;no end\ra", [keys.KEY_ENTER, a]],
	["\x1bP1$r\x1b\\a", [a]],
	["\r\n\n\r\0a\0", [keys.KEY_ENTER, keys.KEY_ENTER, keys.KEY_ENTER, a, 0]],
	["\x1b[12\x03a", [keys.CTRL_C, a]],
];

test("keys: each sequence yields the same, split at any byte", () => {
	for (const [text, expected] of SEQUENCES) {
		const bytes = encodeUtf8(text);
		assert.deepEqual(decode([bytes]), expected, JSON.stringify(text));
		for (let at = 1; at < bytes.length; at++)
			assert.deepEqual(decode([bytes.slice(0, at), bytes.slice(at)]), expected, JSON.stringify(text));
		assert.deepEqual(decode([...bytes].map(byte => Uint8Array.of(byte))), expected);
	}
});

/** Bytes in hex, and the keys. */
const INVALID: readonly (readonly [string, readonly number[]])[] = [
	["ff 61", [0xfffd, a]],
	["c0 8d 61", [0xfffd, 0xfffd, a]],
	["e2 82 61", [0xfffd, a]],
	["f0 9f 0d 61", [0xfffd, keys.KEY_ENTER, a]],
	["e2 1b 5b 41", [0xfffd, keys.KEY_UP]],
	["c2 9b 61", [0xfffd, a]],
	["f4 90 80 80", [0xfffd, 0xfffd, 0xfffd, 0xfffd]],
];

test("keys: bytes that are no UTF-8 become U+FFFD and hide nothing", () => {
	for (const [hex, expected] of INVALID) {
		const bytes = hex.split(" ").map(byte => Number.parseInt(byte, 16));
		assert.deepEqual(decode([Uint8Array.from(bytes)]), expected);
		assert.deepEqual(decode(bytes.map(byte => Uint8Array.of(byte))), expected);
	}
});
