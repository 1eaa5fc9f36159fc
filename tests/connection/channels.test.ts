/** Opening and closing: RFC 4254 sections 5.1 and 5.3. */

import { asciiBytes } from "../../src/base/wire.js";
import { ERR_SESSION_BAD_PAYLOAD, ERR_SESSION_NOT_OPEN, ERR_SSH_TRANSPORT, OK } from "../../src/merrors.js";
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_EOF,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
	SSH_MSG_CHANNEL_FAILURE,
	SSH_MSG_CHANNEL_OPEN,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_CHANNEL_SUCCESS,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
	SSH_MSG_GLOBAL_REQUEST,
} from "../../src/messages.js";
import { assert, test } from "../harness.js";
import { Peer, readText, running } from "./peer.js";

test("a session is confirmed with our number, window and packet size", () => {
	const peer = new Peer();
	assert.equal(peer.open(70), OK);
	assert.equal(peer.open(71), OK);
	assert.deepEqual(peer.take(), ["OPEN_CONFIRMATION 70 0 2048 1024", "OPEN_CONFIRMATION 71 1 2048 1024"]);
	assert.equal(peer.protocol.open, 2);
});

test("channels beyond the limit are refused, and the others serve on", () => {
	const peer = new Peer({ channels: 2 });
	for (const channel of [70, 71, 72]) assert.equal(peer.open(channel), OK);
	assert.equal(peer.take()[2], "OPEN_FAILURE 72 4 too many channels");
	assert.equal(peer.protocol.open, 2);
	peer.close(0);
	peer.take();
	peer.open(73);
	assert.deepEqual(peer.take(), ["OPEN_CONFIRMATION 73 0 2048 1024"]);
	peer.open(74);
	assert.deepEqual(peer.take(), ["OPEN_FAILURE 74 4 too many channels"]);
});

test("other channel types are refused with the reason that fits", () => {
	const peer = new Peer();
	for (const type of ["direct-tcpip", "forwarded-tcpip", "x11", "direct-streamlocal@openssh.com"]) {
		const status = peer.message(SSH_MSG_CHANNEL_OPEN, writer =>
			writer.ascii(type).uint32(70).uint32(1).uint32(1).ascii("host").uint32(22).ascii("origin").uint32(1),
		);
		assert.equal(status, OK);
		assert.deepEqual(peer.take(), [`OPEN_FAILURE 70 1 channel type ${type} refused`]);
	}
	peer.open(70, 1, 1, "tea@example.com");
	assert.deepEqual(peer.take(), ["OPEN_FAILURE 70 3 channel type tea@example.com refused"]);
	assert.equal(peer.protocol.open, 0);
	assert.equal(peer.reports.length, 5);
});

test("a maximum packet size of zero is refused (CVE-2026-59843), of one is served", () => {
	const peer = new Peer();
	peer.open(70, 1000, 0);
	assert.deepEqual(peer.take(), ["OPEN_FAILURE 70 2 maximum packet size of zero"]);
	assert.equal(peer.protocol.open, 0);
	peer.open(71, 3, 1);
	peer.exec();
	peer.take();
	assert.equal(peer.session!.write(asciiBytes("abcd")), 3);
	assert.deepEqual(peer.take(), ["DATA 71 a", "DATA 71 b", "DATA 71 c"]);
});

test("no-more-sessions@openssh.com ends opening", () => {
	const peer = new Peer();
	peer.open(70);
	assert.equal(peer.global("no-more-sessions@openssh.com", false), OK);
	peer.open(71);
	assert.deepEqual(peer.take().slice(1), ["OPEN_FAILURE 71 1 no more sessions"]);
	assert.equal(peer.protocol.open, 1);
});

