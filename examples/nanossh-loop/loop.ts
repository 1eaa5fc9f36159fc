/**
 * The main loop of a NanoSSH server, ported line by line: listen, accept, negotiate, receive and send, close. Where the
 * C code blocks, there stands `await`. This one gives back what it gets, and ends with status 0 at end of file. It runs on
 * Node.js (../nanossh-loop.ts) and on a device (main.ts).
 */
import type { Hal } from "../../hal/hal.js";
import { asciiBytes } from "../../src/base/wire.js";
import type { Crypto } from "../../src/crypto/port.js";
import { createHostKey, generateKey, KEY_SEED_LENGTH, type Limits } from "../../src/index.js";
import {
	DISPLAY_ERROR,
	ERR_TCP_WOULDBLOCK,
	OK,
	type Out,
	SET_SSH_EXIT_STATUS,
	SSH_acceptConnection,
	SSH_closeConnection,
	SSH_init,
	SSH_ioctl,
	SSH_negotiateConnection,
	SSH_recvMessage,
	SSH_SESSION_CHANNEL_CLOSED,
	SSH_SESSION_CLOSED,
	SSH_SESSION_DATA,
	SSH_SESSION_EOF,
	SSH_SESSION_OPEN_SHELL,
	SSH_sendMessage,
	SSH_sendReady,
	SSH_sshSettings,
	type TCP_SOCKET,
} from "../../src/nanossh/ssh.js";

const MAX_SSH_CONNECTIONS_ALLOWED = 4;

/** What the loop has to tell, a line each. */
export type Say = (line: string) => void;

/** Listens and serves until the listener fails; returns its status. */
export async function sshExample(hal: Hal, address: string, port: number, say: Say): Promise<number> {
	let status = SSH_init(MAX_SSH_CONNECTIONS_ALLOWED);
	if (status < OK) return status;

	let arrived = () => {};
	const listenSocket = hal.listen(address, port, () => arrived());
	if (listenSocket < OK) return listenSocket;

	for (let announced = false; ; ) {
		// TCP_ACCEPT_SOCKET
		const socketClient = hal.accept(listenSocket);
		if (socketClient === ERR_TCP_WOULDBLOCK) {
			if (!announced && hal.localPort(listenSocket) > 0) {
				announced = true;
				say(`listening on ${address}:${hal.localPort(listenSocket)}`);
			}
			await new Promise<void>(resolve => {
				arrived = resolve;
			});
			continue;
		}
		if (socketClient < OK) {
			status = socketClient;
			break;
		}
		const connectionInstance = SSH_acceptConnection(socketClient as TCP_SOCKET);
		if (connectionInstance < OK) {
			say(`refused: ${DISPLAY_ERROR(connectionInstance)}`);
			hal.close(socketClient);
			continue;
		}
		// In C: a task for each connection.
		void serve(connectionInstance, say);
	}
	hal.close(listenSocket);
	return status;
}

/** One connection. */
async function serve(connectionInstance: number, say: Say): Promise<void> {
	const buffer = new Uint8Array(1024);
	const messageType: Out = { value: 0 };
	const bytesReceived: Out = { value: 0 };

	let status = await SSH_negotiateConnection(connectionInstance);
	while (status >= OK) {
		status = await SSH_recvMessage(connectionInstance, messageType, buffer, bytesReceived);
		if (status < OK || messageType.value === SSH_SESSION_CLOSED) break;
		switch (messageType.value) {
			case SSH_SESSION_OPEN_SHELL:
				status = await sendAll(connectionInstance, asciiBytes("welcome\r\n"));
				break;
			case SSH_SESSION_DATA:
				status = await sendAll(connectionInstance, buffer.subarray(0, bytesReceived.value));
				break;
			case SSH_SESSION_EOF:
				status = SSH_ioctl(connectionInstance, SET_SSH_EXIT_STATUS, 0);
				break;
			case SSH_SESSION_CHANNEL_CLOSED:
				SSH_closeConnection(connectionInstance);
				return;
		}
	}
	if (status < OK) say(`connection ${connectionInstance}: ${DISPLAY_ERROR(status)}`);
	SSH_closeConnection(connectionInstance);
}

/** Sends all of it, as fast as the client's window opens. */
async function sendAll(connectionInstance: number, data: Uint8Array): Promise<number> {
	const bytesSent: Out = { value: 0 };
	for (let sent = 0; sent < data.length; sent += bytesSent.value) {
		let status = SSH_sendMessage(connectionInstance, data.subarray(sent), data.length - sent, bytesSent);
		if (status >= OK && bytesSent.value === 0) status = await SSH_sendReady(connectionInstance);
		if (status < OK) return status;
	}
	return OK;
}

/** What the original has from its build and its upcalls. @param limits over those of a device */
export function sshSettings(hal: Hal, crypto: Crypto, say: Say, limits: Partial<Limits> = {}): number {
	const seed = new Uint8Array(KEY_SEED_LENGTH);
	if (hal.random(seed) < OK) throw new Error("no cryptographic randomness");
	const job = generateKey(crypto, "ssh-ed25519", seed);
	while (!job.step());
	const hostKey = createHostKey(crypto, job.result);
	say(`host key ${hostKey.fingerprint} (ED25519), new at every start`);
	return SSH_sshSettings({
		limits,
		hal,
		crypto,
		hostKeys: [hostKey],
		onAuthenticate: ({ user, password }) => user === "admin" && password === "secret",
	});
}
