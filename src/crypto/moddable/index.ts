/**
 * The crypto port over the Moddable SDK's module crypt: hashes and ciphers in C, the rest as in crypto/xs. Poly1305, which it
 * lacks, is C of ours (hal/moddable/poly1305.c): over BigInt it took four fifths of the time that bytes took.
 *
 * The module wants whole ArrayBuffers for keys, nonces and associated data, and takes views for what is hashed, and for what
 * a stream cipher or a mode's decrypt() is given and writes. So packets are worked on where they lie, by a view that is made
 * for each call unless it would be all of an array. What the module holds of keys it cannot be asked to overwrite: wipe()
 * overwrites what is here, and lets go of the rest.
 */
import { BlockCipher, GHASH, Mode, Digest as NativeDigest, StreamCipher } from "crypt";
import poly1305 from "fieldssh/poly1305";
import { putUint32 } from "../../base/wire.js";
import {
	__ENABLE_MOCANA_SSH_AES__,
	__ENABLE_MOCANA_SSH_CTR__,
	__ENABLE_MOCANA_SSH_GCM__,
} from "../../moptions.js";
import type { AeadCipher, ChaChaCipher, Crypto, CtrCipher, Digest, HashName } from "../port.js";
import { createCurves, NO_P256, type XsRest } from "../xs/curves.js";
import { view } from "../xs/view.js";

const BLOCK = 16;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** The module's block counter is a signed integer. */
const MAX_COUNTER = 0x7fffffff;
/** Of its ciphers and MACs a byte takes a thirtieth to a hundredth of what it takes in JavaScript (docs/performance.md). */
const SPEED = 30;

/** For a build without P-256, as xsCrypto. */
export const moddableCrypto: Crypto = Object.freeze(createModdableCrypto(NO_P256));

/** The port, with P-256 of `rest`. */
export function createModdableCrypto(rest: XsRest): Crypto {
	return {
		...createCurves(createHash, rest),
		speed: SPEED,
		hash: createHash,
		hmac: (name: HashName, key: Uint8Array) => new Hmac(name, key),
		aesCtr(key: Uint8Array, counter: Uint8Array): CtrCipher {
			if (!__ENABLE_MOCANA_SSH_AES__ || !__ENABLE_MOCANA_SSH_CTR__) throw new Error("built without AES-CTR");
			return new AesCtr(key, counter);
		},
		aesGcm(key: Uint8Array): AeadCipher {
			if (!__ENABLE_MOCANA_SSH_AES__ || !__ENABLE_MOCANA_SSH_GCM__) throw new Error("built without AES-GCM");
			return new AesGcm(key);
		},
		chacha20: (key: Uint8Array) => new ChaCha20(key),
		poly1305,
	};
}

function createHash(name: HashName): Digest {
	return new Hash(name);
}

class Hash implements Digest {
	readonly length: number;
	private readonly native: NativeDigest;

	constructor(name: HashName) {
		this.length = hashLength(name);
		this.native = createNative(name);
	}

	update(bytes: Uint8Array, offset: number, length: number): void {
		this.native.write(view(bytes, offset, length));
	}

	digest(output: Uint8Array, offset: number): void {
		take(this.native, output, offset);
		this.native.reset();
	}

	wipe(): void {
		overwrite(this.native, 2 * this.length);
	}
}

/** The module keeps no hash to start from again, so each MAC hashes both of the key's blocks anew. */
class Hmac implements Digest {
	readonly length: number;
	private readonly native: NativeDigest;
	/** The key's block, XORed with ipad and with opad. */
	private readonly inner: Uint8Array;
	private readonly outer: Uint8Array;
	private readonly scratch: Uint8Array;

	/** @param key of any length; not kept */
	constructor(name: HashName, key: Uint8Array) {
		const length = hashLength(name);
		this.length = length;
		this.native = createNative(name);
		this.inner = new Uint8Array(2 * length);
		this.scratch = new Uint8Array(length);
		if (key.length > 2 * length) {
			this.native.write(key);
			take(this.native, this.inner, 0);
			this.native.reset();
		} else this.inner.set(key);
		this.outer = this.inner.map(byte => byte ^ OUTER_PAD);
		for (let i = 0; i < 2 * length; i++) this.inner[i] ^= INNER_PAD;
		this.native.write(this.inner);
	}

	update(bytes: Uint8Array, offset: number, length: number): void {
		this.native.write(view(bytes, offset, length));
	}

	digest(output: Uint8Array, offset: number): void {
		const { native, scratch } = this;
		take(native, scratch, 0);
		native.reset();
		native.write(this.outer);
		native.write(scratch);
		take(native, output, offset);
		native.reset();
		native.write(this.inner);
	}

	wipe(): void {
		overwrite(this.native, 2 * this.length);
		this.inner.fill(0);
		this.outer.fill(0);
		this.scratch.fill(0);
	}
}

