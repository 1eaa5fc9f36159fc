/** Keys of Emacs that name another place in the line: what moves the cursor there, and what kills all between. */
import {
	CTRL_A,
	CTRL_B,
	CTRL_E,
	CTRL_F,
	CTRL_H,
	CTRL_K,
	CTRL_U,
	CTRL_W,
	DEL,
	KEY_END,
	KEY_HOME,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_WORD_LEFT,
	KEY_WORD_RIGHT,
	META,
} from "./keys.js";
import type { LineBuffer } from "./line-buffer.js";

/** Where a key moves the cursor to; -1 for one that does not. */
export function destination(line: LineBuffer, key: number): number {
	switch (key) {
		case CTRL_A:
		case KEY_HOME:
			return 0;
		case CTRL_E:
		case KEY_END:
			return line.length;
		case CTRL_B:
		case KEY_LEFT:
			return line.before(line.cursor);
		case CTRL_F:
		case KEY_RIGHT:
			return line.after(line.cursor);
		case META | 0x62: // Alt-B
		case KEY_WORD_LEFT:
			return line.wordBefore();
		case META | 0x66: // Alt-F
		case KEY_WORD_RIGHT:
			return line.wordAfter();
		default:
			return -1;
	}
}

/** The other end of what a key kills, before or after the cursor; -1 for one that does not kill. */
export function killBound(line: LineBuffer, key: number): number {
	switch (key) {
		case CTRL_K:
			return line.length;
		case CTRL_U:
			return 0;
		case CTRL_W:
			return line.blankWordBefore();
		case META | DEL:
		case META | CTRL_H:
			return line.wordBefore();
		case META | 0x64: // Alt-D
			return line.wordAfter();
		default:
			return -1;
	}
}
