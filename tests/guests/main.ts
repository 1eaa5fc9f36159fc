/** npm run guests: see docs/security.md. */
import { parseArgs } from "node:util";
import { percentilesOf } from "../load/load.js";
import { IDENTITIES, startFortress } from "./fortress.js";
import { KINDS, type KindName } from "./kinds.js";
import { besiege, type Outcome } from "./siege.js";

const USAGE = `usage: npm run guests -- [--engine xs|rv32|node] [--kind NAME]... [--seconds 600] [--guests 3] [--seed N]
                        [more arguments of the simulator, after another --]

kinds: ${Object.keys(KINDS).join(", ")}
`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		engine: { type: "string", default: "xs" },
		kind: { type: "string", multiple: true, default: Object.keys(KINDS) },
		seconds: { type: "string", default: "600" },
		guests: { type: "string", default: "3" },
		seed: { type: "string", default: `${Date.now() % 1_000_000}` },
		help: { type: "boolean", default: false },
	},
});
if (values.help || !values.kind.every(kind => kind in KINDS)) {
	process.stdout.write(USAGE);
	process.exit(values.help ? 0 : 2);
}

function tell({ kind, failures, seconds, tally, echoes, logins, mostUsed }: Outcome): void {
	const lines = [
		`${kind}: ${failures.length === 0 ? "held" : "FAILED"}, ${seconds.toFixed(1)} s`,
		`  guests  ${tally.lines.join(", ")}`,
		`  echo    ${percentilesOf(echoes)}`,
		`  logins  ${percentilesOf(logins)}`,
		`  heap    ${mostUsed} bytes in use at the most`,
		...failures.map(failure => `  failed  ${failure}`),
	];
	process.stdout.write(`${lines.join("\n")}\n`);
}

const seed = Number(values.seed);
process.stdout.write(`seed ${seed}\n`);
for (const kind of values.kind as KindName[]) {
	const device = await startFortress(values.engine as "xs", positionals);
	try {
		const seconds = Number(values.seconds);
		const guests = Number(values.guests);
		const outcome = await besiege(device, { kind, seconds, seed, guests, identities: IDENTITIES });
		tell(outcome);
		if (outcome.failures.length > 0) {
			process.exitCode = 1;
			process.stdout.write(device.output().slice(-2_000));
		}
	} finally {
		await device.stop().catch(error => process.stdout.write(`${error.message.slice(0, 200)}\n`));
	}
}
