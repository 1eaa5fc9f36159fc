/**
 * What the Moddable SDK's telnet module is, over SSH: serves the commands that are installed in the SDK's `cli` module,
 * beside those of the shell. All that telnet does not ask for has a default: at its first start a device makes a host
 * key and a password, says both on its serial port, and keeps them; passwd and keys change who may log in.
 */
import type { Hal } from "../../hal/hal.js";
import { Credentials } from "../accounts/credentials.js";
import { newPassword } from "../accounts/new-password.js";
import { calibrate } from "../accounts/password-hash.js";
import type { Crypto } from "../crypto/port.js";
import { loadHostKey } from "../keys/host-key-store.js";
import type { Limits } from "../limits.js";
import { SSHServer } from "../server/server.js";
import { Shell } from "../shell/default-shell.js";
import type { Command } from "../shell/registry.js";
import { type Cli, type CliConnection, type CliListener, cliDispatcher } from "./cli.js";

export interface CliServerOptions {
	/** Default 22. 0 picks a free one. */
	readonly port?: number;
	/** Of the interface to listen on; all of them by default. */
	readonly address?: string;
	/** Who may log in; default "admin". */
	readonly user?: string;
	/** What `version` of the shell prints, and its default hostname. */
	readonly firmware?: string;
	readonly hostname?: string;
	/** Added to the shell's own. */
	readonly commands?: readonly Command[];
	readonly maxConnections?: number;
	/** Over DEVICE_LIMITS. */
	readonly limits?: Partial<Limits>;
	/** PBKDF2 iterations of new passwords; by default as many as take a quarter of a second here. */
	readonly iterations?: number;
	readonly onListening?: (port: number) => void;
}

/** What a CliServer needs of where it runs. */
export interface CliServerPlatform {
	readonly hal: Hal;
	readonly crypto: Crypto;
	readonly cli: Cli;
	/** A line for whoever sets the device up: how to log in, and what went wrong. */
	say(line: string): void;
}

export class CliServer implements CliListener {
	/** Those that are logged in, each as its commands' `this`. */
	readonly connections: CliConnection[] = [];
	private readonly platform: CliServerPlatform;
	private readonly options: CliServerOptions;
	private server: SSHServer | undefined = undefined;
	private closed = false;

	/** Listens as soon as the host key is there, which takes a moment at the first start. It never throws. */
	constructor(platform: CliServerPlatform, options: CliServerOptions = {}) {
		this.platform = platform;
		this.options = options;
		this.start().catch(error => platform.say(`ssh: ${error instanceof Error ? error.message : error}`));
	}

	/** Listens no more, and ends every connection. */
	close(): void {
		this.closed = true;
		this.server?.close().catch(() => undefined);
	}

	private async start(): Promise<void> {
		const { hal, crypto, say } = this.platform;
		const { user = "admin", port = 22 } = this.options;
		const hostKey = await loadHostKey(hal, crypto);
		const accounts = new Credentials({
			storage: hal.storage,
			crypto,
			random: bytes => hal.random(bytes),
			users: [user],
			iterations: this.options.iterations ?? calibrate(crypto, () => hal.now()),
			defer: callback => hal.setTimer(0, callback),
			onRefusedLine: (_user, line, why) => say(`authorized_keys.${user}:${line}: ${why}: refused`),
		});
		const damage = accounts.load();
		if (damage !== undefined) throw new Error(damage);
		const made = accounts.hasAny() ? undefined : newPassword(bytes => hal.random(bytes));
		const wrong = made === undefined ? undefined : await accounts.setPassword(user, made);
		if (wrong !== undefined) throw new Error(`password: ${wrong}`);
		if (made !== undefined) say(`password of ${user}: ${made} (shown this once; passwd changes it)`);
		if (this.closed) return;

		const { address, maxConnections, limits, onListening } = this.options;
		const server = new SSHServer({
			hal,
			crypto,
			hostKeys: [hostKey],
			port,
			...(address !== undefined && { address }),
			...(maxConnections !== undefined && { maxConnections }),
			...(limits !== undefined && { limits }),
			authenticator: accounts,
			onSession: session => shell.run(session),
			onError: (_status, text) => say(`ssh: ${text}`),
			onListening: bound => {
				for (const fingerprint of server.hostKeyFingerprints()) say(`host key ${fingerprint}`);
				say(`ssh ready on port ${bound}`);
				onListening?.(bound);
			},
		});
		const { firmware = "firmware", hostname = firmware, commands = [] } = this.options;
		const shell = new Shell({
			device: { hal, server, accounts, hostname, firmware },
			commands,
			dispatcher: cliDispatcher(this.platform.cli, { greeting: true, listener: this }),
		});
		this.server = server;
	}
}
