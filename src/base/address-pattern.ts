/**
 * Lists of address patterns, as from= in authorized_keys has them: separated by commas, each an address, a CIDR block
 * ("192.0.2.0/24", "2001:db8::/32") or a text with the wildcards * and ?, and each negated by a "!" before it. A
 * negated match refuses, wherever it stands; otherwise one match is enough (ssh_config(5), PATTERNS).
 *
 * Host names are no patterns here: without a resolver they cannot be matched, and a negated one would let in whom it
 * was to keep out.
 */
import { decimal } from "./decimal.js";

/** Undefined where the list can be evaluated whole, else what is wrong with it. */
export function checkAddressPatterns(list: string): string | undefined {
	const entries = list.split(",");
	for (let i = 0; i < entries.length; i++) {
		const pattern = withoutNegation(entries[i]);
		if (pattern === "") return "an empty address pattern";
		if (hasWildcard(pattern)) {
			if (!isWildcardPattern(pattern)) return `not an address pattern: ${pattern}`;
		} else if (!parseBlock(pattern)) return `not an address or a CIDR block: ${pattern}`;
	}
	return undefined;
}

/**
 * Whether a list that checkAddressPatterns() has approved admits an address. An IPv6 address that maps an IPv4 one
 * (RFC 4291 section 2.5.5.2) is that IPv4 address. What is no address, such as "", is not admitted by anything.
 */
export function matchAddress(list: string, address: string): boolean {
	const bytes = addressBytes(address);
	if (!bytes) return false;
	const text = formatAddress(bytes);
	const matches = list.split(",").filter(entry => {
		const pattern = withoutNegation(entry);
		return hasWildcard(pattern) ? matchWildcard(pattern.toLowerCase(), text) : matchBlock(pattern, bytes);
	});
	return matches.length > 0 && !matches.some(isNegated);
}

function isNegated(entry: string): boolean {
	return entry.startsWith("!");
}

function withoutNegation(entry: string): string {
	return isNegated(entry) ? entry.slice(1) : entry;
}

/** 4 bytes of an IPv4 address or one that maps it, 16 of another IPv6 address, its zone left out; else undefined. */
export function addressBytes(address: string): Uint8Array | undefined {
	const zone = address.indexOf("%");
	return parseAddress(zone < 0 ? address : address.slice(0, zone));
}

function hasWildcard(pattern: string): boolean {
	return pattern.includes("*") || pattern.includes("?");
}

/** Digits, dots and wildcards for IPv4; letters only beside colons, as IPv6 has them. */
function isWildcardPattern(pattern: string): boolean {
	const allowed = pattern.includes(":") ? "0123456789*?:abcdefABCDEF" : "0123456789*?.";
	for (let at = 0; at < pattern.length; at++) if (!allowed.includes(pattern[at])) return false;
	return true;
}

/** * stands for any characters, none too, and ? for one. Goes back to the last * alone, so that time is bounded. */
function matchWildcard(pattern: string, text: string): boolean {
	let at = 0;
	let star = -1;
	let resume = 0;
	for (let i = 0; i < text.length; ) {
		if (pattern[at] === "*") {
			star = at++;
			resume = i;
		} else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[i])) {
			at++;
			i++;
		} else if (star >= 0) {
			at = star + 1;
			i = ++resume;
		} else return false;
	}
	while (pattern[at] === "*") at++;
	return at === pattern.length;
}

interface Block {
	readonly bytes: Uint8Array;
	/** Leading bits that count. */
	readonly bits: number;
}

/** An address or a CIDR block. Bits set beyond the prefix are a mistake of the writer's, and refused as in OpenSSH. */
function parseBlock(text: string): Block | undefined {
	const slash = text.indexOf("/");
	if (slash < 0) {
		const bytes = parseAddress(text);
		return bytes && { bytes, bits: bytes.length * 8 };
	}
	const prefix = text.slice(slash + 1);
	let bits = decimalUpTo(prefix, 128);
	const address = text.slice(0, slash);
	const bytes = parseAddress(address);
	if (!bytes || bits < 0) return undefined;
	if (bytes.length === 4 && address.includes(":")) bits -= 96;
	if (bits < 0 || bits > bytes.length * 8) return undefined;
	for (let i = bits; i < bytes.length * 8; i++) {
		if (bytes[i >> 3] & (0x80 >> (i & 7))) return undefined;
	}
	return { bytes, bits };
}

