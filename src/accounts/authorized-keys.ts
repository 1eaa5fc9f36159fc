/**
 * Lines of an authorized_keys file in OpenSSH's format (sshd(8), AUTHORIZED_KEYS FILE FORMAT): options, key type,
 * key in base64, comment. A line that is not understood whole grants nothing: to drop what is not understood would
 * be to drop a restriction.
 */

import { checkAddressPatterns, matchAddress } from "../base/address-pattern.js";
import { decodeBase64 } from "../base/base64.js";
import { decimal } from "../base/decimal.js";
import { isRole, lesserRole, type Role } from "../base/roles.js";
import { findKeyType, parsePublicKey } from "../keys/public-key.js";
import { MAX_AUTHORIZED_KEY_LINE } from "../limits.js";
import type { AuthContext } from "../userauth/authenticator.js";

export interface AuthorizedKey {
	/** The name of its KeyType. */
	readonly type: string;
	/** In SSH wire format (RFC 4253 section 6.6). */
	readonly blob: Uint8Array;
	readonly comment: string;
	readonly pty: boolean;
	/** command=, never empty. */
	readonly command: string | undefined;
	/** from=, approved by checkAddressPatterns(). */
	readonly from: string | undefined;
	/** expiry-time=, in seconds since 1970; 0 for none. */
	readonly expiry: number;
	/** role=, which OpenSSH does not know. */
	readonly role: Role | undefined;
	/** An option forbids something, whatever it is and whatever follows it: the key stands for less than its account. */
	readonly limited: boolean;
}

/** The longest name that OpenSSH has is 43 characters; what is longer is shown to nobody: it may be part of a secret key. */
const MAX_OPTION_NAME = 48;

/** How files of private keys begin, OpenSSH's and PuTTY's, and of public keys in SSH2's format (RFC 4716). */
const OTHER_FILES: readonly string[] = Object.freeze(["-----BEGIN ", "PuTTY-User-Key-File-", "---- BEGIN "]);

/** What the options of a line say. */
interface Options {
	pty: boolean;
	command: string | undefined;
	from: string | undefined;
	expiry: number;
	role: Role | undefined;
	limited: boolean;
}

/** Options that allow or forbid what this server never does: valid, and without effect. */
const WITHOUT_EFFECT: readonly string[] = Object.freeze([
	"port-forwarding",
	"no-port-forwarding",
	"agent-forwarding",
	"no-agent-forwarding",
	"x11-forwarding",
	"no-x11-forwarding",
	"user-rc",
	"no-user-rc",
]);

/**
 * One line, without its line feed.
 *
 * @returns the key, undefined for a blank line or a comment, or a text that says why the line is refused
 */
export function parseAuthorizedKey(line: string): AuthorizedKey | string | undefined {
	if (line.length > MAX_AUTHORIZED_KEY_LINE) return `longer than ${MAX_AUTHORIZED_KEY_LINE} bytes`;
	if (line.endsWith("\r")) line = line.slice(0, -1);
	for (let i = 0; i < line.length; i++) {
		const code = line.charCodeAt(i);
		if ((code < 0x20 && code !== 9) || (code >= 0x7f && code < 0xa0)) return "a control character";
	}
	let at = skipBlanks(line, 0);
	if (at === line.length || line[at] === "#") return undefined;
	if (OTHER_FILES.some(head => line.startsWith(head)))
		return "no public key in OpenSSH's format: the line of a .pub file is meant";

	const options: Options = {
		pty: true,
		command: undefined,
		from: undefined,
		expiry: 0,
		role: undefined,
		limited: false,
	};
	let end = skipWord(line, at);
	if (!findKeyType(line.slice(at, end))) {
		end = skipOptions(line, at);
		if (end < 0) return "a quote that does not end";
		const wrong = parseOptions(line.slice(at, end), options);
		if (wrong) return wrong;
		at = skipBlanks(line, end);
		end = skipWord(line, at);
	}
	const type = line.slice(at, end);
	if (!findKeyType(type)) return type === "" ? "no key" : `unknown key type ${type}`;

	at = skipBlanks(line, end);
	end = skipWord(line, at);
	const blob = decodeBase64(line.slice(at, end));
	if (!blob || blob.length === 0) return "the key is not base64";
	const key = parsePublicKey(blob);
	if (!key) return `not a key of type ${type}, or of a size that is not accepted`;
	if (key.type !== type) return `the key is of type ${key.type}, not ${type}`;
	return { type, blob, comment: line.slice(skipBlanks(line, end)).trimEnd(), ...options };
}

/** Whether a key's from= and expiry-time= admit a login now. */
export function admitsLogin(key: AuthorizedKey, context: AuthContext): boolean {
	if (key.from !== undefined && !matchAddress(key.from, context.remoteAddress)) return false;
	return key.expiry === 0 || (context.date !== 0 && context.date <= key.expiry);
}

