/**
 * "fieldssh/telnet": takes the place of the SDK's "telnet", and of its own accord nothing else changes:
 *
 *     import Telnet from "fieldssh/telnet";
 *     new Telnet({ port: 22 });
 */
/// <reference path="./cli.d.ts" />
import CLI from "cli";
import { moddableCrypto } from "fieldssh/crypto/moddable";
import { createModdableHal } from "fieldssh/hal/moddable";
import { CliServer, type CliServerOptions } from "fieldssh/src/telnet/cli-server";

export default class Telnet extends CliServer {
	/** What telnet takes, a port, and what CliServerOptions has beside it; 22 by default. */
	constructor(options: CliServerOptions = {}) {
		const platform = {
			hal: createModdableHal(),
			crypto: moddableCrypto,
			cli: CLI,
			say: (line: string) => trace(line, "\n"),
		};
		super(platform, options);
	}
}
