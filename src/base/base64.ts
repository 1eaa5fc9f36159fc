/** Base64 (RFC 4648 section 4), as key files and fingerprints use it. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** @param padded false leaves out the trailing "=", as OpenSSH's fingerprints do */
export function encodeBase64(bytes: Uint8Array, padded = true): string {
	let text = "";
	for (let at = 0; at < bytes.length; at += 3) {
		const count = Math.min(3, bytes.length - at);
		const group =
			(bytes[at] << 16) | ((count > 1 ? bytes[at + 1] : 0) << 8) | (count > 2 ? bytes[at + 2] : 0);
		text += ALPHABET[group >> 18] + ALPHABET[(group >> 12) & 63];
		if (count > 1) text += ALPHABET[(group >> 6) & 63];
		if (count > 2) text += ALPHABET[group & 63];
		if (padded && count < 3) text += count > 1 ? "=" : "==";
	}
	return text;
}

/** The bytes, or undefined for anything but canonical, padded base64: one text, one meaning. */
export function decodeBase64(text: string): Uint8Array | undefined {
	if (text.length % 4 !== 0) return undefined;
	const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
	const bytes = new Uint8Array((text.length / 4) * 3 - padding);
	let at = 0;
	let group = 0;
	let bits = 0;
	for (let i = 0; i < text.length - padding; i++) {
		const value = sextet(text.charCodeAt(i));
		if (value < 0) return undefined;
		group = ((group << 6) | value) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			bytes[at++] = group >> bits;
		}
	}
	return (group & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

function sextet(code: number): number {
	if (code >= 65 && code <= 90) return code - 65;
	if (code >= 97 && code <= 122) return code - 71;
	if (code >= 48 && code <= 57) return code + 4;
	if (code === 43) return 62;
	if (code === 47) return 63;
	return -1;
}
