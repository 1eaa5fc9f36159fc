/**
 * What the protocol asks of cryptography, and all it knows of it. Adapters implement it over noble (crypto/noble) or
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
	/** As digest(), a block of the hash a call: true when it is done. Absent where digest() takes no longer. */
	digestSlice?(output: Uint8Array, offset: number): boolean;
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

/**
 * AES-GCM (NIST SP 800-38D) with nonces of 12 bytes and a tag of 16, in parts, so that a packet can be worked on in slices:
 * what is encrypted goes by begin(), authenticate() and finish(), and the text by apply(), before that or after it.
 */
export interface AeadCipher {
	/** Begins a tag with the associated data, bytes[offset][length]. */
	begin(bytes: Uint8Array, offset: number, length: number): void;
	/** Goes on with encrypted bytes[offset][length]: whole blocks of 16, but for the last. */
	authenticate(bytes: Uint8Array, offset: number, length: number): void;
	/** Ends it, and writes it. */
	finish(nonce: Uint8Array, tag: Uint8Array): void;
	/** XORs the key stream for the text's block `block`, counted from 0, and those after it, into bytes[offset][length]. */
	apply(nonce: Uint8Array, block: number, bytes: Uint8Array, offset: number, length: number): void;
	wipe(): void;
}

/** Poly1305 (RFC 8439 section 2.5) of one message, in slices. */
export interface PolySlices {
	/** Takes bytes[offset][length]: whole blocks of 16, but for the last. */
	update(bytes: Uint8Array, offset: number, length: number): void;
	/** Writes 16 bytes. */
	finish(tag: Uint8Array): void;
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
	/** How much more ciphers and MACs do in the same time than they do in JavaScript on XS; 1 when it is absent. */
	readonly speed?: number;
	hash(name: HashName): Digest;
	hmac(name: HashName, key: Uint8Array): Digest;
	/** @param key 16 or 32 bytes  @param counter the first counter block, 16 bytes; copied */
	aesCtr(key: Uint8Array, counter: Uint8Array): CtrCipher;
	/** @param key 16 or 32 bytes; nonces have 12 bytes */
	aesGcm(key: Uint8Array): AeadCipher;
	chacha20(key: Uint8Array): ChaChaCipher;
	/** Poly1305 of bytes[offset][length] under a one-time key of 32 bytes; writes 16 bytes to tag. */
	poly1305(key: Uint8Array, bytes: Uint8Array, offset: number, length: number, tag: Uint8Array): void;
	/** The same in slices; absent where poly1305() takes no longer. @param key of 32 bytes, not looked at again */
	poly1305Slices?(key: Uint8Array): PolySlices;

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
