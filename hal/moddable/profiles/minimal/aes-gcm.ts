/** src/crypto/xs/aes-gcm.ts where nothing uses it. */
export class AesGcm {
	constructor() {
		throw new Error("built without AES");
	}
}
