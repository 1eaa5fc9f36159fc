/** Instructions a byte of data, for packets of each cipher and MAC in each direction. */

import instructions from "fieldssh/instructions";
import { xsCrypto } from "../../../src/crypto/xs.js";
import { DEVICE_LIMITS } from "../../../src/limits.js";
import { PacketStream } from "../../../src/transport/packets.js";
import type { Protection } from "../../../src/transport/protection.js";
import { CIPHER_PARAMETERS, createProtection, MAC_PARAMETERS } from "../../../src/transport/protection.js";
import { noise } from "../../crypto/helpers.js";
import { report } from "./report.js";

/** Data of a packet, and packets that are counted; one more goes before, so that nothing is done for the first time. */
const DATA = 1024;
const PACKETS = 4;

function protection(cipher: string, mac: string): Protection {
	const { keyLength, ivLength } = CIPHER_PARAMETERS.find(({ name }) => name === cipher)!;
	const macKey = noise(MAC_PARAMETERS.find(({ name }) => name === mac)?.keyLength ?? 0, 3);
	return createProtection(xsCrypto, cipher, mac, noise(keyLength, 1), noise(ivLength, 2), macKey);
}

/** [instructions to seal, instructions to open], of one packet. */
function measure(cipher: string, mac: string): [number, number] {
	const random = (): number => 0;
	const sender = new PacketStream(DEVICE_LIMITS, random);
	const receiver = new PacketStream(DEVICE_LIMITS, random);
	sender.s2c.take(protection(cipher, mac), true);
	receiver.c2s.take(protection(cipher, mac), true);
	const data = noise(DATA, 4);
	let sealing = 0;
	let opening = 0;
	for (let i = 0; i <= PACKETS; i++) {
		const start = instructions();
		sender.begin().byte(94).uint32(0).string(data);
		if (sender.seal() < 0) throw new Error(`${cipher}: not sealed`);
		const sealed = instructions();
		receiver.inputSpace();
		receiver.input.set(sender.output.subarray(sender.outputStart, sender.outputEnd), receiver.inputEnd);
		receiver.received(sender.pending);
		sender.sent(sender.pending);
		const received = instructions();
		let slice: number;
		do slice = receiver.receive();
		while (slice === 2);
		if (slice !== 1) throw new Error(`${cipher}: not opened`);
		receiver.consume();
		const opened = instructions();
		if (i === 0) continue;
		sealing += sealed - start;
		opening += opened - received;
	}
	return [sealing / PACKETS, opening / PACKETS];
}

export default function main(): void {
	const costs: Record<string, readonly number[]> = {};
	const perByte = (cost: number): number => Math.round(cost / DATA);
	for (const { name, aead } of CIPHER_PARAMETERS) {
		if (aead) costs[name] = measure(name, "<implicit>").map(perByte);
		else
			for (const mac of MAC_PARAMETERS) costs[`${name} ${mac.name}`] = measure(name, mac.name).map(perByte);
	}
	report(costs);
}
