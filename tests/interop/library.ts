/** A server of the library alone, within this process, for settings that the simulator does not have. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNodeHal } from "../../hal/node/index.js";
import type { Session } from "../../src/connection/session.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import {
	Credentials,
	createHostKey,
	generateKey,
	KEY_SEED_LENGTH,
	SSHServer,
	type SSHServerOptions,
} from "../../src/index.js";
import type { HostKeyAlgorithm } from "../../src/keys/host-key.js";
import { EventLog } from "../../src/server/event-log.js";
import type { Chains } from "../../src/userauth/chains.js";
import { KEY_NAMES, makeKeys, makeStrangeKey, type Target } from "./harness.js";

export interface LibraryOptions extends Pick<SSHServerOptions, "limits" | "maxConnections" | "banner"> {
	readonly hostKey?: HostKeyAlgorithm;
	readonly chains?: Chains;
}

/** echo, cat, exit: what the tests of clients need of a command line. */
function serve(session: Session): void {
	const [command, ...words] = session.command.split(" ");
	if (command === "exit") session.exit(Number(words[0] ?? 0));
	else if (command === "echo") {
		session.write(Buffer.from(`${words.join(" ")}\n`));
		session.exit(0);
	} else if (command === "cat") cat(session);
	else {
		session.writeError(Buffer.from(`${command}: not found\n`));
		session.exit(127);
	}
}

function cat(session: Session): void {
	const buffer = new Uint8Array(1024);
	let start = 0;
	let end = 0;
	/** Reads no more before all that was read is written: onWritable calls when write() takes bytes again. */
	const move = () => {
		for (;;) {
			start += session.write(buffer, start, end - start);
			if (start < end) return;
			start = 0;
			end = session.read(buffer);
			if (end === 0) break;
		}
		if (session.ended) session.exit(0);
	};
	session.onReadable = move;
	session.onWritable = move;
	session.onEnd = move;
	move();
}

export async function startLibrary(options: LibraryOptions = {}): Promise<Target> {
	const folder = mkdtempSync(join(tmpdir(), "fieldssh-"));
	const [keys, strangeKey] = await Promise.all([makeKeys(folder), makeStrangeKey(folder)]);
	const user = "admin";
	const password = "correct horse";
	const hal = createNodeHal({ folder: join(folder, "state") });
	const crypto = nobleCrypto;
	const random = (bytes: Uint8Array) => hal.random(bytes);
	const credentials = new Credentials({
		storage: hal.storage,
		crypto,
		random,
		users: [user],
		iterations: 1000,
		defer: callback => hal.setTimer(0, callback),
		...(options.chains ? { chains: options.chains } : {}),
	});
	for (const name of KEY_NAMES) credentials.addKey(user, readFileSync(`${keys[name]}.pub`, "utf8").trim());
	await credentials.setPassword(user, password);

	const seed = new Uint8Array(KEY_SEED_LENGTH);
	hal.random(seed);
	const generation = generateKey(crypto, options.hostKey ?? "ssh-ed25519", seed);
	while (!generation.step());
	const hostKey = createHostKey(crypto, generation.result);
	const lines: string[] = [];
	const log = new EventLog(1, () => hal.now());
	log.subscribe(line => lines.push(line));
	const { hostKey: _, chains: __, ...serverOptions } = options;
	return new Promise(resolve => {
		const server = new SSHServer({
			...serverOptions,
			hal,
			crypto,
			hostKeys: [hostKey],
			authenticator: credentials,
			address: "127.0.0.1",
			port: 0,
			onSession: serve,
			log,
			onListening: port =>
				resolve({
					host: "127.0.0.1",
					port,
					user,
					password,
					keys,
					strangeKey,
					fingerprint: hostKey.fingerprint,
					folder,
					output: () => lines.join("\n"),
					async stop() {
						await server.close();
						rmSync(folder, { recursive: true, force: true });
					},
				}),
		});
	});
}
