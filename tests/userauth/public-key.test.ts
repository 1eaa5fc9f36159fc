/** Clients' keys and signatures; tests/crypto/node-cross.test.ts adds RSA with keys of every size. */
import { parseAuthorizedKey } from "../../src/accounts/authorized-keys.js";
import { decodeBase64, encodeBase64 } from "../../src/base/base64.js";
import { asciiBytes, Writer } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import {
	createHostKey,
	ECDSA_SHA2_NISTP256,
	generateKey,
	type HostKeyAlgorithm,
	KEY_SEED_LENGTH,
	SSH_ED25519,
} from "../../src/keys/host-key.js";
import {
	isAcceptable,
	KEY_TYPES,
	keyLabel,
	parsePublicKey,
	SIGNATURE_ALGORITHMS,
	verify,
} from "../../src/keys/public-key.js";
import { concat, noise, run } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";

const ALGORITHMS: readonly HostKeyAlgorithm[] = [SSH_ED25519, ECDSA_SHA2_NISTP256];

const MESSAGE = asciiBytes("what was signed");

/** A key pair's blob and its signature of MESSAGE. */
function signed(algorithm: HostKeyAlgorithm): { blob: Uint8Array; signature: Uint8Array } {
	const key = createHostKey(nobleCrypto, run(generateKey(nobleCrypto, algorithm, noise(KEY_SEED_LENGTH))));
	return { blob: key.publicBlob, signature: run(key.sign(MESSAGE)) };
}

function write(fill: (writer: Writer) => void): Uint8Array {
	const writer = new Writer(new Uint8Array(2048));
	fill(writer);
	return writer.bytes.slice(0, writer.position);
}

const holds = (blob: Uint8Array, algorithm: string, signature: Uint8Array, message = MESSAGE) =>
	run(verify(nobleCrypto, blob, algorithm, message, signature));

const wrap = (algorithm: string, signature: Uint8Array) =>
	write(writer => writer.ascii(algorithm).string(signature));

const rsaBlob = (exponent: Uint8Array, modulus: Uint8Array, type = "ssh-rsa") =>
	write(writer => writer.ascii(type).mpint(exponent).mpint(modulus));

const THREE = Uint8Array.of(3);
const F4 = Uint8Array.of(1, 0, 1);

/** An odd number of that many bits. */
function modulus(bits: number): Uint8Array {
	const bytes = noise(Math.ceil(bits / 8), bits);
	const top = (bits - 1) % 8;
	bytes[0] = (bytes[0] & ((1 << top) - 1)) | (1 << top);
	bytes[bytes.length - 1] |= 1;
	return bytes;
}

