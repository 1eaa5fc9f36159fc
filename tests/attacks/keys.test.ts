/**
 * Keys and signatures that are almost right, through the whole of USERAUTH and on both adapters of the cryptography. The
 * server has every key on file: what refuses it is what it is made of, or its signature.
 */
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { SSH_DISCONNECT_KEY_EXCHANGE_FAILED, SSH_MSG_KEX_ECDH_INIT } from "../../src/messages.js";
import { concat, hex, littleEndian, noise, run, toLittleEndian } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { Place } from "../peer/place.js";
import { refused } from "../peer/refused.js";
import { type Field, fields, message, raw } from "../peer/wire.js";
import { ADAPTERS, type Attempt, Desk, type Offer, type Signer, wrap } from "./offer.js";

const ED25519 = "ssh-ed25519";

/** The order of the base point (RFC 8032 section 5.1). */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const SEED = new Uint8Array(32).fill(0x42);
const PUBLIC_KEY = run(nobleCrypto.ed25519PublicKey(SEED));

const ed25519: Signer = {
	algorithm: ED25519,
	blob: fields(ED25519, PUBLIC_KEY),
	sign: signed => run(nobleCrypto.ed25519Sign(SEED, PUBLIC_KEY, signed)),
};

const IDENTITY = hex(`01${"00".repeat(31)}`);

/** Points whose order divides 8, in every encoding of 32 bytes. */
const SMALL_ORDER: readonly string[] = [
	`01${"00".repeat(31)}`,
	`01${"00".repeat(30)}80`,
	`ec${"ff".repeat(30)}7f`,
	`ec${"ff".repeat(31)}`,
	"00".repeat(32),
	`${"00".repeat(31)}80`,
	`ed${"ff".repeat(30)}7f`,
	`ed${"ff".repeat(31)}`,
	`ee${"ff".repeat(30)}7f`,
	`ee${"ff".repeat(31)}`,
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
];

function sha512(...parts: Uint8Array[]): Uint8Array {
	const digest = nobleCrypto.hash("sha512");
	for (const part of parts) digest.update(part, 0, part.length);
	const output = new Uint8Array(64);
	digest.digest(output, 0);
	return output;
}

/** A sound signature but for R, which is any encoding of the neutral element. */
function signWithR(r: Uint8Array, signed: Uint8Array): Uint8Array {
	const clamped = sha512(SEED).slice(0, 32);
	clamped[0] &= 248;
	clamped[31] = (clamped[31] & 127) | 64;
	const k = littleEndian(sha512(r, PUBLIC_KEY, signed)) % L;
	return concat(r, toLittleEndian((k * littleEndian(clamped)) % L, 32));
}

