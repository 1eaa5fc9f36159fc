/**
 * A device that is reached with `ssh admin@field-1.local`: firmware for ESP32, and the same for the SDK's simulators.
 *
 *     mcconfig -d -m -p esp32/esp32c6 ssid=NETWORK password=SECRET        (see docs/moddable.md)
 *
 * Before this runs, the SDK's own setup/network has joined the Wi-Fi network and asked an SNTP server for the time.
 */
import { Credentials, calibrate, loadHostKey, newPassword, SSHServer, VERSION } from "fieldssh";
import { moddableCrypto as crypto } from "fieldssh/crypto/moddable";
import { createModdableHal } from "fieldssh/hal/moddable";
import { type Command, Shell, usageError } from "fieldssh/shell";
import config from "mc/config";
import announce from "name";

/** What a manifest or the command line of mcconfig sets; the latter gives texts alone. */
const hostname = String(config.hostname);
const port = Number(config.port);
const user = String(config.user);

const hal = createModdableHal();

function say(line: string): void {
	trace(line, "\n");
}

/** Ours: what a device does besides is added to the shell so. */
const lamp: Command = {
	name: "lamp",
	summary: "switch the lamp",
	usage: "lamp on|off",
	run(context) {
		const [state, ...rest] = context.args;
		if ((state !== "on" && state !== "off") || rest.length > 0) return usageError(context, lamp);
		return context.stdout.write(`the lamp is ${state}\n`);
	},
};

async function start(): Promise<void> {
	// Made at the first boot of the hardware's randomness, and kept: in NVS on an ESP32, in files on a simulator.
	const hostKey = await loadHostKey(hal, crypto);

	// Hashes of passwords, and authorized_keys, are kept there too.
	const accounts = new Credentials({
		storage: hal.storage,
		crypto,
		users: [user],
		iterations: calibrate(crypto, () => hal.now()),
		random: bytes => hal.random(bytes),
		defer: callback => hal.setTimer(0, callback),
	});
	const damage = accounts.load();
	if (damage !== undefined) throw new Error(damage);

	const server = new SSHServer({
		hal,
		crypto,
		port,
		hostKeys: [hostKey],
		authenticator: accounts,
		onSession: session => shell.run(session),
		onListening: bound => void introduce(bound).catch(complain),
		onError: (_status, text) => say(text),
	});
	const shell = new Shell({
		device: { hal, server, accounts, hostname, firmware: `field device ${VERSION}` },
		commands: [lamp],
	});

	/** What who installs the device reads on its serial line. */
	const introduce = async (bound: number): Promise<void> => {
		announce(hostname, bound);
		for (const fingerprint of server.hostKeyFingerprints()) say(`host key ${fingerprint}`);
		if (!accounts.hasAny()) await provide(accounts);
		say(`log in with: ssh -p ${bound} ${user}@${hostname}.local`);
	};
}

/** The first boot: the key that the firmware was built with, or a password that is said this once, lets its owner in. */
async function provide(accounts: Credentials): Promise<void> {
	const key = String(config.authorizedKey ?? "");
	const made = key === "" ? newPassword(bytes => hal.random(bytes)) : undefined;
	const wrong = made === undefined ? accounts.addKey(user, key) : await accounts.setPassword(user, made);
	if (wrong !== undefined) say(`nobody can log in yet: ${wrong}`);
	else if (made !== undefined) say(`password: ${made} (shown this once; passwd changes it)`);
}

function complain(error: unknown): void {
	say(`fieldssh: ${error instanceof Error ? error.message : error}`);
}

start().catch(complain);
