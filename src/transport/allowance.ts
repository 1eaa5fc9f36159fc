/** How much a client may ask of one connection: what is told or begun beyond it ends the connection. */
import {
	IDLE_TALK_BEFORE_LOGIN,
	type Limits,
	MAX_IDLE_TALK_LENGTH,
	REKEY_BYTES,
	REKEY_TIME,
} from "../limits.js";
import { SSH_MSG_DEBUG, SSH_MSG_IGNORE, SSH_MSG_UNIMPLEMENTED } from "../messages.js";
import type { PacketStream } from "./packets.js";

export class Allowance {
	private readonly limits: Limits;
	/** KEXINITs before the login. */
	private earlyExchanges = 0;
	/** Messages before the login that ask for nothing. */
	private idleTalk = 0;
	/** Key exchanges that the client may begin after its login now, with fractions. */
	private rekeys: number;

	constructor(limits: Limits) {
		this.limits = limits;
		this.rekeys = limits.clientRekeys;
	}

	/** Whether a login can take so many packets and bytes: whoever sends more makes us decrypt for nothing. */
	admitsTraffic({ packets, bytes }: { readonly packets: number; readonly bytes: number }): boolean {
		return packets <= this.limits.packetsBeforeLogin && bytes <= this.limits.bytesBeforeLogin;
	}

	/** Whether one more message before the login may ask for nothing: the one that was received last. */
	admitsIdleTalk({ payloadStart, payloadEnd }: PacketStream): boolean {
		return ++this.idleTalk <= IDLE_TALK_BEFORE_LOGIN && payloadEnd - payloadStart <= MAX_IDLE_TALK_LENGTH;
	}

	/** Whether one more key exchange may begin before the login. */
	admitsExchange(): boolean {
		return ++this.earlyExchanges <= this.limits.exchangesBeforeLogin;
	}

	/**
	 * Whether the client has earned one more key exchange after its login, which is spent then.
	 *
	 * @param time milliseconds since the last one  @param packets what its keys have served
	 */
	admitsRekey(time: number, { c2s, s2c }: PacketStream): boolean {
		const earned = time / REKEY_TIME + (c2s.bytes + s2c.bytes) / REKEY_BYTES;
		this.rekeys = Math.min(this.rekeys + earned, this.limits.clientRekeys) - 1;
		return this.rekeys >= 0;
	}
}

/** What may come at any time and asks for nothing. */
export function isIdleTalk(number: number): boolean {
	return number === SSH_MSG_IGNORE || number === SSH_MSG_DEBUG || number === SSH_MSG_UNIMPLEMENTED;
}
