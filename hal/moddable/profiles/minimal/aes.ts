/** src/crypto/xs/aes.ts where nothing uses it. */
export class AesCtr {
	constructor() {
		throw new Error("built without AES");
	}
}
