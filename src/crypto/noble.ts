/**
 * The crypto port over @noble/hashes, @noble/curves and @noble/ciphers: audited, small, and the same on every engine.
 * noble keeps mutable state at module level, so this file is not for preloading; a device binds its native library.
 *
 * Key schedules are expanded once. Where noble asks for words, bytes go through a kept scratch array when they do not
 * lie on a word boundary.
 */

import { poly1305 } from "@noble/ciphers/_poly1305.js";
import { unsafe } from "@noble/ciphers/aes.js";
import { chacha20orig } from "@noble/ciphers/chacha.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import {
	__ENABLE_MOCANA_SSH_CTR__,
	__ENABLE_MOCANA_SSH_ECDSA__,
	__ENABLE_MOCANA_SSH_GCM__,
	__ENABLE_MOCANA_SSH_RSA__,
} from "../moptions.js";
import { equalBytes } from "../wire.js";
import { Ghash } from "./ghash.js";
import {
	type AeadCipher,
	type ChaChaCipher,
	type Crypto,
	type CtrCipher,
	type Digest,
	Done,
	type HashName,
	type Job,
	type KeyAgreement,
} from "./port.js";
import { rsaVerify } from "./rsa.js";

/** Bytes that pass through the cipher at a time when they are not aligned: a multiple of a block. */
const SCRATCH_LENGTH = 1024;

/** What noble's hashes and MACs have in common. */
interface NobleState<T> {
	readonly outputLen: number;
	update(bytes: Uint8Array): unknown;
	digestInto(output: Uint8Array): void;
	_cloneInto(to?: T): T;
	destroy(): void;
}

/** A hash or a MAC that keeps its starting state: an HMAC then costs no key setup a packet. */
class NobleDigest<T extends NobleState<T>> implements Digest {
	private readonly start: T;
	private readonly state: T;
	readonly length: number;

	constructor(start: T) {
		this.start = start;
		this.state = start._cloneInto();
		this.length = start.outputLen;
	}

	update(bytes: Uint8Array, offset: number, length: number): void {
		this.state.update(view(bytes, offset, length));
	}

	digest(output: Uint8Array, offset: number): void {
		this.state.digestInto(view(output, offset, this.length));
		this.start._cloneInto(this.state);
	}

	wipe(): void {
		this.start.destroy();
		this.state.destroy();
	}
}

class NobleCtr implements CtrCipher {
	private readonly schedule: Uint32Array;
	private readonly counter = new Uint8Array(16);
	private readonly scratch = new Uint8Array(SCRATCH_LENGTH);

	constructor(schedule: Uint32Array) {
		this.schedule = schedule;
	}

	/** Goes on from another counter block; it is copied. */
	restart(counter: Uint8Array): this {
		this.counter.set(counter);
		return this;
	}

	apply(bytes: Uint8Array, offset: number, length: number): void {
		if (((bytes.byteOffset + offset) & 3) === 0) {
			const block = view(bytes, offset, length);
			unsafe.ctrCounter(this.schedule, this.counter, block, block);
			return;
		}
		for (let done = 0; done < length; done += SCRATCH_LENGTH) {
			const count = Math.min(SCRATCH_LENGTH, length - done);
			const chunk = view(this.scratch, 0, count);
			chunk.set(view(bytes, offset + done, count));
			unsafe.ctrCounter(this.schedule, this.counter, chunk, chunk);
			bytes.set(chunk, offset + done);
		}
	}

	wipe(): void {
		this.schedule.fill(0);
		this.counter.fill(0);
		this.scratch.fill(0);
	}
}

/** NIST SP 800-38D, with nonces of 96 bits: J0 is the nonce and a counter of 1; the text starts with 2. */
class NobleGcm implements AeadCipher {
	private readonly schedule: Uint32Array;
	private readonly ctr: NobleCtr;
	private readonly ghash: Ghash;
	private readonly counter = new Uint8Array(16);
	/** The cipher's output for J0, then the tag. */
	private readonly tag = new Uint8Array(16);
	private readonly hash = new Uint8Array(16);

