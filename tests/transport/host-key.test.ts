import { asciiBytes, Reader } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import {
	createHostKey,
	ECDSA_SHA2_NISTP256,
	encodeSignature,
	fingerprint,
	generateKey,
	type HostKeyAlgorithm,
	isHostKeyAlgorithm,
	isP256Scalar,
	KEY_SEED_LENGTH,
	SSH_ED25519,
} from "../../src/keys/host-key.js";
import { verify } from "../../src/keys/public-key.js";
import { hex, noise, run, toHex } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";

const ALGORITHMS: readonly HostKeyAlgorithm[] = [SSH_ED25519, ECDSA_SHA2_NISTP256];

test("a key that was made signs, and a client can verify it", () => {
	for (const algorithm of ALGORITHMS) {
		const seed = noise(KEY_SEED_LENGTH);
		const key = run(generateKey(nobleCrypto, algorithm, seed));
		assert.equal(toHex(seed), "00".repeat(KEY_SEED_LENGTH));
		const hostKey = createHostKey(nobleCrypto, key);
		assert.equal(hostKey.algorithm, algorithm);
		const message = noise(32, 5);
		const signature = run(hostKey.sign(message));
		assert.equal(run(verify(nobleCrypto, hostKey.publicBlob, algorithm, message, signature)), true);
		message[0] ^= 1;
		assert.equal(run(verify(nobleCrypto, hostKey.publicBlob, algorithm, message, signature)), false);
	}
});

test("the public key of ssh-ed25519 and its fingerprint, as ssh-keygen -l shows it", () => {
	// RFC 8032 section 7.1, test 1.
	const key = {
		algorithm: SSH_ED25519,
		secretKey: hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
		publicKey: hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
	} as const;
	const hostKey = createHostKey(nobleCrypto, key);
	assert.equal(
		toHex(hostKey.publicBlob),
		"0000000b7373682d65643235353139" +
			"00000020d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	);
	assert.equal(hostKey.fingerprint, "SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8");
	assert.equal(fingerprint(nobleCrypto, hostKey.publicBlob), hostKey.fingerprint);
	assert.equal(
		toHex(run(hostKey.sign(new Uint8Array()))),
		"0000000b7373682d65643235353139" +
			"00000040e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
			"5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
	);
});

test("the public key of ecdsa-sha2-nistp256 names its curve", () => {
	const key = run(generateKey(nobleCrypto, ECDSA_SHA2_NISTP256, noise(KEY_SEED_LENGTH, 2)));
	const reader = new Reader(createHostKey(nobleCrypto, key).publicBlob);
	assert.equal(reader.ascii(64), "ecdsa-sha2-nistp256");
	assert.equal(reader.ascii(64), "nistp256");
	assert.equal(toHex(reader.string()), toHex(key.publicKey));
	assert.ok(reader.complete);
});

test("the numbers of an ECDSA signature are mpints: shortest form, never negative", () => {
	const signature = new Uint8Array(64);
	signature[31] = 0x7f;
	signature[32] = 0x80;
	assert.equal(
		toHex(encodeSignature(ECDSA_SHA2_NISTP256, signature)),
		`00000013${toHex(asciiBytes(ECDSA_SHA2_NISTP256))}0000002a000000017f000000210080${"00".repeat(31)}`,
	);
});

test("secret keys of P-256 are from 1 to n - 1, whatever the seed", () => {
	const order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
	const highest = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
	assert.equal(isP256Scalar(hex("00".repeat(32))), false);
	assert.equal(isP256Scalar(hex(`${"00".repeat(31)}01`)), true);
	assert.equal(isP256Scalar(hex(highest)), true);
	assert.equal(isP256Scalar(hex(order)), false);
	const secretOf = (seed: Uint8Array) =>
		toHex(run(generateKey(nobleCrypto, ECDSA_SHA2_NISTP256, seed)).secretKey);
	assert.equal(secretOf(new Uint8Array(KEY_SEED_LENGTH)), `${"00".repeat(31)}01`);
	assert.equal(secretOf(hex(`${"00".repeat(16)}${highest}`)), `${"00".repeat(31)}01`);
	assert.ok(isP256Scalar(hex(secretOf(new Uint8Array(KEY_SEED_LENGTH).fill(0xff)))));
});

test("a seed of another length and an unknown type are the caller's mistake", () => {
	assert.throws(() => generateKey(nobleCrypto, SSH_ED25519, new Uint8Array(32)), RangeError);
	assert.throws(
		() => generateKey(nobleCrypto, "ssh-dss" as HostKeyAlgorithm, noise(KEY_SEED_LENGTH)),
		RangeError,
	);
	assert.equal(isHostKeyAlgorithm("ssh-rsa"), false);
});

test("making a key that is given up leaves no secret", () => {
	const job = generateKey(nobleCrypto, SSH_ED25519, noise(KEY_SEED_LENGTH));
	const { secretKey } = job.result;
	job.wipe?.();
	assert.equal(toHex(secretKey), "00".repeat(32));
});
