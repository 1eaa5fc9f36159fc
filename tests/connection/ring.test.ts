import { asciiBytes, asciiString } from "../../src/base/wire.js";
import { Ring } from "../../src/connection/ring.js";
import { assert, test } from "../harness.js";

function read(ring: Ring, length: number): string {
	const target = new Uint8Array(length);
	return asciiString(target, 0, ring.read(target, 0, length));
}

test("a ring gives back what it took, in order, across its end", () => {
	const ring = new Ring(10);
	const source = asciiBytes("..abcdefghijklmnop");
	ring.write(source, 2, 9);
	assert.equal(read(ring, 5), "abcde");
	ring.write(source, 9, 17);
	assert.equal(ring.length, 10);
	assert.equal(read(ring, 4), "fghi");
	assert.equal(read(ring, 100), "jklmno");
	assert.equal(ring.length, 0);
	assert.equal(read(ring, 1), "");
});

test("long and short pieces are copied alike at every position", () => {
	for (let offset = 0; offset < 40; offset++) {
		for (const length of [1, 8, 9, 40]) {
			const ring = new Ring(40);
			ring.write(new Uint8Array(41), 0, 40);
			ring.read(new Uint8Array(40), 0, offset);
			const source = Uint8Array.from({ length }, (_, i) => i + 1);
			ring.read(new Uint8Array(40), 0, Math.max(0, ring.length - (40 - length)));
			const before = ring.length;
			ring.write(source, 0, length);
			ring.read(new Uint8Array(40), 0, before);
			const target = new Uint8Array(length + 2);
			assert.equal(ring.read(target, 1, 40), length);
			assert.deepEqual([...target], [0, ...source, 0]);
		}
	}
});

test("a read is bounded by the target", () => {
	const ring = new Ring(10);
	ring.write(asciiBytes("abcdef"), 0, 6);
	assert.equal(ring.read(new Uint8Array(4), 1, 100), 3);
	assert.equal(ring.read(new Uint8Array(4), 4, 100), 0);
	assert.equal(ring.read(new Uint8Array(4), 9, 100), 0);
	assert.equal(ring.read(new Uint8Array(4), 0, -1), 0);
	assert.equal(ring.length, 3);
});

test("a wiped ring holds nothing", () => {
	const ring = new Ring(4);
	ring.write(asciiBytes("abcd"), 0, 4);
	ring.wipe();
	assert.equal(ring.length, 0);
	assert.deepEqual([...(ring as unknown as { bytes: Uint8Array }).bytes], [0, 0, 0, 0]);
});
