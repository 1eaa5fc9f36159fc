/**
 * The ciphers and MACs that are offered, a row each. A row has its name in SSH, what it asks of the key derivation, and how
 * the protection of packets is made of it. One more cipher is one more row; a flag that is off takes rows away.
 */

import type { Crypto, HashName } from "../crypto/port.js";
import {
	__ENABLE_MOCANA_SSH_AES__,
	__ENABLE_MOCANA_SSH_CTR__,
	__ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__,
	__ENABLE_MOCANA_SSH_GCM__,
} from "../moptions.js";
import type { Protection } from "./protection.js";
import { ChaChaPolyProtection } from "./protection-chacha.js";
import { CtrEtmProtection, CtrProtection } from "./protection-ctr.js";
import { GcmProtection } from "./protection-gcm.js";

export interface Mac {
	readonly name: string;
	readonly hash: HashName;
	/** In bytes. */
	readonly keyLength: number;
	/** Encrypt-then-MAC: the length is sent in the clear, and the MAC covers what is sent (OpenSSH PROTOCOL 1.5). */
	readonly etm: boolean;
}

/**
 * Makes the protection of one direction. The keys are copied, and of the lengths that the rows say.
 *
 * @param mac one of the cipher's MACs, and its key; undefined and empty where it has none
 */
type MakeProtection = (
	crypto: Crypto,
	key: Uint8Array,
	iv: Uint8Array,
	mac: Mac | undefined,
	macKey: Uint8Array,
) => Protection;

export interface CipherSuite {
	readonly name: string;
	/** In bytes (RFC 4253 section 7.2). */
	readonly keyLength: number;
	readonly ivLength: number;
	/** What it can be combined with. None for an AEAD, which brings its own integrity: the MAC lists are then ignored. */
	readonly macs: readonly Mac[];
	readonly protect: MakeProtection;
}

const mac = (name: string, hash: HashName, keyLength: number, etm: boolean): Mac =>
	Object.freeze({ name, hash, keyLength, etm });

/** RFC 6668. Listed even when every cipher is an AEAD: asyncssh wants one in common all the same. */
export const MAC_ALGORITHMS: readonly Mac[] = Object.freeze([
	mac("hmac-sha2-256-etm@openssh.com", "sha256", 32, true),
	mac("hmac-sha2-512-etm@openssh.com", "sha512", 64, true),
	...(__ENABLE_MOCANA_SSH_AES__ && __ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__
		? [mac("hmac-sha2-256", "sha256", 32, false), mac("hmac-sha2-512", "sha512", 64, false)]
		: []),
]);

const NONE: readonly Mac[] = Object.freeze([]);

const chaCha: MakeProtection = (crypto, key) => new ChaChaPolyProtection(crypto, key);

const gcm: MakeProtection = (crypto, key, iv) => new GcmProtection(crypto.aesGcm(key), iv, crypto.speed);

const ctr: MakeProtection = (crypto, key, iv, form, macKey) => {
	const cipher = crypto.aesCtr(key, iv);
	const hmac = crypto.hmac(form!.hash, macKey);
	return __ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__ && !form!.etm
		? new CtrProtection(cipher, hmac, crypto.speed)
		: new CtrEtmProtection(cipher, hmac, crypto.speed);
};

const cipher = (
	name: string,
	keyLength: number,
	ivLength: number,
	macs: readonly Mac[],
	protect: MakeProtection,
): CipherSuite => Object.freeze({ name, keyLength, ivLength, macs, protect });

export const CIPHER_SUITES: readonly CipherSuite[] = Object.freeze([
	cipher("chacha20-poly1305@openssh.com", 64, 0, NONE, chaCha),
	...(__ENABLE_MOCANA_SSH_AES__ && __ENABLE_MOCANA_SSH_GCM__
		? [
				cipher("aes128-gcm@openssh.com", 16, 12, NONE, gcm),
				cipher("aes256-gcm@openssh.com", 32, 12, NONE, gcm),
			]
		: []),
	...(__ENABLE_MOCANA_SSH_AES__ && __ENABLE_MOCANA_SSH_CTR__
		? [cipher("aes128-ctr", 16, 16, MAC_ALGORITHMS, ctr), cipher("aes256-ctr", 32, 16, MAC_ALGORITHMS, ctr)]
		: []),
]);

/** @throws RangeError for a name that is not in the table: what was negotiated is */
export function cipherSuite(name: string): CipherSuite {
	const suite = CIPHER_SUITES.find(each => each.name === name);
	if (!suite) throw new RangeError(`no cipher ${name}`);
	return suite;
}

/** 0 for a name that is not in the table, as "<implicit>", which stands for the MAC of an AEAD cipher. */
export function macKeyLength(name: string): number {
	return MAC_ALGORITHMS.find(each => each.name === name)?.keyLength ?? 0;
}

/**
 * One direction's protection, from its keys. They are copied: the caller wipes its own.
 *
 * @param mac a name of the cipher's MACs; any text, as "<implicit>", when the cipher is an AEAD
 * @param key keyLength bytes of the cipher  @param iv its ivLength bytes
 * @param macKey keyLength bytes of the MAC; any when the cipher is an AEAD
 * @throws RangeError for names and lengths that the tables do not have
 */
export function createProtection(
	crypto: Crypto,
	cipher: string,
	mac: string,
	key: Uint8Array,
	iv: Uint8Array,
	macKey: Uint8Array,
): Protection {
	const { keyLength, ivLength, macs, protect } = cipherSuite(cipher);
	if (key.length !== keyLength || iv.length !== ivLength) {
		throw new RangeError(`${cipher} takes a key of ${keyLength} bytes and an IV of ${ivLength}`);
	}
	const form = macs.find(({ name }) => name === mac);
	if (macs.length > 0 && form?.keyLength !== macKey.length) {
		throw new RangeError(`no MAC ${mac} with a key of ${macKey.length} bytes`);
	}
	return protect(crypto, key, iv, form, macKey);
}
