/**
 * The man in the middle of F. Bäumer and others, "Terrapin Attack" (CVE-2023-48795). He reads and writes what is in the
 * clear, and of what is protected knows no more than how long it is: he puts an IGNORE before a NEWKEYS, so that the
 * receiver's sequence number is ahead by one, and takes away the first protected packet, so that it fits again.
 */
import { SSH_MSG_NEWKEYS } from "../../src/messages.js";
import { concat } from "../crypto/helpers.js";
import { IGNORE, type Middle } from "../peer/client.js";
import { Outgoing } from "../peer/packets.js";
import { Fields } from "../peer/wire.js";

export interface Plan {
	/** Puts an IGNORE before NEWKEYS. */
	readonly inject?: boolean;
	/** Bytes behind NEWKEYS that never arrive. */
	readonly drop?: number | undefined;
}

/** One direction under his hands. */
export class Passage {
	/** NEWKEYS has gone through: packets cannot be told apart any more. */
	protected = false;
	/** Bytes that are still to be taken away. */
	left: number;
	private readonly inject: boolean;
	private identified = false;
	private bytes: Uint8Array = new Uint8Array(0);

	constructor({ inject = false, drop = 0 }: Plan = {}) {
		this.inject = inject;
		this.left = drop;
	}

	/** What goes on of what has come. */
	pass(bytes: Uint8Array): Uint8Array {
		this.bytes = concat(this.bytes, bytes);
		const passed: Uint8Array[] = [];
		if (!this.identified) {
			const end = this.bytes.indexOf(10) + 1;
			if (end === 0) return new Uint8Array(0);
			passed.push(this.take(end));
			this.identified = true;
		}
		while (!this.protected && this.bytes.length >= 6) {
			const length = 4 + new Fields(this.bytes).uint32();
			if (this.bytes.length < length) break;
			const packet = this.take(length);
			this.protected = packet[5] === SSH_MSG_NEWKEYS;
			if (this.protected && this.inject) passed.push(new Outgoing().seal(IGNORE));
			passed.push(packet);
		}
		if (this.protected) {
			const count = Math.min(this.left, this.bytes.length);
			this.left -= count;
			this.take(count);
			passed.push(this.take(this.bytes.length));
		}
		return concat(...passed);
	}

	private take(count: number): Uint8Array {
		const taken = this.bytes.slice(0, count);
		this.bytes = this.bytes.slice(count);
		return taken;
	}
}

/** For the client of the tests. */
export function middle(toServer: Plan, toClient: Plan): Middle {
	const c2s = new Passage(toServer);
	const s2c = new Passage(toClient);
	return { toServer: bytes => c2s.pass(bytes), toClient: bytes => s2c.pass(bytes) };
}

export interface Suite {
	readonly cipher: string;
	readonly mac: string;
	/** Of the packet's padding, and of what it is followed by. */
	readonly block: number;
	readonly tag: number;
}

export const CHACHA20: Suite = {
	cipher: "chacha20-poly1305@openssh.com",
	mac: "hmac-sha2-256",
	block: 8,
	tag: 16,
};
export const GCM: Suite = { cipher: "aes128-gcm@openssh.com", mac: "hmac-sha2-256", block: 16, tag: 16 };
export const ETM: readonly Suite[] = [
	{ cipher: "aes128-ctr", mac: "hmac-sha2-256-etm@openssh.com", block: 16, tag: 32 },
	{ cipher: "aes256-ctr", mac: "hmac-sha2-512-etm@openssh.com", block: 16, tag: 64 },
];

/** How long a packet is, as whoever knows the payload's length can tell: length, padding length, padding of 4 or more, tag. */
export function sealedLength(payload: number, { block, tag }: Suite): number {
	return 4 + Math.ceil((1 + payload + 4) / block) * block + tag;
}

/** Of the server's EXT_INFO, which everyone knows. */
export const EXT_INFO_LENGTH: number =
	1 +
	4 +
	(4 + "server-sig-algs".length) +
	(4 + "ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256".length) +
	(4 + "ping@openssh.com".length) +
	(4 + 1);
