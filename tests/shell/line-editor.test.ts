import { EDIT_EOF, EDIT_INTERRUPT, EDIT_LINE } from "../../src/shell/editor/line-editor.js";
import { pointWidth } from "../../src/shell/editor/width.js";
import { assert, test } from "../harness.js";
import { Rig, Sequence } from "./editor-rig.js";

/** Keys, the line they leave, and where the cursor is; | stands for the cursor. */
const EDITS: readonly (readonly [string, string, string])[] = [
	["typing", "abc", "abc|"],
	["left", "abc\x1b[D\x1b[D", "a|bc"],
	["left stops", "a\x1b[D\x1b[D\x1b[D", "|a"],
	["right stops", "a\x1b[C\x1b[C", "a|"],
	["insert in the middle", "ac\x1b[Db", "ab|c"],
	["Home and End", "bc\x1b[Ha\x1b[Fd", "abcd|"],
	["Home and End, VT220", "bc\x1b[1~a\x1b[4~d", "abcd|"],
	["Home and End, rxvt", "bc\x1b[7~a\x1b[8~d", "abcd|"],
	["Home and End, SS3", "bc\x1bOHa\x1bOFd", "abcd|"],
	["Ctrl-A, Ctrl-E", "bc\x01a\x05d", "abcd|"],
	["Ctrl-B, Ctrl-F", "abc\x02\x02\x06", "ab|c"],
	["Backspace 127", "abc\x7f", "ab|"],
	["Backspace 8", "abc\x08", "ab|"],
	["Backspace at the start", "\x7fa", "a|"],
	["Delete", "abc\x01\x1b[3~", "|bc"],
	["Delete at the end", "abc\x1b[3~", "abc|"],
	["Ctrl-D deletes", "abc\x01\x04", "|bc"],
	["Alt-B", "one two-three\x1bb", "one two-|three"],
	["Alt-B twice", "one two-three\x1bb\x1bb", "one |two-three"],
	["Alt-F", "one two\x01\x1bf", "one| two"],
	["Ctrl-Left, Ctrl-Right", "one two\x1b[1;5D\x1b[1;5D\x1b[1;5C", "one| two"],
	["Ctrl-Left, rxvt", "one two\x1bOd", "one |two"],
	["Alt-Left", "one two\x1b[1;3D", "one |two"],
	["Alt-Left with ESC before", "one two\x1b\x1b[D", "one |two"],
	["Ctrl-Left, old", "one two\x1b[5D", "one |two"],
	["Ctrl-K, Ctrl-Y", "abc def\x02\x02\x02\x0b\x01\x19", "def|abc "],
	["Ctrl-U", "abc def\x02\x02\x02\x15", "|def"],
	["Ctrl-W", "abc d-f\x17", "abc |"],
	["Ctrl-W over blanks", "abc d-f  \x17", "abc |"],
	["Alt-Backspace", "abc d-f\x1b\x7f", "abc d-|"],
	["Alt-D", "abc def\x01\x1bd", "| def"],
	["kills in a row are one", "a b c\x17\x17\x19\x19", "a b cb c|"],
	["kills forward in a row", "a b c\x01\x1bd\x1bd\x05\x19", " ca b|"],
	["Ctrl-T at the end", "abc\x14", "acb|"],
	["Ctrl-T in the middle", "abc\x02\x14", "acb|"],
	["Ctrl-T at the start", "abc\x01\x14", "|abc"],
	["unknown sequences are swallowed", "a\x1b[15~\x1b[[A\x1bOP\x1b[?1;2c\x1b]0;t\x07\x1bP1q\x1b\\b", "ab|"],
	["unknown controls are ignored", "a\x00\x0f\x1cb", "ab|"],
	["bracketed paste", "a\x1b[200~x\r\ny\tz\x1b[201~b", "ax y zb|"],
	["combining marks go with their letter", "ae\u0301b\x1b[D\x1b[D", "a|e\u0301b"],
	["Backspace takes the marks along", "ae\u0301\x7f", "a|"],
	["wide characters", "a漢字\x1b[D\x7f", "a|字"],
	["emoji", "😀b\x01\x1b[3~", "|b"],
	["Ctrl-T with marks", "ae\u0301\x14", "e\u0301a|"],
	["words beyond ASCII", "größe maß\x1bb\x1bb", "|größe maß"],
];

for (const [name, keys, expected] of EDITS)
	test(`line editor: ${name}`, () => {
		const cursor = [...expected].indexOf("|");
		for (const bytewise of [false, true]) {
			const rig = new Rig();
			rig.type(keys, bytewise);
			rig.check(expected.replace("|", ""), cursor);
		}
	});

