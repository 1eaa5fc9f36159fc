/**
 * Files of private keys in OpenSSH's format: a key or a status, and a key is the same when it is written and read again.
 * The first byte says whether the rest is the file, or what its armour holds.
 */
import { encodeBase64 } from "../../../src/base/base64.js";
import { equalBytes } from "../../../src/base/wire.js";
import { formatPrivateKey, parsePrivateKey } from "../../../src/keys/openssh-key.js";
import { OK } from "../../../src/merrors.js";
import { bytesOf } from "../../peer/wire.js";

export function fuzz(data: Uint8Array): void {
	const rest = data.subarray(1);
	const file = data[0] & 1 ? armour(rest) : rest;
	const key = parsePrivateKey(file);
	if (typeof key === "number") {
		if (key >= OK) throw new Error(`neither a key nor a fault: ${key}`);
		return;
	}
	const again = parsePrivateKey(formatPrivateKey(key, 7, "again"));
	if (typeof again === "number") throw new Error(`written again it is none: ${again}`);
	if (again.algorithm !== key.algorithm) throw new Error(`the algorithm changes: ${again.algorithm}`);
	if (!equalBytes(again.secretKey, key.secretKey)) throw new Error("the secret key changes");
	if (!equalBytes(again.publicKey, key.publicKey)) throw new Error("the public key changes");
}

function armour(bytes: Uint8Array): Uint8Array {
	const marker = (word: string) => `-----${word} OPENSSH PRIVATE KEY-----`;
	return bytesOf(`${marker("BEGIN")}\n${encodeBase64(bytes)}\n${marker("END")}\n`);
}
