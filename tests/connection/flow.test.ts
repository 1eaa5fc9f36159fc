/** Windows and back-pressure: RFC 4254 section 5.2. */

import { asciiBytes, Reader } from "../../src/base/wire.js";
import type { Session } from "../../src/connection/session.js";
import {
	ERR_PAYLOAD_TOO_LARGE,
	ERR_SSH_CIRCULAR_BUFFER_OVERFLOW,
	ERR_SSH_DISCONNECT_PROTOCOL_ERROR,
	OK,
} from "../../src/merrors.js";
import {
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
} from "../../src/messages.js";
import { assert, test } from "../harness.js";
import { Peer, readText, running } from "./peer.js";

const SMALL = { initialWindowSize: 10, maximumPacketSize: 6 };

test("data up to the window is held, one byte more ends the connection", () => {
	const { peer, session } = running(SMALL);
	assert.equal(peer.data("abcdef"), OK);
	assert.equal(peer.data("ghij"), OK);
	assert.equal(session.readable, 10);
	assert.equal(peer.data(""), OK);
	assert.equal(peer.data("k"), ERR_SSH_CIRCULAR_BUFFER_OVERFLOW);
	assert.equal(readText(session), "abcdefghij");
});

test("data up to the maximum packet size is taken, one byte more ends the connection", () => {
	assert.equal(running(SMALL).peer.data("abcdef"), OK);
	assert.equal(running(SMALL).peer.data("abcdefg"), ERR_PAYLOAD_TOO_LARGE);
});

test("the window opens again when half of it was read, and not before", () => {
	const { peer, session } = running(SMALL);
	peer.data("abcdef");
	const target = new Uint8Array(10);
	assert.equal(session.read(target, 0, 4), 4);
	assert.deepEqual(peer.take(), []);
	assert.equal(session.read(target, 0, 1), 1);
	assert.deepEqual(peer.take(), ["WINDOW_ADJUST 70 5"]);
	// 4 left of the first window, 5 returned, 1 held.
	assert.equal(peer.data("ghijkl"), OK);
	assert.equal(peer.data("mno"), OK);
	assert.equal(peer.data("p"), ERR_SSH_CIRCULAR_BUFFER_OVERFLOW);
});

test("a WINDOW_ADJUST that finds no room is sent later, with all that was read meanwhile", () => {
	const { peer, session } = running(SMALL);
	peer.data("abcdef");
	peer.sender.space = 8;
	session.read(new Uint8Array(5));
	peer.protocol.flush();
	assert.deepEqual(peer.take(), []);
	session.read(new Uint8Array(1));
	peer.sender.space = 9;
	peer.protocol.flush();
	assert.deepEqual(peer.take(), ["WINDOW_ADJUST 70 6"]);
	assert.equal(peer.sender.space, 0);
});

test("behind EOF no window is opened", () => {
	const { peer, session } = running(SMALL);
	peer.data("abcdef");
	peer.eof();
	assert.equal(readText(session), "abcdef");
	assert.deepEqual(peer.take(), []);
});

test("a client's stderr counts against the window, is dropped and returned", () => {
	const { peer, session } = running(SMALL);
	const extended = (text: string) =>
		peer.message(SSH_MSG_CHANNEL_EXTENDED_DATA, writer => writer.uint32(0).uint32(1).ascii(text));
	assert.equal(extended("abcd"), OK);
	assert.deepEqual(peer.take(), []);
	assert.equal(extended("e"), OK);
	assert.deepEqual(peer.take(), ["WINDOW_ADJUST 70 5"]);
	assert.equal(session.readable, 0);
	assert.equal(extended("abcdefg"), ERR_PAYLOAD_TOO_LARGE);
	peer.sender.keyExchange = true;
	assert.equal(extended("abcdef"), OK);
	assert.equal(extended("abcd"), OK);
	assert.equal(extended("a"), ERR_SSH_CIRCULAR_BUFFER_OVERFLOW);
});

