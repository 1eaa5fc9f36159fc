/** The cryptography of a device's default profile: ours for XS, and noble's AES and P-256. */
import { nobleCrypto } from "../../../src/crypto/noble.js";
import type { Crypto } from "../../../src/crypto/port.js";
import { createXsCrypto } from "../../../src/crypto/xs.js";

export const deviceCrypto: Crypto = createXsCrypto(nobleCrypto);
