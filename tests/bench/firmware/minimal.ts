/** The minimal profile: one key exchange, one host key, one cipher, login by key, commands without a terminal. */

import { measure } from "fieldssh/board";
import { createModdableHal } from "../../../hal/moddable/index.js";
import { xsCrypto } from "../../../src/crypto/xs/index.js";
import { loadHostKey } from "../../../src/keys/host-key-store.js";
import { SSHServer } from "../../../src/server/server.js";
import { report } from "./report.js";

export default async function main(): Promise<void> {
	report(measure());
	const hal = createModdableHal();
	new SSHServer({
		hal,
		crypto: xsCrypto,
		hostKeys: [await loadHostKey(hal, xsCrypto)],
		methods: ["publickey"],
		onAuthenticate: () => false,
		onSession: session => session.exit(0),
	});
}
