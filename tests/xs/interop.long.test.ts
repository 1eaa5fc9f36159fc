/**
 * Real clients log in to `--engine xs`: the suite that the simulator on Node passes, on the board, with the keys that it
 * verifies: its firmware is built without ECDSA.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { dropbear } from "../interop/clients/dropbear.js";
import { keyLogin, openssh } from "../interop/clients/openssh.js";
import { plink } from "../interop/clients/plink.js";
import { startSimulator } from "../interop/harness.js";
import { interopSuite, isRefused } from "../interop/suite.js";
import { run } from "../process.js";
import { boardOrReason } from "./board.js";

const made = await boardOrReason();
const native = await boardOrReason("any", "native");

if ("reason" in made) test("clients on XS", { skip: made.reason }, () => undefined);
else {
	const start = () => startSimulator({ args: ["--engine", "xs"] });
	for (const client of [openssh, plink, dropbear]) {
		const keys = client.keys.filter(key => key !== "ecdsa");
		interopSuite({ ...client, name: `${client.name} on XS`, keys }, start);
	}

	describe("a full table on XS", { skip: openssh.skip }, () => {
		test("who comes in vain is told why", async () => {
			const target = await startSimulator({ args: ["--engine", "xs"], maxConnections: 1 });
			const first = connect(target.port, target.host);
			try {
				// The server speaks first: then it has given the place away.
				await once(first, "data");
				const { stderr } = await run("ssh", [...keyLogin(target), target.host, "exit 0"]);
				assert.match(stderr, /Too many connections/);
			} finally {
				first.destroy();
				await target.stop();
			}
		});
	});

	if ("reason" in native) test("clients on XS, natively", { skip: native.reason }, () => undefined);
	else {
		const startNative = () => startSimulator({ args: ["--engine", "xs", "--crypto", "native"] });
		const keys = openssh.keys.filter(key => key !== "ecdsa");
		interopSuite({ ...openssh, name: `${openssh.name} on XS, natively`, keys }, startNative);
	}

	describe("a firmware without ECDSA", { skip: openssh.skip }, () => {
		test("it says so, and takes no such key from its file of keys", async () => {
			const target = await start();
			try {
				const login = { method: "publickey", key: target.keys.ecdsa } as const;
				isRefused(await openssh.run(target, { login, command: "echo no" }));
				const { stderr } = await run("ssh", [...keyLogin(target, "DEBUG1"), target.host, "exit 0"]);
				assert.match(stderr, /server-sig-algs=<ssh-ed25519,rsa-sha2-512,rsa-sha2-256>/);
			} finally {
				await target.stop();
			}
		});
	});
}
