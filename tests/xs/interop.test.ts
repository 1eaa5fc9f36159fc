/** Real clients log in to `--engine xs`: the suite that the simulator on Node passes, on the board. */
import { test } from "node:test";
import { dropbear } from "../interop/clients/dropbear.js";
import { openssh } from "../interop/clients/openssh.js";
import { plink } from "../interop/clients/plink.js";
import { startSimulator } from "../interop/harness.js";
import { interopSuite } from "../interop/suite.js";
import { boardOrReason } from "./board.js";

const made = await boardOrReason();

if ("reason" in made) test("clients on XS", { skip: made.reason }, () => undefined);
else {
	for (const client of [openssh, plink, dropbear])
		interopSuite({ ...client, name: `${client.name} on XS` }, () =>
			startSimulator({ args: ["--engine", "xs"] }),
		);
}
