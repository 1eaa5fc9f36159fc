/**
 * Keys out of bytes. A key is a number: the code point of a printable character, the code of a control character, or
 * one of the numbers below; META is added where Alt (or ESC before the key) was held.
 *
 * What terminals send is ECMA-48: CSI sequences "ESC [ parameters intermediates final" and SS3 "ESC O final", in the
 * dialects of xterm, VT220, rxvt and the Linux console. A sequence that stands for no key is swallowed whole. There is
 * no clock here, so ESC alone waits for the byte after it; settleEscape() says that there is none.
 */

export const KEY_ENTER = 0x110000;
export const KEY_UP = 0x110001;
export const KEY_DOWN = 0x110002;
export const KEY_RIGHT = 0x110003;
export const KEY_LEFT = 0x110004;
export const KEY_HOME = 0x110005;
export const KEY_END = 0x110006;
export const KEY_DELETE = 0x110007;
export const KEY_WORD_RIGHT = 0x110008;
export const KEY_WORD_LEFT = 0x110009;
export const KEY_PASTE_START = 0x11000a;
export const KEY_PASTE_END = 0x11000b;
export const META = 0x200000;

export const CTRL_A = 1;
export const CTRL_B = 2;
export const CTRL_C = 3;
export const CTRL_D = 4;
export const CTRL_E = 5;
export const CTRL_F = 6;
export const CTRL_G = 7;
export const CTRL_H = 8;
export const TAB = 9;
const LF = 10;
export const CTRL_K = 11;
export const CTRL_L = 12;
const CR = 13;
export const CTRL_N = 14;
export const CTRL_P = 16;
export const CTRL_R = 18;
export const CTRL_T = 20;
export const CTRL_U = 21;
export const CTRL_W = 23;
export const CTRL_Y = 25;
export const ESC = 27;
export const DEL = 127;

const REPLACEMENT = 0xfffd;

/** Where in a sequence the next byte falls. */
const GROUND = 0;
const ESCAPE = 1;
const CSI = 2;
const SS3 = 3;
/** "ESC [ [ x": function keys of the Linux console. */
const LINUX = 4;
/** OSC, DCS, APC, PM and SOS: text up to BEL or "ESC \". */
const STRING = 5;
/** After settleEscape(): "[" and "O" still make a sequence, all else is itself. */
const SETTLED = 6;

/** Who takes the keys. Returns false to have feed() stop after this key. */
export interface KeyReceiver {
	key(key: number): boolean;
}

export class KeyDecoder {
	private state = GROUND;
	/** The first two parameters of a CSI sequence, as far as it has come. */
	private first = 0;
	private second = 0;
	private parameter = 0;
	private meta = 0;
	/** An LF or NUL belongs to the CR before it. */
	private afterReturn = false;
	/** UTF-8 (RFC 3629): the point so far, bytes still to come, and the least second byte that is well-formed. */
	private point = 0;
	private missing = 0;
	private low = 0x80;
	private high = 0xbf;

	/**
	 * Decodes bytes[offset, end) and hands each key to the receiver, until it returns false.
	 * @returns the offset of the first byte not taken
	 */
	feed(bytes: Uint8Array, offset: number, end: number, receiver: KeyReceiver): number {
		while (offset < end) {
			const byte = bytes[offset];
			if (this.missing > 0 && (byte < this.low || byte > this.high)) {
				// What came of the character is lost; this byte starts afresh, and is taken in the next turn.
				this.missing = 0;
				if (!receiver.key(REPLACEMENT)) return offset;
				continue;
			}
			offset++;
			const key = this.missing > 0 ? this.continuation(byte) : this.byte(byte);
			if (key >= 0 && !receiver.key(key)) return offset;
		}
		return offset;
	}

	/** Whether the last byte was an ESC that may yet begin a sequence. */
	get escaping(): boolean {
		return this.state === ESCAPE;
	}

	/** The ESC that waits was a key of its own. */
	settleEscape(): void {
		this.state = SETTLED;
	}

	/** A key, or -1 while none is complete. */
	private byte(byte: number): number {
		const afterReturn = this.afterReturn;
		this.afterReturn = false;
		if (byte === ESC) {
			// Two in a row: some terminals send "ESC ESC [ C" for Alt and an arrow.
			this.meta = this.state === ESCAPE ? META : 0;
			this.state = ESCAPE;
			return -1;
		}
		if (byte < 0x20) {
			// A control character ends whatever was begun, so that no stray sequence can hide an Enter or Ctrl-C.
			const meta = this.state === ESCAPE ? META : 0;
			const inString = this.state === STRING;
			this.state = GROUND;
			if (afterReturn && (byte === LF || byte === 0)) return -1;
			if (byte === 7 && inString) return -1;
			this.afterReturn = byte === CR;
			return byte === CR || byte === LF ? KEY_ENTER : byte | meta;
		}
		switch (this.state) {
			case ESCAPE:
				return this.escaped(byte);
			case SETTLED:
				if (byte === 0x5b || byte === 0x4f) return this.escaped(byte);
				this.state = GROUND;
				return this.lead(byte, 0);
			case CSI:
				return this.control(byte);
			case SS3:
				// "ESC O 5 C" has its modifier here.
				if (byte >= 0x30 && byte <= 0x39) this.second = byte - 0x30;
				else return this.named(byte);
				return -1;
			case LINUX:
				this.state = GROUND;
				return -1;
			case STRING:
				return -1;
			default:
				return this.lead(byte, 0);
		}
	}

