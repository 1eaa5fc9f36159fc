/**
 * Passwords as they are kept: $pbkdf2-sha256$i=ITERATIONS$SALT$HASH, salt and hash in base64.
 *
 * SHA-256, because that is what microcontrollers compute in hardware: there it costs a guesser about as much time as
 * it costs us, while SHA-512 in an interpreter would cost us six times more for the same strength. (Memory-hard
 * functions are out of reach where the whole heap is smaller than what they would fill.)
 *
 * A salt has 16 bytes, and 17 where the password has more than the 64 that HMAC takes for a key as it is.
 */

import { decodeBase64, encodeBase64 } from "../base/base64.js";
import { decimal } from "../base/decimal.js";
import { isUtf8 } from "../base/utf8.js";
import { equalBytes } from "../base/wire.js";
import { Pbkdf2 } from "../crypto/pbkdf2.js";
import type { Crypto, Job, RandomSource } from "../crypto/port.js";
import { MAX_PASSWORD_LENGTH } from "../limits.js";
import { __ENABLE_MOCANA_SSH_PASSWORD__ } from "../moptions.js";

/** Bytes of a salt that is made here, and of a hash. */
const SALT_LENGTH = 16;
const HASH_LENGTH = 32;
/** Of the salt of a password that is longer than HMAC_BLOCK. */
const LONG_SALT_LENGTH = SALT_LENGTH + 1;
/** Bytes of a key that HMAC-SHA-256 uses as it is (RFC 2104). */
const HMAC_BLOCK = 64;
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
 * @param password its bytes, as fits() takes them; they stay as they are until the job has ended
 * @returns a job whose result is the text to keep, or a status of the ERR_RAND family
 */
export function hashPassword(
	crypto: Crypto,
	random: RandomSource,
	password: Uint8Array,
	iterations: number,
	sliceIterations: number,
): Job<string> | number {
	const salt = new Uint8Array(isLong(password) ? LONG_SALT_LENGTH : SALT_LENGTH);
	const status = random(salt);
	return status < 0 ? status : new HashJob(crypto, password, salt, iterations, sliceIterations);
}

/** Takes its memory with the first step. */
class HashJob implements Job<string> {
	result = "";
	private readonly crypto: Crypto;
	private readonly password: Uint8Array;
	private readonly salt: Uint8Array;
	private readonly iterations: number;
	private readonly sliceIterations: number;
	private derivation: Pbkdf2 | undefined = undefined;

	constructor(
		crypto: Crypto,
		password: Uint8Array,
		salt: Uint8Array,
		iterations: number,
		sliceIterations: number,
	) {
		this.crypto = crypto;
		this.password = password;
		this.salt = salt;
		this.iterations = iterations;
		this.sliceIterations = sliceIterations;
	}

	step(): boolean {
		const { crypto, password, salt, iterations } = this;
		this.derivation ??= derive(crypto, password, salt, iterations, this.sliceIterations);
		if (!this.derivation.step()) return false;
		this.result = `${PREFIX}${iterations}$${encodeBase64(salt)}$${encodeBase64(this.derivation.result)}`;
		this.derivation.wipe();
		return true;
	}

	wipe(): void {
		this.derivation?.wipe();
	}
}

function derive(
	crypto: Crypto,
	password: Uint8Array,
	salt: Uint8Array,
	iterations: number,
	sliceIterations: number,
): Pbkdf2 {
	return new Pbkdf2(crypto, "sha256", password, salt, iterations, HASH_LENGTH, sliceIterations);
}

/** As long that HMAC takes its hash in its place. */
function isLong(password: Uint8Array): boolean {
	return password.length > HMAC_BLOCK;
}

/**
 * Whether these bytes can be a password at all: those that cannot fit no hash. HMAC fills its key up with zeros, and hashes
 * a long one: without NUL, and with well-formed UTF-8 alone (RFC 4252 section 8), none has another's key. A salt's length
 * tells whether the password is long, so that no short one is tried in its place.
 */
export function canBePassword(password: Uint8Array): boolean {
	return (
		password.length > 0 && password.length <= MAX_PASSWORD_LENGTH && !password.includes(0) && isUtf8(password)
	);
}

/**
 * Verifies a password in a time that does not tell whether there is a hash: whatever there is, `cost` iterations are run, and
 * what a hash with fewer expects is compared on the way. It takes its memory with the first step.
 */
export class PasswordVerification implements Job<boolean> {
	result = false;
	private readonly crypto: Crypto;
	private readonly password: Uint8Array;
	private readonly expected: PasswordHash | undefined;
	private readonly cost: number;
	private readonly sliceIterations: number;
	private derivation: Pbkdf2 | undefined = undefined;

	/**
	 * @param password its bytes; they stay as they are until the job has ended
	 * @param expected undefined where no password fits
	 * @param cost iterations to run, where the hash does not have more
	 */
	constructor(
		crypto: Crypto,
		password: Uint8Array,
		expected: PasswordHash | undefined,
		cost: number,
		sliceIterations: number,
	) {
		this.crypto = crypto;
		this.password = password;
		this.expected = expected;
		this.cost = Math.max(cost, expected?.iterations ?? 0);
		this.sliceIterations = sliceIterations;
	}

	step(): boolean {
		this.derivation ??= this.begin();
		if (!this.derivation.step()) return false;
		const { expected, password } = this;
		const same = equalBytes(this.derivation.noted, expected?.hash ?? new Uint8Array(HASH_LENGTH));
		this.derivation.wipe();
		// A short salt is of a short password, or of one that an earlier version took: that may be long.
		const meant = isLong(password) || expected?.salt.length !== LONG_SALT_LENGTH;
		this.result = same && meant && expected !== undefined && canBePassword(password);
		return true;
	}

	private begin(): Pbkdf2 {
		const { crypto, expected, cost } = this;
		const tried = canBePassword(this.password) ? this.password : new Uint8Array(1);
		const salt = expected?.salt ?? new Uint8Array(SALT_LENGTH);
		const derivation = derive(crypto, tried, salt, cost, this.sliceIterations);
		derivation.noteAt = expected?.iterations ?? cost;
		return derivation;
	}

	wipe(): void {
		this.derivation?.wipe();
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
