/** The default profile: all that a firmware takes in which offers a shell, passwords and keys, and every algorithm. */

import { measure } from "fieldssh/board";
import { createModdableHal } from "../../../hal/moddable/index.js";
import { Credentials } from "../../../src/accounts/credentials.js";
import { xsCrypto } from "../../../src/crypto/xs/index.js";
import { loadHostKey } from "../../../src/keys/host-key-store.js";
import { SSHServer } from "../../../src/server/server.js";
import { Shell } from "../../../src/shell/index.js";
import { report } from "./report.js";

export default async function main(): Promise<void> {
	report(measure());
	const hal = createModdableHal();
	const accounts = new Credentials({
		storage: hal.storage,
		crypto: xsCrypto,
		random: bytes => hal.random(bytes),
		users: ["admin"],
		iterations: 1000,
		defer: callback => hal.setTimer(0, callback),
	});
	const server: SSHServer = new SSHServer({
		hal,
		crypto: xsCrypto,
		hostKeys: [await loadHostKey(hal, xsCrypto)],
		authenticator: accounts,
		onSession: session => shell.run(session),
	});
	const device = { hal, server, accounts, hostname: "bench", firmware: "bench" };
	const shell = new Shell({ device });
}
