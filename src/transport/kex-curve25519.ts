/** curve25519-sha256 (RFC 8731): both messages are public keys of X25519. */

import type { Crypto, Job, KeyAgreement, RandomSource } from "../crypto/port.js";
import { OK } from "../merrors.js";
import type { KexMethod, KexReply } from "./kex-method.js";

/** Bytes of a public key, of a secret key and of the shared secret (RFC 7748 section 5). */
const LENGTH = 32;

class Curve25519Reply implements Job<KexReply>, KexReply {
	private readonly agreement: Job<KeyAgreement>;

	constructor(agreement: Job<KeyAgreement>) {
		this.agreement = agreement;
	}

	step(): boolean {
		return this.agreement.step();
	}

	get result(): KexReply {
		return this;
	}

	get serverMessage(): Uint8Array {
		return this.agreement.result.publicKey;
	}

	get sharedSecret(): Uint8Array | undefined {
		return this.agreement.result.sharedSecret;
	}

	wipe(): void {
		this.agreement.wipe?.();
	}
}

export const CURVE25519: KexMethod = Object.freeze({
	// The alias is older than the RFC, and all that paramiko offers.
	names: Object.freeze(["curve25519-sha256", "curve25519-sha256@libssh.org"]),
	clientLength: LENGTH,
	serverLength: LENGTH,
	hash: "sha256",
	secretEncoding: "mpint",
	start(crypto: Crypto, random: RandomSource, clientMessage: Uint8Array): Job<KexReply> | number {
		const secretKey = new Uint8Array(LENGTH);
		const status = random(secretKey);
		return status < OK ? status : new Curve25519Reply(crypto.x25519(secretKey, clientMessage));
	},
});
