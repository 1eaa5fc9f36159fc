/**
 * nanossh-loop/loop.ts on Node.js:
 *
 *     npm run compile && node build/examples/nanossh-loop.js 2222
 *     ssh -p 2222 admin@127.0.0.1 cat        (password: secret)
 */
import { createNodeHal } from "../hal/node/index.js";
import { nobleCrypto } from "../src/crypto/noble/index.js";
import { DISPLAY_ERROR, OK } from "../src/nanossh/ssh.js";
import { sshExample, sshSettings } from "./nanossh-loop/loop.js";

const hal = createNodeHal({ folder: ".fieldssh" });
// This machine's memory has no end that four connections could see; a device's has.
let status = sshSettings(hal, nobleCrypto, console.log, { heapSlots: 0, heapBytes: 0 });
const port = Number(process.argv[2] ?? 2222);
if (status >= OK) status = await sshExample(hal, "127.0.0.1", port, console.log);
console.log(DISPLAY_ERROR(status));
process.exitCode = 1;
