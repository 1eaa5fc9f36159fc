/** Fills the buffer with cryptographic randomness. Throws where there is none. */
export default function fill(bytes: Uint8Array): void;
