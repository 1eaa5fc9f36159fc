/** The simulator's firmware for the XS board, with cryptography in JavaScript. */
import { xsCrypto as crypto } from "../../../src/crypto/xs/index.js";
import { runDevice } from "./device.js";

export default function main(): void {
	runDevice(crypto);
}
