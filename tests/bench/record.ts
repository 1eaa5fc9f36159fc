/** Records a connection: our server and the client of the tests, who speaks as OpenSSH does, over a network in memory. */
import { createSimHal, SimRandom } from "../../hal/sim/index.js";
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import {
	SSH_MSG_SERVICE_ACCEPT,
	SSH_MSG_SERVICE_REQUEST,
	SSH_MSG_USERAUTH_FAILURE,
	SSH_MSG_USERAUTH_PK_OK,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
} from "../../src/messages.js";
import { concat, noise, toHex } from "../crypto/helpers.js";
import { TestClient } from "../peer/client.js";
import { message } from "../peer/wire.js";
import { PORT, startServer } from "./firmware/server.js";
import { KEYS, keyRequest, signedRequest, USER } from "./keys.js";
import { OPENSSH } from "./openssh.js";
import { type Phase, type Recording, SEED, type Turn } from "./recording.js";

/** Bytes from the client in its phase of data. */
const UPLOAD = 4 * 1024;

/** A login by key, and what follows it. @param algorithms of the client, where they are not those of OpenSSH */
export function record(algorithms: Partial<typeof OPENSSH> = {}): Recording {
	const turns: Turn[] = [];
	let phase: Phase = "key exchange";
	let ours: Uint8Array[] = [];
	let oursFromClient = true;
	const flush = (): void => {
		if (ours.length > 0) turns.push({ phase, fromClient: oursFromClient, bytes: toHex(concat(...ours)) });
		ours = [];
	};
	const tell = (fromClient: boolean, bytes: Uint8Array): void => {
		if (fromClient !== oursFromClient) flush();
		oursFromClient = fromClient;
		ours.push(bytes.slice());
	};
	const begin = (next: Phase): void => {
		flush();
		phase = next;
	};

	const hal = createSimHal();
	const server = startServer(hal, nobleCrypto, KEYS);
	const world = (): void => hal.network.runUntilIdle();
	world();
	const random = new SimRandom(SEED);
	hal.random = bytes => {
		random.fill(bytes);
		return 0;
	};
	const link = hal.connect(PORT);
	const client = new TestClient(link, world, { ...OPENSSH, ...algorithms });
	const { write } = link;
	link.write = bytes => {
		tell(true, bytes);
		write.call(link, bytes);
	};
	const output = hal.write;
	hal.write = (socket, bytes, offset, length) => {
		const count = output.call(hal, socket, bytes, offset, length);
		if (count > 0) tell(false, bytes.subarray(offset, offset + count));
		return count;
	};

	client.start();
	begin("service request");
	client.send(message(SSH_MSG_SERVICE_REQUEST, "ssh-userauth"));
	world();
	client.take(SSH_MSG_SERVICE_ACCEPT);
	begin("none");
	client.send(message(SSH_MSG_USERAUTH_REQUEST, USER, "ssh-connection", "none"));
	world();
	client.take(SSH_MSG_USERAUTH_FAILURE);
	begin("query");
	client.send(keyRequest(false));
	world();
	client.take(SSH_MSG_USERAUTH_PK_OK);
	begin("signature");
	client.send(signedRequest(client.sessionId));
	world();
	client.take(SSH_MSG_USERAUTH_SUCCESS);
	begin("session");
	const upload = client.open();
	upload.request("exec", true, "take");
	world();
	begin("data from the client");
	upload.write(noise(UPLOAD, 3));
	world();
	begin("session");
	upload.end();
	const download = client.open();
	world();
	begin("data to the client");
	download.request("exec", true, "send");
	world();
	if (download.exitStatus !== 0) throw new Error("no data has come");
	begin("re-key");
	client.rekey();
	world();
	flush();
	if (client.exchanges !== 2) throw new Error(`${client.exchanges} key exchanges`);
	void server.close();
	world();
	return { turns, ...KEYS };
}
