import { CLIENTS } from "./clients/index.js";
import { startSimulator } from "./harness.js";
import { interopSuite } from "./suite.js";

for (const client of CLIENTS) interopSuite(client, () => startSimulator());
