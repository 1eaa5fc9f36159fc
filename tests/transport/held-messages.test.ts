import { Writer } from "../../src/base/wire.js";
import { ERR_PAYLOAD_TOO_LARGE, OK } from "../../src/merrors.js";
import { HeldMessages } from "../../src/transport/held-messages.js";
import { noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";

function move(held: HeldMessages): Uint8Array {
	const writer = new Writer(new Uint8Array(1000));
	held.moveTo(writer);
	return writer.bytes.slice(0, writer.position);
}

test("held messages come out as they went in", () => {
	const held = new HeldMessages(512);
	assert.equal(held.nextLength, 0);
	for (const length of [1, 20, 100]) {
		held.begin().raw(noise(length, length));
		assert.equal(held.end(), OK);
	}
	for (const length of [1, 20, 100]) {
		assert.equal(held.nextLength, length);
		assert.deepEqual(move(held), noise(length, length));
	}
	assert.equal(held.nextLength, 0);
});

test("the space is used to the last byte, and no further", () => {
	const held = new HeldMessages(128);
	held.begin().raw(noise(60));
	assert.equal(held.end(), OK);
	held.begin().raw(noise(60));
	assert.equal(held.end(), OK);
	held.begin().raw(noise(1));
	assert.equal(held.end(), ERR_PAYLOAD_TOO_LARGE);
	const other = new HeldMessages(128);
	other.begin().raw(noise(125));
	assert.equal(other.end(), ERR_PAYLOAD_TOO_LARGE);
	assert.equal(other.nextLength, 0);
});