// Made with OpenSSH 9.2: ssh-keygen -t rsa -b 2048, and ssh-keygen -Y sign of the text "fieldssh" in the namespace "test",
// whose key, signed data and signature these are; the signature with SHA-256 is by OpenSSL 3.0 with the same key.
const RSA_BLOB = decodeBase64(
	"AAAAB3NzaC1yc2EAAAADAQABAAABAQCPrGU/i2gNn+bQbm5Wz9RFxteBCyH+0Gwl4/Xi+ZXvU7o1qPZ7CsV2V03seQJfwphyMR0saewjh1G/0zjABoW51HB6sXWdK6JnH6lBAi/F9/Sp0ANxoH8clghfvjISGlHR7qzFStqtYQX6ItRUpvRtrQIdjLkgTg++VDvlCduaDeaes+5RGrUIc4tdFiJoF9QkPbN4xD6zN6b32Lz6SnXi0yLqkVb3ppzq700K/59UzUA42fULmfv+UO5Vh19x9kP0n4uw7JgYajQOJ5vsro9nVhwTY/mVvEurgbi8cexgl9qs+tJ3Xac4uUltA9nvjgMOHaa4IDGZvEczcHUYviA7",
)!;
const RSA_DATA = decodeBase64(
	"U1NIU0lHAAAABHRlc3QAAAAAAAAABnNoYTUxMgAAAEBzEHV+9eqZNL2Z9YvU60gt/Maa0WDKXHICEcFJmG3NOyDVaqd5mqDtbNWeZdJIV6bhDelc/VfBdfMeYSiLaRJ1",
)!;
const RSA_SHA2_512 = decodeBase64(
	"AAAADHJzYS1zaGEyLTUxMgAAAQA0utcU1n75issXiSY674dDgUys9BXU85jjvJBwDvoVRhJCXHXU4diiT6ncX6rH2TTs4zsf6E1+o/ysSGCS7yUytX0iSSp0rCMhreiIAYhAicTzl+rskSW/DF7ZtdtVlNCb124VGfmsS1tqbN9nM9+C8w0E/UlN5tdd+kv3crSzzt7cIajYfD52Nah1XGbpy2R323ecmNg/HgqzdPHWxs157Hv6Ag99qlGEVHvKgQtl3dNX3eABu0ccZQGo9n8wGsYvU84dJ9JXaptgTKW3uCoIIokK+Z8lpA10aK3cvJGkNmOCAuwJZpLfdbl2d1YVjw5oeeZYzXl0A9/FJCMvA3+B",
)!;
const RSA_SHA2_256 = decodeBase64(
	"AAAADHJzYS1zaGEyLTI1NgAAAQAwOJWWN/Z0QLEnNJz9ss3P1yj87K3R3YsGRAgj1sKbNKgxUgoo44br4dFjjQkAz0WxVPgzHqwW0y/x9ogOHfrn3aSB+AzfuqSfdICBrPUF6B+PGCF/2r27Y5ei1YFx33CdC1zri1kVhDBdjlopQxn1EI+lKSlh7WYCQmYR4FDXYatEPrtqQrB4vKN+WnFZx1AVE9l0wflruOjSG44EIo4caqNJzzQTDixHe3jlPimVCAjgRbjD0XsaaJcLjHhEWBmEzGiFEvaf2vcBsEJ2Ahup8s3W0X7MVhV8LUrHCiptHtpHp55Rit4daBQCZqCHiR9rlLZLA04EE1UocFMp6SAQ",
)!;

test("server-sig-algs has no SHA-1", () => {
	assert.deepEqual(
		[...SIGNATURE_ALGORITHMS],
		["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256"],
	);
});

test("each type of key is a row, whose blobs and algorithms lead back to it", () => {
	const blobs = [...ALGORITHMS.map(algorithm => signed(algorithm).blob), RSA_BLOB];
	assert.deepEqual(
		KEY_TYPES.map(({ name, label }) => `${name} ${label}`),
		["ssh-ed25519 ED25519", "ecdsa-sha2-nistp256 ECDSA", "ssh-rsa RSA"],
	);
	for (const [at, { name, label, signatureAlgorithms }] of KEY_TYPES.entries()) {
		const key = parsePublicKey(blobs[at]);
		assert.equal(key?.type, name);
		for (const algorithm of SIGNATURE_ALGORITHMS)
			assert.equal(isAcceptable(blobs[at], algorithm), signatureAlgorithms.includes(algorithm));
		for (const algorithm of signatureAlgorithms) assert.equal(keyLabel(algorithm), label);
		assert.equal(typeof parseAuthorizedKey(`${name} ${encodeBase64(blobs[at])}`), "object");
	}
	// A host key of another kind is shown by what it says of itself.
	assert.equal(keyLabel("sk-of-somebody"), "sk-of-somebody");
});

test("signatures hold, for their message alone", () => {
	for (const algorithm of ALGORITHMS) {
		const { blob, signature } = signed(algorithm);
		assert.equal(parsePublicKey(blob)?.type, algorithm);
		assert.equal(holds(blob, algorithm, signature), true);
		assert.equal(holds(blob, algorithm, signature, asciiBytes("what was not")), false);
	}
	assert.equal(holds(RSA_BLOB, "rsa-sha2-512", RSA_SHA2_512, RSA_DATA), true);
	assert.equal(holds(RSA_BLOB, "rsa-sha2-256", RSA_SHA2_256, RSA_DATA), true);
	assert.equal(holds(RSA_BLOB, "rsa-sha2-512", RSA_SHA2_512, MESSAGE), false);
});

