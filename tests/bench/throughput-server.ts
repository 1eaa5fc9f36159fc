/** A thread with one of the two servers: "take" throws away what it gets, "send" sends SIZE bytes. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import ssh2, { type ServerChannel } from "ssh2";
import { createNodeHal } from "../../hal/node/index.js";
import type { Session } from "../../src/connection/session.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { createHostKey, generateKey, KEY_SEED_LENGTH } from "../../src/keys/host-key.js";
import { DESKTOP_LIMITS } from "../../src/limits.js";
import { SSHServer } from "../../src/server/server.js";
import { run } from "../crypto/helpers.js";
import { type ServerName, SIZE } from "./throughput.js";

const PIECE = new Uint8Array(32 * 1024);

function serve(session: Session): void {
	let left = session.command === "send" ? SIZE : 0;
	const move = (): void => {
		while (session.read(PIECE) > 0);
		while (left > 0) {
			const count = session.write(PIECE, 0, Math.min(left, PIECE.length));
			if (count === 0) return;
			left -= count;
		}
		if (session.ended) session.exit(0);
	};
	session.onReadable = move;
	session.onWritable = move;
	session.onEnd = move;
	move();
}

function startOurs(): void {
	const key = run(generateKey(nobleCrypto, "ssh-ed25519", new Uint8Array(randomBytes(KEY_SEED_LENGTH))));
	new SSHServer({
		hal: createNodeHal({ folder: "." }),
		crypto: nobleCrypto,
		hostKeys: [createHostKey(nobleCrypto, key)],
		address: "127.0.0.1",
		port: 0,
		limits: DESKTOP_LIMITS,
		onAuthenticate: () => true,
		onSession: serve,
		onListening: port => parentPort!.postMessage(port),
	});
}

function serveTheirs(stream: ServerChannel, command: string): void {
	stream.resume();
	let left = command === "send" ? SIZE : 0;
	const move = (): void => {
		while (left > 0) {
			left -= PIECE.length;
			if (!stream.write(PIECE)) {
				stream.once("drain", move);
				return;
			}
		}
		finish();
	};
	let parts = 2;
	const finish = (): void => {
		parts--;
		if (parts > 0) return;
		stream.exit(0);
		stream.end();
	};
	stream.on("end", finish);
	move();
}

function startTheirs(): void {
	const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
	const hostKey = privateKey.export({ type: "pkcs1", format: "pem" });
	const server = new ssh2.Server({ hostKeys: [hostKey as string] }, client => {
		client.on("error", () => {});
		client.on("authentication", context => context.accept());
		client.on("session", accept => {
			accept().on("exec", (acceptExec, _reject, { command }) => serveTheirs(acceptExec(), command));
		});
	});
	server.listen(0, "127.0.0.1", () => parentPort!.postMessage((server.address() as AddressInfo).port));
}

if ((workerData as ServerName) === "fieldssh") startOurs();
else startTheirs();
