import { SimRandom } from "../../hal/sim/index.js";
import {
	asciiBytes,
	asciiString,
	copyBytes,
	equalBytes,
	fixedLength,
	Reader,
	Writer,
} from "../../src/base/wire.js";
import { hex, noise, toHex } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { Fields, fields, mpint } from "../peer/wire.js";

/** What a Writer makes of it. */
function written(write: (writer: Writer) => unknown): string {
	const writer = new Writer(new Uint8Array(100));
	write(writer);
	assert.ok(!writer.failed);
	return toHex(writer.bytes.subarray(0, writer.position));
}

test("the examples of RFC 4251 section 5", () => {
	assert.equal(
		written(writer => writer.uint32(699921578)),
		"29b7f4aa",
	);
	assert.equal(
		written(writer => writer.ascii("testing")),
		"0000000774657374696e67",
	);
	assert.equal(
		written(writer => writer.mpint(hex("00"))),
		"00000000",
	);
	assert.equal(
		written(writer => writer.mpint(hex("09a378f9b2e332a7"))),
		"0000000809a378f9b2e332a7",
	);
	assert.equal(
		written(writer => writer.mpint(hex("80"))),
		"000000020080",
	);
	assert.equal(
		written(writer => writer.ascii("")),
		"00000000",
	);
	assert.equal(
		written(writer => writer.ascii("zlib")),
		"000000047a6c6962",
	);
	assert.equal(
		written(writer => writer.ascii("zlib,none")),
		"000000097a6c69622c6e6f6e65",
	);
	// -1234 and -deadbeef: no number of this protocol is negative.
	for (const bytes of ["00000002edcc", "00000005ff21524111"]) {
		const reader = new Reader(hex(bytes));
		assert.equal(reader.mpint().length, 0);
		assert.ok(reader.failed);
	}
});

test("an mpint has one encoding", () => {
	const read = (bytes: string): string => {
		const reader = new Reader(hex(bytes));
		const magnitude = toHex(reader.mpint());
		return reader.failed ? "failed" : magnitude;
	};
	assert.equal(read("00000000"), "");
	assert.equal(read("0000000109"), "09");
	assert.equal(read("000000020080"), "80");
	assert.equal(read("0000000100"), "failed");
	assert.equal(read("000000020009"), "failed");
	assert.equal(read("00000003000080"), "failed");
	assert.equal(read("0000000180"), "failed");
	assert.equal(read("0000000209"), "failed");
	assert.equal(
		written(writer => writer.mpint(hex("0000000102"))),
		"000000020102",
	);
	assert.equal(
		written(writer => writer.mpint(new Uint8Array(0))),
		"00000000",
	);
});

test("any value but 0 is TRUE", () => {
	const reader = new Reader(Uint8Array.of(0, 1, 2, 255));
	assert.deepEqual(
		[reader.boolean(), reader.boolean(), reader.boolean(), reader.boolean()],
		[false, true, true, true],
	);
});

test("uint32 is unsigned from end to end", () => {
	for (const value of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
		const writer = new Writer(new Uint8Array(4)).uint32(value);
		assert.equal(new Reader(writer.bytes).uint32(), value);
	}
});

test("a failure stays, yields nothing, and moves nothing", () => {
	const reader = new Reader(hex("00000009616263"));
	assert.equal(reader.string().length, 0);
	assert.ok(reader.failed && !reader.complete);
	const { position } = reader;
	assert.deepEqual([reader.byte(), reader.uint32(), reader.boolean(), reader.skip(0)], [0, 0, false, -1]);
	assert.equal(reader.string().length, 0);
	assert.equal(reader.ascii(10), "");
	assert.equal(reader.position, position);
	assert.ok(!new Reader(hex("0000000361")).reset(hex("00"), 0, 1).failed);
});

test("lengths that no message has are refused before they are used", () => {
	for (const length of ["ffffffff", "80000000", "7fffffff", "00000004"]) {
		const reader = new Reader(hex(`${length}010203`));
		assert.equal(reader.string().length, 0);
		assert.ok(reader.failed);
	}
});

test("a reader stays within its bounds, whatever lies behind", () => {
	const bytes = hex("ff00000003616263ff");
	const reader = new Reader(bytes, 1, 8);
	assert.equal(reader.remaining, 7);
	assert.equal(reader.ascii(3), "abc");
	assert.ok(reader.complete);
	assert.equal(reader.byte(), 0);
	assert.ok(reader.failed);
	assert.ok(new Reader(bytes, 1, 7).string().length === 0);
});

test("ascii takes printable US-ASCII up to its limit", () => {
	const read = (text: string, limit: number): string | undefined => {
		const reader = new Reader(fields(text));
		const found = reader.ascii(limit);
		return reader.failed ? undefined : found;
	};
	assert.equal(read("password", 8), "password");
	assert.equal(read("password", 7), undefined);
	assert.equal(read(" ~", 8), " ~");
	for (const text of ["a\0", "a\n", "\x1f", "\x7f", "\xe4"]) assert.equal(read(text, 8), undefined);
	assert.equal(read("", 0), "");
});

