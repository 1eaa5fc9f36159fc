/** Costs with the SDK's cryptography. */
import { costsSuite } from "./costs.js";

await costsSuite("native");
