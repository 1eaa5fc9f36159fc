/**
 * Cryptography that does nothing, so that what is behind it can be fuzzed: ciphers leave bytes as they are, tags are zero,
 * keys agree on the same secret, a signature is good when it ends with a byte that is odd. It stands in a server of the
 * tests alone: nothing that is built imports tests/.
 */
import type { Crypto, Digest, HashName, Job, KeyAgreement } from "../../src/crypto/port.js";
import { createHostKey, type HostKey } from "../../src/keys/host-key.js";

/** Slices that a job takes: more than one, as on a device. */
const STEPS = 2;

class Sliced<T> implements Job<T> {
	readonly result: T;
	private left = STEPS;

	constructor(result: T) {
		this.result = result;
	}

	step(): boolean {
		return --this.left <= 0;
	}
}

class ZeroDigest implements Digest {
	readonly length: number;

	constructor(name: HashName) {
		this.length = name === "sha256" ? 32 : 64;
	}

	update(): void {}

	digest(output: Uint8Array, offset: number): void {
		output.fill(0, offset, offset + this.length);
	}

	wipe(): void {}
}

/** Any of the ciphers. */
const CIPHER = Object.freeze({
	apply: () => {},
	begin: () => {},
	authenticate: () => {},
	finish: (_nonce: Uint8Array, tag: Uint8Array) => {
		tag.fill(0, 0, 16);
	},
	wipe: () => {},
});

/** Of length 32, what K is: not zero, which is refused. */
const SECRET = 7;

const key = (length: number): Uint8Array => new Uint8Array(length).fill(SECRET);

const verdict = (signature: Uint8Array): Job<boolean> =>
	new Sliced((signature[signature.length - 1] & 1) === 1);

export const identityCrypto: Crypto = Object.freeze({
	hash: (name: HashName) => new ZeroDigest(name),
	hmac: (name: HashName) => new ZeroDigest(name),
	aesCtr: () => CIPHER,
	aesGcm: () => CIPHER,
	chacha20: () => CIPHER,
	poly1305: (_key: Uint8Array, _bytes: Uint8Array, _offset: number, _length: number, tag: Uint8Array) => {
		tag.fill(0, 0, 16);
	},
	x25519: (_secretKey: Uint8Array, peerKey: Uint8Array): Job<KeyAgreement> =>
		new Sliced({ publicKey: key(32), sharedSecret: peerKey[0] === 0 ? undefined : key(32) }),
	ed25519PublicKey: () => new Sliced(key(32)),
	ed25519Sign: () => new Sliced(key(64)),
	ed25519Verify: (_publicKey: Uint8Array, _message: Uint8Array, signature: Uint8Array) => verdict(signature),
	p256PublicKey: () => new Sliced(key(65)),
	p256Sign: () => new Sliced(key(64)),
	p256Verify: (_publicKey: Uint8Array, _message: Uint8Array, signature: Uint8Array) => verdict(signature),
	rsaVerify: (
		_hash: HashName,
		_modulus: Uint8Array,
		_exponent: Uint8Array,
		_message: Uint8Array,
		signature: Uint8Array,
	) => verdict(signature),
});

export function identityHostKeys(): HostKey[] {
	return [
		createHostKey(identityCrypto, { algorithm: "ssh-ed25519", secretKey: key(32), publicKey: key(32) }),
		createHostKey(identityCrypto, {
			algorithm: "ecdsa-sha2-nistp256",
			secretKey: key(32),
			publicKey: key(65),
		}),
	];
}
