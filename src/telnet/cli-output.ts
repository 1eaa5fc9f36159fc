/** What commands of the SDK's `cli` module write, gathered until the client takes it. */
import { decodeUtf8 } from "../base/utf8.js";

/** As a socket of the SDK takes them: a string as UTF-8, a number as one byte, a buffer as it is. */
export type CliValue = string | number | ArrayBuffer | ArrayBufferView | undefined | null | boolean;

/** Characters of small writes that are sent as one, so that a line of a listing does not cost a promise each. */
const PIECE = 512;

export class CliOutput {
	private readonly limit: number;
	private items: (string | Uint8Array)[] = [];
	/** Characters and bytes of all items. */
	private length = 0;

	constructor(limit: number) {
		this.limit = limit;
	}

	/** How much add() takes. */
	get room(): number {
		return this.limit - this.length;
	}

	/** Takes all of the values, or none of them: false where they do not fit. */
	add(values: readonly CliValue[]): boolean {
		const added: (string | Uint8Array)[] = [];
		let length = 0;
		for (const value of values) {
			const item = itemOf(value);
			const last = added.length - 1;
			if (typeof item === "string" && typeof added[last] === "string") added[last] += item;
			else added.push(item);
			length += item.length;
			if (length > this.room) return false;
		}
		this.length += length;
		for (const item of added) if (item.length > 0) this.items.push(item);
		return true;
	}

	/** The next that is to be sent; undefined when there is nothing. */
	take(): string | Uint8Array | undefined {
		const first = this.items[0];
		if (first === undefined) return undefined;
		let taken = 1;
		let piece = first;
		if (typeof first === "string") {
			let text = first;
			for (; taken < this.items.length && text.length < PIECE; taken++) {
				const next = this.items[taken];
				if (typeof next !== "string") break;
				text += next;
			}
			piece = text;
		}
		this.items.splice(0, taken);
		this.length -= piece.length;
		return piece;
	}

	clear(): void {
		this.items = [];
		this.length = 0;
	}

	/** All of it, taken. */
	text(): string {
		let text = "";
		for (let item = this.take(); item !== undefined; item = this.take())
			text += typeof item === "string" ? item : decodeUtf8(item);
		return text;
	}
}

function itemOf(value: CliValue): string | Uint8Array {
	if (typeof value === "string") return value;
	if (typeof value === "number") {
		const byte = value & 0xff;
		return byte < 0x80 ? String.fromCharCode(byte) : Uint8Array.of(byte);
	}
	// Copied: the command may use its buffer again before the client has read.
	if (value instanceof ArrayBuffer) return new Uint8Array(value).slice();
	if (ArrayBuffer.isView(value))
		return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
	return String(value);
}
