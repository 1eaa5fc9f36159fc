/** The recorded connection with native cryptography. */
import { moddableCrypto as crypto } from "../../../src/crypto/moddable/index.js";
import { playLogin } from "./play.js";

export default function main(): void {
	playLogin(crypto);
}
