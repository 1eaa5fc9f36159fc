/** The server of the bench: as a firmware would have it, with one user who logs in with a key. */
import type { Hal } from "../../../hal/hal.js";
import { Credentials } from "../../../src/accounts/credentials.js";
import type { Session } from "../../../src/connection/session.js";
import type { Crypto } from "../../../src/crypto/port.js";
import { createHostKey } from "../../../src/keys/host-key.js";
import { SSHServer } from "../../../src/server/server.js";
import { hex } from "../../crypto/helpers.js";
import { bytesOf } from "../../peer/wire.js";
import type { ServerKeys } from "../recording.js";

export const PORT = 22;
export const USER = "admin";

/** What the command "send" writes: no more than goes out at once, so that no clock decides how it is cut. */
const SENT = 1024;

/** "send" writes SENT bytes; every other command takes what comes and throws it away. */
function serve(session: Session): void {
	const buffer = new Uint8Array(1024);
	const take = (): void => {
		while (session.read(buffer) > 0);
		if (session.ended) session.exit(0);
	};
	session.onReadable = take;
	session.onEnd = take;
	if (session.command !== "send") return;
	session.write(buffer, 0, SENT);
	session.exit(0);
}

export function startServer(hal: Hal, crypto: Crypto, keys: ServerKeys): SSHServer {
	hal.storage.put(`authorized_keys.${USER}`, bytesOf(keys.authorizedKeys));
	const credentials = new Credentials({
		storage: hal.storage,
		crypto,
		random: bytes => hal.random(bytes),
		users: [USER],
		chains: [["publickey"]],
		iterations: 1000,
		defer: callback => hal.setTimer(0, callback),
	});
	const hostKey = createHostKey(crypto, {
		algorithm: "ssh-ed25519",
		secretKey: hex(keys.hostSeed),
		publicKey: hex(keys.hostPublicKey),
	});
	return new SSHServer({
		hal,
		crypto,
		hostKeys: [hostKey],
		port: PORT,
		authenticator: credentials,
		onSession: serve,
	});
}
