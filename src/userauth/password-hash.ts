/**
 * Passwords as they are kept: $pbkdf2-sha256$i=ITERATIONS$SALT$HASH, salt and hash in base64.
 *
 * SHA-256, because that is what microcontrollers compute in hardware: there it costs a guesser about as much time as
 * it costs us, while SHA-512 in an interpreter would cost us six times more for the same strength. (Memory-hard
 * functions are out of reach where the whole heap is smaller than what they would fill.)
 */

import { decodeBase64, encodeBase64 } from "../base64.js";
import { Pbkdf2 } from "../crypto/pbkdf2.js";
import type { Crypto, Job, RandomSource } from "../crypto/port.js";
import { decimal } from "../decimal.js";
import { __ENABLE_MOCANA_SSH_PASSWORD__ } from "../moptions.js";
import { equalBytes } from "../wire.js";

/** Bytes of a salt that is made here, and of a hash. */
const SALT_LENGTH = 16;
const HASH_LENGTH = 32;
const PREFIX = "$pbkdf2-sha256$i=";

/** More than this a damaged file says, not an administrator: seconds on a desktop, minutes on a device. */
export const MAX_ITERATIONS = 1_000_000;
/** calibrate() goes no lower, however slow the device (RFC 8018 section 4.2). */
export const MIN_CALIBRATED_ITERATIONS = 1_000;

export interface PasswordHash {
	readonly iterations: number;
	readonly salt: Uint8Array;
	readonly hash: Uint8Array;
}

/** Undefined for everything but the exact form, with 1 to MAX_ITERATIONS iterations and a salt of 8 to 64 bytes. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
	if (!text.startsWith(PREFIX)) return undefined;
	const parts = text.slice(PREFIX.length).split("$");
	if (parts.length !== 3) return undefined;
	const iterations = parseIterations(parts[0]);
	const salt = decodeBase64(parts[1]);
	const hash = decodeBase64(parts[2]);
	if (iterations === 0 || !salt || !hash) return undefined;
	if (salt.length < 8 || salt.length > 64 || hash.length !== HASH_LENGTH) return undefined;
	return { iterations, salt, hash };
}

/** 0 for what is no decimal number of 1 to MAX_ITERATIONS. */
function parseIterations(text: string): number {
	if (text.length < 1 || text.length > 7 || text[0] === "0") return 0;
	const value = decimal(text);
	return value > 0 && value <= MAX_ITERATIONS ? value : 0;
}

/**
 * Hashes a password with a fresh salt.
 *
 * @param password its bytes; not looked at again once this returns
 * @returns a job whose result is the text to keep, or a status of the ERR_RAND family
 */
export function hashPassword(
	crypto: Crypto,
	random: RandomSource,
	password: Uint8Array,
	iterations: number,
	sliceIterations: number,
): Job<string> | number {
	const salt = new Uint8Array(SALT_LENGTH);
	const status = random(salt);
	if (status < 0) return status;
	return new HashJob(
		new Pbkdf2(crypto, "sha256", password, salt, iterations, HASH_LENGTH, sliceIterations),
		`${PREFIX}${iterations}$${encodeBase64(salt)}$`,
	);
}

class HashJob implements Job<string> {
	result = "";
	private readonly derivation: Pbkdf2;
	private readonly head: string;

	constructor(derivation: Pbkdf2, head: string) {
		this.derivation = derivation;
		this.head = head;
	}

	step(): boolean {
		if (!this.derivation.step()) return false;
		this.result = this.head + encodeBase64(this.derivation.result);
		this.derivation.wipe();
		return true;
	}

	wipe(): void {
		this.derivation.wipe();
	}
}

/**
 * Verifies a password in a time that does not tell whether there is a hash: without one the same number of
 * iterations is run for nothing, and a hash that is cheaper than `cost` is filled up to it.
 */
export class PasswordVerification implements Job<boolean> {
	result = false;
	private readonly crypto: Crypto;
	/** Undefined where no password fits, and once the verdict stands. */
	private expected: PasswordHash | undefined;
	private readonly sliceIterations: number;
	private derivation: Pbkdf2;
	/** Iterations to run for nothing, behind the others. */
	private rest: number;

	/**
	 * @param password its bytes; not looked at again once this returns
	 * @param expected undefined where no password fits
	 * @param cost iterations to run at least
	 */
	constructor(
		crypto: Crypto,
		password: Uint8Array,
		expected: PasswordHash | undefined,
		cost: number,
		sliceIterations: number,
	) {
		this.crypto = crypto;
		this.expected = expected;
		this.sliceIterations = sliceIterations;
		const iterations = expected?.iterations ?? cost;
		this.derivation = this.derive(password, expected?.salt ?? new Uint8Array(SALT_LENGTH), iterations);
		this.rest = Math.max(0, cost - iterations);
	}

	private derive(password: Uint8Array, salt: Uint8Array, iterations: number): Pbkdf2 {
		return new Pbkdf2(this.crypto, "sha256", password, salt, iterations, HASH_LENGTH, this.sliceIterations);
	}

	step(): boolean {
		if (!this.derivation.step()) return false;
		if (this.expected) this.result = equalBytes(this.derivation.result, this.expected.hash);
		this.expected = undefined;
		this.derivation.wipe();
		if (this.rest === 0) return true;
		this.derivation = this.derive(new Uint8Array(1), new Uint8Array(SALT_LENGTH), this.rest);
		this.rest = 0;
		return false;
	}

	wipe(): void {
		this.derivation.wipe();
	}
}

/**
 * How many iterations take about `targetMs` here. Holds the event loop for up to twice that: for the start, before
 * anything listens.
 *
 * @param now milliseconds from any start, such as Hal.now()
 * @returns MIN_CALIBRATED_ITERATIONS to MAX_ITERATIONS; the former in a build without passwords
 */
export function calibrate(crypto: Crypto, now: () => number, targetMs = 250): number {
	if (!__ENABLE_MOCANA_SSH_PASSWORD__) return MIN_CALIBRATED_ITERATIONS;
	const password = new Uint8Array(8);
	const salt = new Uint8Array(SALT_LENGTH);
	for (let iterations = 64; ; iterations *= 2) {
		const start = now();
		new Pbkdf2(crypto, "sha256", password, salt, iterations, HASH_LENGTH, iterations).step();
		const elapsed = now() - start;
		if (elapsed * 4 < targetMs && iterations < MAX_ITERATIONS) continue;
		const fitting = Math.round((iterations * targetMs) / Math.max(elapsed, 1));
		return Math.min(MAX_ITERATIONS, Math.max(MIN_CALIBRATED_ITERATIONS, fitting));
	}
}
