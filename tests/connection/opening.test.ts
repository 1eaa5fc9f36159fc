/** Channels that the server opens: RFC 4254 section 5.1 the other way round. */

import { asciiBytes, asciiString, type Writer } from "../../src/base/wire.js";
import type { Channel } from "../../src/connection/channel.js";
import { COST_CHANNEL, type Limits } from "../../src/limits.js";
import {
	ERR_SESSION_BAD_PAYLOAD,
	ERR_SESSION_NOT_OPEN,
	ERR_SSH_BAD_RECEIVE_STATE,
	ERR_SSH_TRANSPORT,
	OK,
} from "../../src/merrors.js";
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_EOF,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
	SSH_MSG_CHANNEL_FAILURE,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
	SSH_MSG_CHANNEL_OPEN_FAILURE,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_CHANNEL_SUCCESS,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
} from "../../src/messages.js";
import { assert, test } from "../harness.js";
import { openOwn } from "../peer/own-channel.js";
import { Peer } from "./peer.js";

const OPEN = "OPEN test@example.com 0 2048 1024";

/** A peer that was asked for a channel, and has not answered. */
function asked(limits: Partial<Limits> = {}): { peer: Peer; channel: Channel } {
	const peer = new Peer(limits);
	const channel = openOwn(peer.protocol)!;
	assert.deepEqual(peer.take(), [OPEN]);
	return { peer, channel };
}

function confirm(peer: Peer, channel = 0, window = 1000, maximum = 100): number {
	return peer.message(SSH_MSG_CHANNEL_OPEN_CONFIRMATION, writer =>
		writer.uint32(channel).uint32(70).uint32(window).uint32(maximum),
	);
}

function deny(peer: Peer, channel = 0): number {
	return peer.message(SSH_MSG_CHANNEL_OPEN_FAILURE, writer =>
		writer.uint32(channel).uint32(1).ascii("not here").ascii(""),
	);
}

test("a channel of ours carries data both ways when the client has confirmed it", () => {
	const { peer, channel } = asked();
	const heard: string[] = [];
	channel.onWritable = count => heard.push(`writable ${count}`);
	channel.onEnd = () => heard.push("end");
	channel.onClose = () => heard.push("close");
	assert.equal(channel.writable, 0);
	assert.equal(channel.write(asciiBytes("early")), 0);
	assert.equal(peer.protocol.flush(), OK);
	assert.deepEqual([peer.take(), heard], [[], []]);

	assert.equal(confirm(peer), OK);
	assert.deepEqual(heard, ["writable 100"]);
	assert.equal(channel.write(asciiBytes("hello")), 5);
	assert.deepEqual(peer.take(), ["DATA 70 hello"]);
	assert.equal(peer.data("answer"), OK);
	const bytes = new Uint8Array(channel.readable);
	assert.equal(asciiString(bytes, 0, channel.read(bytes)), "answer");
	assert.equal(peer.eof(), OK);
	channel.end();
	channel.close();
	assert.deepEqual(peer.take(), ["EOF 70", "CLOSE 70"]);
	assert.equal(peer.close(), OK);
	assert.deepEqual(heard, ["writable 100", "end", "close"]);
	assert.equal(peer.protocol.open, 0);
});

test("what the channel type adds goes into the message", () => {
	const peer = new Peer();
	openOwn(peer.protocol, asciiBytes("specific"));
	assert.equal(peer.sender.sent[0].length, 1 + 4 + "test@example.com".length + 12 + 8);
	assert.equal(asciiString(peer.sender.sent[0].slice(-8)), "specific");
});

test("a channel that the client refuses is over: its number is free, and onClose is all that comes", () => {
	const { peer, channel } = asked();
	let closes = 0;
	channel.onClose = () => closes++;
	channel.onWritable = () => assert.ok(false, "nobody can write");
	channel.write(asciiBytes("early"));
	assert.equal(deny(peer), OK);
	assert.deepEqual([closes, peer.protocol.open, channel.closed, peer.take()], [1, 0, true, []]);
	assert.equal(deny(peer), ERR_SSH_BAD_RECEIVE_STATE);
	peer.open(71);
	assert.deepEqual(peer.take(), ["OPEN_CONFIRMATION 71 0 2048 1024"]);
});

test("what was ended before the answer is ended after it", () => {
	const { peer, channel } = asked();
	channel.end();
	channel.close();
	assert.equal(peer.protocol.flush(), OK);
	assert.deepEqual(peer.take(), []);
	confirm(peer);
	assert.deepEqual(peer.take(), ["EOF 70", "CLOSE 70"]);
	assert.equal(peer.close(), OK);
	assert.equal(peer.protocol.open, 0);
});

