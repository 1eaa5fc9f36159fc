/**
 * The decoder of src/base/wire.ts against the one of the tests: the first bytes say what is read, the others are read. Neither
 * throws, both yield the same, and no position leaves its bounds.
 */
import { Reader, Writer } from "../../../src/base/wire.js";
import { Fields, fields, mpint, textOf } from "../../peer/wire.js";

/** Bytes before and behind what the reader is given: they must not show. */
const MARGIN = 8;

export function fuzz(data: Uint8Array): void {
	if (data.length === 0) return;
	const program = data.subarray(1, 1 + (data[0] & 31));
	const message = data.subarray(1 + program.length);
	const around = new Uint8Array(message.length + 2 * MARGIN).fill(0xff);
	around.set(message, MARGIN);
	const end = MARGIN + message.length;
	const reader = new Reader(around, MARGIN, end);
	const model = new Fields(message);
	let failed = false;
	for (const operation of program) {
		const before = reader.position;
		const expected: string | undefined = failed ? undefined : attempt(() => expect(model, operation));
		failed ||= expected === undefined;
		const found = read(reader, operation);
		if (reader.failed !== failed) throw new Error(`operation ${operation & 7}: failed is ${reader.failed}`);
		if (!failed && found !== expected)
			throw new Error(`operation ${operation & 7}: ${found}, not ${expected}`);
		if (failed && found !== "") throw new Error(`operation ${operation & 7}: ${found} of what failed`);
		if (reader.position < before || reader.position > end) throw new Error(`position ${reader.position}`);
	}
	if (reader.complete !== (!failed && model.left === 0)) throw new Error("complete is wrong");
	writeBack(message, data[0]);
}

/** What a reading came to, as a text: digits, or a character a byte; "" where it failed. */
function read(reader: Reader, operation: number): string {
	const digits = (value: number) => (reader.failed ? `${value || ""}` : `${value}`);
	switch (operation & 7) {
		case 0:
			return digits(reader.byte());
		case 1:
			return reader.boolean() ? "true" : reader.failed ? "" : "false";
		case 2:
			return digits(reader.uint32());
		case 3:
			return textOf(reader.string());
		case 4:
			return textOf(reader.mpint());
		case 5:
			return reader.ascii(operation >> 3);
		case 6:
			return textOf(bytesOf(reader, reader.skip(operation >> 3), operation >> 3));
		default:
			return textOf(bytesOf(reader, reader.position, skipped(reader)));
	}
}

function skipped(reader: Reader): number {
	const length = reader.stringLength();
	if (length > reader.remaining)
		throw new Error(`a length of ${length}, where ${reader.remaining} bytes are left`);
	reader.skip(length);
	return reader.failed ? 0 : length + 4;
}

function bytesOf(reader: Reader, start: number, length: number): Uint8Array {
	return reader.failed ? new Uint8Array(0) : reader.bytes.slice(start, start + length);
}

/** The same by the other decoder, which throws where it fails. */
function expect(model: Fields, operation: number): string {
	switch (operation & 7) {
		case 0:
			return `${model.byte()}`;
		case 1:
			return `${model.boolean()}`;
		case 2:
			return `${model.uint32()}`;
		case 3:
			return model.text();
		case 4: {
			const encoded = model.string();
			const magnitude = encoded[0] === 0 ? encoded.slice(1) : encoded;
			// One number has one encoding: what is read must be written as it was.
			if (encoded[0] & 0x80 || textOf(mpint(magnitude)) !== textOf(fields(encoded)))
				throw new Error("no mpint");
			return textOf(magnitude);
		}
		case 5: {
			const text = model.text();
			if (text.length > operation >> 3 || /[^ -~]/.test(text)) throw new Error("no name");
			return text;
		}
		case 6:
			return textOf(model.raw(operation >> 3));
		default: {
			const text = model.string();
			return textOf(fields(text));
		}
	}
}

function attempt(reading: () => string): string | undefined {
	try {
		return reading();
	} catch {
		return undefined;
	}
}

/** A Writer with too little room says so, and writes nothing beyond it. */
function writeBack(message: Uint8Array, room: number): void {
	const target = new Uint8Array(room + MARGIN).fill(0xee);
	const writer = new Writer(target, 0, room);
	writer.string(message).mpint(message).raw(message).byte(1);
	if (writer.position > room) throw new Error("written beyond the limit");
	for (let at = room; at < target.length; at++)
		if (target[at] !== 0xee) throw new Error("bytes beyond the limit");
	const wanted = fields(message).length + mpint(message).length + message.length + 1;
	if (writer.failed !== wanted > room)
		throw new Error(`${wanted} bytes into ${room}: failed is ${writer.failed}`);
}
