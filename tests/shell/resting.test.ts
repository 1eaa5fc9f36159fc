/** At a prompt without a line the session has no line editor: nobody may see that it was let go of. */
import { Shell } from "../../src/shell/default-shell.js";
import { assert, test } from "../harness.js";
import { Rig, Sequence } from "./editor-rig.js";
import { FakeDevice, FakeSession, settle } from "./fake-session.js";
import { Terminal } from "./terminal.js";

/** A session and its terminal, which takes each piece as it comes. */
class Seat {
	readonly session: FakeSession;
	private readonly terminal: Terminal;

	constructor(columns: number, rows: number, prompt: string) {
		this.session = new FakeSession({ columns, rows });
		this.terminal = new Terminal(columns, rows);
		new Shell({ device: new FakeDevice(), prompt }).run(this.session);
		this.look();
	}

	type(keys: string): void {
		this.session.send(keys);
		this.look();
	}

	resize(columns: number, rows: number): void {
		this.terminal.reflow(columns);
		this.session.resize(columns, rows);
		this.look();
	}

	/** What the terminal shows, and where its cursor is. */
	look() {
		for (const bytes of this.session.written.splice(0)) this.terminal.write(bytes);
		return look(this.terminal);
	}
}

function look(terminal: Terminal) {
	return { rows: terminal.screen(), row: terminal.row, column: terminal.column, bells: terminal.bells };
}

const BACKSPACE = "\x7f";
const CTRL_C = "\x03";
const CTRL_L = "\x0c";
const CTRL_R = "\x12";
const CTRL_U = "\x15";
const CTRL_Y = "\x19";
const UP = "\x1b[A";
const DOWN = "\x1b[B";
/** More of those that empty a line, so that it is empty half of the time. */
const KEYS = [
	...["a", "e", "ü", "漢", " ", CTRL_C, CTRL_L, CTRL_R, CTRL_U, CTRL_U, CTRL_Y, UP, DOWN],
	...[BACKSPACE, BACKSPACE, BACKSPACE, BACKSPACE],
];

test("resting: the screen is as with an editor that is never let go of", () => {
	const sequence = new Sequence(11);
	for (let round = 0; round < 30; round++) {
		const prompt = round % 3 === 0 ? "a prompt of several rows, which is long> " : "> ";
		const seat = new Seat(20, 5, prompt);
		const rig = new Rig(20, 5, prompt);
		const keys: string[] = [];
		for (let i = 0; i < 300; i++) {
			// A long line now and then, which scrolls.
			const key = KEYS[sequence.next(i % 100 > 60 ? 5 : KEYS.length)];
			keys.push(key);
			seat.type(key);
			rig.type(key);
			if (i % 50 === 49) {
				const columns = 12 + sequence.next(20);
				seat.resize(columns, 5);
				rig.resize(columns, 5);
			}
			assert.deepEqual(seat.look(), look(rig.terminal), JSON.stringify([round, keys]));
		}
	}
});

test("resting: what was cut, and the lines before, are there for the next line", async () => {
	const seat = new Seat(40, 6, "> ");
	for (const key of ["echo one", CTRL_U, BACKSPACE, "\r"]) seat.type(key);
	await settle();
	for (const key of [CTRL_Y, "\r"]) seat.type(key);
	await settle();
	for (const key of [UP, BACKSPACE]) seat.type(key);
	const { rows, row, column } = seat.look();
	assert.deepEqual(rows.slice(0, 4), [">", "> echo one", "one", "> echo on"]);
	assert.deepEqual([row, column], [3, 9]);
	seat.type(CTRL_C);
	for (const key of ["draft", UP, CTRL_U, BACKSPACE, DOWN]) seat.type(key);
	assert.equal(seat.look().rows[4], "> draft");
});

test("resting: a new size at an empty line draws the prompt in it", () => {
	const prompt = "twelve cells> ";
	const seat = new Seat(40, 6, prompt);
	seat.resize(10, 6);
	assert.deepEqual(seat.look(), {
		rows: ["twelve cel", "ls>", "", "", "", ""],
		row: 1,
		column: 4,
		bells: 0,
	});
	seat.type("ab");
	seat.resize(40, 6);
	assert.deepEqual(seat.look().rows.slice(0, 2), [`${prompt}ab`, ""]);
});
