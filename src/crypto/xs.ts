/**
 * The crypto port for the XS engine, in JavaScript: curves over BigInt with lazy reduction, hashes and ciphers in local
 * variables, tables that are frozen constants, and no state of a module's own, so that all of it can be preloaded into
 * flash. docs/performance.md has its figures.
 *
 * P-256 is not part of it. It comes from whatever else the platform has: a native library, or noble.
 */
import {
	__ENABLE_MOCANA_SSH_CTR__,
	__ENABLE_MOCANA_SSH_GCM__,
	__ENABLE_MOCANA_SSH_RSA__,
} from "../moptions.js";
import { AesCtr } from "./aes.js";
import { AesGcm } from "./aes-gcm.js";
import { ChaCha20 } from "./chacha20.js";
import { Ed25519PublicKey, Ed25519Signature } from "./ed25519.js";
import { Ed25519Verification } from "./ed25519-verify.js";
import { Hmac } from "./hmac.js";
import { poly1305 } from "./poly1305.js";
import { type AeadCipher, type Crypto, type CtrCipher, Done, type HashName, type Job } from "./port.js";
import { rsaVerify } from "./rsa.js";
import { Sha256 } from "./sha256.js";
import { Sha512 } from "./sha512.js";
import { X25519 } from "./x25519.js";

/** What another adapter adds. */
export type XsRest = Pick<Crypto, "p256PublicKey" | "p256Sign" | "p256Verify">;

const ABSENT: XsRest = Object.freeze({
	p256PublicKey: absent,
	p256Sign: absent,
	p256Verify: () => new Done(false),
});

/** For a build without P-256, which is __ENABLE_MOCANA_SSH_ECDSA__ off: its keys throw, and its signatures are false. */
export const xsCrypto: Crypto = Object.freeze(createXsCrypto(ABSENT));

/** The port, with P-256 of `rest`. */
export function createXsCrypto(rest: XsRest): Crypto {
	return {
		hash: createHash,
		hmac: (name: HashName, key: Uint8Array) => new Hmac(createHash(name), key),
		aesCtr(key: Uint8Array, counter: Uint8Array): CtrCipher {
			if (!__ENABLE_MOCANA_SSH_CTR__) throw new Error("built without AES-CTR");
			return new AesCtr(key, counter);
		},
		aesGcm(key: Uint8Array): AeadCipher {
			if (!__ENABLE_MOCANA_SSH_GCM__) throw new Error("built without AES-GCM");
			return new AesGcm(key);
		},
		chacha20: (key: Uint8Array) => new ChaCha20(key),
		poly1305,
		x25519: (secretKey: Uint8Array, peerKey: Uint8Array) => new X25519(secretKey, peerKey),
		ed25519PublicKey: (seed: Uint8Array) => new Ed25519PublicKey(seed),
		ed25519Sign: (seed: Uint8Array, publicKey: Uint8Array, message: Uint8Array) =>
			new Ed25519Signature(seed, publicKey, message),
		ed25519Verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
			new Ed25519Verification(publicKey, message, signature),
		p256PublicKey: rest.p256PublicKey,
		p256Sign: rest.p256Sign,
		p256Verify: rest.p256Verify,
		rsaVerify(
			hash: HashName,
			modulus: Uint8Array,
			exponent: Uint8Array,
			message: Uint8Array,
			signature: Uint8Array,
		): Job<boolean> {
			if (!__ENABLE_MOCANA_SSH_RSA__) return new Done(false);
			return rsaVerify(createHash(hash), hash, modulus, exponent, message, signature);
		},
	};
}

function createHash(name: HashName): Sha256 | Sha512 {
	return name === "sha256" ? new Sha256() : new Sha512();
}

function absent(): never {
	throw new Error("this build has no P-256");
}