test("data that comes before a command runs has no reader: dropped, and its window returned", () => {
	const peer = new Peer(SMALL);
	peer.open();
	peer.take();
	assert.equal(peer.data("abcdef"), OK);
	assert.deepEqual(peer.take(), ["WINDOW_ADJUST 70 6"]);
	peer.exec();
	assert.equal(peer.session!.readable, 0);
});

test("onReadable tells what there is, and not again for what is left", () => {
	const { peer, session } = running();
	const counts: number[] = [];
	session.onReadable = count => counts.push(count);
	peer.data("abc");
	peer.data("");
	peer.protocol.flush();
	session.read(new Uint8Array(1));
	peer.data("de");
	assert.deepEqual(counts, [3, 4]);
});

test("onReadable may read, write and close", () => {
	const { peer, session } = running();
	session.onReadable = () => {
		session.write(asciiBytes(readText(session).toUpperCase()));
		session.exit(0);
	};
	assert.equal(peer.data("abc"), OK);
	assert.deepEqual(peer.take(), ["DATA 70 ABC", "REQUEST 70 exit-status false 0", "EOF 70", "CLOSE 70"]);
});

test("writes are split to the peer's maximum packet size and end at its window", () => {
	const { peer, session } = running({}, 7, 3);
	assert.equal(session.writable, 3);
	assert.equal(session.write(asciiBytes("abcdefghij")), 7);
	assert.deepEqual(peer.take(), ["DATA 70 abc", "DATA 70 def", "DATA 70 g"]);
	assert.equal(session.writable, 0);
	peer.adjust(2);
	assert.equal(session.writeError(asciiBytes("xyz"), 1, 2), 2);
	assert.deepEqual(peer.take(), ["EXTENDED_DATA 70 1 yz"]);
});

test("an initial window of zero is a window that opens later", () => {
	const { peer, session } = running({}, 0);
	const counts: number[] = [];
	session.onWritable = count => counts.push(count);
	assert.equal(session.write(asciiBytes("abc")), 0);
	peer.protocol.flush();
	assert.deepEqual(counts, []);
	peer.adjust(2);
	assert.deepEqual(counts, [2]);
	peer.adjust(5);
	assert.deepEqual(counts, [2]);
	assert.equal(session.write(asciiBytes("abc")), 3);
});

test("the peer's window may come to 2^32 - 1, and not beyond", () => {
	const { peer, session } = running({}, 0xffff_fff0, 0xffff_ffff);
	assert.equal(peer.adjust(15), OK);
	assert.equal(session.write(new Uint8Array(20)), 20);
	assert.equal(peer.adjust(20), OK);
	assert.equal(peer.adjust(0), OK);
	assert.equal(peer.adjust(1), ERR_SSH_DISCONNECT_PROTOCOL_ERROR);
	assert.equal(running({}, 0xffff_ffff).peer.adjust(0xffff_ffff), ERR_SSH_DISCONNECT_PROTOCOL_ERROR);
});

test("a writer gets as much as there is room, its message headers counted", () => {
	const { peer, session } = running();
	peer.sender.space = 13;
	assert.equal(session.writable, 0);
	assert.equal(session.write(asciiBytes("abc")), 0);
	peer.sender.space = 15;
	assert.equal(session.writable, 2);
	assert.equal(session.writeError(asciiBytes("abc")), 2);
	assert.equal(peer.sender.space, 0);
	peer.sender.space = 15;
	assert.equal(session.write(asciiBytes("abc")), 2);
	assert.equal(peer.sender.space, 4);
	assert.deepEqual(peer.take(), ["EXTENDED_DATA 70 1 ab", "DATA 70 ab"]);
});

test("onWritable: once, after a write that fell short, when there is room; a full window does not spin", () => {
	const { peer, session } = running();
	const counts: number[] = [];
	session.onWritable = count => {
		counts.push(count);
		session.write(new Uint8Array(count));
	};
	peer.protocol.flush();
	assert.deepEqual(counts, []);
	peer.sender.space = 20;
	assert.equal(session.write(asciiBytes("abcdefghij")), 7);
	peer.protocol.flush();
	assert.deepEqual(counts, []);
	peer.sender.space = 40;
	peer.protocol.flush();
	peer.protocol.flush();
	assert.deepEqual(counts, [27]);
	peer.sender.space = 40;
	peer.protocol.flush();
	assert.deepEqual(counts, [27]);
});

