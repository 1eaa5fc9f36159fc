/** For the XS board: every input of the corpus against its target, as replay.test.ts has them on Node. */
import config from "mc/config";
import { decodeBase64 } from "../../src/base/base64.js";
import { assert, test } from "../harness.js";
import { TARGETS } from "./targets/index.js";

/** An input, in base64. */
export interface BoardInput {
	readonly target: string;
	readonly file: string;
	readonly bytes: string;
}

const { inputs } = config as unknown as { readonly inputs: readonly BoardInput[] };

for (const [name, fuzz] of Object.entries(TARGETS)) {
	test(`${name}: the corpus breaks no invariant`, async () => {
		let count = 0;
		for (const { target, file, bytes } of inputs) {
			if (target !== name) continue;
			try {
				await fuzz(decodeBase64(bytes)!);
				count++;
			} catch (error) {
				throw new Error(`${file}: ${error}`);
			}
		}
		assert.ok(count > 0);
	});
}
