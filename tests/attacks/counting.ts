/** The crypto of the tests with a record of what is asked of it: the work that a peer makes the server do, without a clock. */
import type { Crypto, Digest } from "../../src/crypto/port.js";
import { testCrypto } from "../peer/crypto.js";

export interface CountingCrypto extends Crypto {
	/** What was done, in order: "hmac sha256 9", "update 32", "digest" ... */
	readonly work: string[];
	/** Digests of MACs: iterations of PBKDF2, where no cipher has a MAC of that kind. */
	macs: number;
}

export function countingCrypto(): CountingCrypto {
	const work: string[] = [];
	const watched = (digest: Digest, mac: boolean): Digest => ({
		length: digest.length,
		update(bytes, offset, length) {
			work.push(`update ${length}`);
			digest.update(bytes, offset, length);
		},
		digest(output, offset) {
			work.push("digest");
			if (mac) crypto.macs++;
			digest.digest(output, offset);
		},
		wipe: () => digest.wipe(),
	});
	const crypto: CountingCrypto = {
		...testCrypto,
		work,
		macs: 0,
		hash(name) {
			work.push(`hash ${name}`);
			return watched(testCrypto.hash(name), false);
		},
		hmac(name, key) {
			work.push(`hmac ${name} ${key.length}`);
			return watched(testCrypto.hmac(name, key), true);
		},
		x25519(secretKey, peerKey) {
			work.push("x25519");
			return testCrypto.x25519(secretKey, peerKey);
		},
		ed25519Sign(seed, publicKey, message) {
			work.push(`ed25519Sign ${message.length}`);
			return testCrypto.ed25519Sign(seed, publicKey, message);
		},
		ed25519Verify(publicKey, message, signature) {
			work.push(`ed25519Verify ${message.length}`);
			return testCrypto.ed25519Verify(publicKey, message, signature);
		},
		p256Verify(publicKey, message, signature) {
			work.push(`p256Verify ${message.length}`);
			return testCrypto.p256Verify(publicKey, message, signature);
		},
		rsaVerify(hash, modulus, exponent, message, signature) {
			work.push(`rsaVerify ${modulus.length} ${message.length}`);
			return testCrypto.rsaVerify(hash, modulus, exponent, message, signature);
		},
	};
	return crypto;
}