test("a number that is no open channel ends the connection, in every message", () => {
	const recipients = [
		SSH_MSG_CHANNEL_WINDOW_ADJUST,
		SSH_MSG_CHANNEL_DATA,
		SSH_MSG_CHANNEL_EXTENDED_DATA,
		SSH_MSG_CHANNEL_EOF,
		SSH_MSG_CHANNEL_CLOSE,
		SSH_MSG_CHANNEL_REQUEST,
		SSH_MSG_CHANNEL_SUCCESS,
		SSH_MSG_CHANNEL_FAILURE,
	];
	for (const number of recipients) {
		for (const recipient of [1, 4, 70, 0xffff_ffff]) {
			const peer = new Peer();
			peer.open(70);
			assert.equal(
				peer.message(number, writer => writer.uint32(recipient).uint32(0)),
				ERR_SESSION_NOT_OPEN,
			);
		}
	}
});

test("messages cut short or too long end the connection, and never throw", () => {
	const messages: [number, (writer: import("../../src/base/wire.js").Writer) => unknown][] = [
		[SSH_MSG_CHANNEL_OPEN, writer => writer.ascii("session").uint32(71).uint32(5).uint32(5)],
		[SSH_MSG_GLOBAL_REQUEST, writer => writer.ascii("keepalive@openssh.com").boolean(true)],
		[SSH_MSG_CHANNEL_WINDOW_ADJUST, writer => writer.uint32(0).uint32(1)],
		[SSH_MSG_CHANNEL_DATA, writer => writer.uint32(0).ascii("data")],
		[SSH_MSG_CHANNEL_EXTENDED_DATA, writer => writer.uint32(0).uint32(1).ascii("data")],
		[SSH_MSG_CHANNEL_EOF, writer => writer.uint32(0)],
		[SSH_MSG_CHANNEL_SUCCESS, writer => writer.uint32(0)],
		[SSH_MSG_CHANNEL_FAILURE, writer => writer.uint32(0)],
		[SSH_MSG_CHANNEL_CLOSE, writer => writer.uint32(0)],
	];
	for (const [number, write] of messages) {
		let length = 0;
		const { peer } = running();
		assert.equal(
			peer.message(number, writer => {
				write(writer);
				length = writer.position - 5;
			}),
			OK,
		);
		for (let cut = 1; cut <= length; cut++) {
			const { peer } = running();
			const status = peer.message(number, writer => {
				write(writer);
				writer.position -= cut;
			});
			assert.equal(status, ERR_SESSION_BAD_PAYLOAD, `${number} less ${cut}`);
		}
		if (number === SSH_MSG_GLOBAL_REQUEST) continue;
		const other = running().peer;
		assert.equal(
			other.message(number, writer => {
				write(writer);
				writer.byte(0);
			}),
			ERR_SESSION_BAD_PAYLOAD,
			`${number} and more`,
		);
	}
});

test("names that are no names end the connection", () => {
	const peer = new Peer();
	assert.equal(peer.open(70, 1, 1, "x".repeat(65)), ERR_SESSION_BAD_PAYLOAD);
	assert.equal(peer.open(70, 1, 1, "sess\nion"), ERR_SESSION_BAD_PAYLOAD);
	assert.equal(peer.open(70, 1, 1, "x".repeat(64)), OK);
});

test("messages that only a server sends, and those unassigned, are no messages for it", () => {
	for (const number of [83, 89, 91, 92]) {
		const { peer } = running();
		assert.ok(peer.message(number, writer => writer.uint32(0)) < 0);
	}
});

test("exit-status, EOF and CLOSE go out in this order", () => {
	const { peer, session } = running();
	session.exit(3);
	assert.deepEqual(peer.take(), ["REQUEST 70 exit-status false 3", "EOF 70", "CLOSE 70"]);
	assert.ok(session.closed);
	session.exit(4);
	session.end();
	session.close();
	assert.deepEqual(peer.take(), []);
});

test("exit statuses are unsigned; a signal carries its name and bounded texts", () => {
	const first = running();
	first.session.exit(-1);
	assert.equal(first.peer.take()[0], "REQUEST 70 exit-status false 4294967295");
	const second = running();
	second.session.exitSignal("TERM", "gone", true);
	assert.deepEqual(second.peer.take(), ["REQUEST 70 exit-signal false TERM true gone", "EOF 70", "CLOSE 70"]);
	const third = running();
	third.session.exitSignal("N".repeat(1000), "M".repeat(1000));
	assert.equal(
		third.peer.take()[0],
		`REQUEST 70 exit-signal false ${"N".repeat(64)} false ${"M".repeat(128)}`,
	);
});

