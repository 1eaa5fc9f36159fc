/** Settings that are sizes of what is sent and received, or counts of what a client asks for. */

import { STEP_SLICE } from "../../src/base/steps.js";
import {
	COST_CHANNEL,
	COST_COMMAND,
	COST_COMPUTATION,
	COST_CONNECTION,
	COST_TERMINAL,
	COST_TURN,
	DEVICE_LIMITS,
	type Limits,
} from "../../src/limits.js";
import {
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_IGNORE,
	SSH_MSG_KEX_ECDH_INIT,
	SSH_MSG_PING,
	SSH_MSG_USERAUTH_REQUEST,
} from "../../src/messages.js";
import { concat, noise } from "../crypto/helpers.js";
import type { ClientChannel } from "../peer/channel.js";
import { IGNORE } from "../peer/client.js";
import { bytesOf, type Field, message } from "../peer/wire.js";
import { connectionOf, outcome, placeWith, type Row, row, running } from "./row.js";

const TOO_LARGE = "ERR_PAYLOAD_TOO_LARGE";
/** A length that nothing but the limit decides about: the block is 16 bytes, and no header counts. */
const CTR = { cipherC2s: ["aes128-ctr"], macC2s: ["hmac-sha2-256-etm@openssh.com"] };

function answerOf(channel: ClientChannel): boolean | undefined {
	return channel.answers[channel.answers.length - 1];
}

/** The answer to one request of a channel on which nothing runs yet. */
function asked(limits: Partial<Limits>, type: string, ...values: readonly Field[]): boolean | undefined {
	const place = placeWith(limits);
	const channel = place.client().login().open();
	channel.request(type, true, ...values);
	place.run();
	return answerOf(channel);
}

/** A server that has received no more than the first lines. */
function fresh(limits: Partial<Limits>, write: (length: number) => Uint8Array, length: number): string {
	const place = placeWith(limits);
	const client = place.client({ stopBefore: 20 });
	client.link.write(write(length));
	return outcome(place);
}

/** A packet in the clear, of so many bytes in all. */
function plainPacket(total: number, padding: number): Uint8Array {
	const packet = new Uint8Array(total);
	packet.set([0, 0, (total - 4) >> 8, (total - 4) & 255, padding, SSH_MSG_IGNORE]);
	return packet;
}

/** An identification, and behind it a packet in the clear. */
export const plain = (total: number, padding: number): Uint8Array =>
	concat(bytesOf("SSH-2.0-x\r\n"), plainPacket(total, padding));

/** Logs in among so many questions, and of so many bytes; how that ended, and what was counted. */
function stranger(limits: Partial<Limits>, questions: number, size = 10): [string, number] {
	const place = placeWith({ authenticationAttempts: 100, ...limits });
	const client = place.client().start().requestAuthentication();
	const head = ["admin", "ssh-connection", "publickey", false, "none"] as const;
	for (let count = 0; count < questions; count++)
		client.send(message(SSH_MSG_USERAUTH_REQUEST, ...head, noise(size)));
	place.run();
	client.password("admin", "secret");
	return [outcome(place), connectionOf(place)?.transport.packets.c2s.bytes ?? 0];
}

/** A re-key of the server's that this client does not go on with, while it asks for what is to be held. */
function heldBytes(size: number, held: number): string {
	const place = placeWith({ rekeyTime: 10_000, heldReplies: size });
	const client = place.client({ stopBefore: SSH_MSG_KEX_ECDH_INIT, stopIn: 1 }).login();
	client.link.onData = undefined;
	place.pass(11_000);
	// Each is held with its length before it: PONG, and a string.
	client.sendNow(message(SSH_MSG_PING, noise(held - 4 - 1 - 4)));
	return outcome(place);
}

/** Slices that it took to verify and decrypt a packet. */
function slices(slice: number, packetLength: number): number {
	const place = placeWith({ cipherSlice: slice });
	const client = place.client({ cipherC2s: ["chacha20-poly1305@openssh.com"] }).login();
	const { transport } = connectionOf(place);
	const { step } = transport;
	let partial = 0;
	transport.step = now => {
		const status = step.call(transport, now);
		if (status === STEP_SLICE) partial++;
		return status;
	};
	// IGNORE with its string, the padding's length before it, and the least padding behind.
	client.send(message(SSH_MSG_IGNORE, noise(packetLength - 1 - 5 - 4)));
	place.run();
	return partial;
}

