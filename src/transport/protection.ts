/**
 * Protection of packets in one direction, between two NEWKEYS: encryption and integrity in the form that was
 * negotiated. A packet lies at bytes[offset...]: 4 bytes packet_length, then `packetLength` bytes (padding_length,
 * payload, padding), then the tag. All is done in place.
 */
export interface Protection {
	/** What a packet's size is padded to a multiple of: the cipher's block size, at least 8 (RFC 4253 section 6). */
	readonly blockSize: number;
	/** Whether the 4 length bytes count towards that multiple; they do not where they stand apart (AEAD, etm). */
	readonly padsLength: boolean;
	/** Bytes after the packet. */
	readonly tagLength: number;
	/** Bytes that must have arrived before packetLength() can be asked. */
	readonly headerLength: number;

	/** Computes what takes a step of its own, before the first packet: what is not done here the first packet pays for. */
	prepare(): void;
	/** The length field, decrypted where it is encrypted. Asked once a packet: it may consume cipher state. */
	packetLength(sequence: number, bytes: Uint8Array, offset: number): number;
	/**
	 * Verifies and decrypts a packet that is wholly there, with a packetLength that the caller has found to be within its
	 * bounds and of whole blocks: a slice of it, and the rest when called again. Nothing of it is to be looked at before the
	 * end: the tag may be verified last. The length field may stay encrypted.
	 *
	 * @param work how much may be done, in thousands of instructions of XS for cryptography in JavaScript: no more is begun than
	 *   that, but always something; all of it without
	 * @returns what is left of `work` when the packet is done; UNFINISHED; BAD_TAG
	 */
	open(sequence: number, bytes: Uint8Array, offset: number, packetLength: number, work?: number): number;
	/** Encrypts a packet and writes the tag after it, in slices as open(): the length field may be encrypted in the first. */
	seal(sequence: number, bytes: Uint8Array, offset: number, packetLength: number, work?: number): number;
	/** Overwrites the keys. */
	wipe(): void;
}
