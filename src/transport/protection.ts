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
	/** Bytes behind the packet. */
	readonly tagLength: number;
	/** Bytes that must have arrived before packetLength() can be asked. */
	readonly headerLength: number;

	/** The length field, decrypted where it is encrypted. Asked once a packet: it may consume cipher state. */
	packetLength(sequence: number, bytes: Uint8Array, offset: number): number;
	/** Verifies and decrypts a packet that is wholly there. False where the tag does not fit. */
	open(sequence: number, bytes: Uint8Array, offset: number, packetLength: number): boolean;
	/** Encrypts a packet and writes the tag behind it. */
	seal(sequence: number, bytes: Uint8Array, offset: number, packetLength: number): void;
	/** Overwrites the keys. */
	wipe(): void;
}
