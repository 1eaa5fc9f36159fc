/** README.md's examples, compiled and run as they stand there, and its figures. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ROOT } from "../architecture/tree.js";
import { ROWS } from "../bench/budgets.js";
import { workFolder } from "../build/bundle.js";
import { Running, run } from "../process.js";
import { login } from "./login.js";
import { compile, install } from "./program.js";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const example = (name: string): string => {
	const [, block] = new RegExp(`<!-- example:${name} -->\n\`\`\`ts\n(.*?)\`\`\`\n`, "s").exec(readme)!;
	return block;
};

/** The one thing that is changed is the port. */
function listenOn(script: string, port: string): string {
	const changed = script.replace("port: 2222", port);
	assert.notEqual(changed, script);
	return changed;
}

/** A program that runs. @returns its port */
async function start(context: TestContext, folder: string, main: string): Promise<number> {
	const changed = listenOn(readFileSync(main, "utf8"), "port: 0, onListening: port => console.log(port)");
	writeFileSync(main, changed);
	const device = new Running(process.execPath, [main], { cwd: folder });
	context.after(() => device.stop("SIGKILL"));
	return Number(await device.waitFor("port", stdout => /^(\d+)\n/.exec(stdout)?.[1]));
}

const PASSWORD = "as-printed-on-the-label";

test("README.md's server says hello to who knows the password", async context => {
	const folder = workFolder(context);
	install(folder);
	const port = await start(context, folder, await compile(folder, "server", example("server")));
	const { status, stdout, fault } = await login(port, PASSWORD, "hi");
	assert.deepEqual([status, stdout.toString()], [0, "hello\n"], fault);
	assert.match((await login(port, "wrong", "hi")).fault, /authentication methods failed/);
});

test("README.md's accounts let a client in, and a port that is taken ends the program", async context => {
	const folder = workFolder(context);
	install(folder);
	const main = await compile(folder, "accounts", example("accounts"));
	const other = createServer().listen(0, "0.0.0.0");
	await once(other, "listening");
	const taken = (other.address() as AddressInfo).port;
	const inVain = join(folder, "in-vain.js");
	writeFileSync(inVain, listenOn(readFileSync(main, "utf8"), `port: ${taken}`));
	const { status, stderr } = await run(process.execPath, [inVain], { cwd: folder });
	other.close();
	assert.equal(status, 1);
	assert.match(stderr, new RegExp(`cannot listen on port ${taken}: ERR_TCP_LISTEN_BIND_ERROR`));

	const port = await start(context, folder, main);
	const answer = await login(port, PASSWORD, "whoami");
	assert.equal(answer.status, 0, answer.fault);
	assert.match(answer.stdout.toString(), /^admin\b/);
	assert.match((await login(port, "wrong", "whoami")).fault, /authentication methods failed/);
});

test("README.md's command runs, in place of the last line of the accounts", async context => {
	const folder = workFolder(context);
	install(folder);
	const lines = example("accounts").trimEnd().split("\n");
	assert.match(lines.pop()!, /^const shell = /);
	const source = `${lines.join("\n")}\n${example("command")}`;
	const port = await start(context, folder, await compile(folder, "command", source));
	const { status, stdout, fault } = await login(port, PASSWORD, "lamp on");
	assert.deepEqual([status, stdout.toString()], [0, "the lamp is on\n"], fault);
	for (const wrong of ["lamp", "lamp oon", "lamp on off"]) {
		const answer = await login(port, PASSWORD, wrong);
		assert.deepEqual([answer.status, answer.stdout.toString()], [2, ""], wrong);
	}
});

test("README.md's figures are those that the bench last had", () => {
	const now = (name: string): number => ROWS.find(row => row.name === name)!.now;
	const [, section] = /^## What it costs\n(.*?)^## /ms.exec(readme)!;
	const text = section.replaceAll("\n", " ");
	const seconds = (millions: number): string => (millions / 160).toFixed(1);
	const [login, native] = [now("rv32.login"), now("rv32.native.login")];
	for (const words of [
		`${Math.round(login)} million instructions for a whole login`,
		`${Math.round(native)} million with the SDK's native`,
		`${seconds(login)} s and ${seconds(native)} s at 160 MHz`,
		`waits takes ${(now("xs32.connection.idleBytes") / 1000).toFixed(1)} KB`,
		`${Math.round(now("xs32.connection.peakBytes") / 1000)} KB; ${now("xs32.connections")} fit`,
	])
		assert.ok(text.includes(words), words);
	const [, longest] = /longer than (\d+) ms, whatever the cipher/.exec(text)!;
	for (const name of ["rv32.longestSlice", "rv32.longestSlice.aes", "rv32.native.longestSlice"])
		assert.ok(now(name) <= Number(longest), name);
});
