/** Costs with cryptography in JavaScript, whose computations are the dearest. */
import { costsSuite } from "./costs.js";

await costsSuite("javascript");
