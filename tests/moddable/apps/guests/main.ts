/** A device with the heap of an ESP32-C6, which ends when that is full; who may log in is in its storage. */
import { Credentials, DEVICE_LIMITS, loadHostKey, SSHServer } from "fieldssh";
import { moddableCrypto as crypto } from "fieldssh/crypto/moddable";
import { createModdableHal } from "fieldssh/hal/moddable";
import { Shell } from "fieldssh/shell";

async function start(): Promise<void> {
	const hal = createModdableHal();
	const hostKey = await loadHostKey(hal, crypto);
	const accounts = new Credentials({
		storage: hal.storage,
		crypto,
		users: ["admin"],
		iterations: 20_000,
		random: bytes => hal.random(bytes),
		defer: callback => hal.setTimer(0, callback),
	});
	const wrong = await accounts.setPassword("admin", "correct horse");
	if (wrong !== undefined) throw new Error(wrong);
	const server = new SSHServer({
		hal,
		crypto,
		port: 0,
		ownerAddresses: "127.0.0.1",
		limits: DEVICE_LIMITS,
		hostKeys: [hostKey],
		authenticator: accounts,
		onSession: session => shell.run(session),
		onListening: port => {
			for (const fingerprint of server.hostKeyFingerprints()) trace(`host key ${fingerprint}\n`);
			trace(`log in with: ssh -p ${port} admin@127.0.0.1\n`);
		},
		onError: (_status, text) => trace(text, "\n"),
	});
	const shell = new Shell({ device: { hal, server, accounts, hostname: "field-1", firmware: "guests" } });
}

start().catch(error => trace(`${error}\n`));
