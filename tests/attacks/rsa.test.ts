/**
 * RSA keys and signatures that are almost right, through the whole of USERAUTH and on both adapters. The modulus is a prime
 * that everyone knows (RFC 3526 section 3): its private exponent follows from it, and no secret is needed to sign.
 */
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { concat, hex, littleEndian, noise, toLittleEndian } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { type Field, fields, mpint, raw } from "../peer/wire.js";
import { ADAPTERS, type Attempt, Desk, type Offer, type Signer, wrap } from "./offer.js";

const PRIME = hex(
	"ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
		"ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
		"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f" +
		"83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
		"e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510" +
		"15728e5a8aacaa68ffffffffffffffff",
);
const LENGTH = 256;
const SHA256 = "rsa-sha2-256";
const SHA512 = "rsa-sha2-512";
const F4 = Uint8Array.of(1, 0, 1);

const number = (magnitude: Uint8Array): bigint => littleEndian(magnitude.slice().reverse());
const bytes = (value: bigint, length = LENGTH): Uint8Array => toLittleEndian(value, length).reverse();
const N = number(PRIME);

function power(base: bigint, exponent: bigint, modulo: bigint): bigint {
	let result = 1n;
	for (let factor = base; exponent > 0n; exponent >>= 1n, factor = (factor * factor) % modulo)
		if (exponent & 1n) result = (result * factor) % modulo;
	return result;
}

/** The inverse of e modulo N - 1, by Euclid. */
function inverse(e: bigint): bigint {
	let [a, b, x, y] = [N - 1n, e, 0n, 1n];
	while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
	return ((x % (N - 1n)) + (N - 1n)) % (N - 1n);
}

const DIGEST_INFO = {
	[SHA256]: hex("3031300d060960864801650304020105000420"),
	[SHA512]: hex("3051300d060960864801650304020305000440"),
	"ssh-rsa": hex("3021300906052b0e03021a05000414"),
} as const;

function digestOf(name: "sha256" | "sha512", signed: Uint8Array): Uint8Array {
	const digest = nobleCrypto.hash(name);
	const output = new Uint8Array(digest.length);
	digest.update(signed, 0, signed.length);
	digest.digest(output, 0);
	return output;
}

/** EMSA-PKCS1-v1_5: 00 01 FF...FF 00 DigestInfo digest, with so many FF that it fills the modulus. */
function encode(algorithm: typeof SHA256 | typeof SHA512, signed: Uint8Array, length = LENGTH): Uint8Array {
	const digest = digestOf(algorithm === SHA256 ? "sha256" : "sha512", signed);
	const info = concat(DIGEST_INFO[algorithm], digest);
	return concat(
		Uint8Array.of(0, 1),
		new Uint8Array(length - 3 - info.length).fill(255),
		Uint8Array.of(0),
		info,
	);
}

const D = inverse(65537n);
const decrypt = (encoded: Uint8Array): Uint8Array => bytes(power(number(encoded), D, N));
const blobOf = (e: Uint8Array, n: Uint8Array): Uint8Array => concat(fields("ssh-rsa"), mpint(e), mpint(n));

const rsa = (algorithm: typeof SHA256 | typeof SHA512): Signer => ({
	algorithm,
	blob: blobOf(F4, PRIME),
	sign: signed => decrypt(encode(algorithm, signed)),
});

/** An odd number of that many bits. */
function modulus(bits: number): Uint8Array {
	const value = noise(Math.ceil(bits / 8), bits);
	const top = (bits - 1) % 8;
	value[0] = (value[0] & ((1 << top) - 1)) | (1 << top);
	value[value.length - 1] |= 1;
	return value;
}

/** The integer cube root, rounded up. */
function cubeRoot(value: bigint): bigint {
	let low = 0n;
	let high = 1n << 700n;
	while (low < high) {
		const middle = (low + high) >> 1n;
		if (middle * middle * middle < value) low = middle + 1n;
		else high = middle;
	}
	return low;
}