test("an RSA signature holds for its own hash alone, and never as ssh-rsa", () => {
	const bare = (signature: Uint8Array) => signature.subarray(signature.length - 256);
	const relabelled = wrap("rsa-sha2-256", bare(RSA_SHA2_512));
	assert.equal(holds(RSA_BLOB, "rsa-sha2-256", relabelled, RSA_DATA), false);
	assert.equal(holds(RSA_BLOB, "rsa-sha2-256", RSA_SHA2_512, RSA_DATA), false);
	assert.equal(holds(RSA_BLOB, "ssh-rsa", wrap("ssh-rsa", bare(RSA_SHA2_512)), RSA_DATA), false);
	assert.equal(isAcceptable(RSA_BLOB, "ssh-rsa"), false);
	assert.equal(isAcceptable(RSA_BLOB, "rsa-sha2-256"), true);
	assert.equal(isAcceptable(RSA_BLOB, "rsa-sha2-512"), true);
});

test("an RSA signature may lack leading zeros alone (RFC 8332 section 3)", () => {
	const bare = RSA_SHA2_512.subarray(RSA_SHA2_512.length - 256);
	assert.equal(holds(RSA_BLOB, "rsa-sha2-512", wrap("rsa-sha2-512", bare.subarray(1)), RSA_DATA), false);
	const longer = concat(new Uint8Array(1), bare);
	assert.equal(holds(RSA_BLOB, "rsa-sha2-512", wrap("rsa-sha2-512", longer), RSA_DATA), false);
	assert.equal(holds(RSA_BLOB, "rsa-sha2-512", wrap("rsa-sha2-512", new Uint8Array()), RSA_DATA), false);
});

test("key type and signature algorithm must fit", () => {
	const names = [...SIGNATURE_ALGORITHMS, "ssh-rsa", "ssh-dss", "", "ssh-ed25519-cert-v01@openssh.com"];
	for (const algorithm of ALGORITHMS) {
		const { blob, signature } = signed(algorithm);
		for (const name of names) {
			assert.equal(isAcceptable(blob, name), name === algorithm);
			if (name === algorithm) continue;
			// Named in the request, in the signature, in both.
			assert.equal(holds(blob, name, signature), false);
			const bare = signature.subarray(4 + algorithm.length + 4);
			assert.equal(holds(blob, algorithm, wrap(name, bare)), false);
			assert.equal(holds(blob, name, wrap(name, bare)), false);
		}
	}
});

test("no byte may follow, none may lack, and none may be another", () => {
	for (const algorithm of ALGORITHMS) {
		const { blob, signature } = signed(algorithm);
		const more = (bytes: Uint8Array) => concat(bytes, new Uint8Array(1));
		assert.equal(parsePublicKey(more(blob)), undefined);
		assert.equal(holds(more(blob), algorithm, signature), false);
		assert.equal(holds(blob, algorithm, more(signature)), false);
		for (let length = 0; length < blob.length; length++) {
			assert.equal(parsePublicKey(blob.subarray(0, length)), undefined);
		}
		for (let length = 0; length < signature.length; length++) {
			assert.equal(holds(blob, algorithm, signature.subarray(0, length)), false);
		}
		for (let at = 0; at < signature.length; at++) {
			const wrong = signature.slice();
			wrong[at] ^= 1;
			assert.equal(holds(blob, algorithm, wrong), false);
		}
	}
});

test("Ed25519 keys and signatures of other lengths do not throw (CVE-2020-9283)", () => {
	const { blob, signature } = signed(SSH_ED25519);
	for (const length of [0, 1, 31, 33, 64]) {
		const short = write(writer => writer.ascii(SSH_ED25519).string(noise(length)));
		assert.equal(parsePublicKey(short), undefined);
		assert.equal(holds(short, SSH_ED25519, signature), false);
	}
	for (const length of [0, 1, 63, 65, 128]) {
		assert.equal(holds(blob, SSH_ED25519, wrap(SSH_ED25519, noise(length))), false);
	}
});