	constructor(key: Uint8Array) {
		this.schedule = expandKey(key);
		this.ctr = new NobleCtr(this.schedule);
		this.ghash = new Ghash(unsafe.encryptBlock(this.schedule, this.hash));
	}

	seal(nonce: Uint8Array, bytes: Uint8Array, offset: number, aadLength: number, length: number): void {
		const start = offset + aadLength;
		this.begin(nonce);
		this.ctr.apply(bytes, start, length);
		this.authenticate(bytes, offset, aadLength, length);
		bytes.set(this.tag, start + length);
	}

	open(nonce: Uint8Array, bytes: Uint8Array, offset: number, aadLength: number, length: number): boolean {
		const start = offset + aadLength;
		this.begin(nonce);
		this.authenticate(bytes, offset, aadLength, length);
		if (!equalBytes(this.tag, view(bytes, start + length, 16))) return false;
		this.ctr.apply(bytes, start, length);
		return true;
	}

	wipe(): void {
		this.ctr.wipe();
		this.ghash.wipe();
		this.counter.fill(0);
		this.tag.fill(0);
		this.hash.fill(0);
	}

	private begin(nonce: Uint8Array): void {
		const { counter, tag } = this;
		counter.fill(0);
		counter.set(nonce);
		counter[15] = 1;
		tag.set(counter);
		unsafe.encryptBlock(this.schedule, tag);
		counter[15] = 2;
		this.ctr.restart(counter);
	}

	private authenticate(bytes: Uint8Array, offset: number, aadLength: number, length: number): void {
		const { ghash, tag, hash } = this;
		ghash.update(bytes, offset, aadLength);
		ghash.update(bytes, offset + aadLength, length);
		ghash.digest(aadLength, length, hash);
		for (let i = 0; i < 16; i++) tag[i] ^= hash[i];
	}
}

class NobleChaCha implements ChaChaCipher {
	private readonly key: Uint8Array;

	constructor(key: Uint8Array) {
		if (key.length !== 32) throw new RangeError("a ChaCha20 key has 32 bytes");
		this.key = key.slice();
	}

	apply(nonce: Uint8Array, counter: number, bytes: Uint8Array, offset: number, length: number): void {
		const text = view(bytes, offset, length);
		chacha20orig(this.key, nonce, text, text, counter);
	}

	wipe(): void {
		this.key.fill(0);
	}
}

/** noble computes in one go, so this job has one step. */
class Task<T> implements Job<T> {
	private work: (() => T) | undefined;
	private value: T | undefined;

	constructor(work: () => T) {
		this.work = work;
	}

	step(): boolean {
		this.value = this.work?.();
		this.work = undefined;
		return true;
	}

	get result(): T {
		return this.value as T;
	}
}

/** The public key in the first step, the shared secret in the second. */
class X25519 implements Job<KeyAgreement>, KeyAgreement {
	private readonly secretKey: Uint8Array;
	private readonly peerKey: Uint8Array;
	publicKey: Uint8Array = new Uint8Array();
	sharedSecret: Uint8Array | undefined = undefined;

	constructor(secretKey: Uint8Array, peerKey: Uint8Array) {
		if (secretKey.length !== 32) throw new RangeError("an X25519 secret key has 32 bytes");
		this.secretKey = secretKey;
		this.peerKey = peerKey;
	}

	step(): boolean {
		if (this.publicKey.length === 0) {
			this.publicKey = x25519.getPublicKey(this.secretKey);
			return false;
		}
		try {
			this.sharedSecret = x25519.getSharedSecret(this.secretKey, this.peerKey);
		} catch {
			// A key of the wrong length, or a point of low order, whose shared secret would be all zero.
			this.sharedSecret = undefined;
		}
		this.secretKey.fill(0);
		return true;
	}

	get result(): KeyAgreement {
		return this;
	}

	wipe(): void {
		this.secretKey.fill(0);
		this.sharedSecret?.fill(0);
	}
}

