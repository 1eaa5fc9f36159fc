/** Our cryptography against that of Node.js (OpenSSL), on inputs of every length and keys of every size. */
import assert from "node:assert/strict";
import * as node from "node:crypto";
import { test } from "node:test";
import { Writer } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { HashName } from "../../src/crypto/port.js";
import { verify } from "../../src/keys/public-key.js";
import { createProtection } from "../../src/transport/ciphers.js";
import { noise, run, sealGcm } from "./helpers.js";

const HASHES: readonly HashName[] = ["sha256", "sha512"];

function uint32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
}

test("hashes and HMAC of messages of every length", () => {
	for (const name of HASHES) {
		const hash = nobleCrypto.hash(name);
		const key = noise(hash.length, 3);
		const hmac = nobleCrypto.hmac(name, key);
		const output = new Uint8Array(hash.length);
		for (let length = 0; length < 300; length++) {
			const message = noise(length, length);
			hash.update(message, 0, length);
			hash.digest(output, 0);
			assert.deepEqual(Buffer.from(output), node.createHash(name).update(message).digest());
			hmac.update(message, 0, length);
			hmac.digest(output, 0);
			assert.deepEqual(Buffer.from(output), node.createHmac(name, key).update(message).digest());
		}
	}
});

test("AES-CTR and AES-GCM with texts of every length", () => {
	for (const size of [16, 32]) {
		const key = noise(size);
		const iv = noise(16, 2);
		const nonce = noise(12, 3);
		const gcm = nobleCrypto.aesGcm(key);
		for (let length = 0; length < 200; length += 3) {
			const text = noise(16 * length, length);
			const ctr = node.createCipheriv(`aes-${8 * size}-ctr`, key, iv).update(text);
			const bytes = text.slice();
			nobleCrypto.aesCtr(key, iv).apply(bytes, 0, bytes.length);
			assert.deepEqual(Buffer.from(bytes), ctr);

			const packet = noise(4 + length + 16, length);
			const cipher = node.createCipheriv(`aes-${8 * size}-gcm` as node.CipherGCMTypes, key, nonce);
			cipher.setAAD(packet.subarray(0, 4));
			const sealed = Buffer.concat([
				packet.subarray(0, 4),
				cipher.update(packet.subarray(4, 4 + length)),
				cipher.final(),
				cipher.getAuthTag(),
			]);
			sealGcm(gcm, nonce, packet, 0, 4, length);
			assert.deepEqual(Buffer.from(packet), sealed);
		}
	}
});

/** chacha20 of OpenSSL takes the counter, 8 bytes of it little-endian, and then the nonce. */
function chacha20(key: Uint8Array, counter: number, sequence: number, text: Uint8Array): Buffer {
	const iv = Buffer.alloc(16);
	iv.writeUInt32LE(counter);
	iv.writeUInt32BE(sequence, 12);
	return node.createCipheriv("chacha20", key, iv).update(text);
}

