/** src/transport/protection-gcm.ts where nothing uses it. */
export class GcmProtection {
	constructor() {
		throw new Error("built without AES-GCM");
	}
}
