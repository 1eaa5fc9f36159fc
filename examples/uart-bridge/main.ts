/**
 * A console server: `ssh admin@device` is the serial line of whatever the device is wired to, `ssh admin@device 9600` the
 * same at another baud rate. Ctrl-] ends a session, as do ~. of OpenSSH and the end of the connection; ~B sends a break.
 *
 *     mcconfig -d -m -p esp32/esp32c6 ssid=NETWORK password=SECRET authorizedKey="ssh-ed25519 AAAA..."
 *
 * The pins are in manifest.json. On Linux it is `device=/dev/ttyUSB0`, or any other terminal.
 */
import Serial from "embedded:io/serial";
import { Credentials, calibrate, loadHostKey, newPassword, SSHServer } from "fieldssh";
import { moddableCrypto as crypto } from "fieldssh/crypto/moddable";
import { createModdableHal } from "fieldssh/hal/moddable";
import config from "mc/config";
import { SerialBridge, type SerialCallbacks, type SerialPort } from "./bridge.js";

const hal = createModdableHal();

function say(line: string): void {
	trace(line, "\n");
}

/** What manifest.json says of the port: pins on a microcontroller, a device's name on Linux. */
interface Wiring {
	readonly port: number;
	readonly receive: number;
	readonly transmit: number;
	readonly device: string;
}
const wiring = { device: config.device, ...(config.serial as object) } as Wiring;

function open(baud: number, callbacks: SerialCallbacks): SerialPort {
	const options = {
		...wiring,
		baud,
		format: "buffer" as const,
		onReadable: (count: number) => callbacks.onReadable(count),
		onWritable: (count: number) => callbacks.onWritable(count),
		// Of some platforms only, and not in the SDK's declarations.
		onError: () => callbacks.onError(),
	};
	return new Serial(options);
}

const bridge = new SerialBridge({
	baud: Number(config.baud),
	open,
	after(milliseconds, callback) {
		const id = hal.setTimer(milliseconds, callback);
		return () => hal.clearTimer(id);
	},
});

async function start(): Promise<void> {
	const hostKey = await loadHostKey(hal, crypto);
	const user = String(config.user);
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
	if (!accounts.hasAny()) await provide(accounts, user);

	const server = new SSHServer({
		hal,
		crypto,
		port: Number(config.port),
		hostKeys: [hostKey],
		authenticator: accounts,
		// One line, one session: no more are wanted than the one that has it, and one that is told so.
		maxConnections: 2,
		onSession: session => bridge.run(session),
		onError: (_status, text) => say(text),
		onListening: port => say(`serial line on port ${port}, host key ${server.hostKeyFingerprints()}`),
	});
}

/** The first start: the key that the firmware was built with, or a password that is said this once, lets its owner in. */
async function provide(accounts: Credentials, user: string): Promise<void> {
	const key = config.authorizedKey === undefined ? "" : String(config.authorizedKey);
	const made = key === "" ? newPassword(bytes => hal.random(bytes)) : undefined;
	const wrong = made === undefined ? accounts.addKey(user, key) : await accounts.setPassword(user, made);
	if (wrong !== undefined) throw new Error(`nobody can log in: ${wrong}`);
	if (made !== undefined) say(`password of ${user}: ${made} (shown this once)`);
}

start().catch(error => say(`${error}`));
