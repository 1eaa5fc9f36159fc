/**
 * What the crypto port has in JavaScript on XS whatever hashes and ciphers are made of: the curves, RSA and Poly1305 over
 * BigInt. P-256 comes from whatever else the platform has: a native library, or noble.
 */
import { __ENABLE_MOCANA_SSH_RSA__ } from "../../moptions.js";
import { type Crypto, Done, type HashName, type Job } from "../port.js";
import { type CreateHash, Ed25519PublicKey, Ed25519Signature } from "./ed25519.js";
import { Ed25519Verification } from "./ed25519-verify.js";
import { poly1305 } from "./poly1305.js";
import { rsaVerify } from "./rsa.js";
import { X25519 } from "./x25519.js";

/** What another adapter adds. */
export type XsRest = Pick<Crypto, "p256PublicKey" | "p256Sign" | "p256Verify">;

/** For a build without P-256: its keys throw, and its signatures are false. */
export const NO_P256: XsRest = Object.freeze({
	p256PublicKey: absent,
	p256Sign: absent,
	p256Verify: () => new Done(false),
});

/** @param createHash a fresh hash, for what is signed and verified */
export function createCurves(
	createHash: CreateHash,
	rest: XsRest,
): Omit<Crypto, "hash" | "hmac" | "aesCtr" | "aesGcm" | "chacha20"> {
	return {
		poly1305,
		x25519: (secretKey: Uint8Array, peerKey: Uint8Array) => new X25519(secretKey, peerKey),
		ed25519PublicKey: (seed: Uint8Array) => new Ed25519PublicKey(createHash, seed),
		ed25519Sign: (seed: Uint8Array, publicKey: Uint8Array, message: Uint8Array) =>
			new Ed25519Signature(createHash, seed, publicKey, message),
		ed25519Verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
			new Ed25519Verification(createHash, publicKey, message, signature),
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

function absent(): never {
	throw new Error("this build has no P-256");
}