test("nobody who closed is woken", () => {
	const { peer, session } = running({}, 0);
	session.onWritable = () => assert.ok(false, "woken");
	session.write(asciiBytes("abc"));
	session.end();
	assert.equal(peer.adjust(100), OK);
	const other = running({}, 0);
	other.session.onWritable = () => assert.ok(false, "woken");
	other.session.write(asciiBytes("abc"));
	other.peer.sender.keyExchange = true;
	other.session.exit(0);
	other.peer.sender.keyExchange = false;
	assert.equal(other.peer.adjust(100), OK);
});

test("writers share the room in turns", () => {
	const peer = new Peer();
	const order: number[] = [];
	for (let channel = 0; channel < 3; channel++) {
		peer.open(70 + channel, 100_000, 100);
		peer.exec("yes", channel);
		const session = peer.session!;
		session.onWritable = count => {
			order.push(channel);
			assert.ok(session.write(new Uint8Array(1000)) >= count);
		};
	}
	peer.sender.space = 0;
	for (const session of peer.started) session.write(new Uint8Array(1));
	for (let round = 0; round < 6; round++) {
		peer.sender.space = 113;
		peer.protocol.flush();
	}
	assert.deepEqual(order, [0, 1, 2, 0, 1, 2]);
});

test("a busy writer does not keep another channel from closing", () => {
	const peer = new Peer();
	for (const channel of [0, 1]) {
		peer.open(70 + channel, 100_000, 100);
		peer.exec("yes", channel);
	}
	const [busy, closing] = peer.started;
	busy.onWritable = () => busy.write(new Uint8Array(1000));
	peer.sender.space = 0;
	busy.write(new Uint8Array(1));
	closing.exit(0);
	peer.take();
	peer.sender.space = 60;
	peer.protocol.flush();
	assert.deepEqual(peer.take().slice(0, 3), ["REQUEST 71 exit-status false 0", "EOF 71", "CLOSE 71"]);
});

test("offsets and lengths beyond the array take what is there", () => {
	const { peer, session } = running();
	assert.equal(session.write(asciiBytes("abc"), 1, 50), 2);
	assert.equal(session.write(asciiBytes("abc"), 5), 0);
	assert.equal(session.write(asciiBytes("abc"), 0, -1), 0);
	assert.deepEqual(peer.take(), ["DATA 70 bc"]);
	peer.data("abcdef");
	const target = new Uint8Array(4);
	assert.equal(session.read(target, 2), 2);
	assert.deepEqual([...target], [0, 0, 0x61, 0x62]);
});

/** A generator of numbers that are the same in every run (xorshift, Marsaglia 2003). */
function generator(seed: number): (below: number) => number {
	let state = seed;
	return below => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) % below;
	};
}

/** The nth byte of a stream, so that a lost, doubled or strayed byte shows. */
const byteOf = (stream: number, at: number) => (at * 7 + (at >> 8) + stream * 61) & 0xff;

/** What the client and the application know of one channel. */
interface Stream {
	session: Session;
	/** client to server: sent, read; what we may still send */
	sent: number;
	read: number;
	window: number;
	/** server to client: written, seen; what the server may still send */
	written: number;
	seen: number;
	peerWindow: number;
	waits: boolean;
}