test("line editor: typing at the end sends the character alone", () => {
	const rig = new Rig();
	for (const character of "abc déf漢😀") {
		rig.type(character);
		assert.equal(rig.sent, new Set([...character]).size && utf8(character));
	}
	rig.type("\x7f");
	assert.ok(rig.sent <= 6, `Backspace sent ${rig.sent}`);
	rig.type("\x1b[D");
	assert.ok(rig.sent <= 4, `Left sent ${rig.sent}`);
});

function utf8(character: string): number {
	const point = character.codePointAt(0)!;
	return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

test("line editor: CR, LF, CR LF and CR NUL are one Enter each", () => {
	for (const enter of ["\r", "\n", "\r\n", "\r\0"])
		for (const bytewise of [false, true]) {
			const rig = new Rig();
			assert.equal(rig.type(`one${enter}two${enter}`, bytewise), EDIT_LINE);
			assert.deepEqual(rig.lines, ["one", "two"]);
			assert.deepEqual(rig.terminal.screen().slice(0, 3), ["$ one", "$ two", "$"]);
		}
});

test("line editor: Ctrl-C abandons the line, Ctrl-D on an empty one ends the input", () => {
	const rig = new Rig(10, 6);
	assert.equal(rig.type("abcdefghijkl\x01\x03"), EDIT_INTERRUPT);
	assert.deepEqual(rig.terminal.screen().slice(0, 3), ["$ abcdefgh", "ijkl^C", "$"]);
	assert.equal(rig.type("\x04"), EDIT_EOF);
});

test("line editor: invalid UTF-8 is replaced, wherever it breaks off", () => {
	const rig = new Rig();
	rig.type(Uint8Array.of(0x61, 0xff, 0x62, 0xe6, 0xbc, 0x63, 0xc2, 0x0d));
	assert.deepEqual(rig.lines, ["a\ufffdb\ufffdc\ufffd"]);
	rig.type(Uint8Array.of(0xed, 0xa0, 0x80, 0xc2, 0x9b, 0x33));
	assert.equal(rig.editor.text.at(-1), "3");
	assert.ok(!rig.editor.text.includes("\x9b"));
});

test("line editor: a line has a longest length, and rings at it", () => {
	const rig = new Rig(80, 24, "$ ", 5);
	rig.type("abcdefgh");
	rig.check("abcde", 5);
	assert.equal(rig.terminal.bells, 1);
	rig.type("\x15\x19\x19");
	rig.check("abcde", 5);
});

test("line editor: history goes up and down, and keeps the draft", () => {
	const rig = new Rig();
	rig.type("one\rtwo\rtwo\r  \rdra");
	const up = "\x1b[A";
	rig.type(up);
	rig.check("two", 3);
	rig.type(up);
	rig.check("one", 3);
	rig.type(up);
	rig.check("one", 3);
	rig.type("\x0e");
	rig.check("two", 3);
	rig.type("\x1b[B");
	rig.check("dra", 3);
	rig.type("\x10\r");
	assert.deepEqual(rig.lines, ["one", "two", "two", "  ", "two"]);
	assert.equal(rig.history.length, 2);
});

test("line editor: Ctrl-R finds, finds older, edits, runs, and is given up", () => {
	const rig = new Rig();
	rig.type("echo one\recho two\rlog\rdraft\x01");
	rig.type("\x12ec");
	rig.check("echo two", 0, "(reverse-i-search)`ec': ");
	rig.type("\x12");
	rig.check("echo one", 0, "(reverse-i-search)`ec': ");
	rig.type("x");
	rig.check("echo one", 0, "(failed reverse-i-search)`ecx': ");
	rig.type("\x7fho o");
	rig.check("echo one", 0, "(reverse-i-search)`echo o': ");
	rig.type("\x07");
	rig.check("draft", 5);
	rig.type("\x12two");
	rig.check("echo two", 5, "(reverse-i-search)`two': ");
	rig.type("\x1b[D!");
	rig.check("echo! two", 5);
	rig.type("\x15\x0b\x12log\r");
	assert.equal(rig.lines.at(-1), "log");
	rig.type("ab\x12o");
	rig.type("\x1b");
	rig.check("ab", 2);
	rig.type("c");
	rig.check("abc", 3);
	rig.type("\x12o");
	assert.equal(rig.type("\x03"), EDIT_INTERRUPT);
	rig.check("", 0);
});

test("line editor: Tab inserts, extends, then lists", () => {
	const rig = new Rig(24, 10);
	rig.candidates = ["hostkey", "hostname", "help", "log"];
	rig.type("l\t");
	rig.check("log ", 4);
	rig.type("\x15ho\t");
	rig.check("host", 4);
	assert.equal(rig.terminal.bells, 0);
	rig.type("\t");
	rig.check("host", 4);
	assert.deepEqual(rig.terminal.screen().slice(0, 3), ["$ host", "hostkey   hostname", "$ host"]);
	rig.type("x\t");
	rig.check("hostx", 5);
	assert.equal(rig.terminal.bells, 1);
	rig.type("\x15log; he\t");
	rig.check("log; help ", 10);
	rig.candidates = ["two words", "it's"];
	rig.type("\x15kill 'two\t");
	rig.check("kill 'two words' ", 17);
	rig.type("\x15kill it\t");
	rig.check("kill it\\'s ", 11);
	rig.type("\x15kill $X\t");
	rig.check("kill $X", 7);
});

test("line editor: Ctrl-L clears the screen and draws the line again", () => {
	const rig = new Rig(20, 5);
	rig.type("one\rtwo\x1b[D\x0c");
	assert.deepEqual(rig.terminal.screen(), ["$ two", "", "", "", ""]);
	rig.check("two", 2);
});

test("line editor: a row that is just full does not leave a blank one behind", () => {
	const rig = new Rig(10, 5);
	rig.type("12345678");
	rig.check("12345678", 8);
	rig.type("\r");
	assert.deepEqual(rig.terminal.screen(), ["$ 12345678", "$", "", "", ""]);
});

const ALPHABET: readonly string[] = ["a", "b", " ", "漢", "e\u0301", "😀", "\u0301", "x", "y"];

/** A model of the line: code points, and a cursor among them. */
class Model {
	points: string[] = [];
	cursor = 0;
	before(at: number): number {
		while (at > 0 && pointWidth(this.points[--at].codePointAt(0)!) === 0);
		return at;
	}
	after(at: number): number {
		if (at < this.points.length) at++;
		while (at < this.points.length && pointWidth(this.points[at].codePointAt(0)!) === 0) at++;
		return at;
	}
	remove(from: number, to: number): void {
		this.points.splice(from, to - from);
		this.cursor = from;
	}
}

/** One random key to the editor and the model. */
function randomEdit(random: Sequence, model: Model): string {
	switch (random.next(14)) {
		case 0:
			model.cursor = model.before(model.cursor);
			return "\x1b[D";
		case 1:
			model.cursor = model.after(model.cursor);
			return "\x1b[C";
		case 2:
			model.cursor = 0;
			return "\x01";
		case 3:
			model.cursor = model.points.length;
			return "\x05";
		case 4:
			model.remove(model.before(model.cursor), model.cursor);
			return "\x7f";
		case 5:
			model.remove(model.cursor, model.after(model.cursor));
			return "\x1b[3~";
		case 6:
			if (random.next(8) > 0) return "";
			model.remove(model.cursor, model.points.length);
			return "\x0b";
		case 7:
			if (random.next(8) > 0) return "";
			model.remove(0, model.cursor);
			return "\x15";
		default: {
			let text = "";
			for (let count = random.next(7); count >= 0; count--) text += ALPHABET[random.next(ALPHABET.length)];
			for (const point of text) model.points.splice(model.cursor++, 0, point);
			return text;
		}
	}
}

for (const columns of [2, 3, 7, 10, 13, 40, 80])
	for (const rows of [1, 2, 3, 6, 40])
		test(`line editor: after any edits the screen shows the line (${columns} x ${rows})`, () => {
			for (let seed = 1; seed <= 3; seed++) {
				const random = new Sequence(seed * 7919 + columns * 31 + rows);
				const rig = new Rig(columns, rows, columns < 4 ? ">" : "$ ");
				const model = new Model();
				for (let i = 0; i < 120; i++) {
					rig.type(randomEdit(random, model));
					rig.check(model.points.join(""), model.cursor);
				}
			}
		});

test("line editor: after a change of width the line is wrapped anew, and nothing stays behind", () => {
	for (let seed = 1; seed <= 12; seed++) {
		const random = new Sequence(seed * 104729);
		const rig = new Rig(30, 30);
		rig.type("before\r");
		const model = new Model();
		for (let i = 0; i < 60; i++) {
			const narrow = randomEdit(random, model);
			rig.type(narrow);
			if (random.next(4) === 0) rig.resize(8 + random.next(40), 30);
			rig.check(model.points.join(""), model.cursor);
		}
	}
});
