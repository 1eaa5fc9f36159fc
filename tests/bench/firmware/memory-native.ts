/** The server whose heap is measured, with native cryptography. */
import { moddableCrypto as crypto } from "../../../src/crypto/moddable/index.js";
import { serveMeasured } from "./measured.js";

export default function main(): void {
	serveMeasured(crypto);
}
