/** The binary packet protocol's bounds, on plain packets and on protected ones. */

import { STEP_SLICE } from "../../src/base/steps.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { DEVICE_LIMITS, MIN_PADDING } from "../../src/limits.js";
import {
	ERR_PAYLOAD_TOO_LARGE,
	ERR_RAND,
	ERR_SSH_CIRCULAR_BUFFER_OVERFLOW,
	ERR_SSH_TRANSPORT,
	OK,
} from "../../src/merrors.js";
import {
	SSH_DISCONNECT_BY_APPLICATION,
	SSH_DISCONNECT_PROTOCOL_ERROR,
	SSH_MSG_IGNORE,
	SSH_MSG_PING,
	SSH_MSG_PONG,
} from "../../src/messages.js";
import { CIPHER_SUITES, createProtection, MAC_ALGORITHMS } from "../../src/transport/ciphers.js";
import { PacketStream } from "../../src/transport/packets.js";
import { concat, noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { IGNORE } from "../peer/client.js";
import { Incoming, Outgoing } from "../peer/packets.js";
import { Place } from "../peer/place.js";
import { bytesOf, message, raw, textOf, uint32 } from "../peer/wire.js";

const zeros = (bytes: Uint8Array): number => {
	bytes.fill(0);
	return OK;
};

const make = (): PacketStream => new PacketStream(DEVICE_LIMITS, zeros);

/** Puts bytes into the input, as a socket would. */
function feed(stream: PacketStream, bytes: Uint8Array): void {
	assert.ok(stream.inputSpace() >= bytes.length);
	stream.input.set(bytes, stream.inputEnd);
	stream.received(bytes.length);
}

/** A plain packet of these fields, right or wrong. */
function packet(length: number, padding: number, total: number): Uint8Array {
	const bytes = new Uint8Array(4 + total);
	bytes.set(uint32(length));
	bytes[4] = padding;
	return bytes;
}

test("a packet is found when all of it is there", () => {
	const stream = make();
	const bytes = new Outgoing().seal(message(SSH_MSG_IGNORE, "data"));
	for (const byte of bytes) {
		assert.equal(stream.receive(), 0);
		feed(stream, Uint8Array.of(byte));
	}
	assert.equal(stream.receive(), 1);
	assert.equal(stream.input[stream.payloadStart], SSH_MSG_IGNORE);
	assert.equal(stream.payloadEnd - stream.payloadStart, 1 + 4 + 4);
	assert.equal(stream.receivedSequence, 0);
	stream.consume();
	assert.equal(stream.receive(), 0);
	assert.equal(stream.inputSpace(), DEVICE_LIMITS.packetSize);
});

test("length and padding must fit each other and the block", () => {
	for (const [length, padding, status] of [
		[12, 4, 1],
		[12, 10, 1],
		[12, 11, ERR_SSH_TRANSPORT],
		[12, 12, ERR_SSH_TRANSPORT],
		[12, 255, ERR_SSH_TRANSPORT],
		[12, 3, ERR_SSH_TRANSPORT],
		[12, 0, ERR_SSH_TRANSPORT],
		[13, 4, ERR_SSH_TRANSPORT],
		[16, 4, ERR_SSH_TRANSPORT],
		[4, 4, ERR_SSH_TRANSPORT],
		[0, 0, ERR_SSH_TRANSPORT],
		[0xffffffff, 4, ERR_SSH_TRANSPORT],
		[0xfffffffc, 4, ERR_PAYLOAD_TOO_LARGE],
		[0x7ffffffc, 4, ERR_PAYLOAD_TOO_LARGE],
	]) {
		const stream = make();
		feed(stream, packet(length, padding, Math.min(length, 100)));
		assert.equal(stream.receive(), status, `length ${length}, padding ${padding}`);
	}
});

test("a packet fills the buffer to its last byte, and not one block more (CVE-2024-43410)", () => {
	const size = DEVICE_LIMITS.packetSize;
	const full = make();
	feed(full, packet(size - 4, 4, size - 4));
	assert.equal(full.receive(), 1);
	const over = make();
	feed(over, packet(size + 4, 4, 100));
	assert.equal(over.receive(), ERR_PAYLOAD_TOO_LARGE);
	assert.equal(over.input.length, size);
});

test("every payload length is padded to whole blocks, by 4 bytes at least", () => {
	const stream = make();
	const peer = new Incoming();
	for (let length = 1; length < 300; length++) {
		const payload = noise(length, length);
		stream.begin().raw(payload);
		assert.equal(stream.seal(), OK);
		assert.equal(stream.pending % 8, 0);
		peer.add(stream.output.slice(stream.outputStart, stream.outputEnd));
		stream.sent(stream.pending);
		const found = peer.next();
		assert.deepEqual(found?.payload, payload);
		assert.equal(found?.sequence, length - 1);
	}
	assert.ok(MIN_PADDING === 4);
});

test("padding is what the source of randomness gives", () => {
	const stream = new PacketStream(DEVICE_LIMITS, bytes => {
		bytes.fill(0xa5);
		return OK;
	});
	stream.begin().byte(SSH_MSG_IGNORE);
	stream.seal();
	const padding = stream.output[4];
	assert.deepEqual(stream.output.slice(6, 6 + padding), new Uint8Array(padding).fill(0xa5));
});

test("without randomness nothing is sent", () => {
	const stream = new PacketStream(DEVICE_LIMITS, () => ERR_RAND);
	stream.begin().byte(SSH_MSG_IGNORE);
	assert.equal(stream.seal(), ERR_RAND);
	assert.equal(stream.pending, 0);
});

test("the output takes what fits, in whatever pieces the socket empties it", () => {
	const stream = make();
	const peer = new Incoming();
	let sent = 0;
	let got = 0;
	for (let turn = 0; turn < 400; turn++) {
		const length = 1 + ((turn * 37) % 900);
		if (stream.space >= length) {
			stream.begin().raw(noise(length, sent));
			assert.equal(stream.seal(), OK);
			sent++;
		}
		const count = Math.min(stream.pending, 1 + ((turn * 53) % 700));
		peer.add(stream.output.slice(stream.outputStart, stream.outputStart + count));
		stream.sent(count);
		for (let found = peer.next(); found; found = peer.next()) {
			assert.deepEqual(found.payload, noise(found.payload.length, got++));
		}
	}
	assert.ok(got > 100 && got >= sent - 3);
});

test("space is what a payload may have, to the byte", () => {
	const stream = make();
	const { space } = stream;
	stream.begin().raw(new Uint8Array(space));
	assert.equal(stream.seal(), OK);
	assert.ok(stream.pending <= DEVICE_LIMITS.sendBufferSize);
	const other = make();
	other.begin().raw(new Uint8Array(space + 1));
	assert.equal(other.seal(), ERR_SSH_CIRCULAR_BUFFER_OVERFLOW);
	assert.equal(other.pending, 0);
	assert.equal(other.s2c.sequence, 0);
});

test("bulk data leaves room for replies", () => {
	const stream = make();
	while (stream.bulkSpace > 0) {
		stream.begin().raw(new Uint8Array(stream.bulkSpace));
		stream.seal();
	}
	assert.ok(stream.space >= 1024);
});

test("a long packet is sealed and opened in slices, in as many as its length asks for", () => {
	for (const length of [100, 300, 700, 1024, 2000]) {
		const [sending, receiving] = [make(), make()];
		for (const direction of [sending.s2c, receiving.c2s]) {
			const none = new Uint8Array(0);
			const cipher = "chacha20-poly1305@openssh.com";
			direction.take(createProtection(nobleCrypto, cipher, "<implicit>", noise(64, 3), none, none), false);
		}
		const payload = noise(length - 24, 5);
		sending.begin().raw(payload);
		// As a step that has no work left.
		sending.work = 0;
		assert.equal(sending.seal(), OK);
		assert.equal(sending.pending, 0);
		const { output, outputEnd } = sending;
		const packetLength = outputEnd - 4 - 16;
		// As protection-chacha.ts counts it; slices end at whole blocks.
		const least = Math.ceil((1000 + 5.5 * packetLength) / DEVICE_LIMITS.cipherSlice);
		let sealed = 0;
		for (; sending.unsealed; sealed++) sending.sealSlice();
		assert.equal(sending.pending, outputEnd);
		assert.ok(sealed >= least && sealed <= least + 1, `${sealed} slices of ${packetLength} bytes`);
		feed(receiving, output.subarray(0, outputEnd));
		let slices = 1;
		for (; receiving.receive() === STEP_SLICE; slices++) receiving.renewWork();
		// The last one may have found it after as much work as a step has, and then the next call tells.
		assert.ok(slices >= least && slices <= least + 2, `${slices} slices of ${packetLength} bytes`);
		const { input, payloadStart, payloadEnd } = receiving;
		assert.deepEqual(input.slice(payloadStart, payloadEnd), payload);
	}
});

test("bulk data is cut to packets that are sealed in one step", () => {
	assert.equal(make().bulkSpace, DEVICE_LIMITS.sendPacketSize);
});

test("wipe overwrites both buffers", () => {
	const stream = make();
	feed(stream, bytesOf("secret"));
	stream.begin().raw(bytesOf("secret"));
	stream.seal();
	stream.wipe();
	assert.ok(stream.input.every(byte => byte === 0));
	assert.ok(stream.output.every(byte => byte === 0));
});

test("bad lengths in each form of protection end the connection, before anything is allocated", () => {
	for (const cipher of ["chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes128-ctr"]) {
		for (const mac of ["hmac-sha2-256", "hmac-sha2-256-etm@openssh.com"]) {
			for (const length of [0, 1, 4, 5, 15, 17, 100_000, 0x7fffffff, 0xffffffff]) {
				const place = new Place();
				const client = place.client({ cipherC2s: [cipher], macC2s: [mac] }).login();
				// A packet whose tag is right for what is there, and whose length field says something else.
				const { outgoing } = client;
				const honest = concat(uint32(length), Uint8Array.of(4), raw(new Uint8Array(43)).raw);
				client.link.write(outgoing.protect(honest, 44));
				client.link.write(new Uint8Array(64));
				place.run();
				assert.ok(client.disconnect, `${cipher} ${mac} ${length}`);
				assert.equal(place.server.connectionCount, 0);
				assert.deepEqual(place.errors, []);
			}
		}
	}
});

test("wrong padding in a packet with a right tag ends the connection", () => {
	for (const padding of [0, 1, 3, 200, 255]) {
		const place = new Place();
		const client = place.client({ cipherC2s: ["aes128-gcm@openssh.com"] }).login();
		const packet = concat(uint32(32), Uint8Array.of(padding), new Uint8Array(31));
		client.link.write(client.outgoing.protect(packet, 32));
		place.run();
		assert.equal(client.disconnect?.reason, SSH_DISCONNECT_PROTOCOL_ERROR, `${padding}`);
	}
});

test("a packet without a payload ends the connection", () => {
	const place = new Place();
	const client = place.client().login();
	client.link.write(client.outgoing.seal(new Uint8Array(0)));
	place.run();
	assert.equal(client.disconnect?.reason, SSH_DISCONNECT_PROTOCOL_ERROR);
	assert.equal(place.fault(), undefined);
});

test("the longest packet that the limits allow is taken, and one more block is not", () => {
	for (const [extra, taken] of [
		[0, true],
		[8, false],
	] as const) {
		const place = new Place({ limits: { packetSize: 2560 } });
		const client = place.client({ cipherC2s: ["chacha20-poly1305@openssh.com"] }).login();
		const payload = message(SSH_MSG_IGNORE, new Uint8Array(2560 - 4 - 16 - 1 - 4 - 5 - 4 + extra));
		const sealed = client.outgoing.seal(payload);
		assert.equal(sealed.length > 2560, !taken);
		client.link.write(sealed);
		client.sendNow(IGNORE);
		place.run();
		assert.equal(place.server.connectionCount, taken ? 1 : 0);
		assert.deepEqual(place.ends, taken ? [] : ["ERR_PAYLOAD_TOO_LARGE"]);
	}
});

test("a ping is answered with its data, up to what is kept free for replies", () => {
	const place = new Place();
	const client = place.client().login();
	for (const length of [0, 1, 512]) {
		client.sendNow(message(SSH_MSG_PING, noise(length)));
		place.run();
		assert.deepEqual(client.take(SSH_MSG_PONG).string(), noise(length));
	}
	client.sendNow(message(SSH_MSG_PING, noise(513)));
	place.run();
	assert.equal(client.disconnect?.reason, SSH_DISCONNECT_PROTOCOL_ERROR);
	const other = place.client().login();
	other.sendNow(message(SSH_MSG_PING, "data", true));
	place.run();
	assert.equal(other.disconnect?.reason, SSH_DISCONNECT_PROTOCOL_ERROR);
});

test("many pings at once are all answered, however slowly the answers are taken", () => {
	const place = new Place();
	const client = place.client({}, { sendBuffer: 300, takes: length => Math.min(length, 37) }).login();
	for (let count = 0; count < 200; count++) client.sendNow(message(SSH_MSG_PING, noise(count)));
	place.run();
	for (let count = 0; count < 200; count++) assert.equal(client.take(SSH_MSG_PONG).string().length, count);
});

test("a silent connection gives its buffers back, overwritten, and takes others when it is spoken to", () => {
	const stream = make();
	const { input, output } = stream;
	const ignore = new Outgoing().seal(message(SSH_MSG_IGNORE, "data"));
	feed(stream, ignore.slice(0, 10));
	stream.rest();
	assert.equal(stream.input, input, "half a packet has come");
	feed(stream, ignore.slice(10));
	assert.equal(stream.receive(), 1);
	stream.consume();
	stream.begin().raw(bytesOf("data"));
	stream.seal();
	stream.rest();
	assert.equal(stream.output, output, "there is something to be sent");
	stream.sent(stream.pending);
	stream.rest();
	assert.equal(stream.input.length + stream.output.length, 0);
	assert.ok(input.every(byte => byte === 0) && output.every(byte => byte === 0));
	assert.equal(stream.space, make().space);
	stream.begin().raw(bytesOf("more"));
	assert.equal(stream.seal(), OK);
	const peer = new Incoming();
	peer.sequence = 1;
	peer.add(stream.output.slice(stream.outputStart, stream.outputEnd));
	assert.deepEqual(peer.next()?.payload, bytesOf("more"));
	const outgoing = new Outgoing();
	outgoing.sequence = 1;
	feed(stream, outgoing.seal(message(SSH_MSG_IGNORE, "again")));
	stream.renewWork();
	assert.equal(stream.receive(), 1);
});

test("the server lets a connection that is silent rest, and serves it on", () => {
	const place = new Place();
	const client = place.client().login();
	const channel = client.exec("echo");
	place.pass(3000);
	channel.write("awake");
	channel.end();
	place.run();
	assert.equal(channel.text, "awake");
	assert.equal(channel.exitStatus, 0);
});

test("under the smallest slices every cipher and MAC serves a login, data, a key exchange and a good-bye", () => {
	for (const { name, macs } of CIPHER_SUITES) {
		for (const mac of macs.length === 0 ? [MAC_ALGORITHMS[0]] : macs) {
			const place = new Place({ limits: { cipherSlice: 320 } });
			const macs = { macC2s: [mac.name], macS2c: [mac.name] };
			const client = place.client({ cipherC2s: [name], cipherS2c: [name], ...macs }).login();
			const channel = client.exec("echo");
			const text = "x".repeat(1500);
			channel.write(text);
			place.run();
			assert.equal(channel.text, text);
			client.rekey();
			place.run();
			assert.equal(client.exchanges, 2);
			channel.write("after it");
			place.run();
			assert.equal(channel.text, `${text}after it`);
			void place.server.close();
			place.run();
			assert.equal(client.disconnect?.reason, SSH_DISCONNECT_BY_APPLICATION, `${name} ${mac.name}`);
		}
	}
});

test("a good-bye at any moment of a key exchange is under the keys that the client has", () => {
	let moments = 0;
	for (let over = false; !over; moments++) {
		const place = new Place({ limits: { cipherSlice: 320 } });
		const client = place.client({ cipherC2s: ["aes256-ctr"], cipherS2c: ["aes256-ctr"] }).login();
		client.rekey();
		for (let count = 0; count < moments && !over; count++) over = !place.hal.network.step();
		void place.server.close();
		place.run();
		assert.equal(client.disconnect?.reason, SSH_DISCONNECT_BY_APPLICATION, `${moments}`);
	}
	assert.ok(moments > 50, `${moments}`);
});

test("what waits to be sealed is not sent, and is as much of the buffer as what was", () => {
	const stream = make();
	const none = new Uint8Array(0);
	stream.s2c.take(
		createProtection(nobleCrypto, "chacha20-poly1305@openssh.com", "", noise(64, 3), none, none),
		false,
	);
	const { space } = stream;
	stream.work = 0;
	stream.begin().raw(bytesOf("secret"));
	assert.equal(stream.seal(), OK);
	assert.equal(stream.pending, 0);
	assert.ok(stream.unsealed && stream.space < space);
	stream.rest();
	assert.ok(stream.output.length > 0);
	stream.sealSlice();
	assert.ok(stream.pending > 0 && !stream.unsealed);
	assert.ok(!textOf(stream.output).includes("secret"));
});
