/** Guests of every kind on the emulated device, whose processor they keep busy as well. */
import { describe } from "node:test";
import { missing } from "../interop/harness.js";
import { reasonToSkip } from "../rv32/board.js";
import { startFortress } from "./fortress.js";
import { guestsSuite } from "./suite.js";

const skip = missing("ssh-keygen") ?? (await reasonToSkip()) ?? false;

describe("guests, rv32", { skip }, () => guestsSuite(() => startFortress("rv32")));
