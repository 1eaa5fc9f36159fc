/** What of the ciphers is fast where. The figures are in docs/performance.md. */

/** Where AES and hashes are native and Poly1305 is not: the AEADs first, which cost less a packet. */
export const AES_FIRST: readonly string[] = Object.freeze([
	"aes128-gcm@openssh.com",
	"aes256-gcm@openssh.com",
	"aes128-ctr",
	"aes256-ctr",
]);
