/**
 * `npm run interop`: tries every client against the simulator and writes the table into README.md, between its marks.
 *
 *     npm run interop                 writes
 *     npm run interop -- --check      compares instead, and ends with status 1 where they differ
 *
 * A row depends on the client's version, so --check compares those rows whose version is the one in the README; the
 * others must pass, whatever they say. Something that fails is named, is not written, and ends with status 1.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../architecture/tree.js";
import { AEADS, type Client, CTRS, type Login, MACS, type Suite } from "./clients/client.js";
import { CLIENTS } from "./clients/index.js";
import { type Simulator, startSimulator } from "./harness.js";
import { echoes, isRefused, says, suiteName } from "./suite.js";

const README = join(ROOT, "README.md");
const BEGIN = "<!-- interop:begin -->";
const END = "<!-- interop:end -->";
const HEADINGS = [
	"client",
	"version",
	"key exchange",
	"host key",
	"chooses",
	"ciphers and MACs passed",
	"logins passed",
];

/** What went wrong, a line each. */
const failures: string[] = [];

async function passes(client: Client, what: string, body: () => Promise<void>): Promise<boolean> {
	try {
		await body();
		return true;
	} catch (error) {
		const [line] = (error instanceof Error ? error.message : String(error)).trim().split("\n");
		failures.push(`${client.name}: ${what}: ${line}`);
		return false;
	}
}

/** One row, as cells. */
async function rowOf(client: Client, server: Simulator): Promise<string[]> {
	const { keys, password } = server;
	const withKey: Login = { method: "publickey", key: keys.ed25519 };
	const text = randomBytes(50_000);

	const seen = server.output().length;
	await passes(client, "what it chooses", () => echoes(client, server, withKey, undefined, text));
	// The simulator's log tells at level debug what was negotiated: KEX, HOST KEY, CIPHER/CIPHER, MAC/MAC.
	const line = /with \S.*: (\S+), (\S+), (\S+)\/(\S+), (\S+)\/(\S+)$/m;
	const [, kex, hostKey, cipher, , mac] = await server.waitFor(`algorithms of ${client.name}`, output =>
		line.exec(output.slice(seen)),
	);

	const suites: Suite[] = [];
	for (const suite of await client.suites()) {
		if (await passes(client, suiteName(suite), () => echoes(client, server, withKey, suite, text)))
			suites.push(suite);
	}
	const logins: string[] = [];
	for (const key of client.keys) {
		const login: Login = { method: "publickey", key: keys[key] };
		const greets = async () => says(await client.run(server, { login, command: "echo in" }), "in\n");
		if (await passes(client, `publickey ${key}`, greets)) logins.push(key);
	}
	for (const method of client.methods) {
		if (method === "publickey") continue;
		const good: Login = { method, password };
		const bad: Login = { method, password: "wrong" };
		const greets = async () => {
			says(await client.run(server, { login: good, command: "echo in" }), "in\n");
			isRefused(await client.run(server, { login: bad, command: "echo in" }));
		};
		if (await passes(client, method, greets)) logins.push(method);
	}
	const chosen = AEADS.includes(cipher) ? short(cipher) : `${cipher} with ${mac}`;
	return [client.name, await client.version(), kex, hostKey, chosen, suitesText(suites), logins.join(", ")];
}

const short = (name: string) => name.replace("@openssh.com", "");

/** Ciphers, and for those that need one the MACs, each named once where all combinations have passed. */
function suitesText(suites: readonly Suite[]): string {
	const parts = suites.filter(({ mac }) => mac === undefined).map(({ cipher }) => short(cipher));
	const byMacs = new Map<string, string[]>();
	for (const cipher of CTRS) {
		const macs = MACS.filter(mac => suites.some(suite => suite.cipher === cipher && suite.mac === mac));
		if (macs.length === 0) continue;
		const key = macs.map(short).join(", ");
		byMacs.set(key, [...(byMacs.get(key) ?? []), cipher]);
	}
	for (const [macs, ciphers] of byMacs) parts.push(`${ciphers.join(", ")} with ${macs}`);
	return parts.join("; ");
}

const format = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** The rows that stand in the README, each as cells. */
function writtenRows(readme: string): string[][] {
	const table = readme.slice(readme.indexOf(BEGIN), readme.indexOf(END));
	const rows = table.split("\n").filter(line => line.startsWith("|"));
	return rows.slice(2).map(line => line.slice(2, -2).split(" | "));
}

/** How the rows differ from those in the README, where the versions are the same. */
function differences(readme: string, rows: readonly string[][]): string[] {
	const written = writtenRows(readme);
	const found: string[] = [];
	for (const row of rows) {
		const old = written.find(([name]) => name === row[0]);
		if (old === undefined) found.push(`${row[0]}: not in README.md`);
		else if (old[1] !== row[1])
			console.error(`${row[0]}: ${row[1]} here, ${old[1]} in README.md: not compared`);
		else if (format(old) !== format(row)) found.push(`README.md: ${format(old)}\nnow:       ${format(row)}`);
	}
	return found;
}

async function main(check: boolean): Promise<number> {
	const readme = readFileSync(README, "utf8");
	if (!readme.includes(BEGIN) || !readme.includes(END)) {
		console.error(`README.md has no ${BEGIN} and ${END}`);
		return 2;
	}
	const absent = CLIENTS.filter(({ skip }) => skip !== undefined);
	for (const { name, skip } of absent) console.error(`${name}: ${skip}`);
	if (absent.length > 0 && !check) {
		console.error("the table is written with every client at hand, or not at all");
		return 2;
	}
	const rows: string[][] = [];
	for (const client of CLIENTS) {
		if (client.skip !== undefined) continue;
		// A server for each, which remembers no wrong passwords of another client from the same address.
		const server = await startSimulator({ args: ["--log", "debug"] });
		try {
			await passes(client, "driving it", async () => {
				rows.push(await rowOf(client, server));
			});
		} finally {
			await client.close();
			await server.stop();
		}
	}
	const table = [format(HEADINGS), format(HEADINGS.map(() => "---")), ...rows.map(format)].join("\n");
	console.log(table);
	for (const failure of failures) console.error(`FAILED ${failure}`);
	if (failures.length > 0) return 1;
	if (check) {
		const found = differences(readme, rows);
		for (const difference of found) console.error(difference);
		return found.length > 0 ? 1 : 0;
	}
	const [before] = readme.split(BEGIN);
	const [, after] = readme.split(END);
	writeFileSync(README, `${before}${BEGIN}\n${table}\n${END}${after}`);
	return 0;
}

process.exitCode = await main(process.argv.includes("--check"));
