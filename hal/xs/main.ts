/** The simulator's firmware for the XS board. */
import { complain, exit, onSignal } from "fieldssh/board";
import config from "mc/config";
import { xsCrypto } from "../../src/crypto/xs.js";
import type { Hal } from "../hal.js";
import { createModdableHal } from "../moddable/index.js";
import { SimulatedDevice } from "../simulator/device.js";
import { type DeviceOptions, StartError } from "../simulator/options.js";

/** Status of a start that failed, as for a usage error. */
const FAILED_START = 2;

/** Called by the board once it has limited the heap. */
export default function main(): void {
	const options = config as unknown as DeviceOptions & { readonly hostname: string };
	start(options, options.hostname).catch(error => {
		if (error instanceof StartError) complain(`fieldssh: ${error.message}`);
		else complain(`${error}`);
		exit(FAILED_START);
	});
}

async function start(options: DeviceOptions, hostname: string): Promise<void> {
	let end = (): void => exit(0);
	onSignal(() => end());
	const hal: Hal = createModdableHal({
		onReboot: () => {
			void device.close().then(() => System.restart());
		},
	});
	const device = await SimulatedDevice.start(options, {
		hal,
		crypto: xsCrypto,
		hostname,
		say: line => trace(line, "\n"),
		complain,
	});
	// With the listener and its connections closed, the board has nothing to wait for, and ends.
	end = () => {
		void device.close();
	};
}
