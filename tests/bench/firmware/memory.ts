/** The server whose heap is measured, with cryptography in JavaScript. */
import { xsCrypto as crypto } from "../../../src/crypto/xs/index.js";
import { serveMeasured } from "./measured.js";

export default function main(): void {
	serveMeasured(crypto);
}
