/** src/crypto/xs/rsa.ts where nothing uses it. */
export function rsaVerify(): never {
	throw new Error("built without RSA");
}