test("an answer that nobody waits for ends the connection, whatever the channel", () => {
	for (const answer of [confirm, deny]) {
		const peer = new Peer();
		for (const number of [0, 3, 70, 0xffff_ffff])
			assert.equal(answer(peer, number), ERR_SSH_BAD_RECEIVE_STATE);
		peer.open(70);
		assert.equal(answer(peer, 0), ERR_SSH_BAD_RECEIVE_STATE);
		const confirmed = asked();
		confirm(confirmed.peer);
		assert.equal(answer(confirmed.peer, 0), ERR_SSH_BAD_RECEIVE_STATE);
		assert.equal(answer(asked().peer, 1), ERR_SSH_BAD_RECEIVE_STATE);
	}
});

test("before the answer every other message to the channel ends the connection", () => {
	for (const number of [
		SSH_MSG_CHANNEL_WINDOW_ADJUST,
		SSH_MSG_CHANNEL_DATA,
		SSH_MSG_CHANNEL_EXTENDED_DATA,
		SSH_MSG_CHANNEL_EOF,
		SSH_MSG_CHANNEL_CLOSE,
		SSH_MSG_CHANNEL_REQUEST,
		SSH_MSG_CHANNEL_SUCCESS,
		SSH_MSG_CHANNEL_FAILURE,
	]) {
		const { peer } = asked();
		const status = peer.message(number, writer => writer.uint32(0).uint32(0));
		assert.equal(status, ERR_SESSION_NOT_OPEN, `${number}`);
	}
});

test("answers cut short or too long end the connection", () => {
	const answers: [number, (writer: Writer) => unknown][] = [
		[SSH_MSG_CHANNEL_OPEN_CONFIRMATION, writer => writer.uint32(0).uint32(70).uint32(5).uint32(5)],
		[SSH_MSG_CHANNEL_OPEN_FAILURE, writer => writer.uint32(0).uint32(1).ascii("no").ascii("en")],
	];
	for (const [number, write] of answers) {
		let length = 0;
		const whole = asked().peer.message(number, writer => {
			write(writer);
			length = writer.position - 5;
		});
		assert.equal(whole, OK);
		for (let cut = 1; cut <= length; cut++) {
			const status = asked().peer.message(number, writer => {
				write(writer);
				writer.position -= cut;
			});
			assert.equal(status, ERR_SESSION_BAD_PAYLOAD, `${number} less ${cut}`);
		}
		const longer = asked().peer.message(number, writer => {
			write(writer);
			writer.byte(0);
		});
		assert.equal(longer, ERR_SESSION_BAD_PAYLOAD);
	}
});

test("a client that takes packets of nothing alone has the channel closed, and gets no data", () => {
	const { peer, channel } = asked();
	channel.write(asciiBytes("early"));
	assert.equal(confirm(peer, 0, 1000, 0), OK);
	assert.equal(channel.write(asciiBytes("more")), 0);
	assert.deepEqual(peer.take(), ["CLOSE 70"]);
});

test("none is asked for without a number, memory or room to the byte", () => {
	const full = new Peer({ channels: 1 });
	full.open(70);
	assert.equal(openOwn(full.protocol), undefined);
	const peer = new Peer();
	peer.scarce = true;
	assert.equal(openOwn(peer.protocol), undefined);
	assert.deepEqual(peer.asked, [COST_CHANNEL]);
	peer.scarce = false;
	const length = 1 + 4 + "test@example.com".length + 12;
	peer.sender.space = length - 1;
	assert.equal(openOwn(peer.protocol), undefined);
	assert.deepEqual([peer.take(), peer.protocol.open], [[], 0]);
	peer.sender.space = length;
	assert.ok(openOwn(peer.protocol));
	assert.deepEqual([peer.take(), peer.sender.space], [[OPEN], 0]);
});

test("a sender that fails ends the connection, which ends the channel", () => {
	const peer = new Peer();
	peer.sender.status = ERR_SSH_TRANSPORT;
	const channel = openOwn(peer.protocol)!;
	let closes = 0;
	channel.onClose = () => closes++;
	assert.equal(peer.protocol.flush(), ERR_SSH_TRANSPORT);
	peer.protocol.closeAll();
	assert.deepEqual([closes, peer.protocol.open], [1, 0]);
});
