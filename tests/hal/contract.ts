/** What every HAL must do: the sentences of hal/hal.ts, each as a test. */
import { test } from "../harness.js";
import { closeContract } from "./contract-close.js";
import { clockContract, deviceContract, heapContract, storageContract } from "./contract-device.js";
import { listenerContract } from "./contract-listener.js";
import { streamContract } from "./contract-stream.js";
import type { Check, Rig } from "./rig.js";

export { FLOOD, HEAP_BYTES, HEAP_SLOTS, type Peer, type Rig } from "./rig.js";

export function halContract(name: string, makeRig: () => Promise<Rig>): void {
	const check: Check = (title, body) => {
		test(`${name}: ${title}`, async () => {
			const rig = await makeRig();
			try {
				await body(rig);
			} finally {
				await rig.stop();
			}
		});
	};
	listenerContract(check);
	streamContract(check);
	closeContract(check);
	clockContract(check);
	storageContract(check);
	deviceContract(check);
	heapContract(check);
}
