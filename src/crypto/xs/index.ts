/**
 * The crypto port for the XS engine, in JavaScript: curves over BigInt with lazy reduction, hashes and ciphers in local
 * variables, tables that are frozen constants, and no state of a module's own, so that all of it can be preloaded into
 * flash. docs/performance.md has its figures. Where the platform has a native library for hashes and ciphers, as the
 * Moddable SDK has, crypto/moddable is many times as fast.
 */
import {
	__ENABLE_MOCANA_SSH_AES__,
	__ENABLE_MOCANA_SSH_CTR__,
	__ENABLE_MOCANA_SSH_GCM__,
} from "../../moptions.js";
import type { AeadCipher, Crypto, CtrCipher, HashName } from "../port.js";
import { AesCtr } from "./aes.js";
import { AesGcm } from "./aes-gcm.js";
import { ChaCha20 } from "./chacha20.js";
import { createCurves, NO_P256, type XsRest } from "./curves.js";
import { Hmac } from "./hmac.js";
import { Poly1305 } from "./poly1305.js";
import { Sha256 } from "./sha256.js";
import { Sha512 } from "./sha512.js";

export type { XsRest } from "./curves.js";

/** For a build without P-256, which is __ENABLE_MOCANA_SSH_ECDSA__ off: its keys throw, and its signatures are false. */
export const xsCrypto: Crypto = Object.freeze(createXsCrypto(NO_P256));

/** The port, with P-256 of `rest`. */
export function createXsCrypto(rest: XsRest): Crypto {
	return {
		...createCurves(createHash, rest),
		hash: createHash,
		hmac: (name: HashName, key: Uint8Array) => new Hmac(createHash(name), key),
		aesCtr(key: Uint8Array, counter: Uint8Array): CtrCipher {
			if (!__ENABLE_MOCANA_SSH_AES__ || !__ENABLE_MOCANA_SSH_CTR__) throw new Error("built without AES-CTR");
			return new AesCtr(key, counter);
		},
		aesGcm(key: Uint8Array): AeadCipher {
			if (!__ENABLE_MOCANA_SSH_AES__ || !__ENABLE_MOCANA_SSH_GCM__) throw new Error("built without AES-GCM");
			return new AesGcm(key);
		},
		chacha20: (key: Uint8Array) => new ChaCha20(key),
		poly1305Slices: (key: Uint8Array) => new Poly1305(key),
	};
}

function createHash(name: HashName): Sha256 | Sha512 {
	return name === "sha256" ? new Sha256() : new Sha512();
}
