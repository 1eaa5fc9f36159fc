/**
 * The seed corpus, made anew: `npm run fuzz:corpus`. Sessions of real clients are recorded at a server of this process, as
 * payloads behind decryption, with whatever is random in them, keys and signatures too, put in order; so that the same
 * clients give the same files, but for paramiko, whose threads send in an order of their own. What no
 * client sends is in seeds.ts.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";
import { PacketStream } from "../../src/transport/packets.js";
import { Transport } from "../../src/transport/transport.js";
import { ROOT } from "../architecture/tree.js";
import { CLIENTS } from "../interop/clients/index.js";
import { openssh, ssh } from "../interop/clients/openssh.js";
import { configuration } from "../interop/clients/ssh2.js";
import type { Target } from "../interop/harness.js";
import { startLibrary } from "../interop/library.js";
import { fields, raw, textOf } from "../peer/wire.js";
import { encodeSteps, PACKET, RAW } from "./input.js";
import { SEEDS } from "./seeds.js";
import { tidy } from "./tidy.js";

/** One connection as it came, behind decryption. */
interface Recorded {
	identification: Uint8Array;
	readonly payloads: Uint8Array[];
}

const CORPUS = join(ROOT, "tests/fuzz/corpus");

/** Bytes that a client is given to send: enough for a few packets. */
const STDIN = "What is sent here comes back.\n".repeat(12);

/** Payloads of one file, of which a long session has more. */
const MOST_PAYLOADS = 60;

const recorded = new Map<PacketStream, Recorded>();

/** Has every PacketStream of this process tell what it receives. */
function listen(): void {
	const { receive } = PacketStream.prototype;
	PacketStream.prototype.receive = function (this: PacketStream): number {
		const status = receive.call(this);
		if (status === 1) recorded.get(this)?.payloads.push(this.input.slice(this.payloadStart, this.payloadEnd));
		return status;
	};
	const { step } = Transport.prototype;
	Transport.prototype.step = function (this: Transport, now: number): number {
		if (!recorded.has(this.packets))
			recorded.set(this.packets, { identification: new Uint8Array(0), payloads: [] });
		const status = step.call(this, now);
		recorded.get(this.packets)!.identification = this.clientIdentification;
		return status;
	};
}

/** Takes what was recorded since the last call. */
function take(): Recorded[] {
	const taken = [...recorded.values()].filter(({ payloads }) => payloads.length > 0);
	recorded.clear();
	return taken;
}

/** Splits a connection's payloads into the parts that the targets begin with. */
function save(client: string, { identification, payloads }: Recorded): void {
	const tidied = payloads.map(tidy);
	const keyed = tidied.findIndex(payload => payload[0] === 21) + 1;
	const service = tidied.findIndex(payload => payload[0] === 5) + 1;
	const open = tidied.findIndex(payload => payload[0] >= 80);
	const packets = (from: number, to: number) =>
		encodeSteps(
			tidied.slice(from, Math.min(to, from + MOST_PAYLOADS)).map(payload => [PACKET, payload] as const),
		);
	const line = fields(raw(identification), raw(Uint8Array.of(13, 10)));
	write("handshake", client, fields(raw(encodeSteps([[RAW, line]])), raw(packets(0, keyed))));
	const logins = packets(service, open < 0 ? tidied.length : open);
	write("userauth", client, logins);
	if (open < 0) return;
	write("channels", client, packets(open, tidied.length));
	// A re-key is what the transport does behind a login.
	if (tidied.slice(open).some(payload => payload[0] === 20))
		write("protected", client, packets(keyed, tidied.length));
	else write("protected", client, packets(keyed, open + 4));
}

const written = new Set<string>();
const counts = new Map<string, number>();

/** Files are numbered; the same bytes are kept once. */
function write(target: string, name: string, bytes: Uint8Array): void {
	const content = `${target} ${textOf(bytes)}`;
	if (bytes.length === 0 || written.has(content)) return;
	written.add(content);
	const stem = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
	const number = (counts.get(`${target}/${stem}`) ?? 0) + 1;
	counts.set(`${target}/${stem}`, number);
	const folder = join(CORPUS, target);
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, `${stem}-${number}`), bytes);
}

/** What the interop suites do, each once. */
async function visitWithAll(target: Target): Promise<void> {
	for (const client of CLIENTS) {
		if (client.skip) throw new Error(`${client.name}: ${client.skip}`);
		const { ed25519 } = target.keys;
		for (const key of client.keys) {
			await client.run(target, { login: { method: "publickey", key: target.keys[key] }, command: "exit 3" });
		}
		await client.run(target, { login: { method: "publickey", key: ed25519 }, command: "cat", stdin: STDIN });
		await client.run(target, { login: { method: "publickey", key: target.strangeKey }, command: "no" });
		for (const method of client.methods) {
			if (method === "publickey") continue;
			for (const password of ["wrong", target.password])
				await client.run(target, { login: { method, password }, command: "echo" });
		}
		await client.close();
		for (const each of take()) save(client.name, each);
	}
}

/** A terminal, a subsystem, and keys changed on the way. */
async function visitWithOpenSSH(target: Target): Promise<void> {
	const { host } = target;
	await ssh(target, ["-tt", "-o", "SetEnv=LANG=C.UTF-8 LC_ALL=C OTHER=1", host], { stdin: "line\n" });
	await ssh(target, ["-s", host, "sftp"]);
	await ssh(target, ["-o", "RekeyLimit=1K", host, "cat"], { stdin: STDIN.repeat(8) });
	for (const each of take()) save(`${openssh.name} more`, each);
}

/** Several channels, and the requests that programs make of them. */
async function visitWithSsh2(target: Target): Promise<void> {
	const client = new ssh2.Client();
	const closed = new Promise<void>((resolve, reject) =>
		client.on("close", () => resolve()).on("error", reject),
	);
	client.on("ready", () => {
		client.shell({ term: "vt100", cols: 80, rows: 24 }, { env: { LANG: "C" } }, (_error, channel) => {
			channel?.resume();
			channel?.setWindow(40, 132, 0, 0);
			channel?.signal("INT");
			channel?.end("exit\n");
		});
		client.exec("cat", (_error, channel) => {
			channel?.resume();
			channel?.signal("TERM");
			channel?.write("one");
			client.forwardOut("127.0.0.1", 1, "127.0.0.1", 2, () => {
				client.forwardIn("127.0.0.1", 0, () => {
					channel?.end("two");
					channel?.on("close", () => client.end());
				});
			});
		});
	});
	client.connect(configuration(target, { method: "publickey", key: target.keys.ed25519 }, undefined));
	await closed;
	for (const each of take()) save("npm ssh2 more", each);
}

async function main(): Promise<void> {
	listen();
	rmSync(CORPUS, { recursive: true, force: true });
	const target = await startLibrary({
		limits: { connectionsPerMinute: 0, addressDebt: 0, clientRekeys: 1000, penaltyTime: 0 },
	});
	await visitWithAll(target);
	await visitWithOpenSSH(target);
	await visitWithSsh2(target);
	await target.stop();
	for (const [name, inputs] of Object.entries(SEEDS)) for (const input of inputs) write(name, "seed", input);
	for (const folder of readdirSync(CORPUS)) console.log(folder, readdirSync(join(CORPUS, folder)).length);
}

await main();
