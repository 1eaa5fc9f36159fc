/** src/transport/protection-ctr.ts where nothing uses it. */
export class CtrProtection {
	constructor() {
		throw new Error("built without AES-CTR");
	}
}

export class CtrEtmProtection extends CtrProtection {}
