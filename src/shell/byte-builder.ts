/** Bytes for a terminal, gathered until they are sent. */
import { encodeUtf8 } from "../base/utf8.js";

export class ByteBuilder {
	private bytes = new Uint8Array(64);
	length = 0;

	byte(byte: number): void {
		if (this.length === this.bytes.length) {
			const larger = new Uint8Array(2 * this.length);
			larger.set(this.bytes);
			this.bytes = larger;
		}
		this.bytes[this.length++] = byte;
	}

	/** A text in UTF-8. */
	text(text: string): void {
		const bytes = encodeUtf8(text);
		for (let at = 0; at < bytes.length; at++) this.byte(bytes[at]);
	}

	/** A code point in UTF-8 (RFC 3629 section 3). */
	point(point: number): void {
		if (point < 0x80) this.byte(point);
		else {
			if (point < 0x800) this.byte(0xc0 | (point >> 6));
			else {
				if (point < 0x10000) this.byte(0xe0 | (point >> 12));
				else {
					this.byte(0xf0 | (point >> 18));
					this.byte(0x80 | ((point >> 12) & 0x3f));
				}
				this.byte(0x80 | ((point >> 6) & 0x3f));
			}
			this.byte(0x80 | (point & 0x3f));
		}
	}

	/** A control sequence "ESC [ count final"; the count 1 goes without saying, 0 sends nothing. */
	control(count: number, final: string): void {
		if (count > 0) this.text(count === 1 ? `\x1b[${final}` : `\x1b[${count}${final}`);
	}

	/** What was gathered; the builder begins anew. */
	take(): Uint8Array {
		const taken = this.bytes.slice(0, this.length);
		this.length = 0;
		if (this.bytes.length > 256) this.bytes = new Uint8Array(64);
		return taken;
	}
}
