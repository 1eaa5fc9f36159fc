/** Every message number in every phase of a connection, held against the one table that decides (src/messages.ts). */
import { CLOSE_TIME, IDLE_TALK_BEFORE_LOGIN, TICK } from "../../src/limits.js";
import { DISPLAY_ERROR, ERR_SSH_DISCONNECT_BY_APPLICATION } from "../../src/merrors.js";
import {
	ACCEPTED,
	admits,
	PHASE_AUTH,
	PHASE_AUTH_INFO,
	PHASE_CONNECTED,
	PHASE_EXT_INFO,
	PHASE_FIRST_KEX,
	PHASE_FIRST_KEXINIT,
	PHASE_FIRST_NEWKEYS,
	PHASE_REKEY_KEX,
	PHASE_REKEY_NEWKEYS,
	PHASE_SERVICE,
	PHASE_STRICT_KEX,
	PHASE_STRICT_NEWKEYS,
	phasesOf,
	REFUSED,
	SSH_DISCONNECT_PROTOCOL_ERROR,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
	SSH_MSG_CHANNEL_OPEN_FAILURE,
	SSH_MSG_DISCONNECT,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_KEXINIT,
	SSH_MSG_NEWKEYS,
	SSH_MSG_UNIMPLEMENTED,
	SSH_MSG_USERAUTH_INFO_REQUEST,
	SSH_MSG_USERAUTH_REQUEST,
	SSH_MSG_USERAUTH_SUCCESS,
	UNKNOWN,
} from "../../src/messages.js";
import type { ServerConnection } from "../../src/server/connection.js";
import { CIPHERS, MACS } from "../../src/transport/algorithms.js";
import { concat, noise } from "../crypto/helpers.js";
import { assert, test } from "../harness.js";
import { ClientChannel } from "../peer/channel.js";
import { type ClientOptions, IGNORE, type TestClient } from "../peer/client.js";
import { kexInit } from "../peer/exchange.js";
import { openOwn } from "../peer/own-channel.js";
import { Place } from "../peer/place.js";
import { bytesOf, type Field, message, raw } from "../peer/wire.js";

interface Phase {
	readonly name: string;
	readonly phase: number;
	readonly options: ClientOptions;
	/** Takes a client there. */
	readonly reach: (client: TestClient, place: Place) => void;
}

/** The server begins a key exchange when the place lets so much time pass. */
const LIMITS = { rekeyTime: 10_000, keepaliveInterval: 0 };

const loose: ClientOptions = { strict: false };

/** Channel 0 is the client's; the server asks for channel 1. */
function connect(client: TestClient, place: Place): void {
	client.login().exec("echo");
	const [connection] = place.server.connections() as ServerConnection[];
	assert.ok(openOwn(connection.protocol!));
	place.run();
}

function rekeyed(client: TestClient): void {
	client.login().exec("echo");
	client.rekey();
	client.go();
}

const toKex = { stopBefore: SSH_MSG_KEX_ECDH_INIT };
const toNewKeys = { stopBefore: SSH_MSG_NEWKEYS };

function begin(client: TestClient): void {
	client.start();
}

