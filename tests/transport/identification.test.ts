import { DEVICE_LIMITS } from "../../src/limits.js";
import {
	ERR_SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED,
	ERR_SSH_STRING_TOO_LONG,
	ERR_SSH_TRANSPORT,
} from "../../src/merrors.js";
import {
	findIdentification,
	SERVER_IDENTIFICATION,
	trimLineEnd,
} from "../../src/transport/identification.js";
import { assert, test } from "../harness.js";
import { Place } from "../peer/place.js";
import { bytesOf, textOf } from "../peer/wire.js";

const { identificationLength } = DEVICE_LIMITS;

/** findIdentification() over a text that stands within a larger buffer. */
function find(text: string): number {
	const bytes = bytesOf(`??${text}??`);
	return findIdentification(bytes, 2, bytes.length - 2, identificationLength);
}

test("a line is found when its LF is there, with or without CR, and bytes behind it stay", () => {
	for (const line of [
		"SSH-2.0-a\r\n",
		"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
		"SSH-2.0-a\n",
		"SSH-1.99-x y z\r\n",
	]) {
		assert.equal(find(line), line.length);
		assert.equal(find(`${line}SSH-2.0-more\r\n`), line.length);
		for (let length = 0; length < line.length; length++) assert.equal(find(line.slice(0, length)), 0);
	}
});

test("what the exchange hash takes is the line without its CR LF", () => {
	for (const [line, kept] of [
		["SSH-2.0-a\r\n", "SSH-2.0-a"],
		["SSH-2.0-a\n", "SSH-2.0-a"],
		["SSH-2.0-a b\r\r\n", "SSH-2.0-a b\r"],
	]) {
		const bytes = bytesOf(line);
		assert.equal(textOf(bytes.subarray(0, trimLineEnd(bytes, 0, bytes.length))), kept);
	}
});

test("a line has at most 255 bytes, and none that is longer is waited for (CVE-2026-48108)", () => {
	const start = "SSH-2.0-";
	const longest = `${start.padEnd(identificationLength - 2, "x")}\r\n`;
	assert.equal(longest.length, 255);
	assert.equal(find(longest), 255);
	assert.equal(find(longest.slice(0, -1)), 0);
	assert.equal(find(`${start.padEnd(identificationLength - 1, "x")}\r\n`), ERR_SSH_STRING_TOO_LONG);
	assert.equal(find(start.padEnd(identificationLength - 1, "x")), 0);
	assert.equal(find(start.padEnd(identificationLength, "x")), ERR_SSH_STRING_TOO_LONG);
});

test("a client sends no other lines before it: the first byte that does not fit decides", () => {
	for (const text of [
		"G",
		"GET / HTTP/1.0\r\n",
		"hello\r\nSSH-2.0-a\r\n",
		"\r\n",
		"SSh",
		"SSHx",
		"SSH2.0-a\r\n",
		"ssh-2.0-a\r\n",
		"\x16\x03\x01",
	])
		assert.equal(find(text), ERR_SSH_TRANSPORT, text);
});

test("other versions are refused as such", () => {
	for (const text of ["SSH-1.5-old\r\n", "SSH-3.0-new\r\n", "SSH-2.0\r\n", "SSH-2.0-\n", "SSH-\n"])
		assert.equal(find(text), ERR_SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED, text);
});

test("control characters and bytes that are no ASCII are refused", () => {
	for (const text of [
		"SSH-2.0-a\0b\r\n",
		"SSH-2.0-a\tb\r\n",
		"SSH-2.0-\x7f\r\n",
		"SSH-2.0-\xe4\r\n",
		"SSH-2.0-\x1b[2J\r\n",
	])
		assert.equal(find(text), ERR_SSH_TRANSPORT);
});

test("the server's own line is the first it sends, before anything has come", () => {
	const place = new Place();
	const client = place.client();
	place.run();
	assert.equal(client.serverLine, SERVER_IDENTIFICATION);
	assert.ok(SERVER_IDENTIFICATION.startsWith("SSH-2.0-FieldSSH_"));
	assert.deepEqual(client.heard, []);
});

test("the client's line may come with all that follows it, or byte by byte", () => {
	const place = new Place();
	for (const identification of ["SSH-2.0-x", `SSH-2.0-${"y".repeat(245)}`, "SSH-1.99-both"]) {
		place.client({ identification }).login().link.abort();
		place
			.client({ identification }, { c2s: { split: () => 1 } })
			.login()
			.link.abort();
		place.run();
	}
	assert.deepEqual(place.errors, []);
});

test("clientVersion is what stands behind the protocol version, made printable", () => {
	const place = new Place();
	for (const [identification, version] of [
		["SSH-2.0-OpenSSH_9.2p1 Debian-2", "OpenSSH_9.2p1 Debian-2"],
		["SSH-1.99-Old-Client", "Old-Client"],
	]) {
		const client = place.client({ identification }).start();
		assert.equal(place.server.connections()[0].clientVersion, version);
		client.link.abort();
		place.run();
	}
});

test("what is no SSH client is cut off without an answer", () => {
	for (const [text, status] of [
		["GET / HTTP/1.0\r\n\r\n", "ERR_SSH_TRANSPORT"],
		["SSH-1.5-old\r\n", "ERR_SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED"],
		[`SSH-2.0-${"x".repeat(10_000)}`, "ERR_SSH_STRING_TOO_LONG"],
	]) {
		const place = new Place();
		const client = place.client();
		client.link.write(bytesOf(text));
		place.run();
		assert.deepEqual(place.ends, [status]);
		assert.ok(client.over);
		assert.deepEqual(client.heard, []);
		assert.equal(place.fault(), undefined);
	}
});
