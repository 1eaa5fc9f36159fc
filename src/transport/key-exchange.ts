/**
 * One key exchange, from the first KEXINIT to the client's NEWKEYS (RFC 4253 sections 7 and 8). Every method has these two
 * messages, as RFC 5656 section 4 lays them out; what is in Q_C and Q_S, and how K comes of them, is the KexMethod's.
 *
 *     byte     SSH_MSG_KEX_ECDH_INIT          byte     SSH_MSG_KEX_ECDH_REPLY
 *     string   Q_C, the client's message      string   K_S, the server's public host key
 *                                             string   Q_S, the server's message
 *                                             string   the signature on the exchange hash
 */

import type { Reader, Writer } from "../base/wire.js";
import type { Job } from "../crypto/port.js";
import type { HostKey } from "../keys/host-key.js";
import { REPLY_RESERVE } from "../limits.js";
import {
	ERR_SSH_BAD_TRANS_RECEIVE_STATE,
	ERR_SSH_KEYEX_BAD_INPUT,
	ERR_SSH_KEYEX_MESG_FORMAT,
	OK,
} from "../merrors.js";
import {
	PHASE_FIRST_KEX,
	PHASE_FIRST_KEXINIT,
	PHASE_FIRST_NEWKEYS,
	PHASE_REKEY_KEX,
	PHASE_REKEY_NEWKEYS,
	PHASE_STRICT_KEX,
	PHASE_STRICT_NEWKEYS,
	SSH_MSG_KEX_ECDH_REPLY,
	SSH_MSG_KEXINIT,
	SSH_MSG_NEWKEYS,
} from "../messages.js";
import { cipherSuite, createProtection, macKeyLength } from "./ciphers.js";
import { deriveKey, ExchangeHash, encodeSharedSecret } from "./exchange-hash.js";
import { sendExtInfo } from "./ext-info.js";
import { SERVER_IDENTIFICATION } from "./identification.js";
import type { KexMethod, KexReply } from "./kex-method.js";
import { COOKIE_LENGTH, type Negotiated, negotiate, writeKexInit } from "./kexinit.js";
import type { Protection } from "./protection.js";
import type { Transport } from "./transport.js";

/** Bytes of a KEXINIT that are hashed at once: some 15 ms of SHA-256 in JavaScript on the device. */
const HASH_SLICE = 256;

/** A signature is not longer than the public key it belongs to, or by less than this: 32 bytes for Ed25519. Both on the wire. */
const SIGNATURE_EXCESS = 64;

/** Bytes that NEWKEYS and EXT_INFO may take after the reply, with headers, padding and tags. */
const AFTER_REPLY = 512;

export class KeyExchange {
	/** When it began, in the HAL's milliseconds. */
	readonly since: number;
	/** Our KEXINIT is out, or about to be, and our NEWKEYS is not. */
	forbidsSending = false;
	/** The hash takes in the client's KEXINIT, whose packet stays in the input until then, and ours, in slices. */
	hashing = false;
	/** For what the client sends after its NEWKEYS; there once computed. */
	receivingKeys: Protection | undefined;

	private readonly transport: Transport;
	private readonly first: boolean;
	private readonly cookie = new Uint8Array(COOKIE_LENGTH);
	/** There from the client's KEXINIT until H is. */
	private hash: ExchangeHash | undefined;
	private negotiated: Negotiated | undefined;
	private method: KexMethod | undefined;
	private hostKey: HostKey | undefined;
	/** The client's next packet is a wrong guess (RFC 4253 section 7). */
	private guessPending = false;
	/** Q_C, kept while the agreement is computed. */
	private clientMessage: Uint8Array | undefined;
	private agreement: Job<KexReply> | undefined;
	private agreed: KexReply | undefined;
	/** K as it is hashed, and H. */
	private secret: Uint8Array = new Uint8Array(0);
	private exchangeHash: Uint8Array = new Uint8Array(0);
	private signing: Job<Uint8Array> | undefined;
	private signature: Uint8Array | undefined;
	/** The reply and our NEWKEYS are queued, under the keys of before. */
	private replied = false;
	/** Of both protections, those that are ready. */
	private prepared = 0;
	/** Of the protection that is being made, those that are derived. */
	private keys: Uint8Array[] = [];
	/** For what we send after our NEWKEYS; there once computed. */
	private sendingKeys: Protection | undefined;
	private kexInitSent = false;
	/** What the hash is to take of a KEXINIT: bytes of the packets' input at first, then of their output; 0 before. */
	private hashAt = 0;
	private hashEnd = 0;
	private hashesOwn = false;

	constructor(transport: Transport, now: number) {
		this.transport = transport;
		this.since = now;
		this.first = transport.sessionId.length === 0;
	}

