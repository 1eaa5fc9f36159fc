/**
 * The crypto port over @noble/hashes, @noble/curves and @noble/ciphers: audited, small, and the same on every engine.
 * noble keeps mutable state at module level, so this file is not for preloading; a device binds its native library.
 */

import { poly1305 } from "@noble/ciphers/_poly1305.js";
import { chacha20orig } from "@noble/ciphers/chacha.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import {
	__ENABLE_MOCANA_SSH_AES__,
	__ENABLE_MOCANA_SSH_CTR__,
	__ENABLE_MOCANA_SSH_ECDSA__,
	__ENABLE_MOCANA_SSH_GCM__,
	__ENABLE_MOCANA_SSH_RSA__,
} from "../../moptions.js";
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
} from "../port.js";
import { rsaVerify } from "../xs/rsa.js";
import { view } from "../xs/view.js";
import { NobleCtr, NobleGcm } from "./aes.js";

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
		if (!__ENABLE_MOCANA_SSH_AES__ || !__ENABLE_MOCANA_SSH_CTR__) throw new Error("built without AES-CTR");
		if (counter.length !== 16) throw new RangeError("a counter block has 16 bytes");
		return new NobleCtr(key).restart(counter);
	},

	aesGcm(key: Uint8Array): AeadCipher {
		if (!__ENABLE_MOCANA_SSH_AES__ || !__ENABLE_MOCANA_SSH_GCM__) throw new Error("built without AES-GCM");
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