test("whatever happens in whatever order, bytes keep theirs and windows are kept", () => {
	for (let seed = 1; seed <= 60; seed++) {
		const random = generator(seed * 2654435761);
		const limits = { initialWindowSize: 1 + random(50), maximumPacketSize: 1 + random(30) };
		const peer = new Peer(limits);
		const maximum = 1 + random(20);
		const streams: Stream[] = [];
		for (let channel = 0; channel < 3; channel++) {
			const peerWindow = random(40);
			peer.open(70 + channel, peerWindow, maximum);
			peer.exec("cat", channel);
			const stream: Stream = {
				session: peer.session!,
				sent: 0,
				read: 0,
				window: limits.initialWindowSize,
				written: 0,
				seen: 0,
				peerWindow,
				waits: false,
			};
			stream.session.onWritable = count => {
				assert.ok(stream.waits && count > 0);
				stream.waits = false;
			};
			streams.push(stream);
		}
		peer.take();

		const client = (channel: number, count: number) => {
			const stream = streams[channel];
			const bytes = Uint8Array.from({ length: count }, (_, i) => byteOf(channel, stream.sent + i));
			stream.window -= count;
			stream.sent += count;
			assert.equal(peer.data(bytes, channel), OK);
		};
		const read = (channel: number, count: number) => {
			const stream = streams[channel];
			const target = new Uint8Array(count + 3);
			const got = stream.session.read(target, 3, count);
			for (let i = 0; i < got; i++) assert.equal(target[3 + i], byteOf(channel, stream.read + i));
			stream.read += got;
		};
		const write = (channel: number, count: number) => {
			const stream = streams[channel];
			const promised = stream.session.writable;
			const bytes = Uint8Array.from({ length: count }, (_, i) => byteOf(channel + 8, stream.written + i));
			const took =
				random(4) === 0 ? stream.session.writeError(bytes) : stream.session.write(bytes, 0, bytes.length);
			assert.ok(took >= Math.min(promised, count));
			// A write of nothing asks.
			if (took < count || (count === 0 && promised === 0)) stream.waits = true;
			stream.written += took;
		};
		const observe = () => {
			for (const payload of peer.sender.sent) {
				const reader = new Reader(payload);
				const number = reader.byte();
				const channel = reader.uint32() - 70;
				const stream = streams[channel];
				if (number === SSH_MSG_CHANNEL_WINDOW_ADJUST) stream.window += reader.uint32();
				else {
					if (number === SSH_MSG_CHANNEL_EXTENDED_DATA) reader.uint32();
					else assert.equal(number, SSH_MSG_CHANNEL_DATA);
					const bytes = reader.string();
					assert.ok(bytes.length > 0 && bytes.length <= maximum);
					assert.ok(bytes.length <= stream.peerWindow);
					stream.peerWindow -= bytes.length;
					for (const byte of bytes) assert.equal(byte, byteOf(channel + 8, stream.seen++));
				}
				assert.ok(reader.complete);
			}
			peer.sender.sent = [];
			for (const stream of streams) {
				assert.equal(stream.session.readable, stream.sent - stream.read);
				assert.ok(stream.session.readable <= limits.initialWindowSize);
				assert.ok(stream.window + stream.session.readable <= limits.initialWindowSize);
				assert.equal(stream.seen, stream.written);
			}
		};

		for (let step = 0; step < 400; step++) {
			const channel = random(3);
			const stream = streams[channel];
			const grant = random(30);
			switch (random(6)) {
				case 0:
					client(channel, random(1 + Math.min(stream.window, limits.maximumPacketSize)));
					break;
				case 1:
					read(channel, random(40));
					break;
				case 2:
					write(channel, random(60));
					break;
				case 3:
					stream.peerWindow += grant;
					peer.adjust(grant, channel);
					break;
				case 4:
					peer.sender.space = random(80);
					peer.protocol.flush();
					break;
				case 5:
					peer.sender.keyExchange = random(4) === 0;
					peer.protocol.flush();
					break;
			}
			observe();
		}

		// Nothing is stuck: with room and windows all arrives, and each window opens again.
		peer.sender.space = Number.POSITIVE_INFINITY;
		peer.sender.keyExchange = false;
		for (let channel = 0; channel < 3; channel++) {
			const stream = streams[channel];
			read(channel, 1000);
			stream.peerWindow += 1000;
			peer.adjust(1000, channel);
			assert.ok(!stream.waits);
			observe();
			assert.ok(stream.window * 2 > limits.initialWindowSize - 2);
			write(channel, 500);
			observe();
			assert.equal(stream.read, stream.sent);
		}
	}
});
