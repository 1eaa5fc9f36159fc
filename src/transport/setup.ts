/** What a transport is given, and what it asks of the one who made it. */
import type { Reader } from "../base/wire.js";
import type { Crypto, RandomSource } from "../crypto/port.js";
import type { HostKey } from "../keys/host-key.js";
import type { Limits } from "../limits.js";
import type { KexMethod } from "./kex-method.js";

/** What a transport is given; nothing in it changes. */
export interface TransportSetup {
	readonly crypto: Crypto;
	readonly random: RandomSource;
	readonly limits: Limits;
	readonly hostKeys: readonly HostKey[];
	/** The preferred one first. */
	readonly kexMethods: readonly KexMethod[];
	/** The algorithms that clients may sign with, for server-sig-algs (RFC 8308 section 3.1). */
	readonly signatureAlgorithms: readonly string[];
}

/** What the transport tells its owner. */
export interface TransportOwner {
	/** A message of a service (50 and above), admitted by its phase. OK, or a status that ends the connection. */
	onMessage(number: number, payload: Reader): number;
	/** Something worth a line in the log. */
	onNotice(text: string): void;
	/** Bytes were queued for the socket: it is to have a turn. */
	wake(): void;
	/** Where the connection stands (base/stages.ts). */
	readonly stage: number;
	/** It is identified, has keys, or authenticates now. */
	moveTo(stage: number): void;
	/** Whether the buffers of a connection that rests may be taken again now. */
	mayWake(): boolean;
}
