/** A client that shows keys and signatures of its own making, to a server for which every key is on file. */
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { type Crypto, Done } from "../../src/crypto/port.js";
import { createXsCrypto } from "../../src/crypto/xs/index.js";
import {
	SSH_MSG_USERAUTH_FAILURE,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import { FULL_PERMIT } from "../../src/userauth/authenticator.js";
import { concat } from "../crypto/helpers.js";
import { assert } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { authenticator, Place } from "../peer/place.js";
import { fields, message } from "../peer/wire.js";

/** noble's verification, and that of the XS adapter, whose P-256 is another's (src/crypto/xs/index.ts). */
export const ADAPTERS: readonly (readonly [string, Crypto])[] = [
	["noble", nobleCrypto],
	["xs", createXsCrypto(nobleCrypto)],
];

/** A public key with what it signs, as a client has both. */
export interface Signer {
	readonly algorithm: string;
	readonly blob: Uint8Array;
	/** The signature proper, without the name before it. */
	sign(message: Uint8Array): Uint8Array;
}

export interface Offer {
	/** Of the request. */
	readonly algorithm: string;
	readonly blob: Uint8Array;
	/** The whole field, with the algorithm's name. */
	readonly signature: Uint8Array;
}

/** An offer and what is wrong with it. */
export type Attempt = readonly [string, Offer];

/** Of the field that holds a signature: its algorithm and itself. */
export function wrap(algorithm: string, signature: Uint8Array): Uint8Array {
	return fields(algorithm, signature);
}

export class Desk {
	readonly place: Place;
	/** Keys that were looked up. */
	asked = 0;
	/** Signatures that were computed with. */
	verified = 0;
	private client: TestClient | undefined;

	constructor(crypto: Crypto) {
		const counted =
			<T extends unknown[]>(verify: (...parts: T) => Done<boolean> | ReturnType<Crypto["rsaVerify"]>) =>
			(...parts: T) => {
				this.verified++;
				return verify(...parts);
			};
		this.place = new Place({
			crypto: {
				...testCrypto,
				ed25519Verify: counted(crypto.ed25519Verify),
				p256Verify: counted(crypto.p256Verify),
				rsaVerify: counted(crypto.rsaVerify),
			},
			authenticator: {
				...authenticator,
				authorizedKey: () => {
					this.asked++;
					return new Done(FULL_PERMIT);
				},
			},
			limits: { authenticationAttempts: 1000, authenticationTime: 3_600_000 },
		});
	}

	/** What a signature is made over (RFC 4252 section 7). */
	signed({ algorithm, blob }: Pick<Offer, "algorithm" | "blob">): Uint8Array {
		const client = this.connected();
		const head = message(
			SSH_MSG_USERAUTH_REQUEST,
			"admin",
			"ssh-connection",
			"publickey",
			true,
			algorithm,
			blob,
		);
		return concat(fields(client.sessionId), head);
	}

	/** A whole, right offer. */
	honest({ algorithm, blob, sign }: Signer): Offer {
		return { algorithm, blob, signature: wrap(algorithm, sign(this.signed({ algorithm, blob }))) };
	}

	/** True where it lets the client in, false where it says FAILURE; anything else is the test's failure. */
	takes({ algorithm, blob, signature }: Offer, note: string): boolean {
		const client = this.connected();
		client.inbox = [];
		const head = ["admin", "ssh-connection", "publickey", true] as const;
		client.send(message(SSH_MSG_USERAUTH_REQUEST, ...head, algorithm, blob, signature));
		this.place.run();
		assert.deepEqual(this.place.errors, [], note);
		if (client.has(SSH_MSG_USERAUTH_SUCCESS)) {
			client.link.abort();
			this.place.run();
			this.client = undefined;
			return true;
		}
		client.take(SSH_MSG_USERAUTH_FAILURE);
		return false;
	}

	/** Refuses each of them, and takes an honest one at the end. */
	refuses(honest: Signer, offers: readonly Attempt[]): void {
		for (const [name, offer] of offers) assert.equal(this.takes(offer, name), false, name);
		assert.equal(this.takes(this.honest(honest), "honest"), true);
	}

	/** As refuses(), and the key is not even looked up: it is none. */
	refusesUnasked(honest: Signer, offers: readonly Attempt[]): void {
		for (const [name, offer] of offers) {
			assert.equal(this.takes(offer, name), false, name);
			assert.equal(this.asked, 0, name);
		}
		assert.equal(this.verified, 0);
		assert.equal(this.takes(this.honest(honest), "honest"), true);
	}

	private connected(): TestClient {
		this.client ??= this.place.client().start().requestAuthentication();
		return this.client;
	}
}
