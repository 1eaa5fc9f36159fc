import type { Crypto, HashName } from "../crypto/port.js";
import {
	__ENABLE_MOCANA_SSH_AES__,
	__ENABLE_MOCANA_SSH_CTR__,
	__ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__,
	__ENABLE_MOCANA_SSH_GCM__,
} from "../moptions.js";
import { ChaChaPolyProtection } from "./protection-chacha.js";
import { CtrEtmProtection, CtrProtection } from "./protection-ctr.js";
import { GcmProtection } from "./protection-gcm.js";

/**
 * Protection of packets in one direction, between two NEWKEYS: encryption and integrity in the form that was
 * negotiated. A packet lies at bytes[offset...]: 4 bytes packet_length, then `packetLength` bytes (padding_length,
 * payload, padding), then the tag. All is done in place.
 */
export interface Protection {
	/** What a packet's size is padded to a multiple of: the cipher's block size, at least 8 (RFC 4253 section 6). */
	readonly blockSize: number;
	/** Whether the 4 length bytes count towards that multiple; they do not where they stand apart (AEAD, etm). */
	readonly padsLength: boolean;
	/** Bytes after the packet. */
	readonly tagLength: number;
	/** Bytes that must have arrived before packetLength() can be asked. */
	readonly headerLength: number;

	/** Computes what takes a step of its own, before the first packet: what is not done here the first packet pays for. */
	prepare(): void;
	/** The length field, decrypted where it is encrypted. Asked once a packet: it may consume cipher state. */
	packetLength(sequence: number, bytes: Uint8Array, offset: number): number;
	/**
	 * Verifies and decrypts a packet that is wholly there, with a packetLength that the caller has found to be within its
	 * bounds and of whole blocks: a slice of it, and the rest when called again. Nothing of it is to be looked at before the
	 * end: the tag may be verified last. The length field may stay encrypted.
	 *
	 * @param work how much may be done, in thousands of instructions of XS for cryptography in JavaScript: no more is begun than
	 *   that, but always something; all of it without
	 * @returns what is left of `work` when the packet is done; UNFINISHED; BAD_TAG
	 */
	open(sequence: number, bytes: Uint8Array, offset: number, packetLength: number, work?: number): number;
	/** Encrypts a packet and writes the tag after it, in slices as open(): the length field may be encrypted in the first. */
	seal(sequence: number, bytes: Uint8Array, offset: number, packetLength: number, work?: number): number;
	/** Overwrites the keys. */
	wipe(): void;
}

/** What a cipher asks of the key derivation (RFC 4253 section 7.2), in bytes. */
export interface CipherParameters {
	readonly name: string;
	readonly keyLength: number;
	readonly ivLength: number;
	/** Brings its own integrity: the MAC that was negotiated, if any, is not used. */
	readonly aead: boolean;
}

export interface MacParameters {
	readonly name: string;
	readonly hash: HashName;
	readonly keyLength: number;
	/** Encrypt-then-MAC: the length is sent in the clear, and the MAC covers what is sent (OpenSSH PROTOCOL 1.5). */
	readonly etm: boolean;
}

const CHACHA20_POLY1305 = "chacha20-poly1305@openssh.com";

const cipher = (name: string, keyLength: number, ivLength: number, aead: boolean): CipherParameters =>
	Object.freeze({ name, keyLength, ivLength, aead });

const mac = (name: string, hash: HashName, keyLength: number, etm: boolean): MacParameters =>
	Object.freeze({ name, hash, keyLength, etm });

export const CIPHER_PARAMETERS: readonly CipherParameters[] = Object.freeze([
	cipher(CHACHA20_POLY1305, 64, 0, true),
	...(__ENABLE_MOCANA_SSH_AES__ && __ENABLE_MOCANA_SSH_GCM__
		? [cipher("aes128-gcm@openssh.com", 16, 12, true), cipher("aes256-gcm@openssh.com", 32, 12, true)]
		: []),
	...(__ENABLE_MOCANA_SSH_AES__ && __ENABLE_MOCANA_SSH_CTR__
		? [cipher("aes128-ctr", 16, 16, false), cipher("aes256-ctr", 32, 16, false)]
		: []),
]);

/** RFC 6668. */
export const MAC_PARAMETERS: readonly MacParameters[] = Object.freeze([
	mac("hmac-sha2-256-etm@openssh.com", "sha256", 32, true),
	mac("hmac-sha2-512-etm@openssh.com", "sha512", 64, true),
	...(__ENABLE_MOCANA_SSH_AES__ && __ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__
		? [mac("hmac-sha2-256", "sha256", 32, false), mac("hmac-sha2-512", "sha512", 64, false)]
		: []),
]);

/** @throws RangeError for a name that is not in the table: what was negotiated is */
export function cipherSizes(name: string): CipherParameters {
	const parameters = CIPHER_PARAMETERS.find(each => each.name === name);
	if (!parameters) throw new RangeError(`no cipher ${name}`);
	return parameters;
}

/** 0 for a name that is not in the table, as "<implicit>", which stands for the MAC of an AEAD cipher. */
export function macKeyLength(name: string): number {
	return macParameters(name)?.keyLength ?? 0;
}

function macParameters(name: string): MacParameters | undefined {
	return MAC_PARAMETERS.find(parameters => parameters.name === name);
}

/**
 * One direction's protection, from its keys. They are copied: the caller wipes its own.
 *
 * @param mac a name of MAC_PARAMETERS; any text, as "<implicit>", where the cipher is an AEAD
 * @param key keyLength bytes of the cipher  @param iv its ivLength bytes
 * @param macKey keyLength bytes of the MAC; any where the cipher is an AEAD
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
	const { keyLength, ivLength, aead } = cipherSizes(cipher);
	if (key.length !== keyLength || iv.length !== ivLength) {
		throw new RangeError(`${cipher} takes a key of ${keyLength} bytes and an IV of ${ivLength}`);
	}
	if (cipher === CHACHA20_POLY1305) return new ChaChaPolyProtection(crypto, key);
	if (__ENABLE_MOCANA_SSH_AES__ && __ENABLE_MOCANA_SSH_GCM__ && aead)
		return new GcmProtection(crypto.aesGcm(key), iv, crypto.speed);
	if (__ENABLE_MOCANA_SSH_AES__ && __ENABLE_MOCANA_SSH_CTR__) {
		const parameters = macParameters(mac);
		if (!parameters || macKey.length !== parameters.keyLength) {
			throw new RangeError(`no MAC ${mac} with a key of ${macKey.length} bytes`);
		}
		const ctr = crypto.aesCtr(key, iv);
		const hmac = crypto.hmac(parameters.hash, macKey);
		if (__ENABLE_MOCANA_SSH_ENCRYPT_AND_MAC__ && !parameters.etm)
			return new CtrProtection(ctr, hmac, crypto.speed);
		return new CtrEtmProtection(ctr, hmac, crypto.speed);
	}
	throw new RangeError(`no cipher ${cipher}`);
}
