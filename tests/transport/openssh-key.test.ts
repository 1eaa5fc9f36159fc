/** OpenSSH's private key file; tests/interop/ssh-keygen.test.ts has the original at the other end. */
import { decodeBase64, encodeBase64 } from "../../src/base/base64.js";
import { asciiBytes, asciiString, getUint32, putUint32 } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import {
	ECDSA_SHA2_NISTP256,
	generateKey,
	type HostKeyAlgorithm,
	KEY_SEED_LENGTH,
	type PrivateKey,
	SSH_ED25519,
} from "../../src/keys/host-key.js";
import { formatPrivateKey, parsePrivateKey, readPrivateKey } from "../../src/keys/openssh-key.js";
import { ERR_INVALID_INPUT, ERR_UNSUPPORTED_OPERATION } from "../../src/merrors.js";
import { noise, run, toHex } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";

const ALGORITHMS: readonly HostKeyAlgorithm[] = [SSH_ED25519, ECDSA_SHA2_NISTP256];

const makeKey = (algorithm: HostKeyAlgorithm, seed = 1) =>
	run(generateKey(nobleCrypto, algorithm, noise(KEY_SEED_LENGTH, seed)));

/** Where the private section of an Ed25519 key stands: behind the magic, "none" twice, "", 1 and the public key. */
const SECTION_START = 15 + 8 + 8 + 4 + 4 + (4 + 51);

/** The bytes between the marker lines. */
function container(file: Uint8Array): Uint8Array {
	return decodeBase64(asciiString(file).split("\n").slice(1, -2).join(""))!;
}

function armor(bytes: Uint8Array): Uint8Array {
	return asciiBytes(
		`-----BEGIN OPENSSH PRIVATE KEY-----\n${encodeBase64(bytes)}\n-----END OPENSSH PRIVATE KEY-----\n`,
	);
}

test("what is written is read again", () => {
	for (const algorithm of ALGORITHMS) {
		for (let length = 0; length < 9; length++) {
			const key = makeKey(algorithm, length);
			const file = formatPrivateKey(key, 0xdeadbeef, "c".repeat(length));
			for (const line of asciiString(file).split("\n")) assert.ok(line.length <= 70);
			const read = run(readPrivateKey(nobleCrypto, file)) as PrivateKey;
			assert.equal(read.algorithm, algorithm);
			assert.equal(toHex(read.secretKey), toHex(key.secretKey));
			assert.equal(toHex(read.publicKey), toHex(key.publicKey));
		}
	}
});

test("line ends may be of either kind, and blank lines may follow", () => {
	const text = asciiString(formatPrivateKey(makeKey(SSH_ED25519), 1, ""));
	for (const variant of [text.replaceAll("\n", "\r\n"), `${text}\n\n`, text.slice(0, -1)]) {
		assert.notEqual(typeof parsePrivateKey(asciiBytes(variant)), "number");
	}
});

test("no byte of a file may be another", () => {
	for (const algorithm of ALGORITHMS) {
		const whole = container(formatPrivateKey(makeKey(algorithm), 1, "comment"));
		// The comment is free; all else has one value.
		const comment = asciiString(whole).lastIndexOf("comment");
		for (let at = 0; at < whole.length; at++) {
			if (at >= comment && at < comment + 7) continue;
			const bytes = whole.slice();
			bytes[at] ^= 1;
			const read = run(readPrivateKey(nobleCrypto, armor(bytes)));
			assert.ok(typeof read === "number" && read < 0, `${algorithm}: byte ${at}`);
		}
	}
});

test("no part of a file is enough, and nothing may follow", () => {
	for (const algorithm of ALGORITHMS) {
		const file = formatPrivateKey(makeKey(algorithm), 1, "comment");
		const whole = container(file);
		for (let length = 0; length < whole.length; length++) {
			assert.equal(parsePrivateKey(armor(whole.subarray(0, length))), ERR_INVALID_INPUT);
		}
		for (let length = 0; length < file.length - 1; length++) {
			assert.equal(parsePrivateKey(file.subarray(0, length)), ERR_INVALID_INPUT);
		}
		const longer = new Uint8Array(whole.length + 1);
		longer.set(whole);
		assert.equal(parsePrivateKey(armor(longer)), ERR_INVALID_INPUT);
		assert.equal(parsePrivateKey(asciiBytes(`${asciiString(file)}x`)), ERR_INVALID_INPUT);
		assert.equal(parsePrivateKey(asciiBytes(` ${asciiString(file)}`)), ERR_INVALID_INPUT);
	}
});

test("padding ends with the block", () => {
	const whole = container(formatPrivateKey(makeKey(SSH_ED25519), 1, "1234567"));
	// Eight more bytes that go on counting.
	const longer = new Uint8Array(whole.length + 8);
	longer.set(whole);
	for (let at = whole.length; at < longer.length; at++) longer[at] = longer[at - 1] + 1;
	const length = whole.length - SECTION_START - 4;
	assert.equal(getUint32(longer, SECTION_START), length);
	putUint32(longer, SECTION_START, length + 8);
	assert.equal(parsePrivateKey(armor(longer)), ERR_INVALID_INPUT);
});

test("whatever a file holds, reading it does not throw", () => {
	for (let seed = 0; seed < 200; seed++) {
		assert.equal(parsePrivateKey(noise(seed * 7, seed)), ERR_INVALID_INPUT);
		assert.equal(parsePrivateKey(armor(noise(seed * 3, seed))), ERR_INVALID_INPUT);
	}
	assert.equal(parsePrivateKey(new Uint8Array(1 << 20)), ERR_INVALID_INPUT);
});

test("a seed that does not fit its public key is found out", () => {
	const { algorithm, publicKey } = makeKey(SSH_ED25519);
	const { secretKey } = makeKey(SSH_ED25519, 2);
	const file = formatPrivateKey({ algorithm, secretKey, publicKey }, 1, "");
	assert.notEqual(typeof parsePrivateKey(file), "number");
	assert.equal(run(readPrivateKey(nobleCrypto, file)), ERR_INVALID_INPUT);
});

test("a key with a passphrase is told apart from a damaged one", () => {
	// ssh-keygen -t ed25519 -N passphrase -C ""
	const encrypted = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABC78cLjGr
rG1Ij3d1JIqWdnAAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIGyCLWc0wT/CTH4b
VicZEa1RdP/wSwq7FAccMAvyNiutAAAAkC8HZUt5yP4slK/AAZzeu0HZIlkwHvf0lihoOg
P2aZcS3/dfoLzTEz4QA5Fzila/oA8vHmVhli1/Ks14lQxZ7iuxgQIM0wEG1YMTh2Yc2+zr
NvdhIQvLmP1G3DspPJJ6Cdm9g0Yb/d8/U2k5hlpdwJgld4hbhGP3KVUA/pNpKj3ROnH5cJ
uIQ/MQNufYH//bfQ==
-----END OPENSSH PRIVATE KEY-----
`;
	assert.equal(parsePrivateKey(asciiBytes(encrypted)), ERR_UNSUPPORTED_OPERATION);
});

test("a comment has its limit", () => {
	const key = makeKey(SSH_ED25519);
	assert.notEqual(typeof parsePrivateKey(formatPrivateKey(key, 1, "c".repeat(1024))), "number");
	assert.throws(() => formatPrivateKey(key, 1, "c".repeat(1025)), RangeError);
});
