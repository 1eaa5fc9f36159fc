/** A simulated device: server, accounts and shell put together, on whatever platform there is a HAL for. */

import type { Hal } from "../hal/hal.js";
import type { ConnectionInfo, Session } from "../src/connection/session.js";
import type { Crypto } from "../src/crypto/port.js";
import type { HostKey } from "../src/keys/host-key.js";
import { loadHostKey } from "../src/keys/host-key-store.js";
import { MAX_LOG_ENTRY } from "../src/limits.js";
import { DISPLAY_ERROR, ERR_TCP_BAD_ADDRESS, ERR_TCP_LISTEN_BIND_ERROR } from "../src/merrors.js";
import { EventLog } from "../src/server/event-log.js";
import { SSHServer, type SSHServerOptions } from "../src/server/server.js";
import { Shell } from "../src/shell/index.js";
import { VERSION } from "../src/transport/identification.js";
import { SimulatorAccounts } from "./accounts.js";
import { type DeviceOptions, StartError } from "./options.js";

/** Events that the command `log` shows, at most and at least. */
const LOG_SIZE = 200;
const SMALL_LOG_SIZE = 16;
/** The part of a heap that they may take: one of so many. */
const LOG_SHARE = 16;

/** What a simulated device needs of where it runs. */
export interface Platform {
	readonly hal: Hal;
	readonly crypto: Crypto;
	readonly hostname: string;
	/** A line for the user: what was asked for, and what went wrong. */
	say(line: string): void;
	complain(line: string): void;
	/** Serves sessions, if not the device's shell. */
	readonly serve?: (session: Session) => void;
}

/** A device from one start to its end; a reboot makes the next. */
export class SimulatedDevice {
	private readonly options: DeviceOptions;
	private readonly platform: Platform;
	private readonly log: EventLog;
	private readonly accounts: SimulatorAccounts;
	private readonly server: SSHServer;
	private readonly shell: Shell;
	private onListening: (port: number) => void = () => undefined;
	private onFailure: ((error: StartError) => void) | undefined = undefined;
	private readonly listening: Promise<number>;

	/**
	 * Reads what is kept, listens, stores what the command line changes, now that nothing can come between, and says how
	 * to log in.
	 *
	 * @throws StartError
	 */
	static async start(options: DeviceOptions, platform: Platform): Promise<SimulatedDevice> {
		const device = new SimulatedDevice(options, platform, await hostKeyOf(platform, options.state));
		await device.introduce(await device.listening);
		return device;
	}

	private constructor(options: DeviceOptions, platform: Platform, hostKey: HostKey) {
		const { hal, crypto } = platform;
		const { host, port, maxConnections, ownerAddresses, limits } = options;
		this.options = options;
		this.platform = platform;
		this.accounts = new SimulatorAccounts(hal, crypto, options);
		this.log = new EventLog(logSize(hal), () => hal.now());
		if (options.log !== "error") this.log.subscribe(platform.complain);
		this.listening = new Promise<number>((resolve, reject) => {
			this.onListening = resolve;
			this.onFailure = reject;
		});
		this.server = serverOf({
			hal,
			crypto,
			hostKeys: [hostKey],
			address: host,
			port,
			maxConnections,
			...(ownerAddresses !== undefined && { ownerAddresses }),
			limits,
			authenticator: this.accounts.credentials,
			log: this.log,
			onSession: session => this.serve(session),
			onConnection: connection => this.debug(connection, algorithmsOf(connection)),
			onClose: connection => this.debug(connection, trafficOf(connection)),
			onError: (status, text) => this.fail(status, text),
			onListening: bound => this.onListening(bound),
		});
		this.shell = new Shell({
			device: {
				hal,
				server: this.server,
				accounts: this.accounts.credentials,
				hostname: platform.hostname,
				firmware: `FieldSSH simulator ${VERSION}`,
			},
		});
	}

	private async introduce(port: number): Promise<void> {
		const { platform } = this;
		const { user, host } = this.options;
		this.onFailure = undefined;
		const password = await this.accounts.store();
		for (const line of this.accounts.refused) platform.complain(`${line}: refused`);
		platform.say(`listening on ${host.includes(":") ? `[${host}]` : host}:${port}`);
		for (const fingerprint of this.server.hostKeyFingerprints()) platform.say(`host key ${fingerprint}`);
		platform.say(`log in with: ssh -p ${port} ${user}@${reachable(host)}`);
		if (password !== undefined) platform.say(`password: ${password} (shown this once; passwd changes it)`);
	}

	/** Where it listens. */
	get port(): Promise<number> {
		return this.listening;
	}

	/** Sends each client a DISCONNECT, and listens no more. */
	close(): Promise<void> {
		return this.server.close();
	}

	private serve(session: Session): void {
		if (this.platform.serve) this.platform.serve(session);
		else this.shell.run(session);
	}

	private fail(status: number, text: string): void {
		if (this.onFailure === undefined) this.platform.complain(text);
		else this.onFailure(new StartError(listenFailure(status, this.options)));
	}

	private debug(connection: ConnectionInfo, text: string): void {
		if (this.options.log === "debug") this.log.add(`${connection.id} ${text}`);
	}
}

async function hostKeyOf({ hal, crypto }: Platform, state: string): Promise<HostKey> {
	try {
		return await loadHostKey(hal, crypto);
	} catch (error) {
		throw new StartError(`${state}/${(error as Error).message}`);
	}
}

/** In the heap of a device, each line that is kept is one that a connection has not. */
export function logSize({ heap }: Hal): number {
	if (heap === undefined) return LOG_SIZE;
	const room = Math.floor(heap.freeBytes() / LOG_SHARE / MAX_LOG_ENTRY);
	return Math.min(Math.max(room, SMALL_LOG_SIZE), LOG_SIZE);
}

/** Its options are in order, so what it can throw is of the platform: no randomness. */
function serverOf(options: SSHServerOptions): SSHServer {
	try {
		return new SSHServer(options);
	} catch (error) {
		throw new StartError((error as Error).message);
	}
}

function listenFailure(status: number, { host, port }: DeviceOptions): string {
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
