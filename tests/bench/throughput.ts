/**
 * The lane of Node: our server over noble, beside npm's ssh2 as a server, which computes with OpenSSL. Each runs in a
 * thread of its own; the client is ssh2's for both, in this one.
 */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import ssh2, { type CipherAlgorithm, type ClientChannel } from "ssh2";
import type { Figures, Lane } from "./lane.js";

/** Bytes one way, after the same again that nobody measures. */
export const SIZE = 8 * 1024 * 1024;

const PIECE = Buffer.alloc(32 * 1024, "fieldssh");

const CIPHERS: readonly CipherAlgorithm[] = [
	"chacha20-poly1305@openssh.com",
	"aes128-gcm@openssh.com",
	"aes128-ctr",
];

const MEGABYTE = 1_000_000;

export type ServerName = "fieldssh" | "ssh2";

async function startServer(name: ServerName): Promise<{ port: number; end(): Promise<unknown> }> {
	const file = fileURLToPath(new URL("throughput-server.js", import.meta.url));
	const worker = new Worker(file, { workerData: name });
	const [port] = (await once(worker, "message")) as [number];
	return { port, end: () => worker.terminate() };
}

async function login(port: number, cipher: CipherAlgorithm): Promise<ssh2.Client> {
	const client = new ssh2.Client();
	client.connect({
		host: "127.0.0.1",
		port,
		username: "admin",
		password: "secret",
		algorithms: { cipher: [cipher], hmac: ["hmac-sha2-256-etm@openssh.com"] },
	});
	await once(client, "ready");
	return client;
}

function exec(client: ssh2.Client, command: string): Promise<ClientChannel> {
	return new Promise((resolve, reject) => {
		client.exec(command, (error, stream) => (error ? reject(error) : resolve(stream)));
	});
}

/** Until the connection is gone: the thread of a server that ends before would reset it. */
function leave(client: ssh2.Client): Promise<unknown> {
	const closed = once(client, "close");
	client.end();
	return closed;
}

/** Seconds that SIZE bytes take. */
async function seconds(client: ssh2.Client, direction: "c2s" | "s2c"): Promise<number> {
	const stream = await exec(client, direction === "c2s" ? "take" : "send");
	const start = process.hrtime.bigint();
	const closed = once(stream, "close");
	let received = 0;
	stream.on("data", (bytes: Buffer) => {
		received += bytes.length;
	});
	if (direction === "c2s") {
		for (let sent = 0; sent < SIZE; sent += PIECE.length)
			if (!stream.write(PIECE)) await once(stream, "drain");
	}
	stream.end();
	await closed;
	if (direction === "s2c" && received !== SIZE) throw new Error(`${received} bytes came of ${SIZE}`);
	return Number(process.hrtime.bigint() - start) / 1e9;
}

async function measure(): Promise<Figures> {
	const figures: Record<string, number> = {};
	const ours = await startServer("fieldssh");
	const theirs = await startServer("ssh2");
	try {
		for (const cipher of CIPHERS) {
			const client = await login(ours.port, cipher);
			const other = await login(theirs.port, cipher);
			for (const direction of ["c2s", "s2c"] as const) {
				await seconds(client, direction);
				await seconds(other, direction);
				const our = await seconds(client, direction);
				const their = await seconds(other, direction);
				const name = `node.throughput.${cipher.replace("@openssh.com", "")}.${direction}`;
				figures[name] = Math.round((SIZE / MEGABYTE / our) * 10) / 10;
				figures[`${name}.ratio`] = Math.round((their / our) * 1000) / 1000;
			}
			await Promise.all([leave(client), leave(other)]);
		}
	} finally {
		await ours.end();
		await theirs.end();
	}
	return figures;
}

export const THROUGHPUT: Lane = { prefix: "node.", measure };