	/** The phase of messages to come; undefined while those of the services may still come. */
	get phase(): number | undefined {
		if (!this.negotiated) return this.first ? PHASE_FIRST_KEXINIT : undefined;
		const keyed = this.receivingKeys !== undefined;
		if (!this.first) return keyed ? PHASE_REKEY_NEWKEYS : PHASE_REKEY_KEX;
		if (this.transport.strict) return keyed ? PHASE_STRICT_NEWKEYS : PHASE_STRICT_KEX;
		return keyed ? PHASE_FIRST_NEWKEYS : PHASE_FIRST_KEX;
	}

	/** compute() is to be called before any packet is taken. */
	get computing(): boolean {
		return this.hashing || this.clientMessage !== undefined;
	}

	/** The next slice is of the agreement, of the signature or of what follows them: large numbers, and tables of them. */
	get demanding(): boolean {
		return this.computing && !this.hashing;
	}

	/** Sends our KEXINIT before the client's has come. */
	sendKexInit(): number {
		const { transport } = this;
		const status = transport.setup.random(this.cookie);
		if (status < OK) return status;
		this.writeKexInit();
		this.forbidsSending = true;
		this.kexInitSent = true;
		return transport.end();
	}

	private writeKexInit(): Writer {
		const writer = this.transport.begin(SSH_MSG_KEXINIT);
		const { kexMethods } = this.transport.setup;
		writeKexInit(writer, this.cookie, kexMethods, this.hostKeyAlgorithms(), this.first);
		return writer;
	}

	/** @param payload the client's KEXINIT, its message number already read */
	takeKexInit(payload: Reader): number {
		const { transport } = this;
		const { packets, setup } = transport;
		const { kexMethods, limits } = setup;
		const negotiated = negotiate(payload, kexMethods, this.hostKeyAlgorithms(), limits.nameListLength);
		if (typeof negotiated === "number") return negotiated;
		if (this.first) {
			transport.strict = negotiated.strict;
			// Strict: the KEXINIT must have been the first packet; what came before it was never authenticated.
			if (negotiated.strict && packets.receivedSequence !== 0) return ERR_SSH_BAD_TRANS_RECEIVE_STATE;
		}
		this.negotiated = negotiated;
		this.guessPending = negotiated.wrongGuess;
		this.hostKey = setup.hostKeys.find(({ algorithm }) => algorithm === negotiated.hostKey)!;
		this.method = kexMethods.find(({ names }) => names.includes(negotiated.kex))!;
		this.hash = new ExchangeHash(setup.crypto, this.method.hash);

		// Nothing may take the room that our own will need.
		this.forbidsSending = true;
		this.hashing = true;
		return OK;
	}

	/** Hashes a piece of I_C, or sends I_S where that has not been done; at last a piece of I_S. */
	private hashKexInits(): number {
		const { packets, clientIdentification } = this.transport;
		const at = this.hashAt;
		if (at === 0) {
			this.hash!.string(clientIdentification).ascii(SERVER_IDENTIFICATION);
			this.hashAt = packets.payloadStart;
			this.hashEnd = packets.payloadEnd;
			this.hash!.uint32(this.hashEnd - this.hashAt);
			return OK;
		}
		if (at < this.hashEnd) {
			this.hashAt = Math.min(at + HASH_SLICE, this.hashEnd);
			this.hash!.raw(this.hashesOwn ? packets.output : packets.input, at, this.hashAt);
			return OK;
		}
		if (this.hashesOwn) {
			this.hashing = false;
			return OK;
		}
		if (!this.kexInitSent) return this.sendKexInit();
		packets.consume();
		// I_S is written once more, after what is queued and for the hash alone, instead of having been kept: nothing else is
		// written there while this exchange computes. Its number has been written before: it starts where begin() set out.
		const writer = this.writeKexInit();
		this.hashesOwn = true;
		this.hashAt = packets.payloadOrigin;
		this.hashEnd = writer.position;
		this.hash!.uint32(this.hashEnd - this.hashAt);
		return OK;
	}

	/**
	 * Bytes of payload that must find room in the output before the next message is taken or the next slice is computed; 0 for
	 * any. The reply's room is there before its computation begins, and stays: nothing else is sent until then.
	 */
	get room(): number {
		if (this.demanding) return 0;
		if (this.hashing || !this.method || !this.forbidsSending) return REPLY_RESERVE;
		const { length } = this.hostKey!.publicBlob;
		// The message's number, and the lengths of its three strings.
		const reply = 1 + 3 * 4 + this.method.serverLength + 2 * length + SIGNATURE_EXCESS;
		return Math.max(REPLY_RESERVE, reply + AFTER_REPLY);
	}

	/** Whether this message is the client's wrong guess, to be ignored. */
	ignoresGuess(number: number): boolean {
		if (!this.guessPending) return false;
		this.guessPending = false;
		return number >= 30 && number <= 49;
	}

	takeEcdhInit(payload: Reader): number {
		const message = payload.string();
		const { clientLength } = this.method!;
		if (!payload.complete || message.length !== clientLength) return ERR_SSH_KEYEX_MESG_FORMAT;
		const { crypto, random } = this.transport.setup;
		this.clientMessage = message.slice();
		const agreement = this.method!.start(crypto, random, this.clientMessage);
		if (typeof agreement === "number") return agreement;
		this.agreement = agreement;
		return OK;
	}