/** Whether a server with one place is made. */
function made(limits: Partial<Limits>): boolean {
	try {
		placeWith({ applicationSlots: 0, applicationBytes: 0, ...LEAST_HEAP, ...limits }, { maxConnections: 1 });
		return true;
	} catch (error) {
		if (error instanceof TypeError && error.message.startsWith("maxConnections: ")) return false;
		throw error;
	}
}

const LEAST_HEAP = (() => {
	const { packetSize, sendBufferSize, initialWindowSize } = DEVICE_LIMITS;
	const costs = [
		...[COST_TURN, COST_COMPUTATION, COST_COMPUTATION],
		...[COST_CONNECTION, COST_CHANNEL, COST_TERMINAL, COST_COMMAND],
	];
	let heapSlots = 0;
	let heapBytes = packetSize + sendBufferSize + initialWindowSize;
	for (const { slots, bytes } of costs) {
		heapSlots += slots;
		heapBytes += bytes;
	}
	return { heapSlots, heapBytes };
})();

export const SIZES: Readonly<Partial<Record<keyof Limits, Row>>> = {
	identificationLength: row("served", "ERR_SSH_STRING_TOO_LONG", over =>
		fresh(
			{ identificationLength: 100 },
			length => bytesOf(`${"SSH-2.0-".padEnd(length - 2, "x")}\r\n`),
			100 + over,
		),
	),
	nameListLength: row("served", "ERR_SSH_KEYEX_MESG_FORMAT", over => {
		const place = placeWith({ nameListLength: 600 });
		place.client({ cipherC2s: ["aes128-ctr", "x".repeat(600 + over - 11)] }).start();
		return outcome(place);
	}),
	// Blocks of 16 bytes between a length of 4 and a MAC of 32; a payload has a header of 1 and 4 bytes, and padding of 4.
	packetSize: row("served", TOO_LARGE, over => {
		const blocks = 126;
		const place = placeWith({ packetSize: 4 + 16 * blocks + 32, maximumPacketSize: 1024 });
		const client = place.client(CTR).login();
		client.send(message(SSH_MSG_IGNORE, noise(16 * (blocks + over) - 1 - 5 - 4)));
		return outcome(place);
	}),
	sendBufferSize: row(0, -1, over => {
		const { session } = running({ sendBufferSize: 3000, sendPacketSize: 2900 });
		// Beside two packets' overhead of 88 bytes, REPLY_RESERVE and the header of the data.
		const room = 3000 - 2 * 88 - 1024 - 13;
		return session.write(new Uint8Array(room + over)) - (room + over);
	}),
	sendPacketSize: row(0, -1, over => {
		const { session } = running({ sendPacketSize: 300 }, () => {});
		// One packet has it all, its header of 13 bytes included; the rest waits for the next step.
		const length = 300 - 13 + over;
		return session.write(new Uint8Array(length)) - length;
	}),
	// 1,000 for the packet, 5.5 a byte, 34 for the end of its tag: a quarter of it, or it is a slice of its own.
	cipherSlice: row(0, 1, over => slices(10_000, 264 + 8 * over)),
	maximumPacketSize: row("served", TOO_LARGE, over => {
		const { place, client } = running({ maximumPacketSize: 300 });
		client.send(message(SSH_MSG_CHANNEL_DATA, 0, noise(300 + over)));
		return outcome(place);
	}),
	initialWindowSize: row("served", "ERR_SSH_CIRCULAR_BUFFER_OVERFLOW", over => {
		const { place, client } = running({ initialWindowSize: 600, maximumPacketSize: 400 }, () => {});
		client.send(message(SSH_MSG_CHANNEL_DATA, 0, noise(400)));
		client.send(message(SSH_MSG_CHANNEL_DATA, 0, noise(200 + over)));
		return outcome(place);
	}),
	channels: row(0, 4, over => {
		const client = placeWith({ channels: 3 }).client().login();
		for (let count = 0; count < 2 + over; count++) client.open();
		return client.open().refused;
	}),
	heldReplies: row("served", TOO_LARGE, over => heldBytes(200, 200 + over)),
	commandLength: row(true, false, over => asked({ commandLength: 20 }, "exec", "x".repeat(20 + over))),
	environmentVariables: row(true, false, over => {
		const place = placeWith({ environmentVariables: 2 });
		const channel = place.client().login().open();
		for (let count = 0; count < 2 + over; count++) channel.request("env", true, `LC_${count}`, "C");
		place.run();
		return answerOf(channel);
	}),
	environmentLength: row([true, true], [false, false], over => {
		const ask = (name: string, value: string) => asked({ environmentLength: 20 }, "env", name, value);
		return [ask("LC_".padEnd(20 + over, "X"), "C"), ask("LANG", "x".repeat(20 + over))];
	}),
	// "LC_A=C" and "LC_B=C", with a NUL each.
	environmentBytes: row(true, false, over => {
		const place = placeWith({ environmentBytes: 14 });
		const channel = place.client().login().open();
		channel.request("env", true, "LC_A", "C");
		channel.request("env", true, "LC_B", "C".repeat(1 + over));
		place.run();
		return answerOf(channel);
	}),
	terminalTypeLength: row(true, false, over =>
		asked({ terminalTypeLength: 24 }, "pty-req", "x".repeat(24 + over), 80, 24, 0, 0, ""),
	),
	terminalModesLength: row(true, false, over =>
		asked({ terminalModesLength: 320 }, "pty-req", "xterm", 80, 24, 0, 0, noise(320 + over)),
	),
	terminalSize: row([true, true], [false, false], over => {
		const size = 80 + over;
		const place = placeWith({ terminalSize: 80 }, { onSession: session => sizes.push(session.terminal!) });
		const sizes: { columns: number; rows: number }[] = [];
		const channel = place.client().login().open();
		channel.request("pty-req", true, "xterm", size, size, 0, 0, "");
		channel.request("shell", true);
		place.run();
		return [sizes[0].columns === size, sizes[0].rows === size];
	}),
	userNameLength: row("served", "ERR_SSH_DISCONNECT_ILLEGAL_USER_NAME", over => {
		const place = placeWith({ userNameLength: 20 });
		place
			.client()
			.start()
			.requestAuthentication()
			.password("x".repeat(20 + over), "secret");
		return outcome(place);
	}),
	heapSlots: row(true, false, over => made({ heapSlots: LEAST_HEAP.heapSlots - over })),
	heapBytes: row(true, false, over => made({ heapBytes: LEAST_HEAP.heapBytes - over })),
	applicationSlots: row(true, false, over =>
		made({ heapSlots: LEAST_HEAP.heapSlots + 10, applicationSlots: 10 + over }),
	),
	applicationBytes: row(true, false, over =>
		made({ heapBytes: LEAST_HEAP.heapBytes + 10, applicationBytes: 10 + over }),
	),
	exchangesBeforeLogin: row("served", "ERR_SSH_BAD_TRANS_RECEIVE_STATE", over => {
		const place = placeWith({ exchangesBeforeLogin: 2 });
		const client = place.client().start();
		for (let count = 1; count < 2 + over; count++) {
			client.rekey();
			place.run();
		}
		return outcome(place);
	}),
	// Five packets are the login's own.
	packetsBeforeLogin: row("served", TOO_LARGE, over => stranger({ packetsBeforeLogin: 20 }, 15 + over)[0]),
	bytesBeforeLogin: row("served", TOO_LARGE, over => {
		const [, bytes] = stranger({}, 10, 1000);
		return stranger({ bytesBeforeLogin: bytes - over }, 10, 1000)[0];
	}),
	rekeyBytes: row(1, 2, over => {
		const kexInits = (rekeyBytes: number) => {
			const place = placeWith({ rekeyBytes });
			const client = place.client(CTR).login();
			for (let count = 0; count < 10; count++) client.send(message(SSH_MSG_IGNORE, noise(1000)));
			place.run();
			return [
				connectionOf(place).transport.packets.c2s.bytes,
				client.heard.filter(name => name === "KEXINIT").length,
			];
		};
		const [bytes] = kexInits(2 ** 30);
		return kexInits(bytes + 1 - over)[1];
	}),
	rekeyPackets: row(1, 2, over => {
		const place = placeWith({ rekeyPackets: 20 });
		const client = place.client().login();
		for (let count = 5; count < 19 + over; count++) client.send(IGNORE);
		place.run();
		return client.heard.filter(name => name === "KEXINIT").length;
	}),
};