test("a writer goes to its limit, and not one byte beyond", () => {
	const bytes = new Uint8Array(20);
	for (const write of [
		(writer: Writer) => writer.uint32(0x01020304),
		(writer: Writer) => writer.ascii("abcd"),
		(writer: Writer) => writer.string(hex("01020304")),
		(writer: Writer) => writer.mpint(hex("81020304")),
		(writer: Writer) => writer.raw(hex("0102030405060708")),
	]) {
		const whole = new Writer(bytes, 2);
		write(whole);
		const length = whole.position - 2;
		for (let limit = 0; limit <= length; limit++) {
			bytes.fill(0);
			const writer = new Writer(bytes, 2, 2 + limit);
			write(writer);
			assert.equal(writer.failed, limit < length);
			assert.ok(bytes.subarray(2 + limit).every(byte => byte === 0));
			if (writer.failed) assert.equal(writer.raw(hex("")).failed, true);
		}
	}
});

test("raw and string take a part of their source", () => {
	assert.equal(
		written(writer => writer.raw(hex("01020304"), 1, 3)),
		"0203",
	);
	assert.equal(
		written(writer => writer.string(hex("01020304"), 1, 3)),
		"000000020203",
	);
	const target = new Uint8Array(4);
	copyBytes(target, 1, hex("01020304"), 2, 4);
	assert.equal(toHex(target), "00030400");
});

test("what was written is read back, and another codec agrees", () => {
	const random = new SimRandom(42);
	for (let round = 0; round < 300; round++) {
		const buffer = new Uint8Array(4000);
		const writer = new Writer(buffer);
		const values: { kind: number; bytes: Uint8Array; number: number }[] = [];
		for (let count = random.below(12); count > 0; count--) {
			const bytes = noise(random.below(200), random.next());
			const value = { kind: random.below(5), bytes, number: random.next() };
			values.push(value);
			if (value.kind === 0) writer.byte(value.number & 0xff);
			if (value.kind === 1) writer.uint32(value.number);
			if (value.kind === 2) writer.string(bytes);
			if (value.kind === 3) writer.mpint(bytes);
			if (value.kind === 4) writer.boolean(value.number % 2 === 1);
		}
		assert.ok(!writer.failed);
		const reader = new Reader(buffer, 0, writer.position);
		const other = new Fields(buffer.slice(0, writer.position));
		for (const { kind, bytes, number } of values) {
			if (kind === 0) assert.deepEqual([reader.byte(), other.byte()], [number & 0xff, number & 0xff]);
			if (kind === 1) assert.deepEqual([reader.uint32(), other.uint32()], [number, number]);
			if (kind === 2) {
				assert.deepEqual(reader.string(), bytes);
				assert.deepEqual(other.string(), bytes);
			}
			if (kind === 3) {
				const first = bytes.findIndex(byte => byte !== 0);
				assert.deepEqual(reader.mpint(), first < 0 ? new Uint8Array(0) : bytes.slice(first));
				assert.deepEqual(fields(other.string()), mpint(bytes));
			}
			if (kind === 4)
				assert.deepEqual([reader.boolean(), other.boolean()], [number % 2 === 1, number % 2 === 1]);
		}
		assert.ok(reader.complete);
		other.end();
	}
});

test("no bytes make a reader throw or leave its bounds", () => {
	const random = new SimRandom(43);
	for (let round = 0; round < 2000; round++) {
		const bytes = noise(random.below(40), random.next());
		for (let at = 0; at + 4 < bytes.length; at += 5) bytes.set([0, 0, 0, random.below(12)], at);
		const reader = new Reader(bytes);
		for (let count = 0; count < 8; count++) {
			const kind = random.below(6);
			if (kind === 0) reader.byte();
			if (kind === 1) reader.uint32();
			if (kind === 2) reader.string();
			if (kind === 3) reader.mpint();
			if (kind === 4) reader.ascii(8);
			if (kind === 5) reader.skip(reader.stringLength());
			assert.ok(reader.position <= bytes.length);
		}
	}
});

test("equalBytes, fixedLength and the ASCII helpers", () => {
	assert.ok(equalBytes(hex("0102"), hex("0102")));
	assert.ok(equalBytes(hex(""), hex("")));
	for (const other of ["0103", "8102", "01", "010200", ""])
		assert.ok(!equalBytes(hex("0102"), hex(other)), other);
	for (let length = 1; length <= 9; length++) {
		const [all, other] = [noise(12), noise(12)];
		const same = () => equalBytes(all.subarray(2, 2 + length), other.subarray(2, 2 + length));
		other[1] ^= 1;
		other[2 + length] ^= 1;
		assert.ok(same());
		for (let at = 2; at < 2 + length; at++) {
			other[at] ^= 0x80;
			assert.ok(!same(), `${at} of ${length}`);
			other[at] ^= 0x80;
		}
	}
	assert.equal(toHex(fixedLength(hex("0102"), 4)!), "00000102");
	assert.equal(toHex(fixedLength(hex("0102"), 2)!), "0102");
	assert.equal(fixedLength(hex("010203"), 2), undefined);
	assert.equal(asciiString(asciiBytes("ssh-userauth")), "ssh-userauth");
	assert.equal(asciiString(asciiBytes("xabcx"), 1, 4), "abc");
});
