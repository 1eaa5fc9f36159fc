/** Global requests: RFC 4254 section 4, OpenSSH PROTOCOL 2.5. */

import { asciiBytes, Reader, Writer } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { Job } from "../../src/crypto/port.js";
import { MAX_HOST_KEY_PROOFS } from "../../src/limits.js";
import { ERR_SESSION_BAD_PAYLOAD, ERR_SSH_TRANSPORT, OK } from "../../src/merrors.js";
import { SSH_MSG_REQUEST_FAILURE, SSH_MSG_REQUEST_SUCCESS } from "../../src/messages.js";
import { assert, test } from "../harness.js";
import { Peer } from "./peer.js";

const KEEPALIVE = "keepalive@openssh.com";
const PROVE = "hostkeys-prove-00@openssh.com";

/** Does all work, as the owner does between messages. */
function workOut(peer: Peer): number {
	let slices = 0;
	for (;;) {
		const status = peer.protocol.work();
		if (status < 0) return status;
		if (status === 0) return slices;
		slices++;
		assert.ok(slices < 100);
	}
}

/** A job of three slices. */
class Slow implements Job<Uint8Array> {
	readonly result: Uint8Array;
	wiped = false;
	private left = 3;
	constructor(result: Uint8Array) {
		this.result = result;
	}
	step(): boolean {
		assert.ok(this.left > 0, "stepped behind its end");
		this.left--;
		return this.left === 0;
	}
	wipe(): void {
		this.wiped = true;
	}
}

test("known requests are granted, others refused, and nothing is said where nothing is asked", () => {
	const peer = new Peer();
	peer.global(KEEPALIVE, true);
	peer.global("no-more-sessions@openssh.com", true);
	peer.global("tcpip-forward", true, writer => writer.ascii("").uint32(0));
	peer.global("tea@example.com", true);
	assert.deepEqual(peer.take(), ["REQUEST_SUCCESS", "REQUEST_SUCCESS", "REQUEST_FAILURE", "REQUEST_FAILURE"]);
	peer.global(KEEPALIVE, false);
	peer.global("tcpip-forward", false, writer => writer.ascii("").uint32(0));
	peer.global(PROVE, false);
	assert.deepEqual(peer.take(), []);
	assert.ok(!peer.protocol.busy);
	assert.equal(peer.global("x".repeat(65), true), ERR_SESSION_BAD_PAYLOAD);
});

test("a keepalive is unanswered until a reply of either kind", () => {
	const peer = new Peer();
	for (const reply of [SSH_MSG_REQUEST_SUCCESS, SSH_MSG_REQUEST_FAILURE]) {
		assert.equal(peer.protocol.keepalive(), OK);
		assert.equal(peer.protocol.unanswered, 1);
		assert.deepEqual(peer.take(), ["GLOBAL_REQUEST keepalive@openssh.com true"]);
		assert.equal(peer.message(reply), OK);
		assert.equal(peer.protocol.unanswered, 0);
	}
	assert.equal(peer.pings, 2);
});

test("each keepalive has one reply; what nobody asked for is let pass", () => {
	const peer = new Peer();
	assert.equal(peer.message(SSH_MSG_REQUEST_SUCCESS), OK);
	assert.equal(peer.pings, 0);
	peer.protocol.keepalive();
	peer.protocol.keepalive();
	peer.protocol.keepalive();
	assert.equal(peer.protocol.unanswered, 3);
	peer.message(SSH_MSG_REQUEST_FAILURE);
	assert.equal(peer.protocol.unanswered, 0);
	for (let i = 0; i < 4; i++) peer.message(SSH_MSG_REQUEST_FAILURE);
	assert.equal(peer.pings, 3);
});

test("a keepalive without room is counted, not sent, and forgotten with the next answer", () => {
	const peer = new Peer();
	peer.sender.space = 26;
	assert.equal(peer.protocol.keepalive(), OK);
	peer.sender.keyExchange = true;
	peer.sender.space = 1000;
	assert.equal(peer.protocol.keepalive(), OK);
	assert.deepEqual(peer.take(), []);
	assert.equal(peer.protocol.unanswered, 2);
	peer.sender.keyExchange = false;
	peer.sender.space = 27;
	peer.protocol.keepalive();
	assert.equal(peer.sender.space, 0);
	assert.equal(peer.sender.sent.length, 1);
	assert.equal(peer.protocol.unanswered, 3);
	peer.message(SSH_MSG_REQUEST_FAILURE);
	assert.equal(peer.protocol.unanswered, 0);
});

/** An Ed25519 host key in memory, as the transport has them. */
function hostKey(fill: number): {
	blob: Uint8Array;
	publicKey: Uint8Array;
	sign(data: Uint8Array): Uint8Array;
} {
	const seed = new Uint8Array(32).fill(fill);
	const publicKey = finish(nobleCrypto.ed25519PublicKey(seed));
	const blob = new Uint8Array(51);
	new Writer(blob).ascii("ssh-ed25519").string(publicKey);
	return {
		blob,
		publicKey,
		sign(data) {
			const signature = new Uint8Array(83);
			new Writer(signature)
				.ascii("ssh-ed25519")
				.string(finish(nobleCrypto.ed25519Sign(seed, publicKey, data)));
			return signature;
		},
	};
}

function finish<T>(job: Job<T>): T {
	while (!job.step());
	return job.result;
}

