/**
 * Everything at once, from a seed: cut and slow streams, small buffers, re-keys of both sides, pings, IGNOREs, several
 * channels with data in both directions. What arrives must be what was sent, whatever else goes on.
 */
import { SimRandom } from "../../hal/sim/index.js";
import type { Session } from "../../src/connection/session.js";
import { SSH_MSG_GLOBAL_REQUEST, SSH_MSG_PING, SSH_MSG_PONG } from "../../src/messages.js";
import { CIPHERS, MACS } from "../../src/transport/algorithms.js";
import { noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { type ClientOptions, IGNORE, type TestClient } from "../peer/client.js";
import { echo, Place } from "../peer/place.js";
import { message } from "../peer/wire.js";

const SEEDS = 24;
const CHANNELS = 3;

/** Sends a seed's noise of its own accord, and takes what comes; the command says how much. */
function talker(session: Session): void {
	const data = noise(Number(session.command));
	const sink = new Uint8Array(300);
	let sent = 0;
	const move = (): void => {
		sent += session.write(data, sent);
		while (session.read(sink) > 0);
		if (sent === data.length && session.ended) session.exit(sent & 0xff);
	};
	session.onReadable = move;
	session.onWritable = move;
	session.onEnd = move;
	move();
}

function disorder(seed: number): void {
	const random = new SimRandom(seed);
	const pick = (least: number, bound: number): number => least + random.below(bound - least);
	const place = new Place({
		limits: {
			sendBufferSize: pick(2048, 5000),
			maximumPacketSize: pick(256, 1500),
			initialWindowSize: pick(256, 3000),
			rekeyPackets: pick(8, 60),
			rekeyBytes: pick(1024, 20_000),
			heldReplies: 4096,
		},
		onSession: session => (session.command === "echo" ? echo(session) : talker(session)),
	});
	const pipe = () => ({
		split: () => pick(1, 900),
		delay: random.below(3),
		receiveBuffer: pick(50, 3000),
	});
	let pings = 0;
	const before = (client: TestClient, number: number): void => {
		if (client.exchanges === 0 || number < 50 || client.exchange) return;
		const dice = random.below(20);
		if (dice === 0) client.rekey();
		else if (dice < 3) client.sendNow(IGNORE);
		else if (dice === 3 && number >= 90) {
			client.sendNow(message(SSH_MSG_PING, `${pings++}`));
			client.sendNow(message(SSH_MSG_GLOBAL_REQUEST, "keepalive@openssh.com", true));
		}
	};
	const options: ClientOptions = {
		before,
		strict: seed % 2 === 0,
		cipherC2s: [CIPHERS[random.below(CIPHERS.length)]],
		cipherS2c: [CIPHERS[random.below(CIPHERS.length)]],
		macC2s: [MACS[random.below(MACS.length)]],
		macS2c: [MACS[random.below(MACS.length)]],
	};
	const link = {
		c2s: pipe(),
		s2c: pipe(),
		sendBuffer: pick(20, 2000),
		takes: (length: number) => pick(1, length + 1),
	};
	const client = place.client(options, link).login();
	const channels = Array.from({ length: CHANNELS }, () => client.open(pick(100, 5000), pick(50, 2000)));
	const upload = noise(pick(1000, 6000), seed);
	const download = pick(1000, 6000);
	channels.forEach((channel, at) => {
		channel.request("exec", true, at % 2 === 0 ? "echo" : `${download}`);
		channel.write(upload);
		channel.end();
	});
	place.run();
	channels.forEach((channel, at) => {
		const note = `seed ${seed}, channel ${at}`;
		assert.deepEqual(channel.data, at % 2 === 0 ? upload : noise(download), note);
		assert.equal(channel.exitStatus, at % 2 === 0 ? 0 : download & 0xff, note);
		assert.ok(channel.closed, note);
	});
	for (let count = 0; count < pings; count++) assert.equal(client.take(SSH_MSG_PONG).text(), `${count}`);
	assert.ok(client.exchanges > 1, `seed ${seed}`);
	client.link.end();
	place.run();
	assert.equal(place.server.connectionCount, 0);
	assert.deepEqual(place.errors, []);
}

test("disorder, from a few seeds", () => {
	for (let seed = 1; seed <= SEEDS; seed++) disorder(seed);
});