test("each owed message waits for its own room, and their order stays", () => {
	for (const how of ["exit", "exitSignal"] as const) {
		const { peer, session } = running();
		peer.sender.space = 4;
		if (how === "exit") session.exit(0);
		else session.exitSignal("KILL", "because");
		const first = how === "exit" ? "exit-status false 0" : "exit-signal false KILL false because";
		const seen: string[] = [];
		// Room comes a byte at a time: each message goes when it fits to the byte, and the next waits for its own.
		for (let room = 1; room <= 80 && seen.length < 3; room++) {
			peer.sender.space = room;
			assert.equal(peer.protocol.flush(), OK);
			const { sent } = peer.sender;
			if (sent.length === 0) continue;
			assert.deepEqual(
				sent.map(({ length }) => length),
				[room],
			);
			seen.push(...peer.take());
			room = 0;
		}
		assert.deepEqual(seen, [`REQUEST 70 ${first}`, "EOF 70", "CLOSE 70"]);
	}
});

test("during a key exchange nothing is sent, and all of it afterwards", () => {
	const { peer, session } = running();
	peer.sender.keyExchange = true;
	assert.equal(session.writable, 0);
	assert.equal(session.write(asciiBytes("x")), 0);
	for (let i = 0; i < 2; i++) assert.equal(peer.data(new Uint8Array(1000)), OK);
	assert.equal(session.read(new Uint8Array(2000)), 2000);
	session.exit(1);
	peer.protocol.flush();
	assert.deepEqual(peer.take(), []);
	peer.sender.keyExchange = false;
	peer.protocol.flush();
	// No window for data that nobody reads any more.
	assert.deepEqual(peer.take(), ["REQUEST 70 exit-status false 1", "EOF 70", "CLOSE 70"]);
});

test("our CLOSE first: what is in flight is ignored, and the number comes free with theirs", () => {
	const { peer, session } = running();
	let closes = 0;
	session.onClose = () => closes++;
	session.onReadable = () => assert.ok(false, "read behind a close");
	session.onEnd = () => assert.ok(false, "ended behind a close");
	session.onSignal = () => assert.ok(false, "signal behind a close");
	session.close();
	assert.deepEqual(peer.take(), ["CLOSE 70"]);
	assert.equal(peer.data("late"), OK);
	assert.equal(peer.adjust(5), OK);
	const signal = () => peer.request("signal", writer => writer.ascii("HUP"));
	assert.equal(signal(), OK);
	assert.equal(peer.eof(), OK);
	assert.deepEqual(peer.take(), []);
	assert.equal(session.readable, 0);
	assert.equal(closes, 0);
	peer.open(71);
	assert.deepEqual(peer.take(), ["OPEN_CONFIRMATION 71 1 2048 1024"]);
	assert.equal(peer.close(), OK);
	assert.equal(closes, 1);
	assert.deepEqual(peer.take(), []);
	assert.equal(peer.close(), ERR_SESSION_NOT_OPEN);
	peer.open(72);
	assert.deepEqual(peer.take(), ["OPEN_CONFIRMATION 72 0 2048 1024"]);
});

test("their CLOSE first: it is answered at once, and nothing else is", () => {
	const { peer, session } = running();
	let closes = 0;
	session.onClose = () => closes++;
	assert.equal(peer.close(), OK);
	assert.deepEqual(peer.take(), ["CLOSE 70"]);
	assert.equal(closes, 1);
	assert.ok(session.closed);
	assert.equal(peer.protocol.open, 0);
	session.exit(0);
	assert.equal(session.write(asciiBytes("x")), 0);
	assert.deepEqual(peer.take(), []);
	assert.equal(peer.data("x"), ERR_SESSION_NOT_OPEN);
});

