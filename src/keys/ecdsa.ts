/** Public keys of type ecdsa-sha2-nistp256 (RFC 5656 section 3.1). */

import { fixedLength, Reader } from "../base/wire.js";
import { type Crypto, Done, type Job } from "../crypto/port.js";
import { MAX_NAME_LENGTH } from "../limits.js";
import { ECDSA_SHA2_NISTP256, NISTP256 } from "./host-key.js";
import type { KeyType, PublicKey } from "./key-type.js";

class EcdsaKey implements PublicKey {
	/** Whether it lies on the curve is seen when it verifies. */
	private readonly point: Uint8Array;

	constructor(point: Uint8Array) {
		this.point = point;
	}

	get type(): string {
		return ECDSA_SHA2_NISTP256;
	}

	verify(crypto: Crypto, _algorithm: string, message: Uint8Array, signature: Uint8Array): Job<boolean> {
		const numbers = parseEcdsaSignature(signature);
		return numbers ? crypto.p256Verify(this.point, message, numbers) : new Done(false);
	}
}

/**
 * string "nistp256"
 * string Q: OpenSSH takes uncompressed points alone
 */
function parseEcdsa(reader: Reader): PublicKey | undefined {
	const curve = reader.ascii(MAX_NAME_LENGTH);
	const point = reader.string();
	if (curve !== NISTP256 || point.length !== 65 || point[0] !== 4) return undefined;
	return new EcdsaKey(point);
}

/** mpint r, mpint s (RFC 5656 section 3.1.2) as 64 bytes. */
function parseEcdsaSignature(bytes: Uint8Array): Uint8Array | undefined {
	const reader = new Reader(bytes);
	const r = fixedLength(reader.mpint(), 32);
	const s = fixedLength(reader.mpint(), 32);
	if (!reader.complete || !r || !s) return undefined;
	const numbers = new Uint8Array(64);
	numbers.set(r);
	numbers.set(s, 32);
	return numbers;
}

export const ECDSA_P256: KeyType = Object.freeze({
	name: ECDSA_SHA2_NISTP256,
	label: "ECDSA",
	signatureAlgorithms: Object.freeze([ECDSA_SHA2_NISTP256]),
	parse: parseEcdsa,
});
