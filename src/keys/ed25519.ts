/** Public keys of type ssh-ed25519 (RFC 8709). */

import type { Reader } from "../base/wire.js";
import type { Crypto, Job } from "../crypto/port.js";
import { SSH_ED25519 } from "./host-key.js";
import type { KeyType, PublicKey } from "./key-type.js";

class Ed25519Key implements PublicKey {
	private readonly key: Uint8Array;

	constructor(key: Uint8Array) {
		this.key = key;
	}

	get type(): string {
		return SSH_ED25519;
	}

	verify(crypto: Crypto, _algorithm: string, message: Uint8Array, signature: Uint8Array): Job<boolean> {
		return crypto.ed25519Verify(this.key, message, signature);
	}
}

/** string key */
function parseEd25519(reader: Reader): PublicKey | undefined {
	const key = reader.string();
	return key.length === 32 ? new Ed25519Key(key) : undefined;
}

export const ED25519: KeyType = Object.freeze({
	name: SSH_ED25519,
	label: "ED25519",
	signatureAlgorithms: Object.freeze([SSH_ED25519]),
	parse: parseEd25519,
});
