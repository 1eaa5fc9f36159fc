/**
 * loop.ts on a device, or the SDK's simulator:
 *
 *     mcconfig -d -m -p esp32/esp32c6 ssid=NETWORK password=SECRET
 *     ssh admin@ADDRESS cat        (password: secret)
 */
import { moddableCrypto } from "fieldssh/crypto/moddable";
import { sshExample, sshSettings } from "fieldssh/examples/nanossh-loop/loop";
import { createModdableHal } from "fieldssh/hal/moddable";
import { DISPLAY_ERROR, OK } from "fieldssh/ssh";
import config from "mc/config";

const say = (line: string): void => trace(line, "\n");

async function main(): Promise<void> {
	const hal = createModdableHal();
	let status = sshSettings(hal, moddableCrypto, say);
	if (status >= OK) status = await sshExample(hal, "0.0.0.0", Number(config.port), say);
	say(DISPLAY_ERROR(status));
}

main().catch(error => say(`${error}`));