class AesCtr implements CtrCipher {
	private mode: Mode | undefined;

	/** @throws RangeError where the key has neither 16 nor 32 bytes, or the counter not 16 */
	constructor(key: Uint8Array, counter: Uint8Array) {
		if (counter.length !== BLOCK) throw new RangeError("a counter block has 16 bytes");
		this.mode = new Mode("CTR", createAes(key), copy(counter).buffer);
	}

	apply(bytes: Uint8Array, offset: number, length: number): void {
		const text = view(bytes, offset, length);
		this.mode!.decrypt(text, text);
	}

	wipe(): void {
		this.mode = undefined;
	}
}

/**
 * AES-GCM (NIST SP 800-38D) for nonces of 96 bits. The tag is GHASH's sum, encrypted with the first counter block; the text
 * begins with the second.
 */
class AesGcm implements AeadCipher {
	private mode: Mode | undefined;
	private ghash: GHASH | undefined = undefined;
	private readonly h: ArrayBuffer;
	private readonly counter = new Uint8Array(BLOCK);

	constructor(key: Uint8Array) {
		const aes = createAes(key);
		this.h = aes.encrypt(new ArrayBuffer(BLOCK));
		this.mode = new Mode("CTR", aes);
	}

	begin(bytes: Uint8Array, offset: number, length: number): void {
		this.ghash = new GHASH(this.h, bytes.slice(offset, offset + length).buffer);
	}

	authenticate(bytes: Uint8Array, offset: number, length: number): void {
		this.ghash!.write(view(bytes, offset, length));
	}

	finish(nonce: Uint8Array, tag: Uint8Array): void {
		take(this.ghash!, tag, 0);
		this.ghash = undefined;
		this.crypt(nonce, 1, tag);
	}

	apply(nonce: Uint8Array, block: number, bytes: Uint8Array, offset: number, length: number): void {
		this.crypt(nonce, 2 + block, view(bytes, offset, length));
	}

	wipe(): void {
		this.mode = this.ghash = undefined;
		new Uint8Array(this.h).fill(0);
		this.counter.fill(0);
	}

	private crypt(nonce: Uint8Array, block: number, text: Uint8Array): void {
		const { counter } = this;
		counter.set(nonce);
		putUint32(counter, 12, block);
		const mode = this.mode!;
		mode.setIV(counter.buffer);
		mode.decrypt(text, text);
	}
}

class ChaCha20 implements ChaChaCipher {
	private cipher: StreamCipher | undefined;
	private readonly nonce = new Uint8Array(8);

	/** @throws RangeError where the key has not 32 bytes */
	constructor(key: Uint8Array) {
		if (key.length !== 32) throw new RangeError("a ChaCha20 key has 32 bytes");
		const own = copy(key);
		this.cipher = new StreamCipher("ChaCha", own.buffer);
		own.fill(0);
	}

	/** @throws RangeError for counters of 2^31 and above, which no packet reaches */
	apply(nonce: Uint8Array, counter: number, bytes: Uint8Array, offset: number, length: number): void {
		if (counter > MAX_COUNTER) throw new RangeError("a block counter above 2^31");
		const cipher = this.cipher!;
		this.nonce.set(nonce);
		cipher.setIV(this.nonce.buffer, counter, true);
		const text = offset === 0 ? bytes : bytes.subarray(offset);
		cipher.encrypt(text, text, length);
	}

	wipe(): void {
		this.cipher = undefined;
		this.nonce.fill(0);
	}
}

function hashLength(name: HashName): number {
	return name === "sha256" ? 32 : 64;
}

function createNative(name: HashName): NativeDigest {
	return new NativeDigest(name === "sha256" ? "SHA256" : "SHA512");
}

/** @throws RangeError where the key has neither 16 nor 32 bytes */
function createAes(key: Uint8Array): BlockCipher {
	if (key.length !== 16 && key.length !== 32) throw new RangeError("an AES key has 16 or 32 bytes");
	const own = copy(key);
	const aes = new BlockCipher("AES", own.buffer);
	own.fill(0);
	return aes;
}

/** Of a view, whose buffer is more than itself. */
function copy(bytes: Uint8Array): Uint8Array {
	return bytes.slice();
}

/** Closes a digest, or GHASH, which the SDK does not declare as one, into output[offset]. */
function take(native: Pick<NativeDigest, "close">, output: Uint8Array, offset: number): void {
	const result = new Uint8Array(native.close());
	output.set(result, offset);
	result.fill(0);
}

/** A block of zeros takes the place of the last one, and a fresh state that of what came of it. */
function overwrite(native: NativeDigest, blockLength: number): void {
	native.reset();
	native.write(new Uint8Array(blockLength));
	native.reset();
}
