/**
 * Replies that a key exchange holds back (RFC 4253 section 7.1), in the order in which they are due. The space is
 * fixed: a peer that asks for more replies than it holds is cut off, and memory stays as it was (CVE-2025-26466).
 */

import { getUint32, putUint32, Writer } from "../base/wire.js";
import { ERR_PAYLOAD_TOO_LARGE, OK } from "../merrors.js";

export class HeldMessages {
	private readonly bytes: Uint8Array;
	private readonly writer: Writer;
	/** Each payload has its length before it: bytes[start, end). */
	private start = 0;
	private end_ = 0;

	constructor(size: number) {
		this.bytes = new Uint8Array(size);
		this.writer = new Writer(this.bytes);
	}

	/** A Writer for one more payload. */
	begin(): Writer {
		return this.writer.reset(this.bytes, Math.min(this.end_ + 4, this.bytes.length), this.bytes.length);
	}

	/** Keeps what begin()'s Writer holds. */
	end(): number {
		if (this.writer.failed) return ERR_PAYLOAD_TOO_LARGE;
		putUint32(this.bytes, this.end_, this.writer.position - this.end_ - 4);
		this.end_ = this.writer.position;
		return OK;
	}

	/** Bytes of the oldest payload; 0 when there is none. */
	get nextLength(): number {
		return this.start < this.end_ ? getUint32(this.bytes, this.start) : 0;
	}

	/** Takes the oldest payload out. */
	moveTo(writer: Writer): void {
		const length = this.nextLength;
		writer.raw(this.bytes, this.start + 4, this.start + 4 + length);
		this.start += 4 + length;
	}
}
