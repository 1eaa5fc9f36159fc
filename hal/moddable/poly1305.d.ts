/**
 * Writes the Poly1305 tag (RFC 8439 section 2.5), 16 bytes, of bytes[offset][length] under a one-time key of 32.
 *
 * @throws RangeError for what does not fit
 */
export default function poly1305(
	key: Uint8Array,
	bytes: Uint8Array,
	offset: number,
	length: number,
	tag: Uint8Array,
): void;