/** Poly1305 by its definition (RFC 8439 section 2.5.1), over BigInt. */
function poly1305(key: Uint8Array, message: Uint8Array): Buffer {
	const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex") || "0"}`);
	const r = number(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
	let sum = 0n;
	for (let at = 0; at < message.length; at += 16) {
		const block = message.subarray(at, at + 16);
		sum = ((sum + number(block) + (1n << BigInt(8 * block.length))) * r) % (2n ** 130n - 5n);
	}
	const tag = (sum + number(key.subarray(16))) & (2n ** 128n - 1n);
	return Buffer.from(tag.toString(16).padStart(32, "0"), "hex").reverse();
}

/** A packet as each form's definition has it, put together of OpenSSL's primitives. */
function expectedPacket(cipher: string, mac: string, sequence: number, packet: Uint8Array): Buffer {
	const head = packet.subarray(0, 4);
	const rest = packet.subarray(4);
	if (cipher.startsWith("chacha20")) {
		const key = noise(64);
		const sent = Buffer.concat([
			chacha20(key.subarray(32), 0, sequence, head),
			chacha20(key.subarray(0, 32), 1, sequence, rest),
		]);
		const tagKey = chacha20(key.subarray(0, 32), 0, sequence, new Uint8Array(32));
		return Buffer.concat([sent, poly1305(tagKey, sent)]);
	}
	const size = cipher.startsWith("aes128") ? 16 : 32;
	const algorithm = `aes-${8 * size}-${cipher.includes("gcm") ? "gcm" : "ctr"}`;
	if (cipher.includes("gcm")) {
		const nonce = Buffer.from(noise(12, 2));
		nonce.writeBigUInt64BE(BigInt.asUintN(64, nonce.readBigUInt64BE(4) + BigInt(sequence)), 4);
		const gcm = node.createCipheriv(algorithm as node.CipherGCMTypes, noise(size), nonce).setAAD(head);
		return Buffer.concat([head, gcm.update(rest), gcm.final(), gcm.getAuthTag()]);
	}
	const hash = mac.includes("256") ? "sha256" : "sha512";
	const hmac = node.createHmac(hash, noise(hash === "sha256" ? 32 : 64, 3)).update(uint32(sequence));
	// Each packet here has the same size, and its blocks lie behind those of the packets before it.
	const etm = mac.includes("etm");
	const ciphered = etm ? rest : packet;
	const stream = node.createCipheriv(algorithm, noise(size), noise(16, 2));
	for (let i = 0; i < sequence; i++) stream.update(ciphered);
	if (!etm) return Buffer.concat([stream.update(packet), hmac.update(packet).digest()]);
	const sent = Buffer.concat([head, stream.update(rest)]);
	return Buffer.concat([sent, hmac.update(sent).digest()]);
}

test("packets are those that the definition of each form gives", () => {
	const macs = ["hmac-sha2-256", "hmac-sha2-512"].flatMap(mac => [mac, `${mac}-etm@openssh.com`]);
	const forms: [string, string, number, number, number][] = [
		["chacha20-poly1305@openssh.com", "", 64, 0, 0],
		["aes128-gcm@openssh.com", "", 16, 12, 0],
		["aes256-gcm@openssh.com", "", 32, 12, 0],
	];
	for (const mac of macs) {
		forms.push(["aes128-ctr", mac, 16, 16, mac.includes("256") ? 32 : 64]);
		forms.push(["aes256-ctr", mac, 32, 16, mac.includes("256") ? 32 : 64]);
	}
	for (const [cipher, mac, keyLength, ivLength, macKeyLength] of forms) {
		const key = noise(keyLength);
		const made = createProtection(nobleCrypto, cipher, mac, key, noise(ivLength, 2), noise(macKeyLength, 3));
		const length = made.padsLength ? 60 : 64;
		for (let sequence = 0; sequence < 5; sequence++) {
			const packet = Buffer.concat([uint32(length), noise(length, sequence)]);
			const bytes = Buffer.concat([packet, Buffer.alloc(made.tagLength)]);
			made.seal(sequence, bytes, 0, length);
			assert.deepEqual(bytes, expectedPacket(cipher, mac, sequence, packet), `${cipher} ${mac} ${sequence}`);
		}
	}
});

test("X25519 with Node at the other end", () => {
	for (let seed = 0; seed < 8; seed++) {
		const { publicKey, privateKey } = node.generateKeyPairSync("x25519");
		const theirs = publicKey.export({ type: "spki", format: "der" });
		const { publicKey: ours, sharedSecret } = run(
			nobleCrypto.x25519(node.randomBytes(32), theirs.subarray(-32)),
		);
		const spki = Buffer.concat([theirs.subarray(0, -32), ours]);
		const expected = node.diffieHellman({
			privateKey,
			publicKey: node.createPublicKey({ key: spki, format: "der", type: "spki" }),
		});
		assert.deepEqual(Buffer.from(sharedSecret!), expected);
	}
});

/** DER's wrapping of a raw public key, which is the same for all keys of a type. */
const SPKI = {
	ed25519: Buffer.from("302a300506032b6570032100", "hex"),
	p256: Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"),
};

const publicKey = (prefix: Buffer, key: Uint8Array) =>
	node.createPublicKey({ key: Buffer.concat([prefix, key]), format: "der", type: "spki" });

test("Ed25519 and ECDSA signatures, each side's by the other", () => {
	for (let seed = 1; seed < 6; seed++) {
		const message = noise(100, seed);
		const secret = noise(32, seed);

		const ed = run(nobleCrypto.ed25519PublicKey(secret));
		const edSignature = run(nobleCrypto.ed25519Sign(secret, ed, message));
		assert.ok(node.verify(null, message, publicKey(SPKI.ed25519, ed), edSignature));
		const edPair = node.generateKeyPairSync("ed25519");
		const edKey = edPair.publicKey.export({ type: "spki", format: "der" }).subarray(-32);
		assert.ok(run(nobleCrypto.ed25519Verify(edKey, message, node.sign(null, message, edPair.privateKey))));

		const dsaEncoding = "ieee-p1363";
		const ec = run(nobleCrypto.p256PublicKey(secret));
		const ecSignature = run(nobleCrypto.p256Sign(secret, message));
		const ecPublic = publicKey(SPKI.p256, ec);
		assert.ok(node.verify("sha256", message, { key: ecPublic, dsaEncoding }, ecSignature));
		const ecPair = node.generateKeyPairSync("ec", { namedCurve: "P-256" });
		const ecKey = ecPair.publicKey.export({ type: "spki", format: "der" }).subarray(-65);
		const theirs = node.sign("sha256", message, { key: ecPair.privateKey, dsaEncoding });
		assert.ok(run(nobleCrypto.p256Verify(ecKey, message, theirs)));
	}
});

interface RsaKey {
	readonly privateKey: node.KeyObject;
	readonly exponent: Buffer;
	readonly modulus: Buffer;
	readonly blob: Uint8Array;
}

function rsaKey(bits: number, publicExponent = 65537): RsaKey {
	const pair = node.generateKeyPairSync("rsa", { modulusLength: bits, publicExponent });
	const { n, e } = pair.publicKey.export({ format: "jwk" });
	const modulus = Buffer.from(n!, "base64url");
	const exponent = Buffer.from(e!, "base64url");
	const writer = new Writer(new Uint8Array(1024)).ascii("ssh-rsa").mpint(exponent).mpint(modulus);
	return { privateKey: pair.privateKey, exponent, modulus, blob: writer.bytes.slice(0, writer.position) };
}

const MESSAGE = noise(200, 7);

const rsaVerify = ({ modulus, exponent }: RsaKey, hash: HashName, signature: Uint8Array, message = MESSAGE) =>
	run(nobleCrypto.rsaVerify(hash, modulus, exponent, message, signature));

test("RSA signatures with keys of 2048 to 4096 bits", () => {
	for (const [bits, exponent] of [
		[2048, 3],
		[2048, 65537],
		[2056, 17],
		[3072, 65537],
		[4096, 65537],
	]) {
		const key = rsaKey(bits, exponent);
		for (const hash of HASHES) {
			const signature = node.sign(hash, MESSAGE, key.privateKey);
			assert.equal(rsaVerify(key, hash, signature), true);
			assert.equal(rsaVerify(key, hash === "sha256" ? "sha512" : "sha256", signature), false);
			assert.equal(rsaVerify(key, hash, signature, noise(200, 8)), false);
			for (const at of [0, 100, signature.length - 1]) {
				const wrong = Buffer.from(signature);
				wrong[at] ^= 1;
				assert.equal(rsaVerify(key, hash, wrong), false);
			}
			assert.equal(rsaVerify(key, hash, signature.subarray(1)), false);
			assert.equal(rsaVerify(key, hash, Buffer.concat([Buffer.alloc(1), signature])), false);
			const name = hash === "sha256" ? "rsa-sha2-256" : "rsa-sha2-512";
			const wrapped = new Writer(new Uint8Array(1024)).ascii(name).string(signature);
			const blob = wrapped.bytes.subarray(0, wrapped.position);
			assert.equal(run(verify(nobleCrypto, key.blob, name, MESSAGE, blob)), true);
		}
		const sha1 = node.sign("sha1", MESSAGE, key.privateKey);
		for (const hash of HASHES) assert.equal(rsaVerify(key, hash, sha1), false);
	}
});

test("an RSA signature is refused for any flaw in its encoding", () => {
	const key = rsaKey(2048, 3);
	const digest = node.createHash("sha256").update(MESSAGE).digest();
	const info = Buffer.concat([Buffer.from("3031300d060960864801650304020105000420", "hex"), digest]);
	const padded = (length: number) =>
		Buffer.concat([Buffer.of(0, 1), Buffer.alloc(length, 0xff), Buffer.of(0)]);
	const sign = (encoded: Buffer) =>
		node.privateEncrypt({ key: key.privateKey, padding: node.constants.RSA_NO_PADDING }, encoded);
	const whole = Buffer.concat([padded(253 - info.length), info]);
	assert.equal(rsaVerify(key, "sha256", sign(whole)), true);

	// Bleichenbacher (2006): garbage behind, or within, a DigestInfo that comes early.
	const garbage = Buffer.alloc(100, 0x5a);
	assert.equal(
		rsaVerify(key, "sha256", sign(Buffer.concat([padded(153 - info.length), info, garbage]))),
		false,
	);
	assert.equal(
		rsaVerify(key, "sha256", sign(Buffer.concat([padded(8), info, Buffer.alloc(245 - info.length, 0x5a)]))),
		false,
	);
	// Without the NULL of the parameters, which some verifiers tolerate.
	const bare = Buffer.concat([Buffer.from("302f300b0609608648016503040201" + "0420", "hex"), digest]);
	assert.equal(rsaVerify(key, "sha256", sign(Buffer.concat([padded(253 - bare.length), bare]))), false);
	// No DigestInfo at all, as TLS 1.0 had it for MD5 and SHA-1.
	assert.equal(rsaVerify(key, "sha256", sign(Buffer.concat([padded(253 - 32), digest]))), false);
	for (const at of [0, 1, 2, 100, 253 - info.length + 2]) {
		const wrong = Buffer.from(whole);
		wrong[at] ^= at === 0 ? 0 : 2;
		assert.equal(rsaVerify(key, "sha256", sign(wrong)), at === 0);
	}
});

test("RSA with a signature beyond the modulus, or a key that is none, is false", () => {
	const key = rsaKey(2048);
	const signature = node.sign("sha256", MESSAGE, key.privateKey);
	const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
	// A signature that has a second form in 256 bytes, s + n: only the one below n holds.
	for (let seed = 0; ; seed++) {
		const message = noise(20, seed);
		const form = node.sign("sha256", message, key.privateKey);
		const beyond = number(form) + number(key.modulus);
		if (beyond >= 2n ** 2048n) continue;
		assert.equal(rsaVerify(key, "sha256", form, message), true);
		assert.equal(rsaVerify(key, "sha256", Buffer.from(beyond.toString(16), "hex"), message), false);
		break;
	}
	assert.equal(rsaVerify(key, "sha256", key.modulus), false);
	assert.equal(rsaVerify(key, "sha256", Buffer.alloc(256)), false);
	assert.equal(rsaVerify(key, "sha256", Buffer.alloc(0)), false);
	const even = Buffer.from(key.modulus);
	even[255] &= 0xfe;
	for (const [modulus, exponent] of [
		[even, key.exponent],
		[Buffer.alloc(256), key.exponent],
		[Buffer.alloc(0), key.exponent],
		[Buffer.of(1), key.exponent],
		[key.modulus, Buffer.alloc(0)],
		[key.modulus, Buffer.of(0)],
		[key.modulus, Buffer.of(1)],
		[key.modulus, Buffer.of(2)],
		[key.modulus, Buffer.of(1, 0, 0, 0, 1)],
	]) {
		assert.equal(rsaVerify({ ...key, modulus, exponent }, "sha256", signature), false);
	}
});

test("a signer may leave out the leading zero of an RSA signature (RFC 8332 section 3)", () => {
	const key = rsaKey(2048);
	for (let seed = 0; seed < 10_000; seed++) {
		const message = noise(20, seed);
		const signature = node.sign("sha256", message, key.privateKey);
		if (signature[0] !== 0) continue;
		const writer = new Writer(new Uint8Array(512)).ascii("rsa-sha2-256").string(signature.subarray(1));
		const blob = writer.bytes.subarray(0, writer.position);
		assert.equal(run(verify(nobleCrypto, key.blob, "rsa-sha2-256", message, blob)), true);
		return;
	}
	assert.fail("no signature had a leading zero");
});
