/**
 * SSH_MSG_KEXINIT (RFC 4253 section 7.1):
 *
 *     byte         SSH_MSG_KEXINIT
 *     byte[16]     cookie (random bytes)
 *     name-list    kex_algorithms
 *     name-list    server_host_key_algorithms
 *     name-list    encryption_algorithms_client_to_server, _server_to_client
 *     name-list    mac_algorithms_client_to_server, _server_to_client
 *     name-list    compression_algorithms_client_to_server, _server_to_client
 *     name-list    languages_client_to_server, _server_to_client
 *     boolean      first_kex_packet_follows
 *     uint32       0 (reserved for future extension)
 */

import type { Reader, Writer } from "../base/wire.js";
import {
	ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED,
	ERR_SSH_KEYEX_MESG_FORMAT,
	ERR_SSH_UNKNOWN_CIPHER,
	ERR_SSH_UNKNOWN_HMAC,
} from "../merrors.js";
import {
	type Algorithms,
	CIPHERS,
	COMPRESSION,
	chooseMac,
	EXT_INFO_C,
	EXT_INFO_S,
	kexNames,
	MACS,
	NameList,
	STRICT_KEX_C,
	STRICT_KEX_S,
} from "./algorithms.js";
import type { KexMethod } from "./kex-method.js";

export const COOKIE_LENGTH = 16;

/** What a client's KEXINIT comes to. */
export interface Negotiated extends Algorithms {
	/** The client guessed, and wrongly: its next packet is to be ignored. */
	readonly wrongGuess: boolean;
	/** The client takes SSH_MSG_EXT_INFO. */
	readonly extInfo: boolean;
	/** The client offers strict key exchange. */
	readonly strict: boolean;
}

/**
 * Writes our payload after the message number. The same arguments give the same bytes: so it need not be kept for
 * the exchange hash, only its cookie.
 *
 * @param first in the first exchange of a connection, where the markers belong
 */
export function writeKexInit(
	writer: Writer,
	cookie: Uint8Array,
	methods: readonly KexMethod[],
	hostKeyAlgorithms: readonly string[],
	first: boolean,
): void {
	writer.raw(cookie);
	const kex = kexNames(methods);
	if (first) kex.push(EXT_INFO_S, STRICT_KEX_S);
	writer.ascii(kex.join(",")).ascii(hostKeyAlgorithms.join(","));
	[CIPHERS, MACS, COMPRESSION].forEach(list => {
		const names = list.join(",");
		writer.ascii(names).ascii(names);
	});
	writer.ascii("").ascii("").boolean(false).uint32(0);
}

/**
 * Reads a client's payload, its message number already read, and chooses.
 *
 * @param longest name-list, in bytes, that is taken
 * @returns the choice, or a status below zero
 */
export function negotiate(
	reader: Reader,
	methods: readonly KexMethod[],
	hostKeyAlgorithms: readonly string[],
	longest: number,
): Negotiated | number {
	reader.skip(COOKIE_LENGTH);
	const kexList = new NameList(reader, longest);
	const hostKeyList = new NameList(reader, longest);
	const cipherC2s = new NameList(reader, longest).choose(CIPHERS);
	const cipherS2c = new NameList(reader, longest).choose(CIPHERS);
	const macListC2s = new NameList(reader, longest);
	const macListS2c = new NameList(reader, longest);
	const compressionC2s = new NameList(reader, longest).choose(COMPRESSION);
	const compressionS2c = new NameList(reader, longest).choose(COMPRESSION);
	// Languages: nothing we send is translated.
	new NameList(reader, longest);
	new NameList(reader, longest);
	const guess = reader.boolean();
	reader.uint32();
	if (!reader.complete) return ERR_SSH_KEYEX_MESG_FORMAT;

	const kex = kexList.choose(kexNames(methods));
	const hostKey = hostKeyList.choose(hostKeyAlgorithms);
	if (
		kex === undefined ||
		hostKey === undefined ||
		compressionC2s === undefined ||
		compressionS2c === undefined
	)
		return ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED;
	if (cipherC2s === undefined || cipherS2c === undefined) return ERR_SSH_UNKNOWN_CIPHER;
	const macC2s = chooseMac(cipherC2s, macListC2s);
	const macS2c = chooseMac(cipherS2c, macListS2c);
	if (macC2s === undefined || macS2c === undefined) return ERR_SSH_UNKNOWN_HMAC;

	return {
		kex,
		hostKey,
		cipherC2s,
		cipherS2c,
		macC2s,
		macS2c,
		// A guess is right when both sides' first choices are the same (section 7).
		wrongGuess:
			guess && !(kexList.startsWith(methods[0].names[0]) && hostKeyList.startsWith(hostKeyAlgorithms[0])),
		extInfo: kexList.includes(EXT_INFO_C),
		strict: kexList.includes(STRICT_KEX_C),
	};
}
