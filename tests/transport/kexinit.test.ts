import { Reader, Writer } from "../../src/base/wire.js";
import { DEVICE_LIMITS } from "../../src/limits.js";
import {
	ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
	ERR_SSH_KEYEX_MESG_FORMAT,
	ERR_SSH_UNKNOWN_CIPHER,
	ERR_SSH_UNKNOWN_HMAC,
} from "../../src/merrors.js";
import { CIPHERS, KEX_METHODS, MACS, NameList } from "../../src/transport/algorithms.js";
import { CIPHER_SUITES } from "../../src/transport/ciphers.js";
import { type Negotiated, negotiate, writeKexInit } from "../../src/transport/kexinit.js";
import { assert, test } from "../harness.js";
import { kexInit, type Offer, readKexInit } from "../peer/exchange.js";
import { bytesOf, fields, raw } from "../peer/wire.js";

const { nameListLength } = DEVICE_LIMITS;

const OFFER: Offer = {
	kex: ["curve25519-sha256"],
	hostKeys: ["ssh-ed25519"],
	cipherC2s: ["aes128-ctr"],
	cipherS2c: ["aes256-ctr"],
	macC2s: ["hmac-sha2-256"],
	macS2c: ["hmac-sha2-512"],
};

function take(offer: Partial<Offer>, follows = false, hostKeys = ["ssh-ed25519"]): Negotiated | number {
	const payload = kexInit({ ...OFFER, ...offer }, new Uint8Array(16), follows);
	return negotiate(new Reader(payload, 1), KEX_METHODS, hostKeys, nameListLength);
}

function chosen(offer: Partial<Offer>, follows = false, hostKeys = ["ssh-ed25519"]): Negotiated {
	const negotiated = take(offer, follows, hostKeys);
	if (typeof negotiated === "number") throw new Error(`${negotiated}`);
	return negotiated;
}

test("our KEXINIT, read by another reader", () => {
	const bytes = new Uint8Array(2000);
	const cookie = Uint8Array.from({ length: 16 }, (_, at) => at);
	const writer = new Writer(bytes).byte(20);
	writeKexInit(writer, cookie, KEX_METHODS, ["ssh-ed25519", "ecdsa-sha2-nistp256"], true);
	const offer = readKexInit(bytes.slice(0, writer.position));
	assert.deepEqual(offer.cookie, cookie);
	assert.deepEqual(offer.hostKeys, ["ssh-ed25519", "ecdsa-sha2-nistp256"]);
	assert.deepEqual(offer.cipherC2s, CIPHERS);
	assert.deepEqual(offer.macS2c, MACS);
	assert.equal(offer.follows, false);
	assert.ok(writer.position < 1000, "it must fit what is kept free for replies");
});

test("the client's first name that the server has is taken, for each list by itself", () => {
	const { kex, hostKey, cipherC2s, cipherS2c, macC2s, macS2c } = chosen(
		{
			kex: ["diffie-hellman-group14-sha256", "curve25519-sha256@libssh.org", "curve25519-sha256"],
			hostKeys: ["rsa-sha2-512", "ecdsa-sha2-nistp256", "ssh-ed25519"],
			cipherC2s: ["aes128-cbc", "aes256-ctr", "chacha20-poly1305@openssh.com"],
			cipherS2c: ["aes128-ctr", "aes256-ctr"],
			macC2s: ["hmac-sha1", "hmac-sha2-512"],
			macS2c: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-256"],
		},
		false,
		["ssh-ed25519", "ecdsa-sha2-nistp256"],
	);
	assert.equal(kex, "curve25519-sha256@libssh.org");
	assert.equal(hostKey, "ecdsa-sha2-nistp256");
	assert.deepEqual([cipherC2s, cipherS2c], ["aes256-ctr", "aes128-ctr"]);
	assert.deepEqual([macC2s, macS2c], ["hmac-sha2-512", "hmac-sha2-256-etm@openssh.com"]);
});

test("what is not in common has a status of its own", () => {
	for (const [offer, status] of [
		[{ kex: ["ecdh-sha2-nistp256"] }, ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED],
		[{ kex: [] }, ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED],
		[{ hostKeys: ["rsa-sha2-512"] }, ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED],
		[{ cipherC2s: ["aes128-cbc"] }, ERR_SSH_UNKNOWN_CIPHER],
		[{ cipherS2c: [] }, ERR_SSH_UNKNOWN_CIPHER],
		[{ macC2s: ["hmac-sha1"] }, ERR_SSH_UNKNOWN_HMAC],
		[{ macS2c: [] }, ERR_SSH_UNKNOWN_HMAC],
	] as const)
		assert.equal(take(offer), status);
});

