import { History } from "../../src/shell/editor/history.js";
import { pointWidth, textWidth } from "../../src/shell/editor/width.js";
import { assert, test } from "../harness.js";

test("history: bounded in lines and characters, without blanks and repetitions", () => {
	const history = new History(3, 10);
	for (const line of ["", "  ", "a", "a", "b", "a", "c", "x".repeat(11)]) history.add(line);
	assert.deepEqual([history.length, history.at(0), history.at(2), history.at(3)], [3, "b", "c", ""]);
	history.add("12345678");
	assert.deepEqual([history.length, history.at(0)], [3, "a"]);
	history.add("123");
	assert.deepEqual([history.length, history.at(0)], [1, "123"]);
	assert.deepEqual([history.search("2", 9), history.search("4", 9)], [0, -1]);
});

/** Code points at the edges of the tables, and their columns. */
const WIDTHS: readonly (readonly [number, number])[] = [
	[0x41, 1],
	[0x7f, 0],
	[0x9b, 0],
	[0xad, 1],
	[0xe9, 1],
	[0x2ff, 1],
	[0x300, 0],
	[0x36f, 0],
	[0x370, 1],
	[0x5d0, 1],
	[0x10ff, 1],
	[0x1100, 2],
	[0x115f, 2],
	[0x1160, 0],
	[0x200d, 0],
	[0x2014, 1],
	[0x231a, 2],
	[0x2764, 1],
	[0x3042, 2],
	[0x303f, 1],
	[0x3099, 0],
	[0x4e00, 2],
	[0xac00, 2],
	[0xd7a3, 2],
	[0xfe0f, 0],
	[0xff01, 2],
	[0xff61, 1],
	[0xfffd, 1],
	[0x1f600, 2],
	[0x1f1e6, 1],
	[0x20000, 2],
	[0x3fffd, 2],
	[0xe0100, 0],
	[0x10ffff, 1],
];

test("width: as wcwidth has it", () => {
	for (const [point, width] of WIDTHS) assert.equal(pointWidth(point), width, `U+${point.toString(16)}`);
	assert.equal(textWidth("aé漢e\u0301😀"), 7);
});
