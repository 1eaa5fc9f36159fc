import { cutOf, decodeUtf8, encodeUtf8, isUtf8, printable } from "../../src/base/utf8.js";
import { hex, toHex } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";

test("the examples of RFC 3629 section 7, and the ends of each length", () => {
	for (const [text, bytes] of [
		["A\u2262\u0391.", "41e289a2ce912e"],
		["\ud55c\uad6d\uc5b4", "ed959ceab5adec96b4"],
		["\u65e5\u672c\u8a9e", "e697a5e69cace8aa9e"],
		["\ufeff\u{233b4}", "efbbbff0a38eb4"],
		["\0\x7f", "007f"],
		["\x80\u07ff", "c280dfbf"],
		["\u0800\ud7ff\ue000\uffff", "e0a080ed9fbfee8080efbfbf"],
		["\u{10000}\u{10ffff}", "f0908080f48fbfbf"],
		["", ""],
	]) {
		assert.equal(toHex(encodeUtf8(text)), bytes);
		assert.equal(decodeUtf8(hex(bytes)), text);
		assert.ok(isUtf8(hex(bytes)));
	}
});

test("a text is cut between characters", () => {
	const bytes = encodeUtf8("aé字\u{1f600}");
	const cuts: number[] = [];
	for (let limit = 0; limit <= bytes.length + 1; limit++) cuts.push(cutOf(bytes, limit));
	assert.deepEqual(cuts, [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10]);
});

test("every code point comes back", () => {
	let text = "";
	for (let point = 0; point <= 0x10ffff; point += point < 0x900 ? 1 : 251) {
		if (point < 0xd800 || point > 0xdfff) text += String.fromCodePoint(point);
	}
	assert.equal(decodeUtf8(encodeUtf8(text)), text);
});

test("what is not well-formed is not UTF-8: overlong, surrogates, beyond the last, cut off, lone", () => {
	for (const bytes of [
		"c080",
		"c1bf",
		"e08080",
		"e09fbf",
		"f0808080",
		"f08fbfbf",
		"eda080",
		"edbfbf",
		"f4908080",
		"f5808080",
		"ff",
		"fe",
		"80",
		"bf",
		"c2",
		"e282",
		"f09f98",
		"c220",
		"e28220",
		"f09f9820",
		"f8888080",
	]) {
		assert.ok(!isUtf8(hex(bytes)), bytes);
		const text = decodeUtf8(hex(`61${bytes}62`));
		assert.ok(text.startsWith("a\ufffd") && text.endsWith("b"), bytes);
	}
	assert.equal(decodeUtf8(hex("61c28062")), "a\x80b");
	assert.equal(decodeUtf8(hex("61c262")), "a\ufffdb");
});

test("a part of the bytes, cut within a character, is cut there", () => {
	const bytes = encodeUtf8("a\u20acb");
	assert.equal(decodeUtf8(bytes, 1, 4), "\u20ac");
	assert.equal(isUtf8(bytes, 1, 4), true);
	assert.equal(isUtf8(bytes, 1, 3), false);
	assert.equal(decodeUtf8(bytes, 0, 2), "a\ufffd");
});

test("a lone surrogate is encoded as U+FFFD", () => {
	for (const text of ["\ud800", "\udc00", "\udc00\ud800"])
		assert.equal(toHex(encodeUtf8(text)), "efbfbd".repeat(text.length));
});

test("printable text moves no cursor and forges no line", () => {
	assert.equal(printable("user"), "user");
	assert.equal(printable("a\r\nb"), "a\\x0d\\x0ab");
	assert.equal(printable("\x1b[2J\x7f\x9b"), "\\x1b[2J\\x7f\\x9b");
	assert.equal(printable("\0"), "\\x00");
	assert.equal(printable("\u2028\u202e\u2066\ufeff\u200b"), "\\u{2028}\\u{202e}\\u{2066}\\u{feff}\\u{200b}");
	assert.equal(printable("gr\u00fc\u00df \u65e5 \u{1f600}"), "gr\u00fc\u00df \u65e5 \u{1f600}");
});
