/**
 * What the protocol asks of cryptography, and all it knows of it. Adapters implement it over noble (noble.ts) or
 * over a platform's native library; entry files choose one. The packet path hands over (bytes, offset, length), so
 * that an adapter needs no copies.
 *
 * An adapter throws only on a caller's mistake (a key of the wrong length). What a peer sent yields a value:
 * `false`, or `undefined`.
 */

/**
 * Work that may take longer than the event loop should be held. Each step is one slice, on the device no longer
 * than about 20 ms; when step() has returned true, `result` is there and step() is not called again. What a job was
 * given stays as it is until then.
 */
export interface Job<T> {
	step(): boolean;
	readonly result: T;
	/** Overwrites what is secret in a job that is given up before its end. */
	wipe?(): void;
}

/** A hash or a MAC in progress. digest() writes `length` bytes and starts the same computation (same key) anew. */
export interface Digest {
	/** Bytes of output. */
	readonly length: number;
	update(bytes: Uint8Array, offset: number, length: number): void;
	digest(output: Uint8Array, offset: number): void;
	/** Overwrites keys and state; the object is not used again. */
	wipe(): void;
}

export type HashName = "sha256" | "sha512";

/** AES in counter mode; the counter (16 bytes, big-endian) goes on from call to call. */
export interface CtrCipher {
	/** In place. `length` is a multiple of 16, as every SSH packet is. */
	apply(bytes: Uint8Array, offset: number, length: number): void;
	wipe(): void;
}

/** AES-GCM with a 16-byte tag. */
export interface AeadCipher {
	/**
	 * Encrypts bytes[offset + aadLength ...][length] in place, with the `aadLength` bytes before it authenticated,
	 * and writes the tag behind.
	 */
	seal(nonce: Uint8Array, bytes: Uint8Array, offset: number, aadLength: number, length: number): void;
	/** The reverse; false, with the bytes left as they were, where the tag does not fit. */
	open(nonce: Uint8Array, bytes: Uint8Array, offset: number, aadLength: number, length: number): boolean;
	wipe(): void;
}

/** ChaCha20 as D. J. Bernstein made it: 32-byte key, 8-byte nonce, 64-bit block counter. */
export interface ChaChaCipher {
	/** XORs the key stream from block `counter` on, in place. */
	apply(nonce: Uint8Array, counter: number, bytes: Uint8Array, offset: number, length: number): void;
	wipe(): void;
}

/** The outcome of X25519 (RFC 7748 section 6.1). */
export interface KeyAgreement {
	/** Our ephemeral public key, 32 bytes. */
	readonly publicKey: Uint8Array;
	/** The shared secret, 32 bytes; undefined where it is all zero and must be refused (RFC 8731 section 3). */
	readonly sharedSecret: Uint8Array | undefined;
}

export interface Crypto {
	hash(name: HashName): Digest;
	hmac(name: HashName, key: Uint8Array): Digest;
	/** @param key 16 or 32 bytes  @param counter the first counter block, 16 bytes; copied */
	aesCtr(key: Uint8Array, counter: Uint8Array): CtrCipher;
	/** @param key 16 or 32 bytes; nonces have 12 bytes */
	aesGcm(key: Uint8Array): AeadCipher;
	chacha20(key: Uint8Array): ChaChaCipher;
	/** Poly1305 of bytes[offset][length] under a one-time key of 32 bytes; writes 16 bytes to tag. */
	poly1305(key: Uint8Array, bytes: Uint8Array, offset: number, length: number, tag: Uint8Array): void;

	/** @param secretKey 32 random bytes, wiped by the job when it ends  @param peerKey 32 bytes from the wire */
	x25519(secretKey: Uint8Array, peerKey: Uint8Array): Job<KeyAgreement>;

	/** Public key (32 bytes) of an Ed25519 seed (32 bytes). */
	ed25519PublicKey(seed: Uint8Array): Job<Uint8Array>;
	/** Signature, 64 bytes (RFC 8032). `publicKey` must be the seed's own. */
	ed25519Sign(seed: Uint8Array, publicKey: Uint8Array, message: Uint8Array): Job<Uint8Array>;
	/** False for every malformed key or signature, and for S >= L. */
	ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Job<boolean>;

	/** NIST P-256 with SHA-256. Public keys are uncompressed points, 65 bytes; r and s have 32 bytes each. */
	p256PublicKey(secretKey: Uint8Array): Job<Uint8Array>;
	p256Sign(secretKey: Uint8Array, message: Uint8Array): Job<Uint8Array>;
	/** False for every malformed key or signature. @param signature r and s, 64 bytes */
	p256Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Job<boolean>;

	/**
	 * RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2). False for every malformed key or signature; the size of the modulus
	 * is the caller's to check.
	 */
	rsaVerify(
		hash: HashName,
		modulus: Uint8Array,
		exponent: Uint8Array,
		message: Uint8Array,
		signature: Uint8Array,
	): Job<boolean>;
}

/** A job that has its result already. */
export class Done<T> implements Job<T> {
	readonly result: T;
	constructor(result: T) {
		this.result = result;
	}
	step(): boolean {
		return true;
	}
}

/** Fills bytes with cryptographic randomness. OK, or a status of the ERR_RAND family; then nothing was started. */
export type RandomSource = (bytes: Uint8Array) => number;
