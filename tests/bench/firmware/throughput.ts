/** What packets cost with cryptography in JavaScript. */
import config from "mc/config";
import { xsCrypto as crypto } from "../../../src/crypto/xs/index.js";
import { measurePackets } from "./packets.js";
import { report } from "./report.js";

export default function main(): void {
	report(measurePackets(crypto, (config as unknown as { lengths: number[] }).lengths));
}
