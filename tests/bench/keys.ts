/** The keys of the bench, the server's and the user's; and what the user signs. */
import { encodeBase64 } from "../../src/base64.js";
import { nobleCrypto } from "../../src/crypto/noble.js";
import { SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import { concat, noise, run, toHex } from "../crypto/helpers.js";
import { fields, message } from "../peer/wire.js";
import type { ServerKeys } from "./recording.js";

const HOST_SEED = noise(32, 1);
const USER_SEED = noise(32, 2);

export const USER = "admin";

export const PASSWORD = "correct horse";

export function passwordRequest(password: string): Uint8Array {
	return message(SSH_MSG_USERAUTH_REQUEST, USER, "ssh-connection", "password", false, password);
}

const userKey = run(nobleCrypto.ed25519PublicKey(USER_SEED));
const userBlob = fields("ssh-ed25519", userKey);

/** What the server of the bench is made with. */
export const KEYS: ServerKeys = Object.freeze({
	hostSeed: toHex(HOST_SEED),
	hostPublicKey: toHex(run(nobleCrypto.ed25519PublicKey(HOST_SEED))),
	authorizedKeys: `ssh-ed25519 ${encodeBase64(userBlob)} somebody@somewhere\n`,
});

/** USERAUTH_REQUEST for publickey without its signature: a query where `signed` is false. */
export function keyRequest(signed: boolean): Uint8Array {
	const values = [USER, "ssh-connection", "publickey", signed, "ssh-ed25519", userBlob];
	return message(SSH_MSG_USERAUTH_REQUEST, ...values);
}

export function signedRequest(sessionId: Uint8Array): Uint8Array {
	const request = keyRequest(true);
	const signature = run(nobleCrypto.ed25519Sign(USER_SEED, userKey, concat(fields(sessionId), request)));
	return concat(request, fields(fields("ssh-ed25519", signature)));
}
