/** npm run load: see docs/security.md. */
import { parseArgs } from "node:util";
import { startSimulator } from "../interop/harness.js";
import { runAttacks } from "./attack-table.js";
import { percentilesOf, runLoad } from "./load.js";

const USAGE = `usage: npm run load -- [--connections 10000] [--engine node|xs] [--limits desktop|device] [--places 4]
                      [--minutes 30] [more arguments of the simulator, behind another --]
       npm run load -- --attack NAME|all [--logins 3] [--engine rv32 [--crypto native]] [--places 4]
`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		connections: { type: "string", default: "10000" },
		engine: { type: "string", default: "node" },
		limits: { type: "string", default: "device" },
		places: { type: "string", default: "4" },
		minutes: { type: "string", default: "30" },
		attack: { type: "string" },
		logins: { type: "string", default: "3" },
		crypto: { type: "string", default: "javascript" },
		help: { type: "boolean", default: false },
	},
});
if (values.help) {
	process.stdout.write(USAGE);
	process.exit(0);
}

if (values.attack !== undefined) {
	const { attack, logins, engine, crypto, places } = values;
	process.exit(await runAttacks(attack, Number(logins), engine, crypto, Number(places)));
}

const connections = Number(values.connections);
const places = Number(values.places);
const target = await startSimulator({
	maxConnections: places,
	args: ["--engine", values.engine, "--limits", values.limits, "--log", "error", ...positionals],
});
try {
	const time = Number(values.minutes) * 60_000;
	const figures = await runLoad(target, {
		connections,
		places,
		time,
		onProgress: line => process.stdout.write(`${line}\n`),
	});
	const { served, turnedAway, hostile, repelled, atOnce, seconds, echoes, longestWait, heap, failures } =
		figures;
	const lines = [
		`served       ${served}, of whom some came again: ${turnedAway} times`,
		`hostile      ${hostile}, of which ${repelled} did not get as far as they wanted`,
		`at once      ${atOnce} of ${places}`,
		`time         ${seconds.toFixed(0)} s, ${((served + hostile) / seconds).toFixed(1)} connections a second`,
		`echo         ${percentilesOf(echoes)}`,
		`between two  ${longestWait} connections at the most`,
		`heap         ${heap.join(", ")}`,
		...failures.map(failure => `failed       ${failure}`),
	];
	process.stdout.write(`${lines.join("\n")}\n`);
	process.exitCode = failures.length === 0 && atOnce === places ? 0 : 1;
} finally {
	await target.stop();
}
