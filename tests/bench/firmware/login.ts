/** The recorded connection with cryptography in JavaScript. */
import { xsCrypto as crypto } from "../../../src/crypto/xs/index.js";
import { playLogin } from "./play.js";

export default function main(): void {
	playLogin(crypto);
}