function matchBlock(pattern: string, address: Uint8Array): boolean {
	const block = parseBlock(pattern);
	if (!block || block.bytes.length !== address.length) return false;
	for (let i = 0; i < block.bits; i++) {
		if ((block.bytes[i >> 3] ^ address[i >> 3]) & (0x80 >> (i & 7))) return false;
	}
	return true;
}

/** 4 bytes of an IPv4 address or of an IPv6 address that maps one, 16 of another IPv6 address; else undefined. */
function parseAddress(text: string): Uint8Array | undefined {
	return text.includes(":") ? parseIPv6(text) : parseIPv4(text);
}

/** Dotted decimal, without leading zeros: they are octal to some (RFC 6943 section 3.1.1). */
function parseIPv4(text: string): Uint8Array | undefined {
	const parts = text.split(".");
	if (parts.length !== 4) return undefined;
	const bytes = new Uint8Array(4);
	for (let i = 0; i < 4; i++) {
		const value = decimalUpTo(parts[i], 255);
		if (value < 0) return undefined;
		bytes[i] = value;
	}
	return bytes;
}

/** RFC 4291 section 2.2: eight groups, "::" for zeros once, and a dotted IPv4 address in place of the last two. */
function parseIPv6(text: string): Uint8Array | undefined {
	const halves = text.split("::");
	if (halves.length > 2) return undefined;
	const head = parseGroups(halves[0], halves.length === 1);
	const tail = halves.length === 2 ? parseGroups(halves[1], true) : [];
	if (!head || !tail) return undefined;
	const length = head.length + tail.length;
	if (halves.length === 2 ? length > 14 : length !== 16) return undefined;
	const bytes = new Uint8Array(16);
	bytes.set(head);
	bytes.set(tail, 16 - tail.length);
	const mapped = bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every(byte => byte === 0);
	return mapped ? bytes.slice(12) : bytes;
}

/** The bytes of groups between colons. @param last whether a dotted IPv4 address may end them */
function parseGroups(text: string, last: boolean): number[] | undefined {
	const bytes: number[] = [];
	if (text === "") return bytes;
	const groups = text.split(":");
	for (let i = 0; i < groups.length; i++) {
		const group = groups[i];
		if (group.includes(".")) {
			const dotted = last && i === groups.length - 1 ? parseIPv4(group) : undefined;
			if (!dotted) return undefined;
			bytes.push(dotted[0], dotted[1], dotted[2], dotted[3]);
			continue;
		}
		if (group.length < 1 || group.length > 4) return undefined;
		let value = 0;
		for (let at = 0; at < group.length; at++) {
			const digit = "0123456789abcdef".indexOf(group[at].toLowerCase());
			if (digit < 0) return undefined;
			value = value * 16 + digit;
		}
		bytes.push(value >> 8, value & 0xff);
	}
	return bytes;
}

/** The one text of an address that wildcards are matched with (RFC 5952 section 4). */
function formatAddress(bytes: Uint8Array): string {
	if (bytes.length === 4) return bytes.join(".");
	let zeros = -1;
	let longest = 1;
	for (let i = 0; i < 8; i++) {
		let run = 0;
		while (i + run < 8 && groupAt(bytes, i + run) === 0) run++;
		if (run > longest) {
			zeros = i;
			longest = run;
		}
	}
	let text = "";
	for (let i = 0; i < 8; ) {
		if (i === zeros) {
			text += "::";
			i += longest;
			continue;
		}
		if (text !== "" && !text.endsWith("::")) text += ":";
		text += groupAt(bytes, i++).toString(16);
	}
	return text;
}

function groupAt(bytes: Uint8Array, index: number): number {
	return (bytes[index * 2] << 8) | bytes[index * 2 + 1];
}

/** A decimal number of at most `limit`, without sign or leading zeros, or -1. */
function decimalUpTo(text: string, limit: number): number {
	if (text.length < 1 || text.length > 3 || (text.length > 1 && text[0] === "0")) return -1;
	const value = decimal(text);
	return value <= limit ? value : -1;
}