	private escaped(byte: number): number {
		this.first = this.second = this.parameter = 0;
		switch (byte) {
			case 0x5b: // [
				this.state = CSI;
				return -1;
			case 0x4f: // O
				this.state = SS3;
				return -1;
			case 0x5d: // ]
			case 0x50: // P
			case 0x58: // X
			case 0x5e: // ^
			case 0x5f: // _
				this.state = STRING;
				return -1;
			case 0x5c: // \ ends a string; alone it is Alt-\
				this.state = GROUND;
				return -1;
			default:
				this.state = GROUND;
				return this.lead(byte, META);
		}
	}

	private control(byte: number): number {
		if (byte >= 0x30 && byte <= 0x39) {
			const digit = byte - 0x30;
			if (this.parameter === 0) this.first = Math.min(this.first * 10 + digit, 9999);
			else if (this.parameter === 1) this.second = Math.min(this.second * 10 + digit, 9999);
		} else if (byte === 0x3b) this.parameter++;
		else if (byte === 0x5b && this.first === 0) this.state = LINUX;
		else if (byte >= 0x40) return this.named(byte);
		return -1;
	}

	/** The key of a sequence's final byte; -1 where it has none. */
	private named(final: number): number {
		const inControl = this.state === CSI;
		this.state = GROUND;
		const modifier = this.second || (inControl && final !== 0x7e ? this.first : 0);
		// xterm's modifiers are 1 + (1 Shift, 2 Alt, 4 Ctrl); rxvt sends lower case with SS3 for Ctrl.
		const byWord = this.meta !== 0 || (modifier > 1 && ((modifier - 1) & 6) !== 0);
		switch (final) {
			case 0x41: // A
				return KEY_UP;
			case 0x42: // B
				return KEY_DOWN;
			case 0x43: // C
				return byWord ? KEY_WORD_RIGHT : KEY_RIGHT;
			case 0x44: // D
				return byWord ? KEY_WORD_LEFT : KEY_LEFT;
			case 0x48: // H
				return KEY_HOME;
			case 0x46: // F
				return KEY_END;
			case 0x63: // c
				return inControl ? -1 : KEY_WORD_RIGHT;
			case 0x64: // d
				return inControl ? -1 : KEY_WORD_LEFT;
			case 0x4d: // M: Enter of the keypad
				return inControl ? -1 : KEY_ENTER;
			case 0x7e: // ~
				return numbered(this.first);
			default:
				return -1;
		}
	}

	/** A byte that begins a character. Bytes that cannot become U+FFFD, as do the C1 controls. */
	private lead(byte: number, meta: number): number {
		if (byte < 0x80) return byte | meta;
		this.low = 0x80;
		this.high = 0xbf;
		if (byte >= 0xc2 && byte <= 0xdf) this.begin(byte & 0x1f, 1);
		else if (byte >= 0xe0 && byte <= 0xef) {
			if (byte === 0xe0) this.low = 0xa0;
			if (byte === 0xed) this.high = 0x9f;
			this.begin(byte & 0x0f, 2);
		} else if (byte >= 0xf0 && byte <= 0xf4) {
			if (byte === 0xf0) this.low = 0x90;
			if (byte === 0xf4) this.high = 0x8f;
			this.begin(byte & 0x07, 3);
		} else return REPLACEMENT;
		return -1;
	}

	private begin(bits: number, missing: number): void {
		this.point = bits;
		this.missing = missing;
	}

	private continuation(byte: number): number {
		this.point = (this.point << 6) | (byte & 0x3f);
		this.low = 0x80;
		this.high = 0xbf;
		if (--this.missing > 0) return -1;
		return this.point < 0xa0 ? REPLACEMENT : this.point;
	}
}

/** Keys of "ESC [ number ~", after VT220 and rxvt. */
function numbered(number: number): number {
	switch (number) {
		case 1:
		case 7:
			return KEY_HOME;
		case 3:
			return KEY_DELETE;
		case 4:
		case 8:
			return KEY_END;
		case 200:
			return KEY_PASTE_START;
		case 201:
			return KEY_PASTE_END;
		default:
			return -1;
	}
}
