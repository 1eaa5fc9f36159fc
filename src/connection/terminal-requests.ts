/** What an interactive session asks for besides a command: terminal, environment, signals and break. */
import { asciiString, type Reader } from "../base/wire.js";
import { COST_ENVIRONMENT, COST_TERMINAL, type Limits, MAX_NAME_LENGTH } from "../limits.js";
import { ERR_SESSION_BAD_PAYLOAD } from "../merrors.js";
import { answer, isText, refuse, type SessionRequest } from "./request.js";
import type { SessionChannel } from "./session-channel.js";
import { row } from "./table.js";
import { withVariable } from "./variables.js";

export const TERMINAL_REQUESTS: readonly SessionRequest[] = Object.freeze([
	row("pty-req", ptyRequest),
	row("env", environmentRequest),
	row("window-change", windowChange),
	row("signal", signalRequest),
	row("break", breakRequest),
]);

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
function ptyRequest(channel: SessionChannel, reader: Reader, wantReply: boolean): number {
	const { host } = channel;
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
		return refuse(channel, "pty-req", wantReply);
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
function environmentRequest(channel: SessionChannel, reader: Reader, wantReply: boolean): number {
	const name = reader.string();
	const value = reader.string();
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	const granted = !channel.started && setVariable(channel, name, value);
	return answer(channel, wantReply, granted);
}

function setVariable(channel: SessionChannel, name: Uint8Array, value: Uint8Array): boolean {
	const { host } = channel;
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

// uint32    terminal width, columns
// uint32    terminal height, rows
// uint32    terminal width, pixels
// uint32    terminal height, pixels                     (RFC 4254 section 6.7)
function windowChange(channel: SessionChannel, reader: Reader, wantReply: boolean): number {
	const { limits } = channel.host;
	const columns = size(reader, limits);
	const rows = size(reader, limits);
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