	/** One slice of the computation; at its end the reply and our NEWKEYS are sent. OK or a status below zero. */
	compute(): number {
		if (this.hashing) return this.hashKexInits();
		if (this.agreement) {
			if (!this.agreement.step()) return OK;
			this.agreed = this.agreement.result;
			this.agreement = undefined;
			return this.agreed.sharedSecret ? OK : ERR_SSH_KEYEX_BAD_INPUT;
		}
		if (this.exchangeHash.length === 0) return this.finishHash();
		if (!this.signature) {
			this.signing ??= this.hostKey!.sign(this.exchangeHash);
			if (!this.signing.step()) return OK;
			this.signature = this.signing.result;
			this.signing = undefined;
			return OK;
		}
		const { cipherC2s, cipherS2c, macC2s, macS2c } = this.negotiated!;
		if (!this.sendingKeys) this.sendingKeys = this.protection(cipherS2c, macS2c, "DBF");
		else if (!this.receivingKeys) this.receivingKeys = this.protection(cipherC2s, macC2s, "CAE");
		else if (this.prepared < 2) (this.prepared++ === 0 ? this.sendingKeys : this.receivingKeys).prepare();
		else if (!this.replied) return this.reply();
		else return this.switchKeys();
		return OK;
	}

	/** H. */
	private finishHash(): number {
		const { transport } = this;
		const { serverMessage, sharedSecret } = this.agreed!;
		this.secret = encodeSharedSecret(sharedSecret!, this.method!.secretEncoding);
		sharedSecret!.fill(0);
		this.hash!.string(this.hostKey!.publicBlob).string(this.clientMessage!).string(serverMessage);
		this.exchangeHash = this.hash!.finish(this.secret);
		this.hash = undefined;
		if (this.first) transport.sessionId = this.exchangeHash.slice();
		return OK;
	}

	private reply(): number {
		const { transport } = this;
		transport
			.begin(SSH_MSG_KEX_ECDH_REPLY)
			.string(this.hostKey!.publicBlob)
			.string(this.agreed!.serverMessage)
			.string(this.signature!);
		let status = transport.end();
		if (status < OK) return status;
		transport.begin(SSH_MSG_NEWKEYS);
		status = transport.end();
		if (status < OK) return status;
		transport.algorithms = this.negotiated;
		this.replied = true;
		return OK;
	}

	/** Both are sealed: what we send from here on is under the new keys. */
	private switchKeys(): number {
		const { transport } = this;
		transport.packets.s2c.take(this.sendingKeys!, transport.strict);
		// The client may take its time for its NEWKEYS: what is not needed for that goes now.
		this.sendingKeys = this.clientMessage = this.agreed = this.signature = undefined;
		this.forbidsSending = false;
		this.wipeSecrets();
		if (!this.first || !this.negotiated!.extInfo) return OK;
		return sendExtInfo(transport, transport.setup.signatureAlgorithms);
	}

	/** Where our NEWKEYS is queued, finishes that at once: something else is to be sent, which is to be the last. */
	finishSwitch(): void {
		if (!this.replied || !this.sendingKeys) return;
		this.transport.packets.sealAll();
		this.switchKeys();
	}

	/**
	 * A slice of what makes a protection: a key, or all of it at last.
	 *
	 * @param letters of RFC 4253 section 7.2, for key, IV and MAC  @returns undefined until it is there
	 */
	private protection(cipher: string, macName: string, letters: string): Protection | undefined {
		const { keyLength, ivLength } = cipherSuite(cipher);
		const { keys } = this;
		const at = keys.length;
		if (at < 3) {
			const length = at === 0 ? keyLength : at === 1 ? ivLength : macKeyLength(macName);
			keys.push(this.derive(letters[at], length));
			return undefined;
		}
		const { crypto } = this.transport.setup;
		const protection = createProtection(crypto, cipher, macName, keys[0], keys[1], keys[2]);
		this.wipeKeys();
		return protection;
	}

	private derive(letter: string, length: number): Uint8Array {
		const { setup, sessionId } = this.transport;
		const { hash } = this.method!;
		return deriveKey(setup.crypto, hash, this.secret, this.exchangeHash, letter, sessionId, length);
	}

	private hostKeyAlgorithms(): string[] {
		return this.transport.setup.hostKeys.map(({ algorithm }) => algorithm);
	}

	private wipeKeys(): void {
		this.keys.forEach(bytes => {
			bytes.fill(0);
		});
		this.keys = [];
	}

	private wipeSecrets(): void {
		this.secret.fill(0);
		this.exchangeHash.fill(0);
	}

	/** Ends it before its time. */
	wipe(): void {
		this.agreement?.wipe?.();
		this.agreed?.sharedSecret?.fill(0);
		this.signing?.wipe?.();
		this.wipeSecrets();
		this.wipeKeys();
		this.sendingKeys?.wipe();
		this.receivingKeys?.wipe();
	}
}