test("ECDSA keys are uncompressed points of nistp256", () => {
	const { blob } = signed(ECDSA_SHA2_NISTP256);
	const point = blob.subarray(blob.length - 65);
	const key = (curve: string, q: Uint8Array) =>
		write(writer => writer.ascii(ECDSA_SHA2_NISTP256).ascii(curve).string(q));
	assert.ok(parsePublicKey(key("nistp256", point)));
	assert.equal(parsePublicKey(key("nistp384", point)), undefined);
	assert.equal(parsePublicKey(key("nistp256", concat(Uint8Array.of(2), point.subarray(1, 33)))), undefined);
	assert.equal(parsePublicKey(key("nistp256", concat(Uint8Array.of(6), point.subarray(1)))), undefined);
	assert.equal(parsePublicKey(key("nistp256", Uint8Array.of(0))), undefined);
});

test("the numbers of an ECDSA signature have one form", () => {
	const { blob, signature } = signed(ECDSA_SHA2_NISTP256);
	const low = noise(32, 7);
	low[0] &= 0x7f;
	for (const numbers of [
		// Negative, with a zero too many, of 33 bytes, alone, and none at all.
		write(writer => writer.string(Uint8Array.of(0x80)).mpint(low)),
		write(writer => writer.string(concat(new Uint8Array(1), low)).mpint(low)),
		write(writer => writer.mpint(low).mpint(new Uint8Array(33).fill(0x7f))),
		write(writer => writer.mpint(low)),
		new Uint8Array(),
		write(writer => writer.mpint(new Uint8Array()).mpint(new Uint8Array())),
	]) {
		assert.equal(holds(blob, ECDSA_SHA2_NISTP256, wrap(ECDSA_SHA2_NISTP256, numbers)), false);
	}
	assert.equal(holds(blob, ECDSA_SHA2_NISTP256, signature), true);
});

test("RSA keys have 2048 to 4096 bits, an odd modulus and an odd exponent from 3 to 2^32", () => {
	for (const bits of [2048, 2049, 2055, 3072, 4095, 4096]) {
		assert.ok(parsePublicKey(rsaBlob(F4, modulus(bits))), `${bits}`);
	}
	for (const bits of [1024, 2040, 2047, 4097, 4104, 8192]) {
		assert.equal(parsePublicKey(rsaBlob(F4, modulus(bits))), undefined, `${bits}`);
	}
	const even = modulus(2048);
	even[255] &= 0xfe;
	assert.equal(parsePublicKey(rsaBlob(F4, even)), undefined);
	assert.ok(parsePublicKey(rsaBlob(THREE, modulus(2048))));
	assert.ok(parsePublicKey(rsaBlob(new Uint8Array(4).fill(0xff), modulus(2048))));
	for (const exponent of [[], [1], [2], [1, 0, 0], [1, 0, 0, 0, 1], [0x55, 0x55, 0x55, 0x55, 0x55, 0x55]]) {
		assert.equal(parsePublicKey(rsaBlob(Uint8Array.from(exponent), modulus(2048))), undefined);
	}
	assert.equal(parsePublicKey(rsaBlob(F4, new Uint8Array())), undefined);
	assert.equal(parsePublicKey(rsaBlob(F4, modulus(2048), "rsa-sha2-256")), undefined);
});

test("an RSA modulus that is negative or has a zero too many is refused", () => {
	const n = modulus(2048);
	const blob = (number: Uint8Array) => write(writer => writer.ascii("ssh-rsa").mpint(F4).string(number));
	assert.ok(parsePublicKey(blob(concat(new Uint8Array(1), n))));
	assert.equal(parsePublicKey(blob(n)), undefined);
	assert.equal(parsePublicKey(blob(concat(new Uint8Array(2), n))), undefined);
});

test("types that we do not have are refused", () => {
	for (const type of ["ssh-dss", "ecdsa-sha2-nistp384", "sk-ssh-ed25519@openssh.com", "", "x".repeat(65)]) {
		assert.equal(parsePublicKey(write(writer => writer.ascii(type).string(noise(32)))), undefined);
	}
	assert.equal(parsePublicKey(new Uint8Array()), undefined);
});
