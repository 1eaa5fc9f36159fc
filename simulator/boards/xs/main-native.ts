/** The simulator's firmware for the XS board, with the SDK's cryptography. */
import { moddableCrypto as crypto } from "../../../src/crypto/moddable/index.js";
import { runDevice } from "./device.js";

export default function main(): void {
	runDevice(crypto);
}