const PHASES: readonly Phase[] = [
	{
		name: "before the first KEXINIT",
		phase: PHASE_FIRST_KEXINIT,
		options: { stopBefore: SSH_MSG_KEXINIT },
		reach: client => {
			client.link.write(bytesOf(`${client.identification}\r\n`));
			client.go();
		},
	},
	{ name: "in a first exchange", phase: PHASE_FIRST_KEX, options: { ...loose, ...toKex }, reach: begin },
	{
		name: "before the first NEWKEYS",
		phase: PHASE_FIRST_NEWKEYS,
		options: { ...loose, ...toNewKeys },
		reach: begin,
	},
	{ name: "in a strict exchange", phase: PHASE_STRICT_KEX, options: toKex, reach: begin },
	{ name: "before the strict NEWKEYS", phase: PHASE_STRICT_NEWKEYS, options: toNewKeys, reach: begin },
	{ name: "behind NEWKEYS", phase: PHASE_EXT_INFO, options: {}, reach: begin },
	{
		name: "before the service request",
		phase: PHASE_SERVICE,
		options: {},
		reach: client => {
			begin(client);
			client.send(IGNORE);
			client.go();
		},
	},
	{
		name: "in authentication",
		phase: PHASE_AUTH,
		options: {},
		reach: client => client.start().requestAuthentication(),
	},
	{
		name: "waiting for responses",
		phase: PHASE_AUTH_INFO,
		options: {},
		reach: client => {
			client.start().requestAuthentication();
			const method: Field[] = ["admin", "ssh-connection", "keyboard-interactive", "", ""];
			client.send(message(SSH_MSG_USERAUTH_REQUEST, ...method));
			client.go().take(SSH_MSG_USERAUTH_INFO_REQUEST);
		},
	},
	{ name: "connected", phase: PHASE_CONNECTED, options: {}, reach: connect },
	{
		name: "behind a KEXINIT of the server's that the client has not answered",
		phase: PHASE_CONNECTED,
		options: { stopBefore: SSH_MSG_KEXINIT, stopIn: 1 },
		reach: (client, place) => {
			connect(client, place);
			place.pass(11_000);
			assert.equal(client.heard.at(-1), "KEXINIT");
		},
	},
	{ name: "in a later exchange", phase: PHASE_REKEY_KEX, options: { ...toKex, stopIn: 1 }, reach: rekeyed },
	{
		name: "before a later NEWKEYS",
		phase: PHASE_REKEY_NEWKEYS,
		options: { ...toNewKeys, stopIn: 1 },
		reach: rekeyed,
	},
];

const OFFER = {
	kex: ["curve25519-sha256", "kex-strict-c-v00@openssh.com"],
	hostKeys: ["ssh-ed25519"],
	cipherC2s: CIPHERS,
	cipherS2c: CIPHERS,
	macC2s: MACS,
	macS2c: MACS,
};

/** A message that is well-formed wherever it is accepted: channel 0 is open where channels are, and 1 asked for. */
function sample(number: number, client: TestClient): Uint8Array {
	const samples: Record<number, readonly Field[]> = {
		1: [11, "bye", ""],
		2: ["data"],
		3: [0],
		4: [true, "text", ""],
		5: ["ssh-userauth"],
		7: [0],
		30: [client.exchange?.clientMessage ?? ""],
		50: ["admin", "ssh-connection", "none"],
		61: [1, "secret"],
		80: ["unknown@example.com", true],
		90: ["session", 1, 1000, 1000],
		91: [1, 70, 1000, 1000],
		92: [1, 1, "not here", ""],
		93: [0, 10],
		94: [0, "data"],
		95: [0, 1, "data"],
		96: [0],
		97: [0],
		98: [0, "unknown@example.com", true],
		99: [0],
		100: [0],
		192: ["data"],
	};
	if (number === 20) return kexInit(OFFER, new Uint8Array(16), false);
	// CLOSE is sent behind the channel's back.
	for (const channel of client.channels) channel.answersClose = number !== 97;
	if (number === 90) client.channels.push(new ClientChannel(1, 1000, payload => client.send(payload)));
	return message(number, ...(samples[number] ?? []));
}

/** A number with nothing behind it, and one with what can be no length, name or channel. */
const SHAPES: readonly ((number: number) => Uint8Array)[] = [
	number => message(number),
	number => message(number, raw(new Uint8Array(300).fill(0xff))),
];

/** The status with which a connection ends for a message that its phase does not admit. */
function refusalIn(phase: number): string {
	if (phase === PHASE_CONNECTED) return "ERR_SSH_BAD_RECEIVE_STATE";
	if (phase === PHASE_AUTH || phase === PHASE_AUTH_INFO) return "ERR_SSH_BAD_AUTH_RECEIVE_STATE";
	return "ERR_SSH_BAD_TRANS_RECEIVE_STATE";
}

