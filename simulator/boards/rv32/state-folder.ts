/** The emulated board's files, as it calls for them: plain names in one folder, as simulator/boards/xs/files.c has them. */
import {
	closeSync,
	constants,
	fstatSync,
	fsyncSync,
	openSync,
	readdirSync,
	readSync,
	renameSync,
	unlinkSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";
import { Call, FRAME_ROOM } from "./frames.js";

/** A result, and what is read. */
export type Answer = number | Uint8Array;

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;

export class StateFolder {
	private readonly folder: string;
	private readonly open = new Set<number>();

	constructor(folder: string) {
		this.folder = folder;
	}

	/** @throws the system's errors */
	call(type: number, request: Buffer): Answer {
		switch (type) {
			case Call.FILE_OPEN:
				return this.openFile(request.toString("utf8", 1), request[0] !== 0);
			case Call.FILE_DELETE:
				unlinkSync(this.path(request.toString()));
				return 0;
			case Call.FILE_MOVE: {
				const [from, to] = request.toString().split("\0");
				renameSync(this.path(from), this.path(to));
				return 0;
			}
			case Call.FILE_NAME:
				return Buffer.from(readdirSync(this.folder).sort()[request.readUInt16LE(0)] ?? "");
			default:
				return this.callFile(type, request.readUInt32LE(0), request.subarray(4));
		}
	}

	close(): void {
		for (const file of this.open) closeSync(file);
		this.open.clear();
	}

	private openFile(name: string, isNew: boolean): number {
		const flags = isNew ? NEW_FILE : constants.O_RDONLY;
		const path = name === "" ? this.folder : this.path(name);
		const file = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
		this.open.add(file);
		return file;
	}

	private callFile(type: number, file: number, request: Buffer): Answer {
		if (!this.open.has(file)) throw new Error("no such file");
		switch (type) {
			case Call.FILE_CLOSE:
				this.open.delete(file);
				closeSync(file);
				return 0;
			case Call.FILE_READ: {
				const bytes = Buffer.alloc(Math.min(request.readUInt16LE(4), FRAME_ROOM - 4));
				return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, request.readUInt32LE(0)));
			}
			case Call.FILE_WRITE:
				return writeSync(file, request, 4, request.length - 4, request.readUInt32LE(0));
			case Call.FILE_SIZE: {
				const status = fstatSync(file);
				if (!status.isFile()) throw new Error("no file");
				return status.size;
			}
			default:
				fsyncSync(file);
				return 0;
		}
	}

	private path(name: string): string {
		if (name === "" || name === "." || name === ".." || name.includes("/")) throw new Error("bad path");
		return join(this.folder, name);
	}
}
