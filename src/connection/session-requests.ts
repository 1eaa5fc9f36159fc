/**
 * The requests that a client makes of a session channel: RFC 4254 section 6 and RFC 4335. Each begins with
 *
 *     byte      SSH_MSG_CHANNEL_REQUEST
 *     uint32    recipient channel
 *     string    request type in US-ASCII characters only
 *     boolean   want reply
 *     ....      type-specific data follows
 *
 * A row of the table serves each; the layouts above the functions show what follows. Forwarding of X11 and of agents has no
 * row: it is refused, as is whatever is not known. Callbacks come last, after the reply: they may do anything, closing the
 * connection included.
 */

import { decodeUtf8 } from "../base/utf8.js";
import type { Reader } from "../base/wire.js";
import { COST_COMMAND, MAX_NAME_LENGTH } from "../limits.js";
import { ERR_SESSION_BAD_PAYLOAD, OK } from "../merrors.js";
import { __ENABLE_MOCANA_SSH_TERMINAL__ } from "../moptions.js";
import { answer, isText, refuse, type SessionRequest } from "./request.js";
import type { Session } from "./session.js";
import type { SessionChannel } from "./session-channel.js";
import { subsystemOf } from "./subsystems.js";
import { row, rowOf } from "./table.js";
import { TERMINAL_REQUESTS } from "./terminal-requests.js";

/** What a session channel is asked for; a row each. */
const SESSION_REQUESTS: readonly SessionRequest[] = Object.freeze([
	row("shell", startRequest),
	row("exec", startRequest),
	row("subsystem", startRequest),
	...(__ENABLE_MOCANA_SSH_TERMINAL__ ? TERMINAL_REQUESTS : []),
]);

/** Serves a CHANNEL_REQUEST whose recipient was found; `reader` stands at the request type. OK or a status. */
export function sessionRequest(channel: SessionChannel, reader: Reader): number {
	const type = reader.ascii(MAX_NAME_LENGTH);
	const wantReply = reader.boolean();
	if (reader.failed) return ERR_SESSION_BAD_PAYLOAD;
	// In flight while we close: there is nobody left who could grant it.
	if (channel.closed) return answer(channel, wantReply, false);
	const found = rowOf(SESSION_REQUESTS, type);
	return found === undefined
		? refuse(channel, type, wantReply)
		: found.serve(channel, reader, wantReply, type);
}

// shell:      nothing
// exec:       string    command
// subsystem:  string    subsystem name                  (RFC 4254 section 6.5)
function startRequest(
	channel: SessionChannel,
	reader: Reader,
	wantReply: boolean,
	type: Session["type"],
): number {
	const { host } = channel;
	const text = type === "shell" ? undefined : reader.string();
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	// "Only one of these requests can succeed per channel."
	if (channel.started) return refuse(channel, type, wantReply);
	if (text !== undefined && !isText(text, host.limits.commandLength)) {
		return refuse(channel, type, wantReply);
	}
	const asked = text === undefined ? undefined : decodeUtf8(text);
	if (type === "subsystem" && !subsystemOf(host.subsystems, asked!))
		return refuse(channel, `${type} ${asked}`, wantReply);

	const length = text === undefined ? 0 : text.length;
	if (!host.grants(COST_COMMAND, length)) {
		host.onNotice?.(`channel ${channel.channel}: not enough memory for a command`);
		return answer(channel, wantReply, false);
	}

	const forced = host.permit.command;
	if (forced === undefined) {
		channel.type = type;
		channel.command = asked ?? "";
	} else {
		channel.type = "exec";
		channel.command = forced;
		channel.originalCommand = asked;
	}
	channel.held = length;
	channel.start();
	const status = answer(channel, wantReply, true);
	if (status < 0) return status;
	host.onSession(channel);
	if (channel.eofReceived && !channel.closed) channel.onEnd?.();
	return OK;
}