for (const { name, phase, options, reach } of PHASES) {
	test(`every message ${name} is accepted, refused or unknown, as the table has it`, () => {
		const place = new Place({ limits: LIMITS });
		/** There still, for a message that nobody knows changes nothing. */
		let kept: TestClient | undefined;
		let uses = 0;
		for (let number = 0; number < 256; number++) {
			const client = kept ?? place.client(options);
			if (!kept) reach(client, place);
			kept = undefined;
			const connection = place.server.connections()[0] as ServerConnection;
			assert.equal(connection.transport.phase, phase);
			const ends = place.ends.length;
			const sequence = client.outgoing.sequence;
			client.inbox = [];
			if (number === SSH_MSG_KEXINIT && admits(number, phase) === ACCEPTED && client.exchanges > 0)
				client.rekey();
			else client.sendNow(sample(number, client));
			place.run();

			const outcome = admits(number, phase);
			const note = `message ${number}`;
			if (outcome === REFUSED) {
				assert.equal(client.disconnect?.reason, SSH_DISCONNECT_PROTOCOL_ERROR, note);
				assert.equal(place.ends.at(-1), refusalIn(phase), note);
				assert.equal(place.server.connectionCount, 0, note);
				assert.ok(client.over, note);
			} else if (number === SSH_MSG_DISCONNECT) {
				assert.equal(place.ends.at(-1), DISPLAY_ERROR(ERR_SSH_DISCONNECT_BY_APPLICATION));
				assert.equal(client.disconnect, undefined);
				assert.ok(client.over);
			} else {
				assert.equal(place.server.connectionCount, 1, note);
				if (outcome === ACCEPTED) assert.ok(!client.has(SSH_MSG_UNIMPLEMENTED), note);
				else assert.equal(client.take(SSH_MSG_UNIMPLEMENTED).uint32(), sequence, note);
				// Before the login unknown messages may be few.
				if (
					outcome === UNKNOWN &&
					connection.transport.phase === phase &&
					++uses < IDLE_TALK_BEFORE_LOGIN / 2
				) {
					kept = client;
					continue;
				}
				uses = 0;
				client.link.abort();
				place.run();
			}
			assert.equal(place.server.connectionCount, 0, note);
			assert.equal(place.ends.length, ends + 1, note);
		}
		kept?.link.abort();
		place.run();
		assert.deepEqual(place.errors, []);
		assert.equal(place.fault(), undefined);
	});

	test(`no message ${name}, whatever is in it, makes the server throw`, () => {
		const place = new Place({ limits: LIMITS });
		for (let number = 0; number < 256; number++) {
			if (phasesOf(number) < 0) continue;
			for (const shape of SHAPES) {
				const client = place.client(options);
				reach(client, place);
				client.sendNow(shape(number));
				place.run();
				client.link.abort();
				place.run();
				assert.equal(place.server.connectionCount, 0);
			}
		}
		assert.deepEqual(place.errors, []);
		assert.equal(place.fault(), undefined);
	});
}

test("before the identification there are no messages: the first byte that is none of it ends the connection", () => {
	const place = new Place();
	for (let number = 0; number < 256; number++) {
		const client = place.client();
		client.sendNow(message(number));
		place.run();
		assert.equal(place.ends.at(-1), "ERR_SSH_TRANSPORT", `message ${number}`);
		assert.deepEqual([client.heard, client.over], [[], true]);
	}
	assert.equal(place.fault(), undefined);
});

