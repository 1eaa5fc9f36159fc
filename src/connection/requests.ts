/**
 * The requests that a client makes of a session channel: RFC 4254 section 6 and RFC 4335. Each begins with
 *
 *     byte      SSH_MSG_CHANNEL_REQUEST
 *     uint32    recipient channel
 *     string    request type in US-ASCII characters only
 *     boolean   want reply
 *     ....      type-specific data follows
 *
 * The layouts below show what follows. Forwarding of X11 and of agents, and whatever is not known, is refused.
 * Callbacks come last, behind the reply: they may do anything, closing the connection included.
 */

import { decodeUtf8, isUtf8 } from "../base/utf8.js";
import { asciiString, type Reader } from "../base/wire.js";
import { COST_COMMAND, COST_ENVIRONMENT, COST_TERMINAL, type Limits, MAX_NAME_LENGTH } from "../limits.js";
import { ERR_SESSION_BAD_PAYLOAD, OK } from "../merrors.js";
import { SSH_MSG_CHANNEL_FAILURE, SSH_MSG_CHANNEL_SUCCESS } from "../messages.js";
import { __ENABLE_MOCANA_SSH_TERMINAL__ } from "../moptions.js";
import type { SessionChannel } from "./channel.js";
import type { ConnectionHost } from "./host.js";
import type { Session } from "./session.js";
import { withVariable } from "./variables.js";

/** Handles a CHANNEL_REQUEST whose recipient was found; `reader` stands at the request type. OK or a status. */
export function channelRequest(host: ConnectionHost, channel: SessionChannel, reader: Reader): number {
	const type = reader.ascii(MAX_NAME_LENGTH);
	const wantReply = reader.boolean();
	if (reader.failed) return ERR_SESSION_BAD_PAYLOAD;
	// In flight while we close: there is nobody left who could grant it.
	if (channel.closed) return answer(channel, wantReply, false);
	if (type === "shell" || type === "exec" || type === "subsystem")
		return startRequest(host, channel, type, reader, wantReply);
	if (!__ENABLE_MOCANA_SSH_TERMINAL__) return refuse(host, channel, type, wantReply);
	switch (type) {
		case "pty-req":
			return ptyRequest(host, channel, reader, wantReply);
		case "env":
			return environmentRequest(host, channel, reader, wantReply);
		case "window-change":
			return windowChange(host, channel, reader, wantReply);
		case "signal":
			return signalRequest(channel, reader, wantReply);
		case "break":
			return breakRequest(channel, reader, wantReply);
		default:
			return refuse(host, channel, type, wantReply);
	}
}

function answer(channel: SessionChannel, wantReply: boolean, granted: boolean): number {
	if (!wantReply) return OK;
	return channel.reply(granted ? SSH_MSG_CHANNEL_SUCCESS : SSH_MSG_CHANNEL_FAILURE);
}

function refuse(host: ConnectionHost, channel: SessionChannel, type: string, wantReply: boolean): number {
	host.onNotice?.(`channel ${channel.channel}: ${type} refused`);
	return answer(channel, wantReply, false);
}

const TTY_OP_END = 0;
const FIRST_UNDEFINED = 160;
const MODE_LENGTH = 1 + 4;

/** Sizes come from a window that a user drags; 0 is unknown. */
function size(reader: Reader, limits: Limits): number {
	return Math.min(reader.uint32(), limits.terminalSize);
}

// string    TERM environment variable value (e.g., vt100)
// uint32    terminal width, characters (e.g., 80)
// uint32    terminal height, rows (e.g., 24)
// uint32    terminal width, pixels (e.g., 640)
// uint32    terminal height, pixels (e.g., 480)
// string    encoded terminal modes                      (RFC 4254 section 6.2)
function ptyRequest(
	host: ConnectionHost,
	channel: SessionChannel,
	reader: Reader,
	wantReply: boolean,
): number {
	const type = reader.string();
	const columns = size(reader, host.limits);
	const rows = size(reader, host.limits);
	const widthPixels = reader.uint32();
	const heightPixels = reader.uint32();
	const modes = reader.string();
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	if (
		!host.permit.pty ||
		channel.started ||
		channel.terminal !== undefined ||
		type.length > host.limits.terminalTypeLength ||
		modes.length > host.limits.terminalModesLength ||
		!isPrintable(type) ||
		!host.grants(COST_TERMINAL, modes.length)
	) {
		return refuse(host, channel, "pty-req", wantReply);
	}
	channel.terminal = {
		type: asciiString(type),
		columns,
		rows,
		widthPixels,
		heightPixels,
		modes: modes.slice(0, modesLength(modes)),
	};
	return answer(channel, wantReply, true);
}

/**
 * How much of the encoded modes says something (RFC 4254 section 8): an opcode and a uint32 each, until TTY_OP_END, or
 * an opcode that is not defined yet, after which nothing can be told.
 */
