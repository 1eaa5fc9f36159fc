/** What we offer in KEXINIT, in order, and how a choice is made (RFC 4253 section 7.1). */
import type { Reader } from "../base/wire.js";
import { CIPHER_SUITES, cipherSuite, MAC_ALGORITHMS } from "./ciphers.js";
import { CURVE25519 } from "./kex-curve25519.js";
import type { KexMethod } from "./kex-method.js";

/** The algorithms in force, by their names in SSH. The MACs of an AEAD cipher are "<implicit>". */
export interface Algorithms {
	readonly kex: string;
	readonly hostKey: string;
	readonly cipherC2s: string;
	readonly cipherS2c: string;
	readonly macC2s: string;
	readonly macS2c: string;
}

/** Methods of key exchange, the preferred one first. One more method is one more row. */
export const KEX_METHODS: readonly KexMethod[] = Object.freeze([CURVE25519]);

/** Every name of these methods, as KEXINIT lists them. */
export function kexNames(methods: readonly KexMethod[]): string[] {
	return methods.flatMap(({ names }) => names);
}

export const CIPHERS: readonly string[] = Object.freeze(CIPHER_SUITES.map(({ name }) => name));

export const MACS: readonly string[] = Object.freeze(MAC_ALGORITHMS.map(({ name }) => name));

/** Nothing else, ever: compression before and after authentication has cost others dearly (CVE-2026-46702). */
export const COMPRESSION: readonly string[] = Object.freeze(["none"]);

/** Markers in the kex list: they name no algorithm (RFC 8308 section 2.1, OpenSSH PROTOCOL 1.10). */
export const EXT_INFO_C = "ext-info-c";
export const EXT_INFO_S = "ext-info-s";
export const STRICT_KEX_C = "kex-strict-c-v00@openssh.com";
export const STRICT_KEX_S = "kex-strict-s-v00@openssh.com";

/**
 * The MAC to a cipher, or undefined when there is none in common. An AEAD cipher brings its own integrity: the list is then
 * ignored (RFC 5647 section 5.1 as OpenSSH has it).
 */
export function chooseMac(cipher: string, list: NameList): string | undefined {
	const { macs } = cipherSuite(cipher);
	return macs.length === 0 ? "<implicit>" : list.choose(macs.map(({ name }) => name));
}

/** A name-list within a message, without the cost of splitting it: bytes[start, end). */
export class NameList {
	private readonly bytes: Uint8Array;
	private readonly start: number;
	private readonly end: number;

	/** Takes the list that `reader` stands at; longer than `limit` is a failure of the reader. */
	constructor(reader: Reader, limit: number) {
		const length = reader.stringLength();
		if (length > limit) reader.failed = true;
		this.bytes = reader.bytes;
		this.start = reader.position;
		reader.skip(length);
		this.end = reader.position;
	}

	/** The first name of this list that is also in `ours`, or undefined: the client's preference decides. */
	choose(ours: readonly string[]): string | undefined {
		for (let at = this.start; at < this.end; at = this.next(at)) {
			for (let i = 0; i < ours.length; i++) if (this.nameAt(at, ours[i])) return ours[i];
		}
		return undefined;
	}

	includes(name: string): boolean {
		for (let at = this.start; at < this.end; at = this.next(at)) if (this.nameAt(at, name)) return true;
		return false;
	}

	/** Whether `name` stands first: what a guess is judged by (RFC 4253 section 7). */
	startsWith(name: string): boolean {
		return this.nameAt(this.start, name);
	}

	/** Where the name after the one at `at` starts. */
	private next(at: number): number {
		while (at < this.end && this.bytes[at] !== 0x2c) at++;
		return at + 1;
	}

	private nameAt(at: number, name: string): boolean {
		const end = at + name.length;
		if (end > this.end || (end < this.end && this.bytes[end] !== 0x2c)) return false;
		for (let i = 0; i < name.length; i++) if (this.bytes[at + i] !== name.charCodeAt(i)) return false;
		return true;
	}
}