for (const [adapter, crypto] of ADAPTERS) {
	test(`RSA on ${adapter}: moduli out of range or even, exponents that are even, 1 or huge: not looked up`, () => {
		const desk = new Desk(crypto);
		const honest = desk.honest(rsa(SHA256));
		const even = PRIME.slice();
		even[LENGTH - 1] &= 0xfe;
		const key = (e: readonly number[], n: Uint8Array): Offer => {
			return { ...honest, blob: blobOf(Uint8Array.from(e), n) };
		};
		const parts = (...values: readonly Field[]): Offer => ({
			...honest,
			blob: fields("ssh-rsa", ...values),
		});
		const positive = concat(new Uint8Array(1), PRIME);
		const offers: readonly Attempt[] = [
			...[8, 512, 1024, 2047, 4097, 6144].map(
				bits => [`${bits} bits`, key([1, 0, 1], modulus(bits))] as const,
			),
			["n = 0", key([1, 0, 1], new Uint8Array(0))],
			["n even", key([1, 0, 1], even)],
			["n negative", parts(F4, PRIME)],
			["n with a zero too many", parts(F4, concat(new Uint8Array(1), positive))],
			["e = 0", key([], PRIME)],
			["e = 1", key([1], PRIME)],
			["e = 2", key([2], PRIME)],
			["e = 65536", key([1, 0, 0], PRIME)],
			["e = 2^32 + 1", key([1, 0, 0, 0, 1], PRIME)],
			["e as long as n", parts(positive, positive)],
			["e negative", parts(Uint8Array.of(0x81), positive)],
			["e with a zero too many", parts(concat(new Uint8Array(1), F4), positive)],
			["n alone", parts(positive)],
			["a byte behind", parts(F4, positive, raw(new Uint8Array(1)))],
			["a length of 2^32 - 1", parts(F4, raw(new Uint8Array(4).fill(255)))],
			["the signature's name as its type", { ...honest, blob: fields(SHA256, F4, positive) }],
			["ssh-rsa, which is SHA-1", { ...honest, algorithm: "ssh-rsa" }],
			["the name of another", { ...honest, algorithm: "ssh-ed25519" }],
			["a certificate's name", { ...honest, algorithm: "rsa-sha2-256-cert-v01@openssh.com" }],
		];
		desk.refusesUnasked(rsa(SHA256), offers);
		assert.equal(desk.takes(desk.honest(rsa(SHA512)), SHA512), true);
	});

	test(`RSA on ${adapter}: signatures of other lengths, values, names and paddings`, () => {
		const desk = new Desk(crypto);
		const honest = desk.honest(rsa(SHA256));
		const signed = desk.signed(honest);
		const encoded = encode(SHA256, signed);
		const good = decrypt(encoded);
		const offer = (signature: Uint8Array): Offer => ({ ...honest, signature: wrap(SHA256, signature) });
		const changed = (at: number, value: number): Uint8Array =>
			decrypt(encoded.map((byte, index) => (index === at ? value : byte)));
		// Sound, and over a request for another.
		const asked = desk.signed({ algorithm: SHA512, blob: honest.blob });
		const other = wrap(SHA256, decrypt(encode(SHA256, asked)));
		const sha1 = concat(
			Uint8Array.of(0, 1),
			new Uint8Array(LENGTH - 38).fill(255),
			Uint8Array.of(0),
			DIGEST_INFO["ssh-rsa"],
			noise(20),
		);
		desk.refuses(rsa(SHA256), [
			["0", offer(new Uint8Array(LENGTH))],
			["1", offer(bytes(1n))],
			["n - 1", offer(bytes(N - 1n))],
			["n", offer(PRIME)],
			["nothing", offer(new Uint8Array(0))],
			["one byte less", offer(good.slice(0, LENGTH - 1))],
			["one byte more", offer(concat(good, new Uint8Array(1)))],
			["a zero before it", offer(concat(new Uint8Array(1), good))],
			["2000 bytes", offer(noise(1900))],
			["type 2 of padding", offer(changed(1, 2))],
			["padding that ends early", offer(changed(100, 0))],
			["another algorithm's parameters", offer(changed(LENGTH - 32 - 4, 1))],
			["the digest of something else", offer(decrypt(encode(SHA256, noise(10))))],
			["SHA-512 under the name of SHA-256", offer(decrypt(encode(SHA512, signed)))],
			["SHA-1 under the name of SHA-256", offer(decrypt(sha1))],
			["SHA-256 where SHA-512 was asked for", { ...honest, algorithm: SHA512, signature: other }],
			["the name of SHA-512", { ...honest, signature: wrap(SHA512, good) }],
			["the name ssh-rsa", { ...honest, signature: wrap("ssh-rsa", good) }],
			["a byte behind", { ...honest, signature: concat(honest.signature, new Uint8Array(1)) }],
		]);
	});

	test(`RSA on ${adapter}: a signature has one value, though others are the same modulo n`, () => {
		// Three times the prime: 2,050 bits in 257 bytes, so that there is room for n above a signature.
		const n = 3n * N;
		const blob = blobOf(F4, bytes(n, LENGTH + 1));
		const desk = new Desk(crypto);
		const encoded = encode(SHA256, desk.signed({ algorithm: SHA256, blob }), LENGTH + 1);
		// Modulo 3 every power goes round after 2 steps, which N - 1 is a multiple of: D serves here as well.
		const s = power(number(encoded), D, n);
		const offer = (value: bigint): Offer => ({
			algorithm: SHA256,
			blob,
			signature: wrap(SHA256, bytes(value, LENGTH + 1)),
		});
		assert.equal(desk.takes(offer(s + n), "s + n"), false);
		assert.equal(desk.takes(offer(s + 2n * n), "s + 2n"), false);
		assert.equal(desk.takes(offer(s), "s"), true);
	});

	test(`RSA on ${adapter}: e = 3 with a cube that begins as a signature does (Bleichenbacher 2006)`, () => {
		const desk = new Desk(crypto);
		const blob = blobOf(Uint8Array.of(3), PRIME);
		const info = concat(
			Uint8Array.of(0, 1),
			new Uint8Array(8).fill(255),
			Uint8Array.of(0),
			DIGEST_INFO[SHA256],
			digestOf("sha256", desk.signed({ algorithm: SHA256, blob })),
		);
		const root = cubeRoot(number(concat(info, new Uint8Array(LENGTH - info.length))));
		// The forger has what a verifier would look at that stops behind the digest.
		assert.deepEqual(bytes(root ** 3n).slice(0, info.length), info);
		const forged = { algorithm: SHA256, blob, signature: wrap(SHA256, bytes(root)) };
		assert.equal(desk.takes(forged, "forged"), false);
		assert.equal(desk.verified, 1);
	});
}
