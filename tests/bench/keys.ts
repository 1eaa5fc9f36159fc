/** The keys of the bench, the server's and the user's; and what the user signs. */
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { noise, run, toHex } from "../crypto/helpers.js";
import { Identity } from "../peer/identity.js";
import type { ServerKeys } from "./recording.js";

const HOST_SEED = noise(32, 1);

export const USER = "admin";

const somebody = new Identity(USER, 2);

/** What the server of the bench is made with. */
export const KEYS: ServerKeys = Object.freeze({
	hostSeed: toHex(HOST_SEED),
	hostPublicKey: toHex(run(nobleCrypto.ed25519PublicKey(HOST_SEED))),
	authorizedKeys: `${somebody.line("somebody@somewhere")}\n`,
});

export const keyRequest = (signed: boolean): Uint8Array => somebody.unsigned(signed);
export const signedRequest = (sessionId: Uint8Array): Uint8Array => somebody.request(sessionId);
