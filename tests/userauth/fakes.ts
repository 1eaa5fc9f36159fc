/** What the tests of authentication share: a sender that records, a storage in memory, requests as clients send them. */
import type { Storage } from "../../hal/hal.js";
import { encodeUtf8 } from "../../src/base/utf8.js";
import { Reader, Writer } from "../../src/base/wire.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { Job } from "../../src/crypto/port.js";
import { DESKTOP_LIMITS } from "../../src/limits.js";
import { OK } from "../../src/merrors.js";
import {
	SSH_MSG_USERAUTH_BANNER,
	SSH_MSG_USERAUTH_FAILURE,
	SSH_MSG_USERAUTH_INFO_REQUEST,
	SSH_MSG_USERAUTH_INFO_RESPONSE,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import type { MessageSender } from "../../src/transport/sender.js";
import type { Authenticator } from "../../src/userauth/authenticator.js";
import { UserAuth } from "../../src/userauth/userauth.js";

export const SESSION_ID = new Uint8Array(32).fill(0x5e);

/** Keeps every message, its number first. */
export class RecordingSender implements MessageSender {
	readonly messages: Uint8Array[] = [];
	/** What room() answers. */
	free = 4096;
	/** What end() answers. */
	status = OK;
	private readonly writer = new Writer(new Uint8Array(4096));

	begin(message: number): Writer {
		return this.writer.reset(this.writer.bytes, 0, 4096).byte(message);
	}

	end(): number {
		if (this.status === OK) this.messages.push(this.writer.bytes.slice(0, this.writer.position));
		return this.status;
	}

	room(): number {
		return this.free;
	}
}

export class MemoryStorage implements Storage {
	readonly files = new Map<string, Uint8Array>();
	/** When set, get() answers with it. */
	readStatus = OK;
	/** When set, put() answers with it and stores nothing. */
	writeStatus = OK;
	/** Names that were read, in their order. */
	reads: string[] = [];

	get(name: string): Uint8Array | undefined | number {
		this.reads.push(name);
		return this.readStatus < 0 ? this.readStatus : this.files.get(name)?.slice();
	}

	put(name: string, value: Uint8Array): number {
		if (this.writeStatus === OK) this.files.set(name, value.slice());
		return this.writeStatus;
	}

	remove(name: string): number {
		this.files.delete(name);
		return OK;
	}

	text(name: string): string {
		return String.fromCharCode(...(this.files.get(name) ?? []));
	}

	write(name: string, text: string): void {
		this.files.set(name, encodeUtf8(text));
	}
}

/** The result of a job, run to its end. */
export function run<T>(job: Job<T>): T {
	while (!job.step());
	return job.result;
}

/** string || string ... */
export function strings(...parts: (string | Uint8Array)[]): Uint8Array {
	const writer = new Writer(new Uint8Array(8192));
	for (const part of parts) writer.string(typeof part === "string" ? encodeUtf8(part) : part);
	return writer.bytes.slice(0, writer.position);
}

export function concat(...parts: Uint8Array[]): Uint8Array {
	return Uint8Array.from(parts.flatMap(part => [...part]));
}

export function request(user: string | Uint8Array, method: string, ...fields: Uint8Array[]): Uint8Array {
	return concat(strings(user, "ssh-connection", method), ...fields);
}

export const FALSE = Uint8Array.of(0);
export const TRUE = Uint8Array.of(1);

export function passwordRequest(user: string, password: string): Uint8Array {
	return request(user, "password", FALSE, strings(password));
}

export function interactiveRequest(user: string): Uint8Array {
	return request(user, "keyboard-interactive", strings("", ""));
}

/** The body of USERAUTH_INFO_RESPONSE. */
export function responses(...texts: string[]): Uint8Array {
	return concat(Uint8Array.of(0, 0, 0, texts.length), strings(...texts));
}

/** An Ed25519 key, with what a client makes of it. */
export class ClientKey {
	readonly blob: Uint8Array;
	private readonly seed: Uint8Array;
	private readonly publicKey: Uint8Array;

	constructor(seedByte: number) {
		this.seed = new Uint8Array(32).fill(seedByte);
		this.publicKey = run(nobleCrypto.ed25519PublicKey(this.seed));
		this.blob = strings("ssh-ed25519", this.publicKey);
	}

	query(user: string): Uint8Array {
		return request(user, "publickey", FALSE, strings("ssh-ed25519", this.blob));
	}

	/** A signed request. @param signer another key, to sign with what is not this one */
	signed(user: string, sessionId: Uint8Array = SESSION_ID, signer: ClientKey = this): Uint8Array {
		const head = request(user, "publickey", TRUE, strings("ssh-ed25519", this.blob));
		const message = concat(strings(sessionId), Uint8Array.of(SSH_MSG_USERAUTH_REQUEST), head);
		const signature = run(nobleCrypto.ed25519Sign(signer.seed, signer.publicKey, message));
		return concat(head, strings(strings("ssh-ed25519", signature)));
	}
}

/** A UserAuth with all around it recorded. */
export class Client {
	readonly sender = new RecordingSender();
	readonly events: string[] = [];
	readonly auth: UserAuth;
	woken = 0;
	/** Body of the last message, as it lies in the receive buffer afterwards. */
	received: Uint8Array = new Uint8Array(0);

	constructor(authenticator: Authenticator, options: { banner?: string; attempts?: number } = {}) {
		this.auth = new UserAuth({
			id: 1,
			sender: this.sender,
			authenticator,
			crypto: nobleCrypto,
			limits: {
				...DESKTOP_LIMITS,
				authenticationAttempts: options.attempts ?? DESKTOP_LIMITS.authenticationAttempts,
			},
			banner: options.banner,
			sessionId: () => SESSION_ID,
			context: () => ({ remoteAddress: "192.0.2.7", date: 0 }),
			wake: () => {
				this.woken++;
			},
			onAuthentication: ({ event, user, method, detail }) => {
				this.events.push(`${event} ${user} ${method} ${detail}`.trim());
			},
		});
	}

	/** Hands over a message, amid other bytes of a receive buffer. */
	receive(body: Uint8Array, number = SSH_MSG_USERAUTH_REQUEST): number {
		this.received = concat(Uint8Array.of(1, 2, 3), body, Uint8Array.of(4, 5, 6));
		return this.auth.onMessage(number, new Reader(this.received, 3, 3 + body.length));
	}

	/** Hands over a message, and works until nothing is left to do now. */
	send(body: Uint8Array, number = SSH_MSG_USERAUTH_REQUEST): number {
		const status = this.receive(body, number);
		return status < 0 ? status : this.work();
	}

	respond(...texts: string[]): number {
		return this.send(responses(...texts), SSH_MSG_USERAUTH_INFO_RESPONSE);
	}

	work(): number {
		for (;;) {
			const status = this.auth.work();
			if (status <= 0) return status;
		}
	}

	/** The messages sent since the last call, as text. */
	answers(): string[] {
		return this.sender.messages.splice(0).map(describe);
	}
}

/** A server's message in words. */
function describe(message: Uint8Array): string {
	const reader = new Reader(message);
	switch (reader.byte()) {
		case SSH_MSG_USERAUTH_SUCCESS:
			return "success";
		case SSH_MSG_USERAUTH_FAILURE: {
			const names = reader.ascii(200);
			return `${reader.boolean() ? "partial" : "failure"} ${names}`;
		}
		case SSH_MSG_USERAUTH_BANNER:
			return `banner ${reader.ascii(2000)}`;
		case SSH_MSG_USERAUTH_INFO_REQUEST: {
			// PK_OK has the same number: the algorithm's name stands where the conversation's name does.
			const name = reader.ascii(64);
			if (name === "ssh-ed25519" || name.startsWith("rsa-sha2-")) return `pk_ok ${name}`;
			const instruction = reader.ascii(200);
			reader.string();
			let text = `prompts ${name}/${instruction}`;
			for (let count = reader.uint32(); count > 0; count--) {
				text += ` ${reader.ascii(200)}${reader.boolean() ? "(echo)" : ""}`;
			}
			return reader.complete ? text : "malformed";
		}
		default:
			return `message ${message[0]}`;
	}
}
