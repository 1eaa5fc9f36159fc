/** Who logs in with an Ed25519 key of their own, made of a seed. */
import { encodeBase64 } from "../../src/base/base64.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import { concat, noise, run } from "../crypto/helpers.js";
import { fields, message } from "./wire.js";

export class Identity {
	private readonly user: string;
	private readonly seed: Uint8Array;
	private readonly key: Uint8Array;
	private readonly blob: Uint8Array;

	constructor(user: string, seed: number) {
		this.user = user;
		this.seed = noise(32, seed);
		this.key = run(nobleCrypto.ed25519PublicKey(this.seed));
		this.blob = fields("ssh-ed25519", this.key);
	}

	/** For authorized_keys, without a line feed. */
	line(comment: string): string {
		return `ssh-ed25519 ${encodeBase64(this.blob)} ${comment}`;
	}

	/** USERAUTH_REQUEST for publickey without its signature: a query where `signed` is false. */
	unsigned(signed: boolean): Uint8Array {
		const values = [this.user, "ssh-connection", "publickey", signed, "ssh-ed25519", this.blob];
		return message(SSH_MSG_USERAUTH_REQUEST, ...values);
	}

	/** The whole request. */
	request(sessionId: Uint8Array): Uint8Array {
		const request = this.unsigned(true);
		const signed = concat(fields(sessionId), request);
		const signature = run(nobleCrypto.ed25519Sign(this.seed, this.key, signed));
		return concat(request, fields(fields("ssh-ed25519", signature)));
	}
}

export function passwordRequest(user: string, password: string): Uint8Array {
	return message(SSH_MSG_USERAUTH_REQUEST, user, "ssh-connection", "password", false, password);
}
