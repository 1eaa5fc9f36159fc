/**
 * A server with its shell, and a second listener that answers each byte with what the heap holds, and has held at the
 * most since it was told "r".
 */
import { measure, resetPeaks } from "fieldssh/board";
import config from "mc/config";
import type { Hal, TCP_SOCKET } from "../../../hal/hal.js";
import { createModdableHal } from "../../../hal/moddable/index.js";
import { Credentials } from "../../../src/accounts/credentials.js";
import type { Crypto } from "../../../src/crypto/port.js";
import { createHostKey } from "../../../src/keys/host-key.js";
import { ConnectionTable } from "../../../src/server/connection-table.js";
import { EventLog } from "../../../src/server/event-log.js";
import { SSHServer } from "../../../src/server/server.js";
import { Shell } from "../../../src/shell/index.js";
import { hex } from "../../crypto/helpers.js";
import { bytesOf } from "../../peer/wire.js";
import type { ServerKeys } from "../recording.js";
import { report } from "./report.js";
import { USER } from "./server.js";

/** Of the table: a difference of so many connections tells what one takes. */
const CONNECTIONS = 256;

/** Lines, where nothing else is said: few, so that they are full before anything is measured. */
const LOG_SIZE = 4;

/** "r" */
const RESET = 0x72;

function heapBytes(): number {
	const { chunkBytes, slots, slotSize } = measure();
	return chunkBytes + slots * slotSize;
}

function tableBytesPerConnection(): number {
	const keep: ConnectionTable[] = [];
	keep.push(new ConnectionTable(1));
	const before = heapBytes();
	keep[0] = new ConnectionTable(1 + CONNECTIONS);
	return (heapBytes() - before) / CONNECTIONS;
}

export function serveMeasured(crypto: Crypto): void {
	const keys = config as unknown as ServerKeys;
	const hal = createModdableHal();
	const table = tableBytesPerConnection();
	hal.storage.put(`authorized_keys.${USER}`, bytesOf(keys.authorizedKeys));
	const accounts = new Credentials({
		storage: hal.storage,
		crypto,
		random: bytes => hal.random(bytes),
		users: [USER],
		iterations: 1000,
		defer: callback => hal.setTimer(0, callback),
	});
	if (keys.password !== undefined) accounts.setPassword(USER, keys.password).catch(report);
	const secretKey = hex(keys.hostSeed);
	const publicKey = hex(keys.hostPublicKey);
	const log = new EventLog(keys.logSize ?? LOG_SIZE, () => hal.now());
	const control = hal.listen("127.0.0.1", 0, () => acceptControl());
	const answer = new Uint8Array(1);
	const acceptControl = (): void => {
		const socket = hal.accept(control);
		if (socket > 0) hal.watch(socket, tell);
	};
	const tell = (socket: TCP_SOCKET): void => {
		while (hal.read(socket, answer, 0, 1) === 1) {
			const { chunkBytes, slots, slotSize, peakChunkBytes, peakSlots, peakStackSlots } = measure();
			const figures = { chunkBytes, slots, slotSize, peakChunkBytes, peakSlots, peakStackSlots, table };
			const line = bytesOf(`${JSON.stringify(figures)}\n`);
			hal.write(socket, line, 0, line.length);
			if (answer[0] === RESET) resetPeaks();
		}
	};
	const unbounded: Hal = Object.create(hal, { heap: { value: undefined } });
	const server: SSHServer = new SSHServer({
		hal: keys.unbounded ? unbounded : hal,
		limits: keys.unbounded ? { heapSlots: 0 } : {},
		crypto,
		hostKeys: [createHostKey(crypto, { algorithm: "ssh-ed25519", secretKey, publicKey })],
		address: "127.0.0.1",
		port: 0,
		maxConnections: 8,
		authenticator: accounts,
		log,
		onSession: session => shell.run(session),
		onListening: port => report([port, hal.localPort(control)]),
	});
	const shell = new Shell({ device: { hal, server, accounts, hostname: "bench", firmware: "bench" } });
}