for (const [adapter, crypto] of ADAPTERS) {
	test(`Ed25519 on ${adapter}: keys of small order and of no canonical form, for which anybody has signatures`, () => {
		const desk = new Desk(crypto);
		const offers = SMALL_ORDER.map(point => {
			const blob = fields(ED25519, hex(point));
			return [
				point,
				{ algorithm: ED25519, blob, signature: wrap(ED25519, concat(IDENTITY, new Uint8Array(32))) },
			];
		}) as Attempt[];
		desk.refuses(ed25519, offers);
		assert.equal(desk.verified, SMALL_ORDER.length + 1);
	});

	test(`Ed25519 on ${adapter}: S from L on, R of no canonical form, other lengths, and bytes behind`, () => {
		const desk = new Desk(crypto);
		const honest = desk.honest(ed25519);
		const signed = desk.signed(ed25519);
		const good = ed25519.sign(signed);
		const s = littleEndian(good.subarray(32));
		const withS = (value: bigint): Uint8Array => concat(good.slice(0, 32), toLittleEndian(value, 32));
		const offer = (signature: Uint8Array): Offer => ({ ...honest, signature: wrap(ED25519, signature) });
		const offers: Attempt[] = [
			["S + L", offer(withS(s + L))],
			["S + 8L", offer(withS(s + 8n * L))],
			["S = L", offer(withS(L))],
			["S = 2^256 - 1", offer(withS(2n ** 256n - 1n))],
			["R = p + 1", offer(signWithR(hex(`ee${"ff".repeat(30)}7f`), signed))],
			["R = -0", offer(signWithR(hex(`01${"00".repeat(30)}80`), signed))],
			["zeros", offer(new Uint8Array(64))],
			["another bit", offer(good.map((byte, at) => (at === 40 ? byte ^ 1 : byte)))],
			["63 bytes", offer(good.slice(0, 63))],
			["65 bytes", offer(concat(good, new Uint8Array(1)))],
			["none", offer(new Uint8Array(0))],
			["32 bytes", offer(good.slice(0, 32))],
			["2000 bytes", offer(noise(2000))],
			["a byte behind", { ...honest, signature: concat(honest.signature, new Uint8Array(1)) }],
			["a name alone", { ...honest, signature: fields(ED25519) }],
			["no name", { ...honest, signature: fields(good) }],
			["nothing", { ...honest, signature: new Uint8Array(0) }],
			[
				"a length of 2^32 - 1",
				{ ...honest, signature: concat(fields(ED25519), new Uint8Array(4).fill(255)) },
			],
			["the name of another", { ...honest, signature: wrap("rsa-sha2-256", good) }],
		];
		// R may be the neutral element in its one encoding: what is refused above is the encoding.
		assert.equal(desk.takes(offer(signWithR(IDENTITY, signed)), "R = 1"), true);
		desk.refuses(ed25519, offers);
	});

	test(`Ed25519 on ${adapter}: blobs that are no key are not looked up (CVE-2020-9283)`, () => {
		const desk = new Desk(crypto);
		const honest = desk.honest(ed25519);
		const blob = (...parts: readonly Field[]): Offer => ({ ...honest, blob: fields(...parts) });
		desk.refusesUnasked(ed25519, [
			["31 bytes", blob(ED25519, PUBLIC_KEY.slice(0, 31))],
			["33 bytes", blob(ED25519, concat(PUBLIC_KEY, new Uint8Array(1)))],
			["no bytes", blob(ED25519, "")],
			["2000 bytes", blob(ED25519, noise(2000))],
			["a byte behind", blob(ED25519, PUBLIC_KEY, raw(new Uint8Array(1)))],
			["a length of 2^32 - 1", blob(ED25519, raw(new Uint8Array(4).fill(255)))],
			["a type alone", blob(ED25519)],
			["nothing", { ...honest, blob: new Uint8Array(0) }],
			["another type", blob("ssh-ed448", PUBLIC_KEY)],
			["a certificate's", blob("ssh-ed25519-cert-v01@openssh.com", PUBLIC_KEY)],
			["the name of an RSA signature", { ...honest, algorithm: "rsa-sha2-256" }],
			["the name of an ECDSA signature", { ...honest, algorithm: "ecdsa-sha2-nistp256" }],
			["no name", { ...honest, algorithm: "" }],
		]);
	});
}

test("X25519: points of low order, which make the shared secret zero, end the key exchange", () => {
	for (const [adapter, crypto] of ADAPTERS) {
		// https://cr.yp.to/ecdh.html, "How do I validate Curve25519 public keys?", with the top bit clear and set.
		for (const point of [
			"00".repeat(32),
			`01${"00".repeat(31)}`,
			"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
			"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
			`ec${"ff".repeat(30)}7f`,
			`ed${"ff".repeat(30)}7f`,
			`ee${"ff".repeat(30)}7f`,
		]) {
			for (const top of [0, 0x80]) {
				const key = hex(point);
				key[31] |= top;
				const x25519: typeof crypto.x25519 = (secret, peer) =>
					peer.every((byte, at) => byte === key[at])
						? crypto.x25519(secret, peer)
						: testCrypto.x25519(secret, peer);
				const place = new Place({ crypto: { ...testCrypto, x25519 } });
				const client = place.client({ stopBefore: SSH_MSG_KEX_ECDH_INIT }).start();
				client.sendNow(message(SSH_MSG_KEX_ECDH_INIT, key));
				refused(place, client, SSH_DISCONNECT_KEY_EXCHANGE_FAILED, `${adapter} ${point}`);
			}
		}
	}
});