test("their CLOSE during a key exchange: answered afterwards, and the number is kept until then", () => {
	const { peer, session } = running();
	let closes = 0;
	session.onClose = () => closes++;
	session.onSignal = () => assert.ok(false, "signal behind an exit");
	peer.sender.keyExchange = true;
	session.exit(9);
	peer.request("signal", writer => writer.ascii("HUP"));
	assert.deepEqual(peer.take(), ["FAILURE 70"]);
	peer.close();
	assert.equal(closes, 1);
	assert.equal(peer.data("x"), ERR_SESSION_NOT_OPEN);
	assert.equal(peer.close(), ERR_SESSION_NOT_OPEN);
	peer.open(71);
	assert.deepEqual(peer.take(), ["OPEN_CONFIRMATION 71 1 2048 1024"]);
	peer.sender.keyExchange = false;
	peer.protocol.flush();
	assert.deepEqual(peer.take(), ["CLOSE 70"]);
	assert.equal(closes, 1);
	peer.open(72);
	assert.deepEqual(peer.take(), ["OPEN_CONFIRMATION 72 0 2048 1024"]);
});

test("both at once: one CLOSE each way", () => {
	const { peer, session } = running();
	session.onClose = () => session.close();
	session.exit(0);
	peer.close();
	assert.deepEqual(peer.take(), ["REQUEST 70 exit-status false 0", "EOF 70", "CLOSE 70"]);
	assert.equal(peer.protocol.open, 0);
});

test("a channel on which nothing runs is closed as well", () => {
	const peer = new Peer();
	peer.open();
	peer.take();
	peer.close();
	assert.deepEqual(peer.take(), ["CLOSE 70"]);
	assert.equal(peer.protocol.open, 0);
});

test("EOF: once, with what was sent before it still to be read", () => {
	const { peer, session } = running();
	let ends = 0;
	session.onEnd = () => ends++;
	peer.data("last");
	assert.ok(!session.ended);
	peer.eof();
	assert.ok(!session.ended);
	assert.equal(readText(session), "last");
	assert.ok(session.ended);
	assert.equal(peer.eof(), OK);
	assert.equal(ends, 1);
	assert.equal(peer.data("more"), OK);
	assert.equal(session.readable, 0);
	session.write(asciiBytes("still ours to write"));
	assert.deepEqual(peer.take(), ["DATA 70 still ours to write"]);
});

test("end() sends EOF once, and nothing can be written behind it", () => {
	const { peer, session } = running();
	session.write(asciiBytes("a"));
	session.end();
	session.end();
	assert.equal(session.write(asciiBytes("b")), 0);
	assert.equal(session.writable, 0);
	assert.ok(!session.closed);
	assert.deepEqual(peer.take(), ["DATA 70 a", "EOF 70"]);
	peer.data("in");
	assert.equal(readText(session), "in");
	session.exit(0);
	assert.deepEqual(peer.take(), ["REQUEST 70 exit-status false 0", "CLOSE 70"]);
});

test("what had arrived can be read in onClose, and not after", () => {
	const { peer, session } = running();
	let text = "";
	session.onClose = () => {
		text = readText(session);
		assert.ok(session.ended);
		assert.equal(session.write(asciiBytes("x")), 0);
	};
	peer.data("abc");
	peer.close();
	assert.equal(text, "abc");
	const other = running();
	other.peer.data("abc");
	other.peer.close();
	assert.equal(other.session.readable, 0);
	assert.equal(other.session.read(new Uint8Array(5)), 0);
});

test("a session that is gone touches nothing of the channel that has its number now (CVE-2017-9078)", () => {
	const { peer, session: old } = running();
	peer.data("old");
	peer.close();
	peer.open(71);
	peer.exec();
	const fresh = peer.session!;
	peer.data("new");
	peer.take();
	assert.equal(fresh.channel, old.channel);
	assert.equal(old.read(new Uint8Array(9)), 0);
	assert.equal(old.write(asciiBytes("x")), 0);
	assert.equal(old.writeError(asciiBytes("x")), 0);
	old.end();
	old.exit(1);
	old.exitSignal("TERM");
	old.close();
	assert.equal(peer.protocol.flush(), OK);
	assert.deepEqual(peer.take(), []);
	assert.equal(readText(fresh), "new");
	assert.ok(!fresh.closed);
});

