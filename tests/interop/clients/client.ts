/** A client program or library, as the tests drive it. One file here a client. */
import type { KeyName, Target } from "../harness.js";

/** What one side negotiates for packets: an AEAD cipher has no MAC. */
export interface Suite {
	readonly cipher: string;
	readonly mac: string | undefined;
}

export type Method = "publickey" | "password" | "keyboard-interactive";

export type Login =
	| { readonly method: "publickey" /** A private key's file. */; readonly key: string }
	| { readonly method: "password" | "keyboard-interactive"; readonly password: string };

export interface Request {
	readonly login: Login;
	/** By default the target's. */
	readonly user?: string;
	readonly command: string;
	readonly stdin?: Uint8Array | string;
	/** By default what the client chooses. */
	readonly suite?: Suite;
	/** The signature algorithm for an RSA key, where the client can be told. */
	readonly signature?: string;
}

export interface Result {
	/** Of the command; undefined where it did not run. */
	readonly status: number | undefined;
	readonly stdout: Buffer;
	readonly stderr: string;
	/** The client says that the server did not accept the login. */
	readonly refused: boolean;
}

export interface Client {
	readonly name: string;
	/** Why it cannot be driven here, or undefined. */
	readonly skip: string | undefined;
	readonly keys: readonly KeyName[];
	readonly methods: readonly Method[];
	/** Signature algorithms that it can be told to use with an RSA key; [] where it chooses by itself. */
	readonly signatures: readonly string[];
	version(): Promise<string>;
	/** Each pair of ours that the client can be made to use. */
	suites(): Promise<readonly Suite[]>;
	run(target: Target, request: Request): Promise<Result>;
	/** Ends what run() left running. */
	close(): Promise<void>;
}

export const AEADS: readonly string[] = [
	"chacha20-poly1305@openssh.com",
	"aes128-gcm@openssh.com",
	"aes256-gcm@openssh.com",
];
export const CTRS: readonly string[] = ["aes128-ctr", "aes256-ctr"];
export const MACS: readonly string[] = [
	"hmac-sha2-256-etm@openssh.com",
	"hmac-sha2-512-etm@openssh.com",
	"hmac-sha2-256",
	"hmac-sha2-512",
];

/** The pairs of ours that can be made of what a client has. */
export function suitesOf(ciphers: readonly string[], macs: readonly string[]): Suite[] {
	const suites: Suite[] = [];
	for (const cipher of AEADS) if (ciphers.includes(cipher)) suites.push({ cipher, mac: undefined });
	for (const cipher of CTRS) {
		if (!ciphers.includes(cipher)) continue;
		for (const mac of MACS) if (macs.includes(mac)) suites.push({ cipher, mac });
	}
	return suites;
}