export const nobleCrypto: Crypto = Object.freeze({
	hash(name: HashName): Digest {
		return name === "sha256" ? new NobleDigest(sha256.create()) : new NobleDigest(sha512.create());
	},

	hmac(name: HashName, key: Uint8Array): Digest {
		return name === "sha256"
			? new NobleDigest(hmac.create(sha256, key))
			: new NobleDigest(hmac.create(sha512, key));
	},

	aesCtr(key: Uint8Array, counter: Uint8Array): CtrCipher {
		if (!__ENABLE_MOCANA_SSH_CTR__) throw new Error("built without AES-CTR");
		if (counter.length !== 16) throw new RangeError("a counter block has 16 bytes");
		return new NobleCtr(expandKey(key)).restart(counter);
	},

	aesGcm(key: Uint8Array): AeadCipher {
		if (!__ENABLE_MOCANA_SSH_GCM__) throw new Error("built without AES-GCM");
		return new NobleGcm(key);
	},

	chacha20(key: Uint8Array): ChaChaCipher {
		return new NobleChaCha(key);
	},

	poly1305(key: Uint8Array, bytes: Uint8Array, offset: number, length: number, tag: Uint8Array): void {
		tag.set(poly1305(view(bytes, offset, length), key));
	},

	x25519(secretKey: Uint8Array, peerKey: Uint8Array): Job<KeyAgreement> {
		return new X25519(secretKey, peerKey);
	},

	ed25519PublicKey(seed: Uint8Array): Job<Uint8Array> {
		return new Task(() => ed25519.getPublicKey(seed));
	},

	// noble derives the public key from the seed itself: a wrong one cannot slip into the signature.
	ed25519Sign(seed: Uint8Array, _publicKey: Uint8Array, message: Uint8Array): Job<Uint8Array> {
		return new Task(() => ed25519.sign(message, seed));
	},

	ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Job<boolean> {
		if (publicKey.length !== 32 || signature.length !== 64) return new Done(false);
		return new Task(() => holds(() => ed25519.verify(signature, message, publicKey, { zip215: false })));
	},

	p256PublicKey(secretKey: Uint8Array): Job<Uint8Array> {
		if (!__ENABLE_MOCANA_SSH_ECDSA__) throw new Error("built without ECDSA");
		return new Task(() => p256.getPublicKey(secretKey, false));
	},

	p256Sign(secretKey: Uint8Array, message: Uint8Array): Job<Uint8Array> {
		if (!__ENABLE_MOCANA_SSH_ECDSA__) throw new Error("built without ECDSA");
		return new Task(() => p256.sign(message, secretKey, { lowS: false }));
	},

	p256Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Job<boolean> {
		if (!__ENABLE_MOCANA_SSH_ECDSA__) return new Done(false);
		if (publicKey.length !== 65 || publicKey[0] !== 4 || signature.length !== 64) return new Done(false);
		return new Task(() => holds(() => p256.verify(signature, message, publicKey, { lowS: false })));
	},

	rsaVerify(
		hash: HashName,
		modulus: Uint8Array,
		exponent: Uint8Array,
		message: Uint8Array,
		signature: Uint8Array,
	): Job<boolean> {
		if (!__ENABLE_MOCANA_SSH_RSA__) return new Done(false);
		return rsaVerify(nobleCrypto.hash(hash), hash, modulus, exponent, message, signature);
	},
});

/** noble throws on some malformed keys and signatures; here they do not hold, like any other that is wrong. */
function holds(verify: () => boolean): boolean {
	try {
		return verify();
	} catch {
		return false;
	}
}

function expandKey(key: Uint8Array): Uint32Array {
	if (key.length !== 16 && key.length !== 32) throw new RangeError("an AES key has 16 or 32 bytes");
	return unsafe.expandKeyLE(key);
}

/** bytes[offset][length], without a new object where that is all of it. */
function view(bytes: Uint8Array, offset: number, length: number): Uint8Array {
	return offset === 0 && length === bytes.length ? bytes : bytes.subarray(offset, offset + length);
}