test("while the server closes a connection nothing is taken any more", () => {
	const place = new Place();
	// A good-bye that does not go out: the socket has taken all that it can.
	const client = place.client({}, { s2c: { receiveBuffer: 200 }, sendBuffer: 200 }).login();
	client.exec("echo").write(noise(1000));
	client.link.onData = undefined;
	place.run();
	const [connection] = place.server.connections() as ServerConnection[];
	place.server.closeConnection(connection.id);
	const { c2s } = connection.transport.packets;
	const { sequence } = c2s;
	for (let number = 0; number < 256; number++) {
		client.sendNow(sample(number, client));
		place.run();
		assert.equal(c2s.sequence, sequence, `message ${number}`);
		assert.equal(place.server.connectionCount, 1);
	}
	place.pass(CLOSE_TIME + TICK);
	assert.equal(place.server.connectionCount, 0);
	assert.deepEqual(place.errors, []);
	assert.equal(place.fault(), undefined);
});

test("behind a DISCONNECT of the client's nothing is taken any more", () => {
	const place = new Place();
	const client = place.client().login();
	client.exec("echo");
	const heard = client.heard.length;
	const packets = [client.outgoing.seal(message(SSH_MSG_DISCONNECT, 11, "bye", ""))];
	for (let number = 0; number < 256; number++) packets.push(client.outgoing.seal(sample(number, client)));
	client.link.write(concat(...packets));
	place.run();
	assert.equal(client.heard.length, heard);
	assert.deepEqual(place.ends, ["ERR_SSH_DISCONNECT_BY_APPLICATION"]);
	assert.deepEqual(place.errors, []);
	assert.equal(place.fault(), undefined);
});

test("the table knows no message of 50 or above before its time", () => {
	for (let number = 50; number < 256; number++) {
		for (const { phase } of PHASES) {
			if (phase === PHASE_CONNECTED || number === SSH_MSG_USERAUTH_REQUEST) continue;
			if (number === 61 && phase === PHASE_AUTH_INFO) continue;
			assert.notEqual(admits(number, phase), ACCEPTED, `${number} in ${phase}`);
			if (number >= 80) assert.equal(admits(number, phase), REFUSED, `${number} in ${phase}`);
		}
	}
});

test("a client's USERAUTH_SUCCESS is refused anywhere (CVE-2018-10933)", () => {
	for (const { phase } of PHASES) assert.equal(admits(SSH_MSG_USERAUTH_SUCCESS, phase), REFUSED);
});

test("an answer to a CHANNEL_OPEN that the server has not sent ends the connection, as what its phase does not admit", () => {
	for (const number of [SSH_MSG_CHANNEL_OPEN_CONFIRMATION, SSH_MSG_CHANNEL_OPEN_FAILURE]) {
		for (const channel of [0, 1, 0xffff_ffff]) {
			const place = new Place();
			const client = place.client().login();
			client.exec("echo");
			client.sendNow(message(number, channel, 1, 1000, 1000));
			place.run();
			assert.equal(client.disconnect?.reason, SSH_DISCONNECT_PROTOCOL_ERROR);
			assert.deepEqual(place.ends, [refusalIn(PHASE_CONNECTED)]);
			assert.deepEqual(place.errors, []);
			assert.equal(place.fault(), undefined);
		}
	}
});

test("within a strict first exchange there is one message, and DISCONNECT (CVE-2025-14942, CVE-2023-48795)", () => {
	const accepted = (phase: number): number[] => {
		const numbers: number[] = [];
		for (let number = 0; number < 256; number++) if (admits(number, phase) === ACCEPTED) numbers.push(number);
		return numbers;
	};
	assert.deepEqual(accepted(PHASE_STRICT_KEX), [SSH_MSG_DISCONNECT, SSH_MSG_KEX_ECDH_INIT]);
	assert.deepEqual(accepted(PHASE_STRICT_NEWKEYS), [SSH_MSG_DISCONNECT, SSH_MSG_NEWKEYS]);
	assert.deepEqual(accepted(PHASE_FIRST_KEX), [1, 2, 3, 4, 30]);
	assert.deepEqual(accepted(PHASE_REKEY_KEX), [1, 2, 3, 4, 30]);
	assert.deepEqual(accepted(PHASE_REKEY_NEWKEYS), [1, 2, 3, 4, 21]);
});