test("memory for data is taken with the first of it, and given back at the end", () => {
	const { peer, session } = running();
	const held = () => (session as unknown as { ring: unknown }).ring;
	assert.equal(held(), undefined);
	peer.data("");
	assert.equal(held(), undefined);
	peer.data("x");
	assert.notEqual(held(), undefined);
	session.close();
	assert.equal(held(), undefined);
	peer.data("y");
	assert.equal(held(), undefined);
});

test("closeAll calls each session's onClose once, whatever state it is in, and sends nothing", () => {
	const peer = new Peer();
	const closed: number[] = [];
	for (let channel = 0; channel < 4; channel++) {
		peer.open(70 + channel);
		if (channel === 3) break;
		peer.exec("cat", channel);
		const session = peer.session!;
		session.onClose = () => {
			closed.push(channel);
			// From here everything must be without effect, closing again included.
			session.write(asciiBytes("x"));
			session.exit(0);
			if (channel < 2) peer.protocol.closeAll();
		};
	}
	peer.started[1].close();
	peer.sender.keyExchange = true;
	peer.close(2);
	assert.deepEqual(closed, [2]);
	peer.take();
	peer.sender.keyExchange = false;
	peer.protocol.closeAll();
	assert.deepEqual(closed.sort(), [0, 1, 2]);
	assert.equal(peer.protocol.open, 0);
	assert.equal(peer.protocol.flush(), OK);
	assert.deepEqual(peer.take(), []);
});

test("a callback may close the whole connection", () => {
	const kinds: ((peer: Peer) => number)[] = [
		peer => peer.data("x"),
		peer => peer.eof(),
		peer => peer.request("signal", writer => writer.ascii("INT")),
		peer => peer.request("break", writer => writer.uint32(0)),
		peer => peer.close(),
		peer => {
			peer.session!.write(new Uint8Array(2000));
			return peer.adjust(10);
		},
	];
	for (const act of kinds) {
		const { peer, session } = running();
		let calls = 0;
		const end = () => {
			calls++;
			peer.protocol.closeAll();
		};
		session.onReadable = end;
		session.onEnd = end;
		session.onSignal = end;
		session.onBreak = end;
		session.onWritable = end;
		session.onClose = end;
		assert.equal(act(peer), OK);
		assert.equal(peer.protocol.open, 0);
		assert.ok(calls >= 1 && calls <= 2);
	}
	const peer = new Peer();
	peer.open();
	peer.onStart = () => peer.protocol.closeAll();
	peer.eof();
	assert.equal(peer.exec(), OK);
	assert.equal(peer.protocol.open, 0);
});

test("a sender that fails ends the connection at the next flush, and is left alone", () => {
	const { peer, session } = running();
	peer.sender.status = ERR_SSH_TRANSPORT;
	session.write(asciiBytes("x"));
	session.exit(0);
	assert.equal(peer.protocol.flush(), ERR_SSH_TRANSPORT);
	peer.sender.status = OK;
	assert.equal(peer.protocol.flush(), ERR_SSH_TRANSPORT);
	assert.deepEqual(peer.take(), []);
	const other = running().peer;
	other.sender.status = ERR_SSH_TRANSPORT;
	assert.equal(other.open(71), ERR_SSH_TRANSPORT);
	assert.equal(
		other.request("env", writer => writer.ascii("LANG").ascii("C")),
		ERR_SSH_TRANSPORT,
	);
	assert.equal(other.close(), ERR_SSH_TRANSPORT);
	const silent = new Peer();
	silent.open();
	silent.sender.status = ERR_SSH_TRANSPORT;
	assert.equal(silent.exec(), ERR_SSH_TRANSPORT);
	assert.equal(silent.session, undefined);
});
