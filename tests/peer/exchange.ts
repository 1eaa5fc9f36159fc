/** A client's computation of a key exchange (RFC 4253 sections 7.2 and 8, RFC 8731), written apart from the server's. */
import type { HashName } from "../../src/crypto/port.js";
import { SSH_MSG_KEX_ECDH_INIT, SSH_MSG_KEXINIT } from "../../src/messages.js";
import { cipherSuite, createProtection, macKeyLength } from "../../src/transport/ciphers.js";
import type { Protection } from "../../src/transport/protection.js";
import { concat, run } from "../crypto/helpers.js";
import { testCrypto } from "./crypto.js";
import { Fields, fields, message, mpint, raw } from "./wire.js";

export interface Offer {
	readonly kex: readonly string[];
	readonly hostKeys: readonly string[];
	readonly cipherC2s: readonly string[];
	readonly cipherS2c: readonly string[];
	readonly macC2s: readonly string[];
	readonly macS2c: readonly string[];
	/** Both directions; "none" unless told. */
	readonly compression?: readonly string[];
}

export function hashOf(name: HashName, bytes: Uint8Array): Uint8Array {
	const digest = testCrypto.hash(name);
	const result = new Uint8Array(digest.length);
	digest.update(bytes, 0, bytes.length);
	digest.digest(result, 0);
	return result;
}

export function kexInit(offer: Offer, cookie: Uint8Array, follows: boolean): Uint8Array {
	const lists = [offer.kex, offer.hostKeys, offer.cipherC2s, offer.cipherS2c, offer.macC2s, offer.macS2c];
	const compression = (offer.compression ?? ["none"]).join(",");
	const names = [...lists.map(list => list.join(",")), compression, compression, "", ""];
	return message(SSH_MSG_KEXINIT, raw(cookie), ...names, follows, 0);
}

export interface ServerOffer extends Offer {
	readonly cookie: Uint8Array;
	readonly follows: boolean;
}

export function readKexInit(payload: Uint8Array): ServerOffer {
	const reader = new Fields(payload);
	reader.byte();
	const cookie = reader.raw(16);
	const lists = Array.from({ length: 10 }, () => reader.names());
	const [kex, hostKeys, cipherC2s, cipherS2c, macC2s, macS2c, compression, compressionS2c] = lists;
	if (compression.join() !== compressionS2c.join()) throw new Error("compression of one direction alone");
	const follows = reader.boolean();
	if (reader.uint32() !== 0) throw new Error("KEXINIT does not end in 0");
	reader.end();
	return { cookie, kex, hostKeys, cipherC2s, cipherS2c, macC2s, macS2c, compression, follows };
}

function choose(mine: readonly string[], theirs: readonly string[]): string {
	const name = mine.find(each => theirs.includes(each));
	if (name === undefined) throw new Error(`nothing in common: ${mine} and ${theirs}`);
	return name;
}

/** The client's half of a method. */
export interface ClientMethod {
	readonly hash: HashName;
	/** Q_C. */
	readonly clientMessage: Uint8Array;
	/** K, encoded as it is hashed. @param serverMessage Q_S */
	secret(serverMessage: Uint8Array): Uint8Array;
}

type Random = (length: number) => Uint8Array;

export function curve25519(random: Random): ClientMethod {
	const secretKey = random(32);
	return {
		hash: "sha256",
		clientMessage: run(testCrypto.x25519(secretKey.slice(), BASE_POINT)).sharedSecret!,
		secret: serverMessage => mpint(run(testCrypto.x25519(secretKey.slice(), serverMessage)).sharedSecret!),
	};
}

/** One key exchange of the client. */
export class ClientExchange {
	readonly clientInit: Uint8Array;
	private readonly offer: Offer;
	private readonly method: ClientMethod;
	serverInit: Uint8Array | undefined;
	/** Our NEWKEYS is out: other messages may follow. */
	finished = false;
	exchangeHash: Uint8Array = new Uint8Array(0);
	private secret: Uint8Array = new Uint8Array(0);

	constructor(offer: Offer, random: Random, follows: boolean, method = curve25519) {
		this.offer = offer;
		this.clientInit = kexInit(offer, random(16), follows);
		this.method = method(random);
	}

	get clientMessage(): Uint8Array {
		return this.method.clientMessage;
	}

	get ecdhInit(): Uint8Array {
		return message(SSH_MSG_KEX_ECDH_INIT, this.clientMessage);
	}

	/** Verifies the server's signature on H, and keeps H and K. */
	takeReply(payload: Uint8Array, clientLine: string, serverLine: string): void {
		const reader = new Fields(payload);
		reader.byte();
		const hostKey = reader.string();
		const serverMessage = reader.string();
		const signature = reader.string();
		reader.end();
		this.secret = this.method.secret(serverMessage);
		const parts = [
			clientLine,
			serverLine,
			this.clientInit,
			this.serverInit!,
			hostKey,
			this.clientMessage,
			serverMessage,
		];
		this.exchangeHash = this.hash(concat(fields(...parts), this.secret));
		if (!verifyEd25519(hostKey, this.exchangeHash, signature)) throw new Error("wrong signature of the host");
	}

	/** The protection of one direction. */
	protection(toServer: boolean, sessionId: Uint8Array): Protection {
		const theirs = readKexInit(this.serverInit!);
		const cipher = toServer
			? choose(this.offer.cipherC2s, theirs.cipherC2s)
			: choose(this.offer.cipherS2c, theirs.cipherS2c);
		const mac = toServer
			? choose(this.offer.macC2s, theirs.macC2s)
			: choose(this.offer.macS2c, theirs.macS2c);
		const { keyLength, ivLength } = cipherSuite(cipher);
		const derive = (letter: string, length: number) => this.derive(letter, length, sessionId);
		const [iv, key, macKey] = toServer ? ["A", "C", "E"] : ["B", "D", "F"];
		return createProtection(
			testCrypto,
			cipher,
			mac,
			derive(key, keyLength),
			derive(iv, ivLength),
			derive(macKey, macKeyLength(mac)),
		);
	}

	private hash(bytes: Uint8Array): Uint8Array {
		return hashOf(this.method.hash, bytes);
	}

	/** RFC 4253 section 7.2. */
	derive(letter: string, length: number, sessionId: Uint8Array): Uint8Array {
		const head = concat(this.secret, this.exchangeHash);
		let key = this.hash(concat(head, Uint8Array.of(letter.charCodeAt(0)), sessionId));
		while (key.length < length) key = concat(key, this.hash(concat(head, key)));
		return key.slice(0, length);
	}
}

/** RFC 7748 section 4.1: u = 9. */
const BASE_POINT = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 9 : 0));

function verifyEd25519(blob: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
	const key = new Fields(blob);
	const signed = new Fields(signature);
	if (key.text() !== "ssh-ed25519" || signed.text() !== "ssh-ed25519") return false;
	return run(testCrypto.ed25519Verify(key.string(), data, signed.string()));
}
