/** npm run load -- --attack: a line for each mix of attackers, against what the owner's login takes alone. */
import { MIXES } from "./attacks.js";
import { emulatedShares } from "./emulated.js";
import { percentile } from "./load.js";
import { type Shares, shares } from "./shares.js";

/** What is promised: times of the login alone, and milliseconds of 95 % of the echoes. */
export const LONGEST_LOGIN = 3;
export const LONGEST_ECHO = 300;

type Run = (mix: string | undefined) => Shares | Promise<Shares>;

/**
 * @param name of MIXES, or "all"
 * @param engine "rv32" for the emulated device; else the simulated one, whose clock stands for it
 * @returns 0 where the promise was kept, 1 where it was not, 2 for a name that is none
 */
export async function runAttacks(
	name: string,
	logins: number,
	engine: string,
	crypto: string,
	places: number,
): Promise<number> {
	const mixes = name === "all" ? Object.keys(MIXES) : [name];
	if (!mixes.every(each => each in MIXES)) {
		process.stderr.write(`--attack: ${name} is none of ${Object.keys(MIXES).join(", ")}\n`);
		return 2;
	}
	const crypt = crypto === "native" ? "native" : "javascript";
	const run: Run = mix =>
		engine === "rv32" ? emulatedShares({ mix, logins, places, crypt }) : shares(mix, { logins, places });
	const alone = await run(undefined);
	const usual = Math.max(...alone.logins);
	tell("alone", alone);
	let kept = true;
	for (const mix of mixes) {
		const found = await run(mix);
		tell(mix, found);
		const late = percentile(found.echoes, 0.95);
		kept &&= Math.max(...found.logins) <= LONGEST_LOGIN * usual && late <= LONGEST_ECHO;
	}
	return kept ? 0 : 1;
}

function tell(name: string, { logins, echoes, visits }: Shares): void {
	const [half, most, all] = [0.5, 0.95, 1].map(part => Math.round(percentile(echoes, part)));
	const times = logins.map(Math.round).join(", ");
	process.stdout.write(
		`${name.padEnd(15)} logins ${times} ms; echo ${half} ms in half, ${most} in 95 % of ${echoes.length}, ${all} at most; ${visits} visits\n`,
	);
}
