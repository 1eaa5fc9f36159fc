/**
 * Text at the edges (RFC 3629). Engines for microcontrollers need not have TextEncoder, so these are our own.
 */

/** Bytes of a text. A lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
	let length = 0;
	for (const character of text) length += utf8Length(character.codePointAt(0)!);
	const bytes = new Uint8Array(length);
	let at = 0;
	for (const character of text) {
		let point = character.codePointAt(0)!;
		if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
		const count = utf8Length(point);
		if (count === 1) bytes[at++] = point;
		else {
			bytes[at++] = ((0xf00 >> count) & 0xff) | (point >> (6 * (count - 1)));
			for (let i = count - 2; i >= 0; i--) bytes[at++] = 0x80 | ((point >> (6 * i)) & 0x3f);
		}
	}
	return bytes;
}

/** Where the bytes of a text can be cut, at `limit` or shortly before it, so that no character is torn. */
export function cutOf(bytes: Uint8Array, limit: number): number {
	if (limit >= bytes.length) return bytes.length;
	while (limit > 0 && (bytes[limit] & 0xc0) === 0x80) limit--;
	return limit;
}

/** Bytes that a code point takes: 1 to 4. */
function utf8Length(point: number): number {
	return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/** bytes[start, end) as text; each byte that is no part of a well-formed sequence becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
	let text = "";
	for (let at = start; at < end; ) {
		const count = sequenceLength(bytes, at, end);
		if (count === 1) text += String.fromCharCode(bytes[at]);
		else if (count === 0) text += "\ufffd";
		else {
			let point = bytes[at] & (0x7f >> count);
			for (let i = 1; i < count; i++) point = (point << 6) | (bytes[at + i] & 0x3f);
			text += String.fromCodePoint(point);
		}
		at += count || 1;
	}
	return text;
}

/** Whether bytes[start, end) is well-formed. */
export function isUtf8(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
	for (let at = start; at < end; ) {
		const count = sequenceLength(bytes, at, end);
		if (count === 0) return false;
		at += count;
	}
	return true;
}

/** Length of the well-formed sequence at `at` (RFC 3629 section 4), or 0. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
	const lead = bytes[at];
	if (lead < 0x80) return 1;
	const count =
		lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) === 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
	if (count === 0 || at + count > end) return 0;
	for (let i = 1; i < count; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0;
	const second = bytes[at + 1];
	if (lead === 0xe0 && second < 0xa0) return 0;
	if (lead === 0xed && second > 0x9f) return 0;
	if (lead === 0xf0 && second < 0x90) return 0;
	if (lead === 0xf4 && second > 0x8f) return 0;
	return count;
}

/**
 * Text from a peer as it may be shown in a log or on a terminal: control characters (C0, DEL, C1) and line separators
 * stand as \xNN or \u{N}, so that none moves the cursor or forges a line.
 */
export function printable(text: string): string {
	let shown = "";
	for (const character of text) {
		const point = character.codePointAt(0)!;
		if (point < 0x20 || (point >= 0x7f && point < 0xa0)) shown += `\\x${point.toString(16).padStart(2, "0")}`;
		else if (isFormatting(point)) shown += `\\u{${point.toString(16)}}`;
		else shown += character;
	}
	return shown;
}

/**
 * What takes no room or changes the order of what does: with it shown text can lie. Line separators, marks of writing
 * direction, joiners, annotations, tags (Unicode's Default_Ignorable_Code_Point, as far as text has no use for them
 * here), and surrogates without their other half.
 */
function isFormatting(point: number): boolean {
	return (
		point === 0xad ||
		point === 0x61c ||
		point === 0x180e ||
		(point >= 0x200b && point <= 0x200f) ||
		(point >= 0x2028 && point <= 0x202e) ||
		(point >= 0x2060 && point <= 0x206f) ||
		(point >= 0xd800 && point <= 0xdfff) ||
		point === 0xfeff ||
		(point >= 0xfff9 && point <= 0xfffb) ||
		(point >= 0xe0000 && point <= 0xe0fff)
	);
}