/**
 * What a login with this key may do: what its user may, or what role= says where that is less. A key that is limited is
 * at most an operator's, unless role= says otherwise.
 */
export function roleOfKey(key: AuthorizedKey, user: Role): Role {
	return lesserRole(user, key.role ?? (key.limited ? "operator" : "admin"));
}

function isBlank(character: string): boolean {
	return character === " " || character === "\t";
}

function skipBlanks(line: string, at: number): number {
	while (at < line.length && isBlank(line[at])) at++;
	return at;
}

function skipWord(line: string, at: number): number {
	while (at < line.length && !isBlank(line[at])) at++;
	return at;
}

/** The end of the options: the first blank outside quotes; -1 where a quote does not end. */
function skipOptions(line: string, at: number): number {
	let quoted = false;
	for (; at < line.length; at++) {
		if (quoted && line[at] === "\\" && line[at + 1] === '"') at++;
		else if (line[at] === '"') quoted = !quoted;
		else if (!quoted && isBlank(line[at])) break;
	}
	return quoted ? -1 : at;
}

/** Reads all options into `options`; a text says what is wrong. They count in their order: restrict,pty has a pty. */
function parseOptions(text: string, options: Options): string | undefined {
	for (let at = 0; ; at++) {
		let end = at;
		while (end < text.length && text[end] !== "," && text[end] !== "=") end++;
		const name = text.slice(at, end).toLowerCase();
		if (name.length > MAX_OPTION_NAME) return "an unknown option or key type";
		at = end;
		let value: string | undefined;
		if (text[at] === "=") {
			if (text[++at] !== '"') return `the value of ${name} is not in quotes`;
			value = "";
			for (at++; text[at] !== '"'; at++) {
				if (at >= text.length) return `the value of ${name} does not end`;
				if (text[at] === "\\" && text[at + 1] === '"') at++;
				value += text[at];
			}
			at++;
		}
		const wrong = value === undefined ? setFlag(name, options) : setValue(name, value, options);
		if (wrong) return wrong;
		if (at === text.length) return undefined;
		if (text[at] !== ",") return `text behind the value of ${name}`;
	}
}

function setFlag(name: string, options: Options): string | undefined {
	if (name === "restrict" || name.startsWith("no-")) options.limited = true;
	if (name === "restrict" || name === "no-pty") options.pty = false;
	else if (name === "pty") options.pty = true;
	else if (name === "") return "an empty option";
	else if (!WITHOUT_EFFECT.includes(name)) return `unknown option or key type ${name}`;
	return undefined;
}

function setValue(name: string, value: string, options: Options): string | undefined {
	if (name !== "role" || value !== "admin") options.limited = true;
	switch (name) {
		case "command":
			if (options.command !== undefined) return "command= twice";
			if (value === "") return "an empty command=";
			options.command = value;
			return undefined;
		case "from":
			if (options.from !== undefined) return "from= twice";
			options.from = value;
			return checkAddressPatterns(value);
		case "expiry-time":
			if (options.expiry !== 0) return "expiry-time= twice";
			options.expiry = parseTime(value);
			return options.expiry === 0 ? "expiry-time= is not YYYYMMDD[HHMM[SS]][Z]" : undefined;
		case "role":
			if (options.role !== undefined) return "role= twice";
			if (!isRole(value)) return "role= is not viewer, operator or admin";
			options.role = value;
			return undefined;
		default:
			return `unknown option ${name}=`;
	}
}

/**
 * YYYYMMDD[HHMM[SS]][Z] as seconds since 1970, 0 for what is none. A device knows no time zone: with the Z or without,
 * the time is UTC. (OpenSSH takes it as local time without the Z.)
 */
function parseTime(text: string): number {
	const digits = text.endsWith("Z") ? text.slice(0, -1) : text;
	if (digits.length !== 8 && digits.length !== 12 && digits.length !== 14) return 0;
	if (decimal(digits) < 0) return 0;
	const year = Number(digits.slice(0, 4));
	const month = Number(digits.slice(4, 6));
	const day = Number(digits.slice(6, 8));
	const hour = Number(digits.slice(8, 10));
	const minute = Number(digits.slice(10, 12));
	const second = Number(digits.slice(12, 14));
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return 0;
	if (hour > 23 || minute > 59 || second > 59) return 0;
	return ((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

function isLeap(year: number): boolean {
	return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysOfMonth(year: number, month: number): number {
	if (month === 2) return isLeap(year) ? 29 : 28;
	return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function daysSince1970(year: number, month: number, day: number): number {
	let days = day - 1;
	for (let y = 1970; y < year; y++) days += isLeap(y) ? 366 : 365;
	for (let m = 1; m < month; m++) days += daysOfMonth(year, m);
	return days;
}
