/** The simulator's firmware for the XS board, but for its cryptography: a main module brings that. */
import { complain, exit, onSignal } from "fieldssh/board";
import config from "mc/config";
import type { Hal } from "../../../hal/hal.js";
import { createModdableHal } from "../../../hal/moddable/index.js";
import type { Crypto } from "../../../src/crypto/port.js";
import { SimulatedDevice } from "../../device.js";
import { type DeviceOptions, StartError } from "../../options.js";

/** Status of a start that failed, as for a usage error. */
const FAILED_START = 2;

/** To be called by the board once it has limited the heap. */
export function runDevice(crypto: Crypto): void {
	const options = config as unknown as DeviceOptions & { readonly hostname: string };
	start(options, options.hostname, crypto).catch(error => {
		if (error instanceof StartError) complain(`fieldssh: ${error.message}`);
		else complain(`${error}`);
		exit(FAILED_START);
	});
}

const restart = (): void => System.restart();

async function start(options: DeviceOptions, hostname: string, crypto: Crypto): Promise<void> {
	let end = (): void => exit(0);
	onSignal(() => end());
	const hal: Hal = createModdableHal({
		// Without memory to say good-bye with, it restarts without.
		onReboot: () => {
			device.close().then(restart, restart);
		},
	});
	const device = await SimulatedDevice.start(options, {
		hal,
		crypto,
		hostname,
		say: line => trace(line, "\n"),
		complain,
	});
	// With the listener and its connections closed, the board has nothing to wait for, and ends.
	end = () => {
		device.close().catch(() => exit(0));
	};
}