test("markers are no algorithms: a client that offers nothing else has nothing in common", () => {
	const kex = ["ext-info-c", "kex-strict-c-v00@openssh.com", "ext-info-s", "kex-strict-s-v00@openssh.com"];
	assert.equal(take({ kex }), ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED);
});

test("markers count wherever they stand, and only the client's own", () => {
	const curve = "curve25519-sha256";
	const strict = "kex-strict-c-v00@openssh.com";
	assert.equal(chosen({ kex: [strict, curve] }).strict, true);
	assert.equal(chosen({ kex: [curve, strict] }).strict, true);
	assert.equal(chosen({ kex: [curve, "kex-strict-s-v00@openssh.com"] }).strict, false);
	assert.equal(chosen({ kex: [curve, `${strict}x`] }).strict, false);
	assert.equal(chosen({ kex: [curve, "ext-info-c"] }).extInfo, true);
	assert.equal(chosen({ kex: [curve, "ext-info-s"] }).extInfo, false);
});

test("an AEAD cipher's MAC is implicit, whatever the lists say", () => {
	const { macC2s, macS2c } = chosen({ cipherC2s: ["chacha20-poly1305@openssh.com"], macC2s: [] });
	assert.deepEqual([macC2s, macS2c], ["<implicit>", "hmac-sha2-512"]);
	assert.deepEqual(CIPHER_SUITES.filter(({ macs }) => macs.length === 0).length, 3);
});

test("a guess is right when both first choices are ours", () => {
	assert.equal(chosen({}, true).wrongGuess, false);
	assert.equal(chosen({}, false).wrongGuess, false);
	assert.equal(chosen({ kex: ["x", "curve25519-sha256"] }, true).wrongGuess, true);
	assert.equal(chosen({ kex: ["x", "curve25519-sha256"] }, false).wrongGuess, false);
	assert.equal(chosen({ hostKeys: ["x", "ssh-ed25519"] }, true).wrongGuess, true);
	assert.equal(chosen({ kex: ["curve25519-sha256@libssh.org"] }, true).wrongGuess, true);
	assert.equal(chosen({ cipherC2s: ["x", "aes128-ctr"] }, true).wrongGuess, false);
});

test("a KEXINIT that is cut off anywhere, or goes on behind its end, is malformed", () => {
	const payload = kexInit(OFFER, new Uint8Array(16), false);
	for (let length = 1; length < payload.length; length++)
		assert.equal(
			negotiate(new Reader(payload, 1, length), KEX_METHODS, ["ssh-ed25519"], nameListLength),
			ERR_SSH_KEYEX_MESG_FORMAT,
		);
	const longer = fields(raw(payload), raw(Uint8Array.of(0)));
	assert.equal(
		negotiate(new Reader(longer, 1), KEX_METHODS, ["ssh-ed25519"], nameListLength),
		ERR_SSH_KEYEX_MESG_FORMAT,
	);
});

test("a name-list has its limit, and a length that lies is malformed", () => {
	const name = (length: number): string => "x".repeat(length);
	assert.equal(typeof take({ kex: [name(nameListLength - 18), "curve25519-sha256"] }), "object");
	assert.equal(take({ kex: [name(nameListLength - 17), "curve25519-sha256"] }), ERR_SSH_KEYEX_MESG_FORMAT);
	const payload = kexInit(OFFER, new Uint8Array(16), false);
	payload.set([0xff, 0xff, 0xff, 0xff], 17);
	assert.equal(
		negotiate(new Reader(payload, 1), KEX_METHODS, ["ssh-ed25519"], nameListLength),
		ERR_SSH_KEYEX_MESG_FORMAT,
	);
});

test("names are compared whole", () => {
	const list = (text: string): NameList => new NameList(new Reader(fields(bytesOf(text))), 100);
	assert.equal(list("ab,abc,b").choose(["abc", "b"]), "abc");
	assert.equal(list("ab").choose(["a", "abc"]), undefined);
	assert.equal(list(",,b,").choose(["b"]), "b");
	assert.equal(list("").choose(["b"]), undefined);
	assert.equal(list("").startsWith("b"), false);
	assert.equal(list("a,b").includes("b"), true);
	assert.equal(list("a,bb").includes("b"), false);
	assert.equal(list("a,b").startsWith("a"), true);
	assert.equal(list("aa,b").startsWith("a"), false);
	assert.equal(list("A").includes("a"), false);
});
