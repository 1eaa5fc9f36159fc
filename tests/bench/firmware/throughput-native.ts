/** What packets cost with native cryptography. */
import config from "mc/config";
import { moddableCrypto as crypto } from "../../../src/crypto/moddable/index.js";
import { measurePackets } from "./packets.js";
import { report } from "./report.js";

export default function main(): void {
	report(measurePackets(crypto, (config as unknown as { lengths: number[] }).lengths));
}
