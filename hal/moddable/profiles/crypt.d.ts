/** The SDK's module crypt has more than the SDK declares: what src/crypto/moddable/crypt.d.ts has of it, added to that. */
declare module "crypt" {
	type Bytes = ArrayBufferLike | Uint8Array;

	export interface Digest {
		write(bytes: Bytes): void;
	}

	export class GHASH {
		constructor(h: ArrayBufferLike, aad: ArrayBufferLike);
		write(bytes: Bytes): void;
		close(): ArrayBuffer;
	}

	export class BlockCipher {
		constructor(cipher: string, key: ArrayBufferLike);
		encrypt(bytes: ArrayBufferLike, result?: ArrayBufferLike): ArrayBuffer;
	}

	export class Mode {
		constructor(mode: string, cipher: BlockCipher, iv?: ArrayBufferLike);
		setIV(iv: ArrayBufferLike): void;
		decrypt(bytes: Bytes, result: Bytes): unknown;
	}

	export class StreamCipher {
		constructor(cipher: string, key: ArrayBufferLike);
		setIV(iv: ArrayBufferLike, counter: number, given: true): void;
		encrypt(bytes: Bytes, result: Bytes, count: number): unknown;
	}
}
