/** A channel that is being opened: what both sides have said of it so far. It is made for one message, and not kept. */
import { COST_CHANNEL } from "../limits.js";
import { SSH_OPEN_CONNECT_FAILED, SSH_OPEN_RESOURCE_SHORTAGE } from "../messages.js";
import type { ConnectionHost } from "./host.js";

export class Opening {
	readonly host: ConnectionHost;
	/** Our channel number; below zero when all are taken. */
	readonly channel: number;
	/** The client has said that it opens no more sessions (OpenSSH PROTOCOL 2.2). */
	readonly noMoreSessions: boolean;
	/** The peer's channel number, initial window size and maximum packet size; 0 until they are known. */
	peerChannel = 0;
	peerWindow = 0;
	peerMaximum = 0;
	/** Says to the client, and to the log, why it is refused. */
	description = "";

	constructor(host: ConnectionHost, channel: number, noMoreSessions: boolean) {
		this.host = host;
		this.channel = channel;
		this.noMoreSessions = noMoreSessions;
	}

	/** @param reason SSH_OPEN_*, which is returned */
	refuse(reason: number, description: string): number {
		this.description = description;
		return reason;
	}

	/** 0 when the peer may open it; else why it is refused, as SSH_OPEN_*. */
	get refusal(): number {
		// CVE-2026-59843: whoever splits data into packets of nothing never ends.
		if (this.peerMaximum === 0) return this.refuse(SSH_OPEN_CONNECT_FAILED, "maximum packet size of zero");
		if (this.channel < 0) return this.refuse(SSH_OPEN_RESOURCE_SHORTAGE, "too many channels");
		if (!this.host.grants(COST_CHANNEL, this.host.limits.initialWindowSize))
			return this.refuse(SSH_OPEN_RESOURCE_SHORTAGE, "not enough memory for a channel");
		return 0;
	}
}
