/** Guests on the XS board, in a device's heap: the worst kinds for some seconds. The long test has all. */
import { describe } from "node:test";
import { missing } from "../interop/harness.js";
import { boardOrReason } from "../xs/board.js";
import { startFortress } from "./fortress.js";
import { guestsSuite } from "./suite.js";

const made = await boardOrReason("device");
const skip = missing("ssh-keygen") ?? ("reason" in made ? made.reason : false);

describe("guests", { skip }, () => {
	guestsSuite(() => startFortress("xs"), ["forced", "storing", "keeping", "mixed", "polite"], 5);
});
