/** The program of `npm start`: the server on this machine, in a device's place. */
import { hostname } from "node:os";
import type { ConnectionInfo, Session } from "../../src/connection/session.js";
import { nobleCrypto } from "../../src/crypto/noble.js";
import { EventLog } from "../../src/event-log.js";
import { DISPLAY_ERROR, ERR_TCP_BAD_ADDRESS, ERR_TCP_LISTEN_BIND_ERROR } from "../../src/merrors.js";
import { SSHServer } from "../../src/server.js";
import { Shell } from "../../src/shell/index.js";
import { VERSION } from "../../src/transport/identification.js";
import type { Hal } from "../hal.js";
import { createNodeHal } from "./index.js";
import { POSIX_WARNING, serveWithShell } from "./posix-backend.js";
import { parseOptions, type SimulatorOptions, StartError, USAGE } from "./simulator-options.js";
import { hostKeyOf, SimulatorAccounts } from "./simulator-state.js";

/** Events that the command `log` shows. */
const LOG_SIZE = 200;

/** Status of a start that failed, as for a usage error. */
const FAILED_START = 2;

/** How long the last bytes of connections may take before the program ends without them. Milliseconds. */
const END_TIME = 4_000;

/** A device from one start to its end; a reboot makes the next. */
class Simulator {
	readonly #options: SimulatorOptions;
	readonly #hal: Hal;
	readonly #log: EventLog;
	readonly #accounts: SimulatorAccounts;
	readonly #server: SSHServer;
	readonly #shell: Shell;
	#onListening: (port: number) => void = () => undefined;
	#onFailure: ((error: StartError) => void) | undefined;
	readonly #listening = new Promise<number>((resolve, reject) => {
		this.#onListening = resolve;
		this.#onFailure = reject;
	});

	/**
	 * Reads what is kept, and listens.
	 *
	 * @throws StartError
	 */
	constructor(options: SimulatorOptions, onReboot: () => void) {
		this.#options = options;
		this.#hal = createNodeHal({ folder: options.state, onReboot });
		const hostKey = hostKeyOf(this.#hal, options.state);
		this.#accounts = new SimulatorAccounts(this.#hal, options);
		this.#log = new EventLog(LOG_SIZE, () => this.#hal.now());
		if (options.log !== "error") this.#log.subscribe(complain);
		const { host, port, maxConnections, limits } = options;
		this.#server = new SSHServer({
			hal: this.#hal,
			crypto: nobleCrypto,
			hostKeys: [hostKey],
			address: host,
			port,
			maxConnections,
			limits,
			authenticator: this.#accounts.credentials,
			log: this.#log,
			onSession: session => this.#serve(session),
			onConnection: connection => this.#debug(connection, algorithmsOf(connection)),
			onClose: connection => this.#debug(connection, trafficOf(connection)),
			onError: (status, text) => this.#fail(status, text),
			onListening: bound => this.#onListening(bound),
		});
		this.#shell = new Shell({
			device: {
				hal: this.#hal,
				server: {
					connections: () => this.#server.connections(),
					closeConnection: id => this.#server.closeConnection(id),
					hostKeyFingerprints: () => this.#server.hostKeyFingerprints(),
					log: this.#log,
				},
				accounts: this.#accounts.credentials,
				hostname: hostname(),
				firmware: `FieldSSH simulator ${VERSION}`,
			},
		});
	}

	/**
	 * Stores what the command line changes, now that nothing can come between, and says how to log in.
	 *
	 * @returns the port
	 * @throws StartError
	 */
	async start(): Promise<number> {
		const port = await this.#listening;
		this.#onFailure = undefined;
		const { user, host, backend } = this.#options;
		const password = await this.#accounts.store();
		for (const line of this.#accounts.refused) complain(`${line}: refused`);
		if (backend === "posix") complain(POSIX_WARNING);
		say(`listening on ${host.includes(":") ? `[${host}]` : host}:${port}`);
		for (const fingerprint of this.#server.hostKeyFingerprints()) say(`host key ${fingerprint}`);
		say(`log in with: ssh -p ${port} ${user}@${reachable(host)}`);
		if (password !== undefined) say(`password: ${password} (shown this once; passwd changes it)`);
		return port;
	}

	/** Sends each client a DISCONNECT, and listens no more. */
	close(): Promise<void> {
		return this.#server.close();
	}

	#serve(session: Session): void {
		if (this.#options.backend === "posix") serveWithShell(session);
		else this.#shell.run(session);
	}

	#fail(status: number, text: string): void {
		if (this.#onFailure === undefined) complain(text);
		else this.#onFailure(new StartError(listenFailure(status, this.#options)));
	}

	#debug(connection: ConnectionInfo, text: string): void {
		if (this.#options.log === "debug") this.#log.add(`${connection.id} ${text}`);
	}
}

function listenFailure(status: number, { host, port }: SimulatorOptions): string {
	if (status === ERR_TCP_LISTEN_BIND_ERROR) return `--port: ${port} on ${host} is in use, or not allowed`;
	if (status === ERR_TCP_BAD_ADDRESS) return `--host: ${host} is no address of this machine`;
	return `cannot listen on ${host}, port ${port}: ${DISPLAY_ERROR(status)}`;
}

/** An address to dial where the server listens on all of them. */
function reachable(host: string): string {
	return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

function algorithmsOf({ user, clientVersion, algorithms }: ConnectionInfo): string {
	if (algorithms === undefined) return `${user} with ${clientVersion}`;
	const { kex, hostKey, cipherC2s, cipherS2c, macC2s, macS2c } = algorithms;
	return `${user} with ${clientVersion}: ${kex}, ${hostKey}, ${cipherC2s}/${cipherS2c}, ${macC2s}/${macS2c}`;
}

function trafficOf({ bytesReceived, bytesSent }: ConnectionInfo): string {
	return `${bytesReceived} bytes received, ${bytesSent} sent`;
}

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
	process.stderr.write(`${line}\n`);
}

/** Runs a device until a signal ends it; after a reboot the next one has the same port, and the password that is kept. */
async function run(options: SimulatorOptions): Promise<void> {
	let reboot = false;
	let end = () => {};
	const over = new Promise<void>(resolve => {
		end = resolve;
	});
	const device = new Simulator(options, () => {
		reboot = true;
		end();
	});
	process.once("SIGINT", end);
	process.once("SIGTERM", end);
	const port = await device.start();
	await over;
	await device.close();
	process.off("SIGINT", end);
	process.off("SIGTERM", end);
	if (reboot) await run({ ...options, port, password: undefined, authorizedKeys: undefined });
}

async function main(args: readonly string[]): Promise<void> {
	try {
		const options = parseOptions(args);
		if (options === "help") say(USAGE.trimEnd());
		else await run(options);
		// The program ends by itself once the kernel has the last bytes of all connections.
		setTimeout(() => process.exit(), END_TIME).unref();
	} catch (error) {
		if (!(error instanceof StartError)) throw error;
		complain(`fieldssh: ${error.message}`);
		process.exit(FAILED_START);
	}
}

await main(process.argv.slice(2));
