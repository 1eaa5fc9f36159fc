/** SSH_recvMessage, SSH_sendMessage and SSH_ioctl: the events of a session in their order, windows, what is no session. */
import { SSH_MSG_KEX_ECDH_INIT } from "../../src/messages.js";
import {
	ERR_BUFFER_TOO_SMALL,
	ERR_INVALID_ARG,
	ERR_SESSION_NOT_OPEN,
	ERR_SSH_BAD_ID,
	ERR_SSH_BAD_IOCTL_SELECTOR,
	OK,
	SET_SSH_EXIT_STATUS,
	SET_SSH_MAX_SESSION_TIME_LIMIT,
	SSH_acceptConnection,
	SSH_init,
	SSH_ioctl,
	SSH_negotiateConnection,
	SSH_recvMessage,
	SSH_SESSION_BREAK,
	SSH_SESSION_CHANNEL_CLOSED,
	SSH_SESSION_CLOSED,
	SSH_SESSION_DATA,
	SSH_SESSION_EOF,
	SSH_SESSION_EXEC,
	SSH_SESSION_NOTHING,
	SSH_SESSION_OPEN_PTY,
	SSH_SESSION_OPEN_SFTP,
	SSH_SESSION_OPEN_SHELL,
	SSH_SESSION_WINDOW_CHANGE,
	SSH_sendMessage,
	SSH_sendReady,
	type SSHSettings,
} from "../../src/nanossh/ssh.js";
import { hex, noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import type { ClientChannel } from "../peer/channel.js";
import type { ClientOptions, TestClient } from "../peer/client.js";
import { bytesOf, textOf } from "../peer/wire.js";
import { Loop } from "./loop.js";

interface Open {
	readonly loop: Loop;
	readonly client: TestClient;
	readonly channel: ClientChannel;
	readonly handle: number;
}

/** A connection with its first session channel, on which nothing runs yet. */
async function open(
	settings: Partial<SSHSettings> = {},
	options: ClientOptions = {},
	window?: number,
): Promise<Open> {
	const loop = await Loop.begin(settings);
	assert.equal(SSH_init(2), OK);
	const { client, socket } = loop.dial(options);
	const handle = SSH_acceptConnection(socket);
	const negotiated = SSH_negotiateConnection(handle);
	const channel = client.login().open(window);
	assert.equal(await negotiated, OK);
	return { loop, client, channel, handle };
}

/** The next event: its type, and its payload as text. */
async function next(handle: number, size = 100): Promise<[number, string]> {
	const type = { value: -1 };
	const length = { value: -1 };
	const buffer = new Uint8Array(size);
	const status = await SSH_recvMessage(handle, type, buffer, length);
	return status < OK ? [status, ""] : [type.value, textOf(buffer.subarray(0, length.value))];
}

function send(handle: number, bytes: Uint8Array | string): number {
	const sent = { value: -1 };
	const buffer = typeof bytes === "string" ? bytesOf(bytes) : bytes;
	assert.equal(SSH_sendMessage(handle, buffer, buffer.length, sent), OK);
	return sent.value;
}

test("exec: the command, data, the end of data, the exit status, the end of the channel, of the connection", async () => {
	const { loop, client, channel, handle } = await open();
	channel.request("exec", true, "sort -u");
	channel.write("b a");
	channel.end();
	loop.run();
	assert.deepEqual(await next(handle), [SSH_SESSION_EXEC, "sort -u"]);
	assert.deepEqual(await next(handle), [SSH_SESSION_DATA, "b a"]);
	assert.deepEqual(await next(handle), [SSH_SESSION_EOF, ""]);
	assert.equal(send(handle, "a b"), 3);
	assert.equal(SSH_ioctl(handle, SET_SSH_EXIT_STATUS, 3), OK);
	loop.run();
	assert.equal(channel.text, "a b");
	assert.deepEqual([channel.exitStatus, channel.ended, channel.closed], [3, true, true]);
	assert.deepEqual(await next(handle), [SSH_SESSION_CHANNEL_CLOSED, ""]);
	client.link.end();
	loop.run();
	assert.deepEqual(await next(handle), [SSH_SESSION_CLOSED, ""]);
	assert.deepEqual(await next(handle), [ERR_SSH_BAD_ID, ""]);
});

test("shell with a pty: its size and name, the shell, window changes, a break", async () => {
	const { loop, channel, handle } = await open();
	channel.request("pty-req", true, "xterm-256color", 80, 24, 640, 480, "");
	channel.request("shell", true);
	channel.request("window-change", false, 132, 50, 0, 0);
	channel.request("break", true, 500);
	loop.run();
	assert.deepEqual(channel.answers, [true, true, true]);
	assert.deepEqual(await next(handle), [
		SSH_SESSION_OPEN_PTY,
		`${textOf(hex("0000005000000018"))}xterm-256color`,
	]);
	assert.deepEqual(await next(handle), [SSH_SESSION_OPEN_SHELL, ""]);
	assert.deepEqual(await next(handle), [SSH_SESSION_WINDOW_CHANGE, textOf(hex("0000008400000032"))]);
	assert.deepEqual(await next(handle), [SSH_SESSION_BREAK, textOf(hex("000001f4"))]);
});

test("a subsystem that the settings name", async () => {
	const { loop, channel, handle } = await open({ subsystems: ["sftp"] });
	channel.request("subsystem", true, "netconf");
	channel.request("subsystem", true, "sftp");
	loop.run();
	assert.deepEqual(channel.answers, [false, true]);
	assert.deepEqual(await next(handle), [SSH_SESSION_OPEN_SFTP, "sftp"]);
});

test("SSH_recvMessage waits, and a second one meanwhile is told that there is nothing", async () => {
	const { loop, channel, handle } = await open();
	const first = next(handle);
	assert.deepEqual(await next(handle), [SSH_SESSION_NOTHING, ""]);
	channel.request("shell", false);
	loop.run();
	assert.deepEqual(await first, [SSH_SESSION_OPEN_SHELL, ""]);
});

test("a payload that does not fit is kept; data comes in pieces", async () => {
	const { loop, channel, handle } = await open();
	channel.request("exec", false, "long command");
	channel.write("0123456789");
	loop.run();
	assert.deepEqual(await next(handle, 11), [ERR_BUFFER_TOO_SMALL, ""]);
	assert.deepEqual(await next(handle, 12), [SSH_SESSION_EXEC, "long command"]);
	assert.deepEqual(await next(handle, 0), [ERR_BUFFER_TOO_SMALL, ""]);
	assert.deepEqual(await next(handle, 4), [SSH_SESSION_DATA, "0123"]);
	assert.deepEqual(await next(handle, 4), [SSH_SESSION_DATA, "4567"]);
	assert.deepEqual(await next(handle, 4), [SSH_SESSION_DATA, "89"]);
});

test("fetching opens the client's window, and nothing else does", async () => {
	const { loop, channel, handle } = await open({ limits: { initialWindowSize: 1024 } });
	const data = noise(5000);
	channel.request("exec", false, "cat");
	channel.write(data);
	loop.run();
	assert.equal(channel.unsent, 5000 - 1024);
	loop.pass(5_000);
	assert.equal(channel.unsent, 5000 - 1024);
	assert.equal((await next(handle))[0], SSH_SESSION_EXEC);
	let received = "";
	while (received.length < 5000) {
		const [type, text] = await next(handle, 300);
		assert.equal(type, SSH_SESSION_DATA);
		received += text;
		loop.run();
	}
	assert.equal(received, textOf(data));
	assert.equal(channel.unsent, 0);
});

test("what came before the client closed its channel can still be fetched", async () => {
	const { loop, channel, handle } = await open();
	channel.request("exec", false, "upload");
	channel.write("the last words");
	channel.end();
	channel.close();
	loop.run();
	assert.deepEqual(await next(handle), [SSH_SESSION_EXEC, "upload"]);
	assert.deepEqual(await next(handle, 9), [SSH_SESSION_DATA, "the last "]);
	assert.equal(SSH_sendMessage(handle, bytesOf("x"), 1, { value: 0 }), ERR_SESSION_NOT_OPEN);
	assert.deepEqual(await next(handle, 9), [SSH_SESSION_DATA, "words"]);
	assert.deepEqual(await next(handle), [SSH_SESSION_EOF, ""]);
	assert.deepEqual(await next(handle), [SSH_SESSION_CHANNEL_CLOSED, ""]);
});

test("and what came before the connection was lost", async () => {
	const { loop, client, channel, handle } = await open();
	channel.request("exec", false, "upload");
	channel.write("the last words");
	loop.run();
	client.link.end();
	loop.run();
	assert.deepEqual(await next(handle), [SSH_SESSION_EXEC, "upload"]);
	assert.deepEqual(await next(handle), [SSH_SESSION_DATA, "the last words"]);
	assert.deepEqual(await next(handle), [SSH_SESSION_CHANNEL_CLOSED, ""]);
	assert.deepEqual(await next(handle), [SSH_SESSION_CLOSED, ""]);
	assert.deepEqual(await next(handle), [ERR_SSH_BAD_ID, ""]);
});

test("one session behind another, faster than they are fetched: each is told from its beginning to its end", async () => {
	const { loop, client, channel, handle } = await open();
	channel.request("exec", false, "first");
	channel.write("1");
	channel.close();
	loop.run();
	const second = client.open();
	second.request("exec", true, "second");
	second.write("2");
	loop.run();
	const events: [number, string][] = [];
	for (let count = 0; count < 5; count++) events.push(await next(handle));
	assert.deepEqual(events, [
		[SSH_SESSION_EXEC, "first"],
		[SSH_SESSION_DATA, "1"],
		[SSH_SESSION_CHANNEL_CLOSED, ""],
		[SSH_SESSION_EXEC, "second"],
		[SSH_SESSION_DATA, "2"],
	]);
	assert.equal(send(handle, "to the second"), 13);
	loop.run();
	assert.equal(second.text, "to the second");
});

test("sessions that nobody fetches are refused in the end: events do not pile up", async () => {
	const { loop, client } = await open();
	for (let count = 0; count < 100; count++) {
		const channel = client.channels.at(-1)!;
		channel.request("exec", true, "x".repeat(100));
		channel.write("y".repeat(1000));
		loop.run();
		assert.equal(channel.closed, count > 3, "taken on, or closed by the server at once");
		channel.close();
		loop.run();
		client.open();
	}
});

test("window changes without end push out older ones, never the shell that they are for", async () => {
	const { loop, channel, handle } = await open();
	channel.request("pty-req", false, "vt100", 80, 24, 0, 0, "");
	channel.request("shell", false);
	for (let columns = 1; columns <= 200; columns++) channel.request("window-change", false, columns, 24, 0, 0);
	loop.run();
	assert.equal((await next(handle))[0], SSH_SESSION_OPEN_PTY);
	assert.equal((await next(handle))[0], SSH_SESSION_OPEN_SHELL);
	let last = "";
	let count = 0;
	channel.write("done");
	loop.run();
	for (;;) {
		const [type, payload] = await next(handle);
		if (type !== SSH_SESSION_WINDOW_CHANGE) break;
		last = payload;
		count++;
	}
	assert.ok(count > 0 && count <= 16);
	assert.equal(last, textOf(hex("000000c800000018")));
});

test("SSH_sendMessage: into a session alone, and no more than there is", async () => {
	const { loop, channel, handle } = await open();
	const out = { value: -1 };
	const buffer = new Uint8Array(10);
	assert.equal(SSH_sendMessage(handle, buffer, 10, out), ERR_SESSION_NOT_OPEN);
	assert.equal(await SSH_sendReady(handle), ERR_SESSION_NOT_OPEN);
	channel.request("shell", false);
	loop.run();
	for (const wrong of [-1, 11, 1.5, Number.NaN])
		assert.equal(SSH_sendMessage(handle, buffer, wrong, out), ERR_INVALID_ARG);
	assert.equal(out.value, 0);
	assert.equal(SSH_sendMessage(handle, buffer, 0, out), OK);
	assert.equal(out.value, 0);
	assert.equal(SSH_sendMessage(handle, bytesOf("abcdef"), 3, out), OK);
	assert.equal(out.value, 3);
	loop.run();
	assert.equal(channel.text, "abc");
	channel.close();
	loop.run();
	assert.equal(SSH_sendMessage(handle, buffer, 10, out), ERR_SESSION_NOT_OPEN);
});

test("SSH_sendMessage: clipped to the client's window; SSH_sendReady waits for it to open", async () => {
	const { loop, channel, handle } = await open({}, {}, 100);
	channel.adjusts = false;
	channel.request("shell", false);
	loop.run();
	assert.equal(send(handle, new Uint8Array(300)), 100);
	assert.equal(send(handle, new Uint8Array(300)), 0);
	let ready = -1;
	const waiting = SSH_sendReady(handle).then(status => {
		ready = status;
	});
	loop.run();
	await loop.hal.network.settle();
	assert.equal(ready, -1);
	channel.adjust(50);
	loop.run();
	await waiting;
	assert.equal(ready, OK);
	assert.equal(send(handle, new Uint8Array(300)), 50);
	assert.equal(send(handle, new Uint8Array(1)), 0);
	const closing = SSH_sendReady(handle);
	channel.close();
	loop.run();
	assert.equal(await closing, ERR_SESSION_NOT_OPEN);
});

test("SSH_sendMessage: nothing is taken while keys are exchanged", async () => {
	const { loop, client, channel, handle } = await open({}, { stopBefore: SSH_MSG_KEX_ECDH_INIT, stopIn: 1 });
	channel.request("shell", false);
	loop.run();
	client.rekey();
	loop.run();
	assert.equal(send(handle, "now"), 0);
	const ready = SSH_sendReady(handle);
	client.go();
	assert.equal(await ready, OK);
	assert.equal(send(handle, "then"), 4);
	loop.run();
	assert.equal(channel.text, "then");
});

test("SSH_ioctl: selectors, values, and the state that each needs", async () => {
	const { loop, channel, handle } = await open();
	assert.equal(SSH_ioctl(handle, SET_SSH_EXIT_STATUS, 0), ERR_SESSION_NOT_OPEN);
	channel.request("shell", false);
	loop.run();
	for (const wrong of [-1, 1.5, Number.NaN])
		assert.equal(SSH_ioctl(handle, SET_SSH_EXIT_STATUS, wrong), ERR_INVALID_ARG);
	for (const selector of [0, 99, -1])
		assert.equal(SSH_ioctl(handle, selector, 0), ERR_SSH_BAD_IOCTL_SELECTOR);
	assert.equal(SSH_ioctl(handle, SET_SSH_EXIT_STATUS, 255), OK);
	assert.equal(SSH_ioctl(handle, SET_SSH_EXIT_STATUS, 255), ERR_SESSION_NOT_OPEN);
	loop.run();
	assert.equal(channel.exitStatus, 255);
	assert.equal(SSH_ioctl(0x7777, SET_SSH_EXIT_STATUS, 255), ERR_SSH_BAD_ID);
});

test("SSH_ioctl: a limit on the time of a connection", async () => {
	const { loop, client, handle } = await open();
	assert.equal(SSH_ioctl(handle, SET_SSH_MAX_SESSION_TIME_LIMIT, 5_000), OK);
	assert.equal(SSH_ioctl(handle, SET_SSH_MAX_SESSION_TIME_LIMIT, 0), OK);
	loop.pass(8_000);
	assert.equal(client.over, false);
	assert.equal(SSH_ioctl(handle, SET_SSH_MAX_SESSION_TIME_LIMIT, 9_000), OK);
	loop.pass(3_000);
	assert.ok(client.over);
	assert.deepEqual(await next(handle), [SSH_SESSION_CLOSED, ""]);
});

test("handles whose last event nobody fetches do not pile up", async () => {
	const loop = await Loop.begin();
	SSH_init(2);
	const handles: number[] = [];
	for (let count = 0; count < 20; count++) {
		const { client, socket } = loop.dial();
		const handle = SSH_acceptConnection(socket);
		handles.push(handle);
		SSH_negotiateConnection(handle);
		client.link.end();
		loop.run();
	}
	assert.deepEqual(await next(handles[0]), [ERR_SSH_BAD_ID, ""]);
	assert.deepEqual(await next(handles[19]), [SSH_SESSION_CLOSED, ""]);
	assert.deepEqual(await next(handles[19]), [ERR_SSH_BAD_ID, ""]);
});