function modesLength(modes: Uint8Array): number {
	let at = 0;
	while (at + MODE_LENGTH <= modes.length && modes[at] !== TTY_OP_END && modes[at] < FIRST_UNDEFINED)
		at += MODE_LENGTH;
	return at;
}

function isPrintable(bytes: Uint8Array): boolean {
	return bytes.every(byte => byte >= 0x20 && byte <= 0x7e);
}

// string    variable name
// string    variable value                              (RFC 4254 section 6.4)
function environmentRequest(
	host: ConnectionHost,
	channel: SessionChannel,
	reader: Reader,
	wantReply: boolean,
): number {
	const name = reader.string();
	const value = reader.string();
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	const granted = !channel.started && setVariable(host, channel, name, value);
	return answer(channel, wantReply, granted);
}

function setVariable(
	host: ConnectionHost,
	channel: SessionChannel,
	name: Uint8Array,
	value: Uint8Array,
): boolean {
	const { environmentLength, environmentVariables, environmentBytes } = host.limits;
	if (name.length > environmentLength || !isText(value, environmentLength)) return false;
	if (!name.every(isNameByte) || !isListed(host.environmentNames, asciiString(name))) return false;
	const { variables } = channel;
	// The block grows by being copied: for a moment there are both.
	const grown = (variables?.length ?? 0) + name.length + value.length;
	if (!host.grants(COST_ENVIRONMENT, grown)) return false;
	const changed = withVariable(variables, name, value, environmentVariables, environmentBytes);
	if (changed === undefined) return false;
	channel.variables = changed;
	return true;
}

/** POSIX.1-2017 section 8.1: letters, digits and underscores; so a wildcard lets no "=" through. */
function isNameByte(byte: number): boolean {
	const letter = byte | 0x20;
	return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;
}

function isListed(names: readonly string[], name: string): boolean {
	return names.some(pattern =>
		pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
	);
}

/** Text that a command line or a variable can hold: well-formed UTF-8 within `limit` bytes, no NUL. */
function isText(bytes: Uint8Array, limit: number): boolean {
	return bytes.length <= limit && !bytes.includes(0) && isUtf8(bytes);
}

// shell:      nothing
// exec:       string    command
// subsystem:  string    subsystem name                  (RFC 4254 section 6.5)
function startRequest(
	host: ConnectionHost,
	channel: SessionChannel,
	type: Session["type"],
	reader: Reader,
	wantReply: boolean,
): number {
	const text = type === "shell" ? undefined : reader.string();
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	// "Only one of these requests can succeed per channel."
	if (channel.started) return refuse(host, channel, type, wantReply);
	if (text !== undefined && !isText(text, host.limits.commandLength)) {
		return refuse(host, channel, type, wantReply);
	}
	const asked = text === undefined ? undefined : decodeUtf8(text);
	if (type === "subsystem" && !host.subsystems.includes(asked!))
		return refuse(host, channel, `${type} ${asked}`, wantReply);

	if (!host.grants(COST_COMMAND)) {
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
	channel.start();
	const status = answer(channel, wantReply, true);
	if (status < 0) return status;
	host.onSession(channel);
	if (channel.eofReceived && !channel.closed) channel.onEnd?.();
	return OK;
}

// uint32    terminal width, columns
// uint32    terminal height, rows
// uint32    terminal width, pixels
// uint32    terminal height, pixels                     (RFC 4254 section 6.7)
function windowChange(
	host: ConnectionHost,
	channel: SessionChannel,
	reader: Reader,
	wantReply: boolean,
): number {
	const columns = size(reader, host.limits);
	const rows = size(reader, host.limits);
	const widthPixels = reader.uint32();
	const heightPixels = reader.uint32();
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	const { terminal } = channel;
	if (terminal === undefined) return answer(channel, wantReply, false);
	const { type, modes } = terminal;
	const changed = { type, columns, rows, widthPixels, heightPixels, modes };
	channel.terminal = changed;
	const status = answer(channel, wantReply, true);
	if (status >= 0) channel.onWindowChange?.(changed);
	return status;
}

// string    signal name (without the "SIG" prefix)      (RFC 4254 section 6.9)
function signalRequest(channel: SessionChannel, reader: Reader, wantReply: boolean): number {
	const name = reader.ascii(MAX_NAME_LENGTH);
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	const status = answer(channel, wantReply, channel.onSignal !== undefined);
	if (status >= 0) channel.onSignal?.(name);
	return status;
}

// uint32    break-length in milliseconds                (RFC 4335 section 3)
function breakRequest(channel: SessionChannel, reader: Reader, wantReply: boolean): number {
	const milliseconds = reader.uint32();
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	const status = answer(channel, wantReply, channel.onBreak !== undefined);
	if (status >= 0) channel.onBreak?.(milliseconds);
	return status;
}
