/**
 * The Moddable SDK's module crypt as far as we import it, read off its source: its own declarations have Digest alone. Bytes
 * are an ArrayBuffer, and only where it says so a view of one.
 */
declare module "crypt" {
	/** A view reaches from its own offset on, and only arrays of bytes are taken. */
	type Bytes = ArrayBufferLike | Uint8Array;

	export class Digest {
		/** @param type "SHA256", "SHA512" ... */
		constructor(type: string);
		write(bytes: Bytes): void;
		/** The hash. write() may follow after reset() only. */
		close(): ArrayBuffer;
		reset(): void;
	}

	/** GHASH (NIST SP 800-38D): each write() is filled up with zeros to whole blocks, close() adds the block of lengths. */
	export class GHASH extends Digest {
		/** @param h the hash key, 16 bytes  @param aad what is authenticated before the text */
		constructor(h: ArrayBufferLike, aad: ArrayBufferLike);
	}

	export class BlockCipher {
		/** @param cipher "AES"  @param key copied */
		constructor(cipher: string, key: ArrayBufferLike);
		/** One block. */
		encrypt(bytes: ArrayBufferLike, result?: ArrayBufferLike): ArrayBuffer;
	}

	export class Mode {
		/** @param mode "CTR"  @param iv the first counter block, copied */
		constructor(mode: string, cipher: BlockCipher, iv?: ArrayBufferLike);
		setIV(iv: ArrayBufferLike): void;
		/** In counter mode the same as encrypt(), which takes no view for its result. */
		decrypt(bytes: Bytes, result: Bytes): unknown;
	}

	export class StreamCipher {
		/** @param cipher "ChaCha"  @param key 16 or 32 bytes, copied */
		constructor(cipher: string, key: ArrayBufferLike);
		/** @param iv of 8 bytes  @param counter 32 bits, signed  @param given without it, iv is not heeded */
		setIV(iv: ArrayBufferLike, counter: number, given: true): void;
		/** Of `bytes`, no more than count. */
		encrypt(bytes: Bytes, result: Bytes, count: number): unknown;
	}
}

/** Ours, in C, bound by manifest.json (hal/moddable/poly1305.d.ts). */
declare module "fieldssh/poly1305" {
	/** As poly1305 of the port. @throws RangeError for what does not fit */
	export default function poly1305(
		key: Uint8Array,
		bytes: Uint8Array,
		offset: number,
		length: number,
		tag: Uint8Array,
	): void;
}