test("host keys are announced, with no reply wanted", () => {
	const peer = new Peer();
	peer.hostKeys = [asciiBytes("first"), asciiBytes("second")];
	assert.equal(peer.protocol.announceHostKeys(), OK);
	const reader = new Reader(peer.sender.sent[0], 1);
	assert.equal(reader.ascii(64), "hostkeys-00@openssh.com");
	assert.equal(reader.boolean(), false);
	assert.equal(reader.ascii(64), "first");
	assert.equal(reader.ascii(64), "second");
	assert.ok(reader.complete);
	peer.sender.status = ERR_SSH_TRANSPORT;
	assert.equal(peer.protocol.announceHostKeys(), ERR_SSH_TRANSPORT);
});

test("host keys are proved in the order asked for, by signatures that a client can verify", () => {
	const peer = new Peer();
	const keys = [hostKey(1), hostKey(2)];
	peer.hostKeys = keys.map(({ blob }) => blob);
	const signed: Uint8Array[] = [];
	peer.proveHostKey = (blob, data) => {
		signed.push(data);
		return new Slow(keys[peer.hostKeys.indexOf(blob)].sign(data));
	};
	peer.global(PROVE, true, writer => writer.string(keys[1].blob).string(keys[0].blob));
	assert.ok(peer.protocol.busy);
	assert.deepEqual(peer.take(), []);
	assert.ok(workOut(peer) >= 6);
	assert.ok(!peer.protocol.busy);

	const reader = new Reader(peer.sender.sent[0]);
	assert.equal(reader.byte(), SSH_MSG_REQUEST_SUCCESS);
	for (const { blob, publicKey } of [keys[1], keys[0]]) {
		const signature = new Reader(reader.string());
		assert.equal(signature.ascii(64), "ssh-ed25519");
		// PROTOCOL 2.5: string "hostkeys-prove-00@openssh.com", string session identifier, string hostkey
		const data = new Uint8Array(4 + PROVE.length + 4 + 18 + 4 + blob.length);
		const writer = new Writer(data).ascii(PROVE).ascii("session identifier").string(blob);
		assert.equal(writer.position, data.length);
		assert.ok(finish(nobleCrypto.ed25519Verify(publicKey, data, signature.string())));
		assert.ok(signature.complete);
	}
	assert.ok(reader.complete);
	assert.equal(peer.sender.sent.length, 1);
	assert.equal(signed.length, 2);
});

test("keys that are not ours, come twice, or cannot sign prove nothing", () => {
	const asks: ((writer: Writer) => unknown)[] = [
		writer => writer.ascii("ours").ascii("theirs"),
		writer => writer.ascii("ours").ascii("ours"),
		writer => writer.ascii(""),
		writer => writer,
	];
	for (const ask of asks) {
		const peer = new Peer();
		peer.hostKeys = [asciiBytes("ours")];
		peer.proveHostKey = () => {
			throw new Error("signed");
		};
		assert.equal(peer.global(PROVE, true, ask), OK);
		workOut(peer);
		assert.deepEqual(peer.take(), ["REQUEST_FAILURE"]);
	}
	const peer = new Peer();
	peer.hostKeys = [asciiBytes("ours"), asciiBytes("absent")];
	peer.proveHostKey = blob => (blob === peer.hostKeys[0] ? new Slow(blob) : undefined);
	peer.global(PROVE, true, writer => writer.ascii("ours").ascii("absent"));
	workOut(peer);
	assert.deepEqual(peer.take(), ["REQUEST_FAILURE"]);
});

test("host keys are proved MAX_HOST_KEY_PROOFS times; whoever asks again gets no more signatures, and an answer", () => {
	const peer = new Peer();
	peer.hostKeys = [asciiBytes("ours")];
	let signed = 0;
	peer.proveHostKey = blob => {
		signed++;
		return new Slow(blob);
	};
	for (let count = 0; count < MAX_HOST_KEY_PROOFS + 3; count++) {
		// What else a client asks for in between is nothing to it.
		peer.global("no-more-sessions@openssh.com", false);
		assert.equal(
			peer.global(PROVE, true, writer => writer.ascii("ours")),
			OK,
		);
		const first = count < MAX_HOST_KEY_PROOFS;
		assert.equal(peer.protocol.busy, first);
		workOut(peer);
		assert.equal(peer.take()[0].slice(0, 15), first ? "REQUEST_SUCCESS" : "REQUEST_FAILURE");
	}
	assert.equal(signed, MAX_HOST_KEY_PROOFS);
	peer.open(70);
	assert.deepEqual(peer.take(), ["OPEN_FAILURE 70 1 no more sessions"]);
});

test("a malformed list of keys ends the connection", () => {
	const peer = new Peer();
	peer.hostKeys = [asciiBytes("ours")];
	assert.equal(
		peer.global(PROVE, true, writer => writer.ascii("ours").byte(0)),
		ERR_SESSION_BAD_PAYLOAD,
	);
	assert.equal(
		peer.global(PROVE, true, writer => writer.uint32(0xffff_ffff)),
		ERR_SESSION_BAD_PAYLOAD,
	);
	assert.ok(!peer.protocol.busy);
});

test("a proof that is given up is wiped, and one whose reply fails ends the connection", () => {
	const peer = new Peer();
	peer.hostKeys = [asciiBytes("ours")];
	const job = new Slow(asciiBytes("signature"));
	peer.proveHostKey = () => job;
	peer.global(PROVE, true, writer => writer.ascii("ours"));
	peer.protocol.work();
	peer.protocol.work();
	peer.protocol.closeAll();
	assert.ok(job.wiped);
	assert.ok(!peer.protocol.busy);
	assert.equal(peer.protocol.work(), 0);

	peer.proveHostKey = blob => new Slow(blob);
	peer.global(PROVE, true, writer => writer.ascii("ours"));
	peer.sender.status = ERR_SSH_TRANSPORT;
	assert.equal(workOut(peer), ERR_SSH_TRANSPORT);
});
