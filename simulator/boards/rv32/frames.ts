/** Frames on the wire between the emulated board and its bridge, as serial.h has them. */

/** Bytes that follow a frame's head, at most. */
export const FRAME_ROOM = 1024;

const HEAD = 4;

/** The types of frames; serial.h says what each holds. */
export const Frame = Object.freeze({
	DATA: 1,
	WINDOW: 2,
	END: 3,

	OPEN: 16,
	RESET: 17,
	REPLY: 18,
	SIGNAL: 19,
	ALIVE: 20,

	CLOSE: 32,
	STDOUT: 33,
	STDERR: 34,
});

/** Calls of the board, which are answered by Frame.REPLY one at a time. */
export const Call = Object.freeze({
	BOOT: 64,
	CONFIG: 65,
	RANDOM: 66,
	LISTEN: 67,
	UNLISTEN: 68,
	FILE_OPEN: 69,
	FILE_CLOSE: 70,
	FILE_READ: 71,
	FILE_WRITE: 72,
	FILE_SIZE: 73,
	FILE_SYNC: 74,
	FILE_DELETE: 75,
	FILE_MOVE: 76,
	FILE_NAME: 77,
});

/** The order of serial.c's errors: the first is -1, and stands for any other. */
const ERRORS: readonly string[] = Object.freeze([
	"EIO",
	"ENOENT",
	"EACCES",
	"EROFS",
	"ENOSPC",
	"ELOOP",
	"EISDIR",
	"ENOTDIR",
	"EADDRINUSE",
	"EADDRNOTAVAIL",
]);

/** The result of a call that failed. */
export function resultOfError(error: unknown): number {
	return -1 - Math.max(0, ERRORS.indexOf((error as NodeJS.ErrnoException).code ?? ""));
}

const NOTHING = new Uint8Array(0);

export function encodeFrame(type: number, connection = 0, bytes: Uint8Array = NOTHING): Buffer {
	const frame = Buffer.alloc(HEAD + bytes.length);
	frame[0] = type;
	frame[1] = connection;
	frame.writeUInt16LE(bytes.length, 2);
	frame.set(bytes, HEAD);
	return frame;
}

/** Cuts what comes from the wire into frames. */
export class FrameReader {
	private readonly onFrame: (type: number, connection: number, bytes: Buffer) => void;
	private rest: Buffer = Buffer.alloc(0);

	constructor(onFrame: (type: number, connection: number, bytes: Buffer) => void) {
		this.onFrame = onFrame;
	}

	/** Each frame that is whole now; its bytes stay as they are. */
	push(bytes: Buffer): void {
		let rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
		while (rest.length >= HEAD) {
			const end = HEAD + rest.readUInt16LE(2);
			if (rest.length < end) break;
			this.onFrame(rest[0], rest[1], rest.subarray(HEAD, end));
			rest = rest.subarray(end);
		}
		this.rest = rest;
	}
}
