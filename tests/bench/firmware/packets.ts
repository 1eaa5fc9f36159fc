/** Instructions of packets of each cipher and MAC in each direction, through the whole packet layer. */
import instructions from "fieldssh/instructions";
import { STEP_DONE, STEP_SLICE } from "../../../src/base/steps.js";
import type { Crypto } from "../../../src/crypto/port.js";
import { DEVICE_LIMITS } from "../../../src/limits.js";
import { CIPHER_SUITES, createProtection, MAC_ALGORITHMS } from "../../../src/transport/ciphers.js";
import { PacketStream } from "../../../src/transport/packets.js";
import type { Protection } from "../../../src/transport/protection.js";
import { noise } from "../../crypto/helpers.js";

/** Packets that are counted; one more goes before, so that nothing is done for the first time. */
const PACKETS = 4;

function protection(crypto: Crypto, cipher: string, mac: string): Protection {
	const { keyLength, ivLength } = CIPHER_SUITES.find(({ name }) => name === cipher)!;
	const macKey = noise(MAC_ALGORITHMS.find(({ name }) => name === mac)?.keyLength ?? 0, 3);
	return createProtection(crypto, cipher, mac, noise(keyLength, 1), noise(ivLength, 2), macKey);
}

/** [instructions to seal, instructions to open], of one packet. */
function measure(crypto: Crypto, cipher: string, mac: string, length: number): [number, number] {
	const random = (): number => 0;
	const sender = new PacketStream(DEVICE_LIMITS, random);
	const receiver = new PacketStream(DEVICE_LIMITS, random);
	sender.s2c.take(protection(crypto, cipher, mac), true);
	receiver.c2s.take(protection(crypto, cipher, mac), true);
	const data = noise(length, 4);
	let sealing = 0;
	let opening = 0;
	for (let i = 0; i <= PACKETS; i++) {
		const start = instructions();
		sender.begin().byte(94).uint32(0).string(data);
		if (sender.seal() < 0) throw new Error(`${cipher}: not sealed`);
		while (sender.unsealed) sender.sealSlice();
		const sealed = instructions();
		receiver.inputSpace();
		receiver.input.set(sender.output.subarray(sender.outputStart, sender.outputEnd), receiver.inputEnd);
		receiver.received(sender.pending);
		sender.sent(sender.pending);
		const received = instructions();
		let slice: number;
		do {
			receiver.renewWork();
			slice = receiver.receive();
		} while (slice === STEP_SLICE);
		if (slice !== STEP_DONE) throw new Error(`${cipher}: not opened`);
		receiver.consume();
		const opened = instructions();
		if (i === 0) continue;
		sealing += sealed - start;
		opening += opened - received;
	}
	return [sealing / PACKETS, opening / PACKETS];
}

/** By "cipher" or "cipher mac": for each length of data, the instructions of a packet that is sent, and of one that comes. */
export type PacketCosts = Record<string, readonly (readonly [number, number])[]>;

export function measurePackets(crypto: Crypto, lengths: readonly number[]): PacketCosts {
	const costs: PacketCosts = {};
	for (const { name, macs } of CIPHER_SUITES) {
		for (const mac of macs.length === 0 ? [undefined] : macs)
			costs[mac ? `${name} ${mac.name}` : name] = lengths.map(length =>
				measure(crypto, name, mac?.name ?? "<implicit>", length),
			);
	}
	return costs;
}
