/** Guests of every kind on the XS board of 64 bits, over the SDK's cryptography. */
import { describe } from "node:test";
import { missing } from "../interop/harness.js";
import { boardOrReason } from "../xs/board.js";
import { startFortress } from "./fortress.js";
import { guestsSuite } from "./suite.js";

const made = await boardOrReason("any", "native");
const skip = missing("ssh-keygen") ?? ("reason" in made ? made.reason : false);
const ARGS = ["--board", "x86-64", "--crypto", "native"];

describe("guests, 64 bits", { skip }, () => guestsSuite(() => startFortress("xs", ARGS)));
